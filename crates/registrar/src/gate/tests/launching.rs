//! Launch phases and allocation tokens against a registry that keeps its own rules on them: `.beta` is in its claims phase, `.gamma`
//! in its sunrise.

use std::collections::{BTreeMap, BTreeSet};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use epp::extension::launch::SignedMark;
use jiff::SignedDuration;
use model::{AllocationToken, AuthInfo, Period, SeededEntropy, Timestamp, TldName};
use policy::profile::{Extension, LaunchPhase, LaunchPhaseKind, RegistryProfile};
use policy::{ClaimsNotice, IntentState, LaunchOrder, LaunchProof, Operation};
use sandbox::{AdminAction, Fault, FaultPlan, FaultRule, Position, Scope, TokenText, Trigger};
use store::testing::{TestDatabase, TestDatabases};
use store::{StoreFault, journal, sealed_values};

use super::books;
use crate::command::{RegisterDomain, RegisterInLaunch, TransferDomainIn};
use crate::gate::testing::{Rig, name, other};
use crate::poll::{Poller, PollerParts};
use crate::registry::{AskRegistry, TakeMessages, check_claims, check_names};
use crate::testing::profile;
use crate::{Failure, Receipt};

/// The notice for the label `trademark` that ends a week after the rehearsal begins.
const NOTICE: &str = "2775ed800000000000000000077";
const TOKEN: &str = "Canary-Token-7719";
const KEY: &str = "2026112300/A/1/abc0000001";

/// The shipped profile with `.beta` in its claims phase, and `.gamma` in its sunrise.
fn launching() -> RegistryProfile {
    let mut profile = profile();
    let phase = |kind| LaunchPhase { kind, from: "2026-11-01".parse().unwrap(), to: Some("2027-02-01".parse().unwrap()) };
    let beta = profile.tlds.iter_mut().find(|tld| tld.name.as_str() == "beta").unwrap();
    beta.phases = vec![phase(LaunchPhaseKind::Claims)];
    let mut gamma = beta.clone();
    gamma.name = TldName::parse("gamma").unwrap();
    gamma.phases = vec![phase(LaunchPhaseKind::Sunrise)];
    profile.tlds.push(gamma);
    profile
}

fn rig(database: &TestDatabase, seed: u64) -> Rig {
    let rig = Rig::with_profile(database, seed, launching());
    rig.with_options(|options| {
        options.claims.insert("trademark".to_owned(), KEY.to_owned());
        options.pending_create_suffix = "-later".to_owned();
    });
    rig
}

fn order(rig: &Rig, text: &str) -> RegisterInLaunch {
    let order = RegisterDomain {
        name: name(text),
        period: Period::ONE_YEAR,
        registrant: Some(rig.holder),
        contacts: BTreeMap::new(),
        nameservers: BTreeMap::new(),
        ds: BTreeSet::new(),
        auto_renew: false,
        lock_consent: None,
        fee: None,
        launch: LaunchOrder::default(),
    };
    RegisterInLaunch { order, claims: None, mark: None, token: None }
}

fn notice(rig: &Rig) -> ClaimsNotice {
    let accepted_at = rig.registrar.now().checked_sub(SignedDuration::from_hours(1)).unwrap();
    ClaimsNotice { id: NOTICE.to_owned(), validator: None, not_after: "2026-11-30T12:00:00Z".parse().unwrap(), accepted_at }
}

fn with_notice(rig: &Rig, text: &str) -> RegisterInLaunch {
    let mut order = order(rig, text);
    order.order.launch.notice = Some(notice(rig));
    order
}

/// A signed mark whose signature signs nothing, for these labels.
fn mark(labels: &[&str]) -> SignedMark {
    let labels: String = labels.iter().map(|label| format!("<mark:label>{label}</mark:label>")).collect();
    let xml = format!(
        "<smd:signedMark xmlns:smd=\"urn:ietf:params:xml:ns:signedMark-1.0\" id=\"_1\"><smd:id>0000001751376056503931-65535</smd:id>\
         <smd:notBefore>2026-01-01T00:00:00Z</smd:notBefore><smd:notAfter>2027-06-01T00:00:00Z</smd:notAfter>\
         <mark:mark xmlns:mark=\"urn:ietf:params:xml:ns:mark-1.0\"><mark:trademark><mark:holder>Canaria Markholder</mark:holder>{labels}\
         </mark:trademark></mark:mark></smd:signedMark>"
    );
    SignedMark::read(STANDARD.encode(xml).as_bytes()).unwrap()
}

fn token(text: &str) -> Option<AllocationToken> {
    AllocationToken::from_holder(text).ok()
}

/// Asks the registry who claims the name, as the command line does before it orders.
fn claims(rig: &Rig, text: &str) -> Option<policy::ClaimsAnswer> {
    let found = rig.block_on(check_claims(&rig.may(AskRegistry), &rig.registrar, &rig.registry(), &rig.port(), &[name(text)])).unwrap();
    found.first().map(crate::registry::NameClaims::answer)
}

fn refused(rig: &Rig, order: RegisterInLaunch) -> String {
    match rig.act(order) {
        Err(Failure::Refused(refusal)) => refusal.code.to_owned(),
        ended => panic!("{ended:?}"),
    }
}

fn settled(rig: &mut Rig, database: &mut TestDatabase, receipt: &Receipt) -> Vec<IntentState> {
    rig.settle(database);
    let mut states = rig.states_of(receipt);
    states.dedup();
    states
}

/// Which papers of an order lie in the vault.
fn papers(rig: &Rig, receipt: &Receipt) -> (bool, bool) {
    let owner = receipt.domain.to_string();
    let found: Result<_, StoreFault> = rig.registrar.store().read(|tx| {
        let mark = sealed_values::find(tx, "signed-mark", &owner)?;
        Ok((mark.is_some(), sealed_values::find(tx, "allocation-token", &owner)?.is_some()))
    });
    found.unwrap()
}

fn create_of(rig: &Rig, receipt: &Receipt) -> Operation {
    let row = books::intents_of(rig)
        .into_iter()
        .find(|row| receipt.intents.contains(&row.intent.id) && row.intent.operation.word() == "create-domain");
    row.unwrap().intent.operation
}

/// The creates that were sent for a name, as frames.
fn creates_sent(rig: &Rig, text: &str) -> Vec<String> {
    let frames: Result<Vec<String>, StoreFault> = rig.registrar.store().read(|tx| {
        let exchanges = journal::list_of_account(tx, "alpha", Timestamp::MAX, 1_000)?;
        let creates = exchanges.iter().filter(|one| one.verb == "domain:create" && one.object.as_deref() == Some(text));
        let mut frames = Vec::new();
        for create in creates {
            let frame = journal::get_frames(tx, rig.registrar.vault(), &create.cltrid)?.request;
            frames.push(String::from_utf8_lossy(&frame).into_owned());
        }
        Ok(frames)
    });
    frames.unwrap()
}

fn once(fault: Fault) -> FaultPlan {
    // The first transform of an order is the holder's contact, so that only a later one is the create.
    FaultPlan { seed: 9, rules: vec![FaultRule { when: Trigger::Nth(1), only: Scope::Transforms, fault, times: Some(1) }] }
}

/// The holder's contact is at the registry already, so that the next transform is a create.
fn furnish(rig: &mut Rig, database: &mut TestDatabase) {
    let unclaimed = RegisterInLaunch { claims: claims(rig, "first.beta"), ..order(rig, "first.beta") };
    let receipt = rig.act(unclaimed).unwrap();
    assert_eq!(settled(rig, database, &receipt), [IntentState::Confirmed]);
}

fn reserve(rig: &Rig, text: &str) {
    let action = AdminAction::Reserve { name: name(text), token: Some(TokenText(TOKEN.to_owned())) };
    let now = rig.registrar.now();
    rig.port.world().registry_mut().administer(&action, now, &mut SeededEntropy::new(3)).unwrap();
}

#[test]
fn a_claims_check_tells_who_claims_a_name_and_with_which_key() {
    TestDatabases::each(|database| {
        let rig = rig(database, 81);
        let asked = [name("trademark.beta"), name("free.beta")];
        let found = rig.block_on(check_claims(&rig.may(AskRegistry), &rig.registrar, &rig.registry(), &rig.port(), &asked)).unwrap();
        let told: Vec<_> = found.iter().map(|one| (one.has_claims, one.keys.iter().map(|key| key.key.as_str()).collect())).collect();
        assert_eq!(told, [(true, vec![KEY]), (false, Vec::new())], "{}", database.engine());
    });
}

#[test]
fn a_claimed_name_needs_the_accepted_notice_and_an_unclaimed_one_the_registrys_word() {
    TestDatabases::each(|database| {
        let mut rig = rig(database, 82);
        assert_eq!(refused(&rig, order(&rig, "free.beta")), "claims.unchecked", "{}", database.engine());
        let receipt = rig.act(RegisterInLaunch { claims: claims(&rig, "free.beta"), ..order(&rig, "free.beta") }).unwrap();
        assert_eq!(settled(&mut rig, database, &receipt), [IntentState::Confirmed]);
        assert!(matches!(create_of(&rig, &receipt), Operation::CreateDomain { launch: Some(LaunchProof::NoClaim { .. }), .. }));
        assert!(creates_sent(&rig, "free.beta").iter().all(|frame| !frame.contains("launch")), "nobody claims it: nothing is said of it");

        let answer = claims(&rig, "trademark.beta");
        let before = rig.port.count();
        assert_eq!(refused(&rig, RegisterInLaunch { claims: answer, ..order(&rig, "trademark.beta") }), "claims.notice-missing");
        let mut expired = with_notice(&rig, "trademark.beta");
        expired.order.launch.notice.as_mut().unwrap().not_after = "2026-11-23T11:59:59Z".parse().unwrap();
        assert_eq!(refused(&rig, expired), "claims.notice-other", "its end is part of its identity");
        assert_eq!(rig.port.count(), before, "what is refused here never leaves");
        let receipt = rig.act(with_notice(&rig, "trademark.beta")).unwrap();
        assert_eq!(settled(&mut rig, database, &receipt), [IntentState::Confirmed]);
        assert!(creates_sent(&rig, "trademark.beta")[0].contains(NOTICE));
        books::agree(&rig);
    });
}

/// A notice that ends while the order waits is the registry's to refuse; nothing is charged and nothing is left behind.
#[test]
fn a_notice_that_ended_before_it_was_sent_is_refused_by_the_registry() {
    TestDatabases::each(|database| {
        let mut rig = rig(database, 83);
        let receipt = rig.act(with_notice(&rig, "trademark.beta")).unwrap();
        rig.advance(8 * 86_400);
        rig.settle(database);
        assert!(rig.states_of(&receipt).contains(&IntentState::Refused), "{}", database.engine());
        assert_eq!(
            rig.act(with_notice(&rig, "trademark.beta")).map_err(|failure| failure.code().to_owned()).unwrap_err(),
            "claims.notice-expired"
        );
        books::agree(&rig);
    });
}

#[test]
fn a_cut_claims_create_is_proven_and_its_repeat_carries_the_same_notice() {
    for (fault, times_sent) in [(Fault::CutResponse(Position::Random), 1), (Fault::CutRequest(Position::Random), 2)] {
        TestDatabases::each(|database| {
            let mut rig = rig(database, 84);
            furnish(&mut rig, database);
            rig.faults(Some(once(fault)));
            let receipt = rig.act(with_notice(&rig, "trademark.beta")).unwrap();
            assert_eq!(settled(&mut rig, database, &receipt), [IntentState::Confirmed], "{} {fault:?}", database.engine());
            let sent = creates_sent(&rig, "trademark.beta");
            assert_eq!(sent.len(), times_sent, "{fault:?}");
            assert!(sent.iter().all(|frame| frame.contains(NOTICE)), "{sent:?}");
            books::agree(&rig);
        });
    }
}

#[test]
fn a_sunrise_create_carries_the_mark_and_drops_it_once_it_is_settled() {
    for fault in [None, Some(Fault::CutRequest(Position::Random)), Some(Fault::CutResponse(Position::Random))] {
        TestDatabases::each(|database| {
            let mut rig = rig(database, 85);
            furnish(&mut rig, database);
            assert_eq!(refused(&rig, order(&rig, "trademark.gamma")), "sunrise.mark-missing");
            let marked = |text: &str, labels: &[&str]| RegisterInLaunch { mark: Some(mark(labels)), ..order(&rig, text) };
            assert_eq!(refused(&rig, marked("other.gamma", &["trademark"])), "sunrise.label-unlisted");
            assert_eq!(refused(&rig, marked("trademark.beta", &["trademark"])), "sunrise.not-in-phase");
            rig.faults(fault.map(once));
            let receipt = rig.act(marked("trademark.gamma", &["brand", "trademark"])).unwrap();
            assert_eq!(papers(&rig, &receipt), (true, false));
            assert_eq!(settled(&mut rig, database, &receipt), [IntentState::Confirmed], "{} {fault:?}", database.engine());
            assert_eq!(papers(&rig, &receipt), (false, false));
            let data = mark(&["brand", "trademark"]).encoded.data;
            let sent = creates_sent(&rig, "trademark.gamma");
            assert!(sent.iter().all(|frame| frame.contains(data.expose()) && frame.contains(">sunrise<")), "{sent:?}");
            assert!(
                matches!(create_of(&rig, &receipt), Operation::CreateDomain { launch: Some(LaunchProof::Mark { sha256, .. }), .. } if sha256.len() == 64)
            );
            books::agree(&rig);
        });
    }
}

/// A registry that checks marks by hand answers 1001; the mark stays until it has decided.
#[test]
fn a_sunrise_create_that_is_decided_later_waits_with_its_mark() {
    TestDatabases::each(|database| {
        let mut rig = rig(database, 86);
        let receipt = rig.act(RegisterInLaunch { mark: Some(mark(&["mark-later"])), ..order(&rig, "mark-later.gamma") }).unwrap();
        for _ in 0..5 {
            rig.step(database);
        }
        assert_eq!(rig.states().get("pending"), Some(&1), "{}: {:?}", database.engine(), rig.states());
        assert_eq!(papers(&rig, &receipt), (true, false));
        rig.advance(25 * 3_600);
        let now = rig.registrar.now();
        rig.port.world().registry_mut().advance(now);
        let parts =
            PollerParts { registrar: rig.registrar.clone(), registry: rig.registry(), port: rig.port(), owner: "node-1".to_owned() };
        rig.block_on(Poller::open(parts).unwrap().step(&rig.may(TakeMessages), 100)).unwrap();
        assert_eq!(settled(&mut rig, database, &receipt), [IntentState::Confirmed]);
        assert_eq!(papers(&rig, &receipt), (false, false));
        books::agree(&rig);
    });
}

#[test]
fn a_reserved_name_opens_to_its_token_alone() {
    for fault in [None, Some(Fault::CutRequest(Position::Random))] {
        TestDatabases::each(|database| {
            let mut rig = rig(database, 87);
            furnish(&mut rig, database);
            ["kept.alpha", "guessed.alpha", "bare.alpha"].iter().for_each(|text| reserve(&rig, text));
            let told = |with: Option<&AllocationToken>| {
                let found = rig.block_on(check_names(
                    &rig.may(AskRegistry),
                    &rig.registrar,
                    &rig.registry(),
                    &rig.port(),
                    &[name("kept.alpha")],
                    with,
                ));
                found.unwrap()[0].is_available
            };
            assert_eq!((told(None), told(token("guess").as_ref()), told(token(TOKEN).as_ref())), (false, false, true));
            let with = |text: &str, secret: &str| RegisterInLaunch { token: token(secret), ..order(&rig, text) };
            let (right, wrong, absent) = (with("kept.alpha", TOKEN), with("guessed.alpha", "guess"), order(&rig, "bare.alpha"));
            rig.faults(fault.map(once));
            let receipt = rig.act(right).unwrap();
            assert_eq!(papers(&rig, &receipt), (false, true));
            assert_eq!(settled(&mut rig, database, &receipt), [IntentState::Confirmed], "{} {fault:?}", database.engine());
            assert_eq!(papers(&rig, &receipt), (false, false));
            let sent = creates_sent(&rig, "kept.alpha");
            assert_eq!(sent.len(), if fault.is_some() { 2 } else { 1 });
            assert!(sent.iter().all(|frame| frame.contains(TOKEN)), "{sent:?}");
            rig.faults(None);
            for order in [wrong, absent] {
                let receipt = rig.act(order).unwrap();
                rig.settle(database);
                assert_eq!(rig.states_of(&receipt).last(), Some(&IntentState::Refused), "{}", database.engine());
                assert_eq!(papers(&rig, &receipt), (false, false));
            }
            books::agree(&rig);
        });
    }
}

#[test]
fn a_transfer_in_presents_its_token() {
    TestDatabases::each(|database| {
        let mut rig = rig(database, 88);
        rig.taken_by_another("coming.alpha");
        let code = AuthInfo::generate(&mut SeededEntropy::new(5));
        let mut set = epp::domain::Update::new("coming.alpha");
        set.change.auth = Some(epp::AuthChange::Set(epp::AuthValue::from(&code)));
        assert!(rig.port.say(&other(), epp::domain::Command::Update(set)).is_success());
        reserve(&rig, "coming.alpha");
        rig.advance(90 * 86_400);
        let transfer = |with: &str| TransferDomainIn {
            name: name("coming.alpha"),
            auth_info: code.clone(),
            registrant: Some(rig.holder),
            contacts: BTreeMap::new(),
            authorised_at: rig.registrar.now(),
            fee: None,
            token: token(with),
        };
        let (wrong, right) = (transfer("guess"), transfer(TOKEN));
        for (order, expected) in [(wrong, IntentState::Refused), (right, IntentState::Confirmed)] {
            let receipt = rig.act(order).unwrap();
            assert_eq!(papers(&rig, &receipt), (false, true));
            assert_eq!(settled(&mut rig, database, &receipt), [expected], "{}", database.engine());
            assert_eq!(papers(&rig, &receipt), (false, false));
        }
    });
}

#[test]
fn a_registry_that_takes_no_tokens_is_given_none() {
    TestDatabases::each(|database| {
        let mut profile = launching();
        profile.namespaces.offered.remove(&Extension::AllocationToken);
        profile.namespaces.offered.remove(&Extension::Launch);
        let rig = Rig::with_profile(database, 89, profile);
        assert_eq!(refused(&rig, RegisterInLaunch { token: token(TOKEN), ..order(&rig, "kept.alpha") }), "token.not-offered");
        let asked = [name("kept.alpha")];
        let check =
            rig.block_on(check_names(&rig.may(AskRegistry), &rig.registrar, &rig.registry(), &rig.port(), &asked, token(TOKEN).as_ref()));
        assert_eq!(check.unwrap_err().code(), "token.not-offered", "{}", database.engine());
        let claims = rig.block_on(check_claims(&rig.may(AskRegistry), &rig.registrar, &rig.registry(), &rig.port(), &[name("free.beta")]));
        assert_eq!(claims.unwrap_err().code(), "claims.not-offered");
        assert_eq!(rig.port.count(), 0);
    });
}
