//! Exactly once under fire: cuts on both sides of execution, servers that fail, and a process that dies between any two commits.

use std::collections::BTreeSet;

use model::{EppStatus, Period};
use policy::{DeletionCause, IntentState};
use sandbox::{Fault, FaultPlan, FaultRule, Position, Scope, Trigger};
use store::testing::{TestDatabase, TestDatabases};

use super::books;
use crate::command::{DeleteDomain, IssueAuthInfo, LockDomain, RenewDomain};
use crate::gate::testing::{Crash, Rig, name, us};

/// Names in one life under fire; each goes through five or more transforms.
const NAMES: usize = 30;

/// About a third of all transforms end badly, one way or the other; some queries too.
fn storm(seed: u64) -> FaultPlan {
    let rule = |per_million, only, fault| FaultRule { when: Trigger::PerMillion(per_million), only, fault, times: None };
    FaultPlan {
        seed,
        rules: vec![
            rule(120_000, Scope::Transforms, Fault::CutRequest(Position::Random)),
            rule(150_000, Scope::Transforms, Fault::CutResponse(Position::Random)),
            rule(30_000, Scope::Transforms, Fault::FailedAfterExecution),
            rule(30_000, Scope::Transforms, Fault::FailedBeforeExecution),
            rule(30_000, Scope::Transforms, Fault::OversizeFrame),
            rule(20_000, Scope::Transforms, Fault::Reordered),
            rule(50_000, Scope::Queries, Fault::CutResponse(Position::Random)),
            rule(30_000, Scope::Queries, Fault::CommandFailed),
        ],
    }
}

/// Orders everything at once and lets it settle, with a breakdown every so many commands.
fn live(rig: &mut Rig, database: &mut TestDatabase, crash_every: u64) {
    let storm_of_crashes = |rig: &mut Rig, database: &mut TestDatabase| {
        let mut is_before = false;
        for _ in 0..5_000 {
            let next = rig.port.count() + crash_every;
            rig.crash(if is_before { Crash::Before(next) } else { Crash::After(next) });
            while rig.open_intents() > 0 {
                match rig.step(database) {
                    None => break,
                    Some(round) if round.is_idle() => rig.advance(30),
                    Some(_) => {}
                }
            }
            if rig.open_intents() == 0 {
                rig.crash(Crash::Never);
                return;
            }
            is_before = !is_before;
        }
        panic!("the storm has no end: {:?}", rig.states());
    };
    let names: Vec<String> = (0..NAMES).map(|at| format!("fire{at}.alpha")).collect();
    for text in &names {
        rig.order(text);
    }
    storm_of_crashes(rig, database);
    for text in &names {
        rig.act(RenewDomain { name: name(text), period: Period::ONE_YEAR, current_expiry: None, fee: None }).unwrap();
        rig.act(LockDomain { name: name(text), statuses: BTreeSet::from([EppStatus::ClientTransferProhibited]) }).unwrap();
    }
    storm_of_crashes(rig, database);
    for (at, text) in names.iter().enumerate() {
        match at % 3 {
            0 => drop(rig.act(DeleteDomain { name: name(text), cause: DeletionCause::Registrant }).unwrap()),
            1 => drop(rig.act(IssueAuthInfo { name: name(text) })),
            _ => {
                drop(rig.act(RenewDomain { name: name(text), period: Period::years(2).unwrap(), current_expiry: None, fee: None }).unwrap())
            }
        }
    }
    storm_of_crashes(rig, database);
}

#[test]
fn nothing_is_lost_and_nothing_is_doubled_in_a_storm() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 5);
        rig.faults(Some(storm(5)));
        live(&mut rig, database, 23);
        let executed = books::executed(&rig).len();
        assert!(executed >= 4 * NAMES, "only {executed} transforms were executed");
        books::agree(&rig);
    });
}

/// A gate that sends in turn replays: the same seed gives the same frames at the registry, fault for fault.
#[test]
fn a_run_in_turn_is_repeatable() {
    let run = || {
        let mut database = TestDatabases::sqlite();
        let mut rig = Rig::new(&database, 19).in_turn();
        rig.faults(Some(storm(19)));
        for at in 0..8 {
            rig.order(&format!("again{at}.alpha"));
        }
        rig.settle(&mut database);
        books::agree(&rig);
        let world = rig.port.world();
        let ledger = world.registry().ledger().iter();
        ledger.map(|entry| format!("{} {} {:?}", entry.at, entry.object, entry.cltrid)).collect::<Vec<_>>()
    };
    assert_eq!(run(), run());
}

/// The life of a name, with a breakdown at every single command in turn, on each side of its execution.
#[test]
fn a_breakdown_between_any_two_commits_is_harmless() {
    let script = |rig: &mut Rig, database: &mut TestDatabase, text: &str| {
        rig.new_holder();
        rig.order(text);
        rig.settle(database);
        rig.act(RenewDomain { name: name(text), period: Period::ONE_YEAR, current_expiry: None, fee: None }).unwrap();
        rig.settle(database);
        rig.act(DeleteDomain { name: name(text), cause: DeletionCause::Registrant }).unwrap();
        rig.settle(database);
    };
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 11);
        script(&mut rig, database, "calm0.alpha");
        let before = rig.port.count();
        script(&mut rig, database, "calm1.alpha");
        let commands = rig.port.count() - before;
        assert!(commands >= 5, "the life is too short to break: {commands}");
        for nth in 1..=commands {
            rig.crash(Crash::Before(rig.port.count() + nth));
            script(&mut rig, database, &format!("before{nth}.alpha"));
            rig.crash(Crash::After(rig.port.count() + nth));
            script(&mut rig, database, &format!("after{nth}.alpha"));
        }
        books::agree(&rig);
    });
}

/// The worst a registry can do to a create: cut, cut, and refuse the repeat that it brought about itself.
#[test]
fn a_create_whose_answer_is_lost_is_found_and_not_repeated() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 13);
        let cut = FaultRule { when: Trigger::Always, only: Scope::Transforms, fault: Fault::CutResponse(Position::Random), times: Some(3) };
        rig.faults(Some(FaultPlan { seed: 13, rules: vec![cut] }));
        let receipt = rig.order("lost.alpha");
        rig.settle(database);
        books::agree(&rig);
        let created: Vec<u32> =
            books::intents_of(&rig).iter().filter(|row| receipt.intents.contains(&row.intent.id)).map(|row| row.attempts).collect();
        assert!(created.iter().all(|attempts| *attempts == 1), "{}: sent again: {created:?}", database.engine());
    });
}

/// An update whose request is lost, while another tool does half of it: the repeat carries only the other half. The sandbox refuses
/// to add a status that is there.
#[test]
fn an_update_is_repeated_by_its_difference() {
    use EppStatus::{ClientDeleteProhibited, ClientTransferProhibited};
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 14);
        rig.order("half.alpha");
        rig.settle(database);
        let cut = FaultRule { when: Trigger::Nth(1), only: Scope::Transforms, fault: Fault::CutRequest(Position::Random), times: Some(1) };
        rig.faults(Some(FaultPlan { seed: 14, rules: vec![cut] }));
        let statuses = BTreeSet::from([ClientDeleteProhibited, ClientTransferProhibited]);
        let receipt = rig.act(LockDomain { name: name("half.alpha"), statuses }).unwrap();
        assert_eq!(rig.step(database).unwrap().unknown, 1, "{}", database.engine());
        let mut half = epp::domain::Update::new("half.alpha");
        half.add.statuses = vec![ClientDeleteProhibited.into()];
        let said = rig.port.say(&us(), epp::domain::Command::Update(half));
        assert!(said.is_success(), "{said:?}");
        rig.settle(database);
        assert_eq!(rig.states_of(&receipt), [IntentState::Confirmed], "{}", database.engine());
        books::agree(&rig);
    });
}

/// A create whose request is lost, while another registrar takes the name: a lost race, told as one and not charged.
#[test]
fn a_lost_race_is_refused_and_costs_nothing() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 15);
        // The contact and the host exist already, so that the create is the only transform.
        rig.order("before.alpha");
        rig.settle(database);
        let cut = FaultRule { when: Trigger::Nth(1), only: Scope::Transforms, fault: Fault::CutRequest(Position::Random), times: Some(1) };
        rig.faults(Some(FaultPlan { seed: 15, rules: vec![cut] }));
        let receipt = rig.order("race.alpha");
        assert_eq!(rig.step(database).unwrap().unknown, 1, "{}", database.engine());
        rig.taken_by_another("race.alpha");
        rig.settle(database);
        assert_eq!(rig.states_of(&receipt), [IntentState::Refused], "{}", database.engine());
        books::agree(&rig);
    });
}

/// A registry that executes late: "not found" is not believed before its deadline, and the answer to a repeat is not believed blindly.
#[test]
fn not_found_is_believed_only_after_the_deadline() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 17);
        let cut = FaultRule { when: Trigger::Nth(1), only: Scope::Transforms, fault: Fault::CutRequest(Position::Random), times: Some(1) };
        rig.faults(Some(FaultPlan { seed: 17, rules: vec![cut] }));
        rig.order("late.alpha");
        assert_eq!(rig.step(database).unwrap().unknown, 1);
        // Twenty seconds are the profile's deadline for a transform.
        rig.advance(19);
        let round = rig.step(database).unwrap();
        assert_eq!((round.proven, round.unknown, round.put_back), (1, 1, 0), "{}: believed too early", database.engine());
        rig.advance(600);
        let round = rig.step(database).unwrap();
        assert_eq!((round.proven, round.put_back), (1, 1), "{}: never believed", database.engine());
        rig.settle(database);
        books::agree(&rig);
    });
}
