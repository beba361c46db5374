//! An older state is put back: nothing in it acts before the registry was asked, and what was lost is found again.

mod gap;

use std::collections::BTreeMap;

use epp::domain::Command;
use jiff::SignedDuration;
use model::{AuthInfo, DomainName, EppStatus, Period, SeededEntropy, Timestamp};
use policy::{ChargeKind, DeletionCause, DomainCommand, Phase, ReasonOwner, Registration};
use store::testing::{TestDatabase, TestDatabases};
use store::{ledger, notices, registrations};

use super::*;
use crate::command::{ChangeNameservers, DeleteDomain, RenewDomain};
use crate::gate::testing::{Rig, name, other, us};
use crate::notice::Courier;
use crate::portfolio::ListCharges;
use crate::registry::ReconcileNames;
use crate::timer::Clockwork;
use crate::{DomainOrder, Failure, Target, actor, authorise};

/// Longer than a term, its grace and the redemption after it.
const LONG_DAYS: i64 = 200;

fn frozen(rig: &Rig, point: Timestamp) {
    rig.act(FreezeRegistrar { source: "backup of the test".to_owned(), point: Some(point) }).unwrap();
}

fn reconcile(rig: &Rig, listed: &[DomainName]) -> Reconciled {
    let run = RecoveryRun::open(&rig.may(ReconcileNames), &rig.registrar, &rig.registry(), rig.port()).unwrap();
    rig.block_on(run.run(listed, &mut |_| {})).unwrap()
}

fn registration(rig: &Rig, text: &str) -> Registration {
    rig.registrar.store().read::<_, Failure>(|tx| Ok(registrations::find_latest(tx, &name(text))?)).unwrap().unwrap()
}

fn entries(rig: &Rig) -> BTreeMap<String, usize> {
    let rows = rig.registrar.store().read::<_, Failure>(|tx| Ok(ledger::list_newest_entries(tx, u64::MAX >> 1, 10_000)?)).unwrap();
    rows.into_iter().fold(BTreeMap::new(), |mut counts, row| {
        *counts.entry(row.kind).or_default() += 1;
        counts
    })
}

fn renew(rig: &Rig, text: &str) {
    rig.act(RenewDomain { name: name(text), period: Period::ONE_YEAR, current_expiry: None, fee: None }).unwrap();
}

fn renewals_charged(rig: &Rig, text: &str) -> usize {
    let lines = rig.ask(ListCharges { name: name(text) }).unwrap();
    lines.iter().filter(|line| line.charge.kind == ChargeKind::Renew).count()
}

fn refusal<T: std::fmt::Debug>(result: Result<T, Failure>) -> &'static str {
    result.unwrap_err().code()
}

/// What the registry says is the end of the term.
fn expiry_there(rig: &Rig, text: &str) -> Timestamp {
    let said = rig.port.say(&us(), Command::Info(epp::domain::Info::new(text)));
    match said.domain() {
        Some(epp::domain::Data::Info(info)) => info.expires.unwrap(),
        other => panic!("{other:?}"),
    }
}

fn one(kind: impl FnOnce(&mut TestDatabase)) {
    kind(&mut TestDatabases::sqlite());
}

#[test]
fn an_older_state_stays_still_for_months() {
    one(|database| {
        let mut rig = Rig::new(database, 301);
        for text in ["renewed.alpha", "same.alpha"] {
            rig.order(text);
        }
        rig.settle(database);
        let point = rig.registrar.now();
        let backup = database.backup();
        // What the backup does not hold: a renewal, and a change of delegation.
        rig.advance(3_600);
        renew(&rig, "renewed.alpha");
        rig.settle(database);
        let elsewhere = BTreeMap::from([("ns9.elsewhere.example".parse().unwrap(), Default::default())]);
        rig.act(ChangeNameservers { name: name("renewed.alpha"), nameservers: elsewhere.clone() }).unwrap();
        rig.settle(database);
        let (paid_to, before) = (registration(&rig, "renewed.alpha").expires_at.unwrap(), entries(&rig));

        rig.advance(3_600);
        rig.put_back(database, &backup);
        assert!(registration(&rig, "renewed.alpha").expires_at.unwrap() < paid_to, "{before:?}");
        frozen(&rig, point);
        let (kept, asked) = (entries(&rig), rig.port.count());

        // Months pass: past both expiries by the books that were put back.
        for _ in 0..3 {
            rig.advance(LONG_DAYS * 86_400);
            assert_eq!(Clockwork::new(&rig.registrar).step(100).unwrap(), 0);
            assert_eq!(Clockwork::new(&rig.registrar).follow_profiles().unwrap(), 0);
            assert_eq!(Courier::new(&rig.registrar).step(100).unwrap(), 0);
            rig.step(database);
        }
        assert_eq!((entries(&rig), rig.port.count()), (kept, asked), "nothing was done, sent or written down");
        let tick = DomainOrder::new(Target::Named(name("same.alpha")), DomainCommand::Tick);
        let ticked = rig.registrar.carry_out(authorise(&actor::timer(), tick).unwrap());
        assert_eq!(refusal(ticked), "recovery.frozen", "no worker goes round it");
    });
}

#[test]
fn what_changed_after_the_recovery_point_is_taken_and_the_instance_thaws() {
    one(|database| {
        let mut rig = Rig::new(database, 302);
        for text in ["changed.alpha", "same.alpha", "meddled.alpha"] {
            rig.order(text);
        }
        rig.settle(database);
        let backup = database.backup();
        rig.advance(7_200);
        let point = rig.registrar.now();
        rig.advance(7_200);
        renew(&rig, "changed.alpha");
        rig.settle(database);
        let elsewhere = BTreeMap::from([("ns9.elsewhere.example".parse().unwrap(), Default::default())]);
        rig.act(ChangeNameservers { name: name("changed.alpha"), nameservers: elsewhere.clone() }).unwrap();
        rig.settle(database);
        let paid_to = registration(&rig, "changed.alpha").expires_at;
        rig.order("later.alpha");
        rig.settle(database);

        rig.put_back(database, &backup);
        rig.advance(60);
        frozen(&rig, point);
        assert_eq!(refusal(rig.act(ThawRegistrar { reason: None })), "recovery.not-green");
        let unseen = rig.act(RenewDomain { name: name("same.alpha"), period: Period::ONE_YEAR, current_expiry: None, fee: None });
        assert_eq!(refusal(unseen), "recovery.unseen");

        let found = reconcile(&rig, &[name("later.alpha"), name("nobody.alpha"), name("same.alpha")]);
        assert_eq!((found.standing.checked, found.standing.taken, found.standing.adopted), (4, 1, 1), "{found:?}");
        assert_eq!((found.standing.exceptions, found.standing.unanswered), (0, 0), "{found:?}");
        assert_eq!(found.taken[0].elements, ["expiry", "nameservers"]);
        assert_eq!(found.foreign.iter().map(|foreign| foreign.name.as_str()).collect::<Vec<_>>(), ["nobody.alpha"]);
        let changed = registration(&rig, "changed.alpha");
        assert_eq!((changed.expires_at, &changed.desired.nameservers), (paid_to, &elsewhere));
        assert_eq!(renewals_charged(&rig, "changed.alpha"), 1);
        let adopted = registration(&rig, "later.alpha");
        assert_eq!((adopted.phase, adopted.registrant), (Phase::Registered, Some(rig.holder)), "the handle says who holds it");
        assert_eq!(adopted.expires_at.map(|at| at.as_second()), Some(expiry_there(&rig, "later.alpha").as_second()));
        assert_eq!(rig.open_intents(), 0, "nothing is sent because of it");

        // People go on with what the registry was asked about.
        renew(&rig, "same.alpha");
        rig.settle(database);
        assert_eq!(renewals_charged(&rig, "same.alpha"), 1);

        rig.act(ThawRegistrar { reason: None }).unwrap();
        assert_eq!(refusal(rig.act(ThawRegistrar { reason: None })), "recovery.not-frozen");
        let written = entries(&rig);
        let has = ["registrar-frozen", "registry-reconciled", "registrar-thawed", "domain-adopted"].map(|kind| written.contains_key(kind));
        assert_eq!(has, [true; 4], "{written:?}");
        // The clock goes on, and orders what the frozen months would have brought.
        rig.advance(330 * 86_400);
        assert!(Clockwork::new(&rig.registrar).step(100).unwrap() > 0);
        let waiting =
            rig.registrar.store().read::<_, Failure>(|tx| Ok(notices::list_uncarried(tx, None, rig.registrar.now(), 10)?)).unwrap();
        assert!(!waiting.is_empty());
        assert!(Courier::new(&rig.registrar).step(100).unwrap() > 0);
    });
}

#[test]
fn a_difference_that_the_recovery_point_does_not_explain_waits_for_a_person() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 303);
        rig.order("odd.alpha");
        rig.settle(database);
        let mut update = epp::domain::Update::new("odd.alpha");
        update.add.statuses = vec![EppStatus::ClientHold.into()];
        assert!(rig.port.say(&us(), Command::Update(update)).is_success());
        rig.advance(7_200);
        frozen(&rig, rig.registrar.now());
        rig.advance(60);
        let found = reconcile(&rig, &[]);
        assert_eq!((found.standing.exceptions, found.standing.taken), (1, 0), "{}: {found:?}", database.engine());
        assert_eq!(refusal(rig.act(ThawRegistrar { reason: None })), "recovery.not-green");
        rig.act(DomainOrder::new(Target::Named(name("odd.alpha")), DomainCommand::AcceptActual)).unwrap();
        assert!(reconcile(&rig, &[]).standing.is_green(&rig.ask(AskRecovery).unwrap().freeze.unwrap()));
        rig.act(ThawRegistrar { reason: None }).unwrap();
        assert!(!rig.registrar.is_frozen().unwrap());
    });
}

#[test]
fn an_officer_can_thaw_with_a_reason_that_stays_on_record() {
    TestDatabases::each(|database| {
        let rig = Rig::new(database, 304);
        frozen(&rig, rig.registrar.now());
        assert_eq!(refusal(rig.act(ThawRegistrar { reason: Some("  ".to_owned()) })), "recovery.reason", "{}", database.engine());
        rig.act(ThawRegistrar { reason: Some("the registry is gone for good".to_owned()) }).unwrap();
        let rows = rig.registrar.store().read::<_, Failure>(|tx| Ok(ledger::list_newest_entries(tx, u64::MAX >> 1, 10)?)).unwrap();
        let thawed = rows.iter().find(|row| row.kind == "registrar-thawed").unwrap();
        assert!(thawed.body.as_deref().is_some_and(|body| body.contains("the registry is gone for good")), "{thawed:?}");
    });
}

/// The order was in the outbox that was put back, and had been carried out after it.
#[test]
fn a_renewal_that_was_sent_after_the_recovery_point_is_not_sent_twice() {
    one(|database| {
        let mut rig = Rig::new(database, 305);
        rig.order("twice.alpha");
        rig.settle(database);
        renew(&rig, "twice.alpha");
        let backup = database.backup();
        let point = rig.registrar.now();
        rig.advance(600);
        rig.settle(database);
        let paid_to = expiry_there(&rig, "twice.alpha");
        rig.advance(600);
        rig.put_back(database, &backup);
        frozen(&rig, point);
        let sent = rig.port.count();
        rig.settle(database);
        assert_eq!(expiry_there(&rig, "twice.alpha"), paid_to, "it was renewed once");
        assert_eq!(registration(&rig, "twice.alpha").expires_at.map(|at| at.as_second()), Some(paid_to.as_second()));
        assert_eq!(renewals_charged(&rig, "twice.alpha"), 1);
        assert!(rig.port.count() > sent, "it was asked about");
        assert!(reconcile(&rig, &[]).standing.exceptions == 0);
        rig.act(ThawRegistrar { reason: None }).unwrap();
    });
}

/// Nobody had sent them: what the registry takes only once is sent, what could undo later orders is not.
#[test]
fn the_rest_of_an_outbox_that_was_put_back_is_proven_before_it_is_sent() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 306);
        for text in ["gone.alpha", "kept.alpha"] {
            rig.order(text);
        }
        rig.settle(database);
        rig.advance(10 * 86_400);
        renew(&rig, "kept.alpha");
        rig.order("new.alpha");
        rig.act(DeleteDomain { name: name("gone.alpha"), cause: DeletionCause::Registrant }).unwrap();
        rig.advance(600);
        frozen(&rig, rig.registrar.now());
        let unproven = rig.ask(AskRecovery).unwrap().registries[0].unproven;
        assert!(unproven >= 3, "{}: {unproven}", database.engine());
        let before = expiry_there(&rig, "kept.alpha");
        rig.settle(database);
        assert_eq!(rig.ask(AskRecovery).unwrap().registries[0].unproven, 0);
        assert!(expiry_there(&rig, "kept.alpha") > before);
        assert_eq!(renewals_charged(&rig, "kept.alpha"), 1);
        assert_eq!(registration(&rig, "new.alpha").phase, Phase::Registered, "{}", database.engine());
        assert_eq!(registration(&rig, "gone.alpha").phase, Phase::Registered, "a deletion of before is not carried out");
        let found = reconcile(&rig, &[]);
        assert_eq!((found.standing.exceptions, found.standing.unanswered), (0, 0), "{found:?}");
    });
}

/// Only the registry knows the name, which is held there: nobody may lift the hold as if it were the registrant's own.
#[test]
fn a_name_that_only_the_registry_knows_is_taken_on_with_what_it_is() {
    TestDatabases::each(|database| {
        let rig = Rig::new(database, 307);
        let person = epp::contact::Person::from_contact(&crate::gate::testing::holder());
        let contact = epp::contact::Create { id: "LOST-1".into(), person, auth: epp::AuthValue::empty(), disclose: None };
        assert!(rig.port.say(&us(), epp::contact::Command::Create(contact)).is_success());
        let create = epp::domain::Create {
            registrant: Some("LOST-1".into()),
            ..epp::domain::Create::new("found.alpha", None, epp::AuthValue::empty())
        };
        assert!(rig.port.say(&us(), Command::Create(create)).is_success());
        let mut update = epp::domain::Update::new("found.alpha");
        update.add.statuses = vec![EppStatus::ClientHold.into(), EppStatus::ClientTransferProhibited.into()];
        assert!(rig.port.say(&us(), Command::Update(update)).is_success());
        frozen(&rig, rig.registrar.now());
        let found = reconcile(&rig, &[name("found.alpha")]);
        assert_eq!((found.standing.adopted, found.standing.exceptions), (1, 0), "{}: {found:?}", database.engine());
        let taken = registration(&rig, "found.alpha");
        let owner = |status| taken.desired.statuses.reasons(status).next().map(|reason| reason.owner);
        assert_eq!(owner(EppStatus::ClientHold), Some(ReasonOwner::Abuse));
        assert_eq!(owner(EppStatus::ClientTransferProhibited), Some(ReasonOwner::Registrant));
        assert!(taken.created_at.is_some() && !taken.is_adopting);
        assert_eq!(taken.expires_at.map(|at| at.as_second()), Some(expiry_there(&rig, "found.alpha").as_second()));
    });
}

/// A name is never taken on beside a machine that works: it would act on what a record says before the registry was asked.
#[test]
fn nothing_is_taken_on_while_the_instance_works() {
    TestDatabases::each(|database| {
        let rig = Rig::new(database, 308);
        let adoption = policy::command::AdoptDomain {
            name: name("awake.alpha"),
            registrant: None,
            contacts: BTreeMap::new(),
            expires_at: None,
            source: "a deposit".to_owned(),
        };
        assert_eq!(refusal(rig.act(AdoptName { adoption, actual: None })), "adopt.awake", "{}", database.engine());
        let run = RecoveryRun::open(&rig.may(ReconcileNames), &rig.registrar, &rig.registry(), rig.port()).unwrap();
        assert_eq!(refusal(rig.block_on(run.run(&[], &mut |_| {}))), "recovery.not-frozen");
    });
}

/// The registry renewed the name by itself while we were frozen: that is not taken for a renewal somebody paid for.
#[test]
fn the_registrys_own_renewal_is_told_from_one_that_was_lost() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 309);
        rig.order("auto.alpha");
        rig.settle(database);
        rig.advance(300 * 86_400);
        frozen(&rig, rig.registrar.now());
        rig.clock.advance(SignedDuration::from_hours(24 * 70));
        let now = rig.registrar.now();
        rig.port.world().registry_mut().advance(now);
        let term = registration(&rig, "auto.alpha").expires_at.unwrap();
        let found = reconcile(&rig, &[]);
        assert_eq!((found.standing.taken, found.standing.exceptions), (0, 0), "{}: {found:?}", database.engine());
        let taken = registration(&rig, "auto.alpha");
        assert_eq!(taken.expires_at, Some(term), "the term is the one that was paid for");
        assert!(taken.expiry.is_some_and(|case| case.auto_renewed_to.is_some()));
    });
}

/// Its message was acknowledged by the machine that died, so nobody tells us any more but an `info`.
#[test]
fn a_name_that_left_after_the_recovery_point_is_let_go() {
    one(|database| {
        let mut rig = Rig::new(database, 310);
        rig.order("left.alpha");
        rig.settle(database);
        let (backup, point) = (database.backup(), rig.registrar.now());
        rig.advance(90 * 86_400);
        let code = AuthInfo::generate(&mut SeededEntropy::new(5));
        let mut set = epp::domain::Update::new("left.alpha");
        set.change.auth = Some(epp::AuthChange::Set(epp::AuthValue::from(&code)));
        assert!(rig.port.say(&us(), Command::Update(set)).is_success());
        let mut request = epp::domain::Transfer::new(epp::TransferOp::Request, "left.alpha");
        request.auth = Some(epp::AuthValue::from(&code));
        assert!(rig.port.say(&other(), Command::Transfer(request)).is_success());
        let approve = epp::domain::Transfer::new(epp::TransferOp::Approve, "left.alpha");
        assert!(rig.port.say(&us(), Command::Transfer(approve)).is_success());
        rig.put_back(database, &backup);
        rig.advance(600);
        frozen(&rig, point);
        let found = reconcile(&rig, &[]);
        assert_eq!((found.standing.exceptions, found.standing.unanswered), (0, 0), "{found:?}");
        assert_eq!(registration(&rig, "left.alpha").phase, Phase::TransferredAway);
        rig.act(ThawRegistrar { reason: None }).unwrap();
    });
}
