//! What stops the gate: no money, an outage, a refused login, a registry that fails.

use model::Period;
use policy::IntentState;
use sandbox::{AdminAction, Fault, FaultPlan, FaultRule, Scope, Trigger};
use store::testing::TestDatabases;
use store::{StoreFault, intents};

use super::books;
use crate::command::{RenewDomain, SetAutoRenew};
use crate::gate::NotSent;
use crate::gate::testing::{Rig, name, us};
use crate::maintenance::{self, Outage};
use crate::registry::{ClearAlarm, ListAlarms, ResumePaidOperations};
use model::SeededEntropy;

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

#[test]
fn during_an_outage_only_what_somebody_waits_for_is_sent() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 22);
        rig.order("calm.alpha");
        rig.settle(database);
        rig.act(SetAutoRenew { name: name("calm.alpha"), auto_renew: true }).unwrap();
        let (registry, now) = (rig.registry(), rig.registrar.now());
        let outage = Outage { from: now, until: "2026-11-23T14:00:00Z".parse().unwrap(), what: "upgrade".to_owned() };
        let announced: Result<(), StoreFault> = rig.registrar.store().write(move |tx| maintenance::announce(tx, &registry, outage.clone(), now));
        announced.unwrap();
        let filter = |rig: &Rig, is_bulk_allowed| {
            let registry = rig.registry();
            let filter = intents::ClaimFilter { is_bulk_allowed, is_paid_allowed: true };
            let found: Result<Vec<_>, StoreFault> =
                rig.registrar.store().read(|tx| intents::list_claimable(tx, &registry, rig.registrar.now(), &filter, 10));
            found.unwrap().len()
        };
        // The operator's order is in the interactive lane.
        rig.order("urgent.alpha");
        assert!(filter(&rig, false) > 0);
        rig.settle(database);
        books::agree(&rig);
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
        *rig.port.closed.lock().unwrap() = Some(NotSent { retry_at: Some(until), ..NotSent::passing("the registry failed 5 times in a row") });
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
        let receipt = rig.act(RenewDomain { name: name("first.alpha"), period: Period::ONE_YEAR, current_expiry: None, fee: None }).unwrap();
        rig.settle(database);
        assert_eq!(rig.states_of(&receipt), [IntentState::Refused], "{}", database.engine());
        let attempts: Vec<u32> =
            books::intents_of(&rig).iter().filter(|row| receipt.intents.contains(&row.intent.id)).map(|row| row.attempts).collect();
        assert_eq!(attempts, [5]);
        assert_eq!(alarms(&rig), ["failing:alpha:domain:first.alpha"]);
        books::agree(&rig);
    });
}
