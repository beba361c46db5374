//! Extensions: fees, tokens, login security, TTLs, unhandled namespaces, outages, and the quirks of registries.

use epp::extension::allocation_token::AllocationToken;
use epp::extension::fee::{Check as FeeCheck, CommandFees, Fee, FeeBody, FeeCommand, FeeVersion, PricedVerb, Transform};
use epp::extension::login_sec::{LoginSec, LoginSecurity};
use epp::extension::secdns::{Records, Remove, SecDns, Update as SecDnsUpdate};
use epp::extension::ttl::{RecordType, Ttl, TtlValue};
use epp::extension::verisign::Namestore;
use epp::{AuthValue, Command, Extension, LOGIN_SECURITY_PASSWORD, Login, Namespace, Poll, ResponseData, ResultCode, maintenance};
use model::{Currency, Money, Secret};
use policy::profile::Quirk;
use sandbox::{AdminAction, Options, RegistrarConfig, Registry, SessionState, TokenText};

use crate::rig::*;

const NAME: &str = "example.thick";

fn fee(version: FeeVersion, body: FeeBody) -> Vec<Extension> {
    vec![Extension::Fee(Fee { version, body })]
}

fn agreed(minor: i64) -> Transform {
    Transform::of(Money::new(minor, Currency::USD))
}

fn prices(response: &epp::Response) -> Vec<Vec<(PricedVerb, Option<String>)>> {
    let Some(Extension::Fee(Fee { body: FeeBody::CheckData(data), .. })) = response.extensions.first() else { panic!("{response:?}") };
    let line = |fees: &CommandFees| (fees.command.verb.clone(), fees.fees.first().map(|fee| fee.amount.as_str().to_owned()));
    data.objects.iter().map(|object| object.commands.iter().map(line).collect()).collect()
}

#[test]
fn a_premium_name_is_sold_only_to_who_agrees_to_its_price() {
    let mut rig = Rig::new("thick");
    rig.furnish(NAME);
    let mut buy = |body: Option<Transform>| {
        let extensions = body.map(|body| fee(FeeVersion::V1_0, FeeBody::Create(body))).unwrap_or_default();
        rig.send_with(A, create("gold.thick", 1), extensions)
    };
    assert_eq!(buy(None).code().get(), 2003);
    assert_eq!(buy(Some(agreed(49_999))).code().get(), 2004);
    assert_eq!(buy(Some(Transform::of(Money::new(50_000, Currency::EUR)))).code().get(), 2004);
    let bought = buy(Some(agreed(60_000)));
    assert_eq!(bought.code().get(), 1000);
    let Some(Extension::Fee(Fee { body: FeeBody::CreateData(data), .. })) = bought.extensions.first() else { panic!("{bought:?}") };
    assert_eq!(data.fees[0].amount.as_str(), "500.00", "the price is charged, not what was agreed to");
    assert_eq!(rig.last().charge(), 50_000);
    let expires = rig.domain("gold.thick").expires;
    assert_eq!(rig.code(A, renew("gold.thick", expires, 1)), 2003, "a renewal of a premium name too");
    let renewed = rig.send_with(A, renew("gold.thick", expires, 2), fee(FeeVersion::V1_0, FeeBody::Renew(agreed(100_000))));
    assert_eq!(renewed.code().get(), 1000);
    // An ordinary name needs no agreement, but a wrong one is refused.
    assert_eq!(rig.send_with(A, create("plain.thick", 2), fee(FeeVersion::V1_0, FeeBody::Create(agreed(1_599)))).code().get(), 2004);
    assert_eq!(rig.send_with(A, create("plain.thick", 2), fee(FeeVersion::V1_0, FeeBody::Create(agreed(1_600)))).code().get(), 1000);
    rig.money_adds_up();
}

#[test]
fn a_check_tells_prices() {
    let mut rig = Rig::new("thick");
    let commands = [PricedVerb::Create, PricedVerb::Renew, PricedVerb::Transfer, PricedVerb::Restore];
    let body = FeeCheck::of(commands.clone().map(|verb| FeeCommand::new(verb, None)));
    let response = rig.send_with(A, check(&["plain.thick", "gold.thick", "other.example"]), fee(FeeVersion::V1_0, FeeBody::Check(body)));
    let expected = |amounts: [&str; 4]| commands.clone().into_iter().zip(amounts.map(|amount| Some(amount.to_owned()))).collect::<Vec<_>>();
    let [plain, gold, elsewhere] = prices(&response).try_into().unwrap();
    assert_eq!(plain, expected(["8.00", "9.00", "10.00", "40.00"]));
    assert_eq!(gold, expected(["500.00", "500.00", "500.00", "540.00"]));
    assert_eq!(elsewhere, []);
}

#[test]
fn the_fee_drafts_work_as_the_profile_names_them() {
    let mut rig = Rig::new("thin");
    let body = FeeCheck::of([FeeCommand::new(PricedVerb::Create, Some(epp::Period::years(2)))]);
    let response = rig.send_with(A, check(&["plain.thin"]), fee(FeeVersion::V0_23, FeeBody::Check(body.clone())));
    assert_eq!(prices(&response), [[(PricedVerb::Create, Some("12.00".to_owned()))]]);
    assert_eq!(rig.send_with(A, check(&["plain.thin"]), fee(FeeVersion::V1_0, FeeBody::Check(body.clone()))).code().get(), 2103);

    let mut old = profile("thin");
    old.namespaces.fee_version = Some(policy::profile::FeeVersion::V0_11);
    let mut rig = Rig::with(old, Options::default());
    let response = rig.send_with(A, check(&["plain.thin", "other.example"]), fee(FeeVersion::V0_11, FeeBody::Check(body)));
    assert_eq!(prices(&response)[0], [(PricedVerb::Create, Some("12.00".to_owned()))]);
    let create = create_with("plain.thin", |_| ());
    let agreed = Transform::of(Money::new(600, Currency::EUR));
    assert_eq!(rig.send_with(A, create, fee(FeeVersion::V0_11, FeeBody::Create(agreed))).code().get(), 1000);
    assert_eq!(rig.code(A, delete("plain.thin")), 1000, "the credit of a delete is told in the draft too");
}

#[test]
fn a_reserved_name_opens_to_its_token() {
    let mut rig = Rig::new("thick");
    rig.furnish(NAME);
    let token = TokenText("open-sesame-77".to_owned());
    rig.administer(&AdminAction::Reserve { name: name("kept.thick"), token: Some(token) }).unwrap();
    let with = |token: &str| vec![Extension::AllocationToken(AllocationToken::Token(Secret::new(token)))];
    assert_eq!(rig.code(A, create("kept.thick", 1)), 2201);
    assert_eq!(rig.send_with(A, create("kept.thick", 1), with("wrong")).code().get(), 2201);
    assert_eq!(rig.send_with(A, create("plain.thick", 1), with("wrong")).code().get(), 2201, "a token nobody knows");
    assert_eq!(rig.send_with(A, create("kept.thick", 1), with("open-sesame-77")).code().get(), 1000);
    rig.must(A, set_code("kept.thick", STRONG));
    rig.days(20);
    let request = |domain: &str| transfer(epp::TransferOp::Request, domain, Some(STRONG));
    assert_eq!(rig.send_with(B, request("kept.thick"), with("wrong")).code().get(), 2201);
    assert_eq!(rig.send_with(B, request(NAME), with("open-sesame-77")).code().get(), 2201, "the name has no token");
    assert_eq!(rig.send_with(B, request("kept.thick"), with("open-sesame-77")).code().get(), 1001);
}

#[test]
fn dnssec_follows_rfc_5910() {
    let mut rig = Rig::new("thick");
    rig.furnish(NAME);
    let change = |remove: Option<Remove>, add: &[u16]| {
        let add = (!add.is_empty()).then(|| epp::extension::secdns::Delegation::ds(add.iter().map(|tag| ds_record(*tag))));
        vec![Extension::SecDns(SecDns::Update(SecDnsUpdate { is_urgent: false, remove, add, max_sig_life: None }))]
    };
    let these = |tags: &[u16]| Some(Remove::These(Records::Ds(tags.iter().map(|tag| ds_record(*tag)).collect())));
    let mut send = |extensions| rig.send_with(A, update(NAME, |_| ()), extensions).code().get();
    assert_eq!(send(change(None, &[1, 2])), 1000);
    assert_eq!(send(change(None, &[1])), 2306, "there already");
    assert_eq!(send(change(these(&[9]), &[])), 2306, "not there");
    assert_eq!(send(change(None, &[3, 4, 5])), 2306, "more than four");
    assert_eq!(send(change(these(&[1]), &[3])), 1000);
    assert_eq!(send(change(Some(Remove::All), &[4])), 1000);
    let tags: Vec<u16> = rig.domain(NAME).ds.iter().map(|ds| ds.key_tag).collect();
    assert_eq!(tags, [4]);
}

#[test]
fn ttls_are_kept_and_shown() {
    let mut rig = Rig::new("thick");
    rig.furnish(NAME);
    let set = |seconds| vec![Extension::Ttl(Ttl::Update(vec![TtlValue::new(RecordType::Ns, Some(seconds))]))];
    assert_eq!(rig.send_with(A, update(NAME, |_| ()), set(1)).code().get(), 2004);
    assert_eq!(rig.send_with(A, update(NAME, |_| ()), set(600)).code().get(), 1000);
    let response = rig.send_with(A, info(NAME), vec![Extension::Ttl(Ttl::Info { wants_policy: false })]);
    let shown = response.extensions.iter().find_map(|extension| match extension {
        Extension::Ttl(Ttl::InfoData(values)) => Some(values.clone()),
        _ => None,
    });
    assert_eq!(shown, Some(vec![TtlValue::new(RecordType::Ns, Some(600))]));
    assert!(rig.registry.zone("thick", rig.now).unwrap().contains("example.thick. 600 IN NS ns1.elsewhere.example."));
}

#[test]
fn the_product_selector_is_accepted() {
    let mut rig = Rig::new("thick");
    let product = vec![Extension::Namestore(Namestore::Product("dotTHICK".into()))];
    assert_eq!(rig.send_with(A, check(&["free.thick"]), product).code().get(), 1000);
}

#[test]
fn what_a_client_did_not_declare_is_set_aside_in_poll_messages() {
    for (without, set_aside, kept) in [
        (vec![], 0, 2),
        (vec![Namespace::ChangePoll], 1, 1),
        (vec![Namespace::ChangePoll, Namespace::UnhandledNamespaces], 0, 1),
        (vec![Namespace::ChangePoll, Namespace::Rgp], 2, 0),
    ] {
        let mut rig = Rig::new("thick");
        rig.furnish(NAME);
        rig.days(366);
        rig.login(A, &without);
        let response = rig.must(A, Poll::Request);
        assert_eq!(response.results[0].ext_values.len(), set_aside, "{without:?}");
        assert_eq!(response.extensions.len(), kept, "{without:?}");
        assert_eq!(response.queue.unwrap().message.unwrap().text, format!("Domain {NAME} auto-renewed."));
    }
}

#[test]
fn outages_are_told_and_can_be_asked_for() {
    let mut rig = Rig::new("thick");
    let (start, end) = ("2026-07-01T00:00:00Z".parse().unwrap(), "2026-07-01T02:00:00Z".parse().unwrap());
    rig.administer(&AdminAction::Maintenance { id: "M-1".into(), start, end }).unwrap();
    assert!(rig.administer(&AdminAction::Maintenance { id: "M-2".into(), start: end, end: start }).is_err());
    let list = rig.must(B, maintenance::Info::List);
    let ResponseData::Maintenance(maintenance::InfoData::List(items)) = &list.data[0] else { panic!("{list:?}") };
    assert_eq!(items.len(), 1);
    let one = rig.must(B, maintenance::Info::One(maintenance::MaintenanceId::new("M-1")));
    assert!(matches!(&one.data[0], ResponseData::Maintenance(maintenance::InfoData::Item(_))));
    assert_eq!(rig.drain(C), ["Registry maintenance notification."]);
}

#[test]
fn a_pending_create_is_answered_later() {
    let mut options = Options { pending_create_suffix: "-later".into(), pending_create_hours: 24, ..Options::default() };
    options.refused_pending_creates.insert(name("never-later.thick"));
    let mut rig = Rig::with(profile("thick"), options);
    rig.furnish(NAME);
    assert_eq!(rig.code(A, create("yes-later.thick", 1)), 1001);
    assert_eq!(rig.code(A, create("never-later.thick", 1)), 1001);
    assert_eq!(rig.domain("yes-later.thick").statuses, [model::EppStatus::PendingCreate].into());
    assert_eq!(rig.code(A, delete("yes-later.thick")), 2304);
    rig.days(1);
    assert_eq!(rig.domain("yes-later.thick").statuses, [model::EppStatus::Ok].into());
    assert_eq!(rig.code(A, info("never-later.thick")), 2303);
    let mut results = Vec::new();
    for _ in 0..2 {
        let response = rig.must(A, Poll::Request);
        let Some(epp::domain::Data::Pending(pending)) = response.domain() else { panic!("{response:?}") };
        results.push((pending.name.as_str().to_owned(), pending.is_approved, pending.transaction.client.is_some()));
        rig.must(A, Poll::Acknowledge { message_id: response.queue.unwrap().id });
    }
    results.sort();
    assert_eq!(results, [("never-later.thick".to_owned(), false, true), ("yes-later.thick".to_owned(), true, true)]);
    rig.money_adds_up();
    assert_eq!(rig.registry.balance_minor(&handle(A)), Some(OPENING - 800 - 800), "the refused create is paid back");
}

#[test]
fn a_low_balance_is_told_once_and_an_empty_account_buys_nothing() {
    let mut rig = Rig::new("thick");
    rig.furnish(NAME);
    rig.administer(&AdminAction::LowBalanceMark { registrar: handle(A), minor: 1_000 }).unwrap();
    rig.administer(&AdminAction::Balance { registrar: handle(A), minor: 1_700 }).unwrap();
    assert_eq!(rig.code(A, create("one.thick", 1)), 1000);
    assert_eq!(rig.code(A, create("two.thick", 1)), 1000);
    assert_eq!(rig.code(A, create("three.thick", 1)), 2104);
    assert_eq!(rig.drain(A), ["Low balance: 9.00 USD left, at or below 10.00 USD."]);
    let expires = rig.domain(NAME).expires;
    rig.wait(expires.duration_since(rig.now));
    assert!(rig.registry.balance_minor(&handle(A)).unwrap() < 0, "the registry's own renewals are charged whatever the balance");
    rig.money_adds_up();
}

#[test]
fn an_extension_of_another_command_is_refused_and_not_ignored() {
    let mut rig = Rig::new("thick");
    rig.furnish(NAME);
    let price = fee(FeeVersion::V1_0, FeeBody::Create(agreed(800)));
    assert_eq!(rig.send_with(A, update(NAME, |u| u.add.statuses.push(model::EppStatus::ClientHold.into())), price).code().get(), 2002);
    assert_eq!(rig.send_with(A, create("other.thick", 1), restore()).code().get(), 2002);
    assert_eq!(rig.send_with(A, host_create("ns5.elsewhere.example", &[]), ds(1)).code().get(), 2002);
    assert_eq!(rig.send_with(A, update(NAME, |_| ()), ds(1)).code().get(), 2002, "the create form with an update");
}

#[test]
fn quirks_of_registries() {
    let with = |quirk| {
        let mut profile = profile("thick");
        profile.quirks.insert(quirk);
        let mut rig = Rig::with(profile, Options::default());
        rig.furnish(NAME);
        rig
    };
    let mut rig = with(Quirk::AckAnswers1300);
    rig.administer(&AdminAction::Hold { name: name(NAME), on: true }).unwrap();
    let id = rig.must(A, Poll::Request).queue.unwrap().id;
    assert_eq!(rig.code(A, Poll::Acknowledge { message_id: "999".into() }), 2303);
    assert_eq!(rig.code(A, Poll::Acknowledge { message_id: id.clone() }), 1300);
    assert_eq!(rig.code(A, Poll::Acknowledge { message_id: id }), 2303);

    let mut rig = with(Quirk::RepeatedRenewIs2306);
    let expires = rig.domain(NAME).expires;
    rig.must(A, renew(NAME, expires, 1));
    assert_eq!(rig.code(A, renew(NAME, expires, 1)), 2306);

    let mut rig = with(Quirk::LowerCaseOnly);
    let response = rig.must(A, check(&["Free.thick", "free.thick"]));
    let Some(epp::domain::Data::Check(data)) = response.domain() else { panic!("{response:?}") };
    assert_eq!(data.items.iter().map(|item| item.is_available).collect::<Vec<_>>(), [false, true]);

    let mut rig = with(Quirk::UniqueClTrid);
    let twice = Command::new(create("once.thick", 1), "SAME-1");
    assert_eq!(rig.exchange(A, &twice).code(), ResultCode::COMPLETED);
    assert!(!rig.sessions[A].is_dropped());
    let entries = rig.registry.ledger().len();
    rig.exchange(A, &Command::new(create("another.thick", 1), "SAME-1"));
    assert!(rig.sessions[A].is_dropped(), "closed without an answer");
    assert_eq!(rig.registry.ledger().len(), entries);
    let query = Command::new(check(&["free.thick"]), "SAME-1");
    rig.login(A, &[]);
    assert_eq!(rig.exchange(A, &query).code(), ResultCode::COMPLETED, "queries may repeat theirs");
}

#[test]
fn long_passwords_travel_in_login_security_and_old_certificates_are_warned_about() {
    let long = "a passphrase of more than sixteen characters";
    let now = "2026-06-01T12:00:00Z".parse().unwrap();
    let config = RegistrarConfig {
        handle: handle(A),
        password: Secret::new(long),
        certificate_sha256: Some([7; 32]),
        opening_balance_minor: 0,
        low_balance_minor: 0,
    };
    let mut entropy = model::SeededEntropy::new(1);
    let mut registry = Registry::new(profile("thick"), Options::default(), &[config], now, &mut entropy);
    let namespaces = (vec![Namespace::Domain.urn().to_owned()], vec![Namespace::LoginSec.urn().to_owned()]);
    let login = |password: Option<&str>| {
        let body = Login::new(A, Secret::new(LOGIN_SECURITY_PASSWORD), namespaces.0.clone(), namespaces.1.clone());
        let security = LoginSecurity { password: password.map(Secret::new), ..LoginSecurity::default() };
        Command::new(body, "LOGIN-1").with(LoginSec::Login(security))
    };
    let expiring = Some("2026-06-20T00:00:00Z".parse().unwrap());
    let table = [
        ([7; 32], expiring, Some(long), 1000, 1),
        ([7; 32], Some("2027-06-20T00:00:00Z".parse().unwrap()), Some(long), 1000, 0),
        ([8; 32], expiring, Some(long), 2200, 0),
        ([7; 32], expiring, Some("something else entirely"), 2200, 0),
        ([7; 32], expiring, None, 2003, 0),
    ];
    for (certificate, expires, password, code, warnings) in table {
        let mut session = SessionState::with_certificate(certificate, expires);
        let response = registry.handle(&mut session, &login(password), now, &mut entropy);
        assert_eq!((response.code().get(), response.extensions.len()), (code, warnings), "{password:?}");
    }
    let mut session = SessionState::new();
    assert_eq!(registry.handle(&mut session, &login(Some(long)), now, &mut entropy).code().get(), 2200, "no certificate");
}

#[test]
fn a_strict_registry_takes_codes_by_update_only() {
    let mut rig = Rig::with(profile("thin"), Options { refuses_code_at_create: true, ..Options::default() });
    assert_eq!(rig.code(A, create_with("coded.thin", |c| c.auth = AuthValue::password(STRONG))), 2306);
    assert_eq!(rig.code(A, create_with("coded.thin", |_| ())), 1000);
    assert_eq!(rig.code(A, set_code("coded.thin", STRONG)), 1000);
}

#[test]
fn a_code_can_be_proven_but_never_read() {
    let mut rig = Rig::new("thick");
    rig.furnish(NAME);
    assert_eq!(rig.code(A, info_with(NAME, STRONG)), 1000);
    assert_eq!(rig.code(A, info_with(NAME, "Wr0ng-but-long+enough!Code")), 2202, "even for the sponsor");
    let shown = rig.must(B, info_with(NAME, STRONG));
    let Some(epp::domain::Data::Info(data)) = shown.domain() else { panic!("{shown:?}") };
    assert!(data.registrant.is_some(), "who knows the code sees the contacts");
    let shown = rig.must(B, info(NAME));
    let Some(epp::domain::Data::Info(data)) = shown.domain() else { panic!("{shown:?}") };
    assert!(data.registrant.is_none() && data.auth.is_none());
    rig.must(A, update(NAME, |u| u.change.auth = Some(epp::AuthChange::Set(AuthValue::empty()))));
    assert!(!rig.domain(NAME).has_code);
    assert_eq!(rig.code(A, info_with(NAME, STRONG)), 2202, "cleared");
    let dump = format!("{:?}", rig.registry);
    for secret in [STRONG, PASSWORD, "Ada Sample", "ada@sample.example"] {
        assert!(!dump.contains(secret), "`{secret}` shows in Debug");
    }
    let refused = rig.send(A, set_code(NAME, "weak-but-secret"));
    assert!(!reason(&refused).contains("weak-but-secret"));
}
