//! One gate at a time: the lease, the fence, and what a new owner makes of what the old one left.

use policy::IntentState;
use store::testing::TestDatabases;

use super::books;
use crate::gate::testing::{Crash, Rig};
use crate::gate::{Gate, GateParts};

fn second(rig: &Rig) -> Gate {
    let (registrar, registry, port) = (rig.registrar.clone(), rig.registry(), rig.port());
    Gate::open(GateParts { registrar, registry, port, owner: "node-2".to_owned(), concurrency: Some(1) }).unwrap()
}

#[test]
fn a_second_gate_waits_and_takes_over_when_the_first_is_gone() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 31);
        rig.step(database);
        let second = second(&rig);
        rig.order("handover.alpha");
        let round = rig.block_on(second.step()).unwrap();
        assert!(!round.is_owner && round.sent == 0, "{}", database.engine());
        rig.block_on(rig.gate().release()).unwrap();
        let round = rig.block_on(second.step()).unwrap();
        assert!(round.is_owner && round.sent > 0, "{}: {round:?}", database.engine());
        assert!(!rig.step(database).unwrap().is_owner, "the first waits now");
        rig.block_on(second.release()).unwrap();
        rig.settle(database);
        books::agree(&rig);
    });
}

#[test]
fn what_was_under_way_at_a_breakdown_is_unknown_to_the_next_owner() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 32);
        rig.order("orphan.alpha");
        rig.crash(Crash::After(rig.port.count() + 1));
        assert!(rig.step(database).is_none(), "it broke down");
        assert!(rig.states().contains_key("sent"), "{}: {:?}", database.engine(), rig.states());
        // The lease of the dead owner lapses before another takes it.
        rig.advance(3_600);
        let second = second(&rig);
        let round = rig.block_on(second.step()).unwrap();
        assert!(round.is_owner && round.proven > 0, "{}: {round:?}", database.engine());
        rig.block_on(second.release()).unwrap();
        rig.settle(database);
        books::agree(&rig);
    });
}

/// Seconds between a breakdown and the next start, and whether that start believes at once that what the registry never saw was not done.
/// A gate that breaks down every few minutes would otherwise never get anywhere with what it lost before.
#[test]
fn what_was_lost_long_ago_is_believed_by_whoever_starts_next() {
    for (seconds, is_believed) in [(30, false), (3_600, true)] {
        TestDatabases::each(|database| {
            let mut rig = Rig::new(database, 36);
            rig.order("again.alpha");
            rig.crash(Crash::Before(rig.port.count() + 1));
            assert!(rig.step(database).is_none(), "it broke down");
            rig.advance(seconds);
            let round = rig.step(database).unwrap();
            // What was under way beside it is proven in the same round, or was done before.
            assert!(round.proven > 0, "{}: {round:?}", database.engine());
            assert_eq!(round.unknown, usize::from(!is_believed), "{}: {round:?}", database.engine());
            rig.settle(database);
            books::agree(&rig);
        });
    }
}

/// A round that its caller drops half-way: the gate lives on, and clears up what was under way.
#[test]
fn a_caller_that_goes_away_leaves_nothing_behind() {
    for crash in [Crash::Before(1), Crash::After(1)] {
        TestDatabases::each(|database| {
            let mut rig = Rig::new(database, 35);
            rig.crash(crash);
            rig.order("dropped.alpha");
            let gate = rig.gate();
            rig.block_on(async {
                tokio::select! {
                    round = gate.step() => panic!("the round came to its end: {round:?}"),
                    () = rig.port.broke_down() => {}
                }
            });
            drop(gate);
            assert!(rig.states().contains_key("sent"), "{}: {:?}", database.engine(), rig.states());
            rig.settle(database);
            books::agree(&rig);
        });
    }
}

/// An owner that slept through the end of its lease comes back: nothing it still has in hand reaches the books.
#[test]
fn a_stale_owner_writes_nothing() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 33);
        rig.step(database);
        let stale = rig.gate();
        rig.advance(3_600);
        let second = second(&rig);
        assert!(rig.block_on(second.step()).unwrap().is_owner);
        let receipt = rig.order("fenced.alpha");
        let round = rig.block_on(stale.step()).unwrap();
        assert!(!round.is_owner && round.sent == 0, "{}: {round:?}", database.engine());
        assert!(rig.states_of(&receipt).iter().all(|state| matches!(state, IntentState::Ready | IntentState::Waiting)));
        rig.block_on(second.release()).unwrap();
        rig.settle(database);
        books::agree(&rig);
    });
}

/// The service form: it starts, works, and stops cleanly with the lease given back.
#[test]
fn the_service_works_until_it_is_told_to_stop() {
    TestDatabases::each(|database| {
        let rig = Rig::new(database, 34);
        let receipt = rig.order("service.alpha");
        let gate = rig.gate();
        let registrar = rig.registrar.clone();
        let intents = receipt.intents.clone();
        rig.block_on(async move {
            let (stop, stopped) = tokio::sync::watch::channel(false);
            let running = tokio::spawn(async move { gate.run(stopped).await });
            let settled = tokio::task::spawn_blocking(move || registrar.await_settled(&intents, std::time::Duration::from_secs(30)));
            let settled = settled.await.unwrap().unwrap();
            assert!(settled.iter().all(|settlement| settlement.state == IntentState::Confirmed), "{settled:?}");
            stop.send(true).unwrap();
            running.await.unwrap();
        });
        let second = second(&rig);
        assert!(rig.block_on(second.step()).unwrap().is_owner, "{}: the lease was given back", database.engine());
        books::agree(&rig);
    });
}
