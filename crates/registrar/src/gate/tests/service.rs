//! The gate as a service: slots are filled as they become free, and the books agree whatever happens in between.

use std::time::Duration;

use sandbox::{Fault, FaultPlan, FaultRule, Position, Scope, Trigger};
use store::testing::{TestDatabase, TestDatabases};
use store::{StoreFault, intents};
use tokio::sync::watch;

use super::books;
use crate::gate::testing::{Crash, Rig};

/// More than the gate claims at once when it begins.
const NAMES: usize = 40;
/// Glances at the outbox after which a rehearsal that has not come to rest is stuck.
const MAX_GLANCES: usize = 10_000;

fn order_all(rig: &Rig) {
    for at in 0..NAMES {
        rig.order(&format!("serves{at}.alpha"));
    }
}

/// Intents that are open, read on a thread that may block, as a connection to PostgreSQL does.
async fn look_at_outbox(rig: &Rig) -> usize {
    let (registrar, registry) = (rig.registrar.clone(), rig.registry());
    let look = move || registrar.store().read::<_, StoreFault>(|tx| intents::list_unsettled(tx, Some(&registry), None, 1_000));
    tokio::task::spawn_blocking(look).await.unwrap().unwrap().len()
}

/// Runs the service until the outbox is empty, letting the registrar's time pass; whether it came so far without a breakdown.
fn serve(rig: &mut Rig, database: &mut TestDatabase) -> bool {
    let gate = rig.gate();
    let is_done = rig.block_on(async {
        let (stop, stopped) = watch::channel(false);
        let mut running = tokio::spawn(async move { gate.run(stopped).await });
        let glances = async {
            for _ in 0..MAX_GLANCES {
                if look_at_outbox(rig).await == 0 {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
                rig.advance(1);
            }
            panic!("the service did not come to rest");
        };
        tokio::select! {
            () = rig.port.broke_down() => {
                running.abort();
                assert!((&mut running).await.unwrap_err().is_cancelled());
                false
            }
            () = glances => {
                stop.send_replace(true);
                running.await.unwrap();
                true
            }
        }
    });
    if !is_done {
        rig.restart(database);
    }
    is_done
}

#[test]
fn many_orders_are_carried_once_each() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 91);
        order_all(&rig);
        assert!(serve(&mut rig, database));
        books::agree(&rig);
    });
}

/// Answers are lost, and the process dies again and again with a page of claims in hand.
#[test]
fn a_service_under_fire_does_nothing_twice() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 92);
        order_all(&rig);
        let rule = |per_million, fault| FaultRule { when: Trigger::PerMillion(per_million), only: Scope::Transforms, fault, times: None };
        rig.faults(Some(FaultPlan {
            seed: 92,
            rules: vec![
                rule(60_000, Fault::CutRequest(Position::Random)),
                rule(60_000, Fault::CutResponse(Position::Random)),
                rule(60_000, Fault::CommandFailed),
            ],
        }));
        let mut deaths = 0;
        for (turn, after) in [7, 20, 1, 45].into_iter().enumerate() {
            let nth = rig.port.count() + after;
            rig.crash(if turn % 2 == 0 { Crash::After(nth) } else { Crash::Before(nth) });
            deaths += usize::from(!serve(&mut rig, database));
        }
        rig.crash(Crash::Never);
        assert!(deaths > 0, "{}: it never died", database.engine());
        assert!(serve(&mut rig, database));
        books::agree(&rig);
    });
}
