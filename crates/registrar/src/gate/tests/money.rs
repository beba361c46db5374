//! What stops the gate: no money, an outage, a refused login, a registry that fails.

use model::{Period, SeededEntropy};
use policy::IntentState;
use sandbox::{AdminAction, Fault, FaultPlan, FaultRule, Scope, Trigger};
use store::StoreFault;
use store::testing::{TestDatabase, TestDatabases};

use super::books;
use crate::command::{RenewDomain, SetAutoRenew};
use crate::gate::NotSent;
use crate::gate::testing::{Rig, name, us};
use crate::maintenance::{self, Outage};
use crate::registry::{ClearAlarm, ListAlarms, ResumePaidOperations};
use crate::testing::profile;
use crate::timer::Clockwork;

fn alarms(rig: &Rig) -> Vec<String> {
    rig.ask(ListAlarms::default()).unwrap().into_iter().map(|alarm| alarm.key).collect()
}

fn balance(rig: &Rig, minor: i64) {
    let now = rig.registrar.now();
    let action = AdminAction::Balance { registrar: us(), minor };
    rig.port.world().registry_mut().administer(&action, now, &mut SeededEntropy::new(1)).unwrap();
}

#[test]
fn without_money_nothing_that_costs_is_sent_until_somebody_says_so() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 21);
        rig.order("rich.alpha");
        rig.settle(database);
        balance(&rig, 0);
        // Somebody waits for this one, so its refusal is its answer.
        let receipt = rig.order("poor.alpha");
        rig.settle(database);
        assert!(rig.states_of(&receipt).contains(&IntentState::Refused), "{}", database.engine());
        assert_eq!(alarms(&rig), ["balance:alpha"]);
        // From here on what costs money stays in the outbox, and what does not goes on.
        let count = rig.port.count();
        rig.act(RenewDomain { name: name("rich.alpha"), period: Period::ONE_YEAR, current_expiry: None, fee: None }).unwrap();
        assert!(rig.step(database).unwrap().is_idle());
        assert_eq!((rig.port.count(), rig.open_intents()), (count, 1));
        balance(&rig, 1_000_000);
        assert!(rig.act(ResumePaidOperations { registry: rig.registry() }).unwrap());
        rig.settle(database);
        assert_eq!(alarms(&rig), Vec::<String>::new());
        books::agree(&rig);
    });
}

/// A registry that does not renew by itself, so that the clock does: bulk work, for which nobody waits.
fn renewing(database: &TestDatabase, seed: u64) -> Rig {
    let mut profile = profile();
    profile.tlds[0].auto_renew = false;
    Rig::with_profile(database, seed, profile)
}

fn renewal_by_the_clock(rig: &Rig) -> usize {
    rig.act(SetAutoRenew { name: name("calm.alpha"), auto_renew: true }).unwrap();
    let before = rig.open_intents();
    rig.clock.set("2027-11-23T11:59:59Z".parse().unwrap());
    while Clockwork::new(&rig.registrar).step(100).unwrap() > 0 {}
    rig.open_intents() - before
}

#[test]
fn during_an_outage_only_what_somebody_waits_for_is_sent() {
    TestDatabases::each(|database| {
        let mut rig = renewing(database, 22);
        rig.order("calm.alpha");
        rig.settle(database);
        assert!(renewal_by_the_clock(&rig) > 0, "{}", database.engine());
        let (registry, now) = (rig.registry(), rig.registrar.now());
        let outage = Outage { from: now, until: "2027-11-23T14:00:00Z".parse().unwrap(), what: "upgrade".to_owned() };
        let announced: Result<(), StoreFault> =
            rig.registrar.store().write(move |tx| maintenance::announce(tx, &registry, outage.clone(), now));
        announced.unwrap();
        assert!(rig.step(database).unwrap().is_idle(), "{}: bulk work waits", database.engine());
        let urgent = rig.order("urgent.alpha");
        while !rig.step(database).unwrap().is_idle() {}
        assert!(rig.states_of(&urgent).iter().all(|state| *state == IntentState::Confirmed), "{}", database.engine());
        assert!(rig.open_intents() > 0, "bulk work still waits");
        rig.advance(2 * 3_600);
        rig.settle(database);
        books::agree(&rig);
    });
}

#[test]
fn bulk_work_without_money_waits_instead_of_failing() {
    TestDatabases::each(|database| {
        let mut rig = renewing(database, 26);
        rig.order("calm.alpha");
        rig.settle(database);
        assert!(renewal_by_the_clock(&rig) > 0, "{}", database.engine());
        balance(&rig, 0);
        while !rig.step(database).unwrap().is_idle() {}
        assert_eq!(alarms(&rig), ["balance:alpha"]);
        assert!(rig.open_intents() > 0, "{}: the renewal waits", database.engine());
        balance(&rig, 1_000_000);
        rig.act(ResumePaidOperations { registry: rig.registry() }).unwrap();
        rig.settle(database);
        assert!(books::intents_of(&rig).iter().all(|row| row.state == IntentState::Confirmed));
        books::agree(&rig);
    });
}

/// 1001 and then silence: the operator is told, nothing is repeated, and a decision without a message is found.
#[test]
fn what_the_registry_does_not_decide_is_an_alarm_and_found_when_it_does() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 27);
        rig.with_options(|options| {
            options.pending_create_suffix = "-later".to_owned();
            options.pending_create_hours = 48;
        });
        rig.order("slow-later.alpha");
        for _ in 0..5 {
            rig.step(database);
        }
        assert_eq!(rig.states().get("pending"), Some(&1), "{}: {:?}", database.engine(), rig.states());
        rig.advance(25 * 3_600);
        assert_eq!(rig.step(database).unwrap().pending, 1);
        assert_eq!(alarms(&rig), ["undecided:alpha:domain:slow-later.alpha"]);
        assert_eq!(rig.states().get("pending"), Some(&1));
        rig.advance(24 * 3_600);
        let now = rig.registrar.now();
        rig.port.world().registry_mut().advance(now);
        assert_eq!(rig.step(database).unwrap().confirmed, 1, "{}: the decision is found", database.engine());
        assert_eq!(rig.open_intents(), 0);
    });
}

#[test]
fn a_refused_login_is_an_alarm_and_nothing_is_lost() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 23);
        *rig.port.closed.lock().unwrap() =
            Some(NotSent { reason: "logins are stopped: 2200 wrong password".to_owned(), retry_at: None, is_locked_out: true });
        rig.order("locked.alpha");
        let round = rig.step(database).unwrap();
        assert!(round.put_back > 0 && round.sent == round.put_back, "{}: {round:?}", database.engine());
        assert_eq!(alarms(&rig), ["login:alpha"]);
        assert!(rig.step(database).unwrap().is_idle(), "the gate pauses");
        *rig.port.closed.lock().unwrap() = None;
        rig.settle(database);
        assert!(rig.act(ClearAlarm { key: "login:alpha".to_owned() }).unwrap());
        assert_eq!(alarms(&rig), Vec::<String>::new());
        books::agree(&rig);
    });
}

#[test]
fn an_open_circuit_pauses_the_gate_until_it_closes() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 24);
        let until = "2026-11-23T12:10:00Z".parse().unwrap();
        *rig.port.closed.lock().unwrap() =
            Some(NotSent { retry_at: Some(until), ..NotSent::passing("the registry failed 5 times in a row") });
        rig.order("broken.alpha");
        assert!(rig.step(database).unwrap().put_back > 0);
        *rig.port.closed.lock().unwrap() = None;
        rig.advance(599);
        assert!(rig.step(database).unwrap().is_idle(), "{}: not before its time", database.engine());
        rig.advance(1);
        assert!(!rig.step(database).unwrap().is_idle());
        rig.settle(database);
        books::agree(&rig);
    });
}

#[test]
fn a_registry_that_always_fails_is_believed_after_five_times() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 25);
        rig.order("first.alpha");
        rig.settle(database);
        let fails = FaultRule { when: Trigger::Always, only: Scope::Transforms, fault: Fault::CommandFailed, times: None };
        rig.faults(Some(FaultPlan { seed: 25, rules: vec![fails] }));
        let receipt =
            rig.act(RenewDomain { name: name("first.alpha"), period: Period::ONE_YEAR, current_expiry: None, fee: None }).unwrap();
        rig.settle(database);
        assert_eq!(rig.states_of(&receipt), [IntentState::Refused], "{}", database.engine());
        let attempts: Vec<u32> =
            books::intents_of(&rig).iter().filter(|row| receipt.intents.contains(&row.intent.id)).map(|row| row.attempts).collect();
        assert_eq!(attempts, [5]);
        assert_eq!(alarms(&rig), ["failing:alpha:domain:first.alpha"]);
        books::agree(&rig);
    });
}
