//! Registries that fail, and registries that said they would.

use model::Timestamp;

use super::*;
use crate::conn::ConnectTarget;
use crate::testing::{Pki, Reaction, START};
use crate::tls::{ClientTls, ClientTlsSlot, ExpiryAlarm, Trust};

#[tokio::test]
async fn over_tcp_and_tls_the_endpoint_proves_itself_or_gets_nothing() {
    let (pki, registry) = (Pki::new(), Registry::new(PASSWORD));
    let port = registry.listen(pki.acceptor()).await;
    let pool_for = |tls: ClientTls| {
        let tls = Arc::new(ClientTlsSlot::new(tls));
        let target = Arc::new(ConnectTarget { host: "localhost".to_owned(), server_name: None, port, source_address: None, tls });
        Pool::start(PoolConfig { target, ..config(&registry, sessions(2)) })
    };
    let pool = pool_for(pki.client());
    assert_eq!(ends(vec![bulk(&pool, delete("ONE")), interactive(&pool, check("TWO"))]).await, ["1000"; 2]);
    let status = pool.status().await.unwrap();
    assert_eq!((status.certificate, status.sessions.len()), (Some(ExpiryAlarm::Quiet), 2));
    pool.shutdown().await;

    let (seen, ours) = (registry.seen("login").len(), pki.sign("registrar.example", 2020, 2090).files);
    let distrustful = pool_for(ClientTls::load(&Trust::PublicRoots, &[ours]).unwrap());
    assert_eq!(end(bulk(&distrustful, delete("THREE"))).await, "circuit open");
    let note = distrustful.status().await.unwrap().faults.pop().unwrap().what;
    assert!(note.contains("was not issued by a CA that this registry's `trust` names"), "{note}");
    assert_eq!(registry.seen("login").len(), seen, "no password went to a stranger");
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_fails_is_left_alone_and_tried_again() {
    let (registry, pool) = start(sessions(2));
    registry.set(|state| state.is_down = true);
    assert_eq!(ends(vec![bulk(&pool, delete("ONE")), interactive(&pool, delete("TWO"))]).await, ["circuit open"; 2]);
    assert_eq!(end(interactive(&pool, delete("THREE"))).await, "circuit open", "refused at once");
    let status = pool.status().await.unwrap();
    assert!(matches!(status.circuit, CircuitStatus::Open { faults: 3, .. }), "{:?}", status.circuit);
    assert!(status.faults[0].what.contains("cannot be reached"), "{:?}", status.faults);

    sleep(seconds(60)).await;
    let faults_while_down = pool.status().await.unwrap().faults.len();
    assert!((5..=8).contains(&faults_while_down), "pauses grow: {faults_while_down} tries in a minute");
    registry.set(|state| state.is_down = false);
    sleep(seconds(120)).await;
    let status = pool.status().await.unwrap();
    assert!(matches!(status.circuit, CircuitStatus::Closed { .. }), "the probe closed it: {:?}", status.circuit);
    assert_eq!(end(bulk(&pool, delete("FOUR"))).await, "1000");
    assert_eq!(pool.status().await.unwrap().circuit, CircuitStatus::Closed { faults: 0 });
}

#[tokio::test(start_paused = true)]
async fn commands_lost_in_a_row_open_the_circuit_too() {
    let (registry, pool) = start(sessions(1));
    registry.script(|_| Reaction::Cut);
    for id in ["ONE", "TWO", "THREE"] {
        assert_eq!(end(bulk(&pool, delete(id))).await, "unknown");
    }
    assert_eq!(end(bulk(&pool, delete("FOUR"))).await, "circuit open");
    assert_eq!(registry.seen("delete").len(), 3);
}

#[tokio::test(start_paused = true)]
async fn many_commands_lost_with_one_connection_are_one_fault() {
    let (registry, pool) = start(PoolLimits { transform_window: 8, ..sessions(1) });
    registry.script(|command| if command.cltrid.as_ref().unwrap().as_str() == "LAST" { Reaction::Cut } else { Reaction::Silence });
    let calls: Vec<_> = ["ONE", "TWO", "THREE", "FOUR"].map(|id| bulk(&pool, delete(id))).into();
    assert_eq!(ends(calls).await, ["unknown"; 4]);
    assert_eq!(pool.status().await.unwrap().circuit, CircuitStatus::Closed { faults: 1 });
}

#[tokio::test(start_paused = true)]
async fn a_session_the_registry_ends_is_replaced_without_fuss() {
    let (registry, pool) = start(sessions(1));
    registry.script(
        |command| if command.cltrid.as_ref().unwrap().as_str() == "LAST" { Reaction::Answer(2500) } else { Reaction::Answer(1000) },
    );
    assert_eq!(end(bulk(&pool, check("ONE"))).await, "1000");
    assert_eq!(end(bulk(&pool, delete("LAST"))).await, "2500");
    assert_eq!(end(bulk(&pool, check("NEXT"))).await, "1000");
    assert_eq!(registry.seen("login").len(), 2);
    assert_eq!(pool.status().await.unwrap().circuit, CircuitStatus::Closed { faults: 0 });
}

#[tokio::test(start_paused = true)]
async fn during_maintenance_people_wait_and_the_rest_is_put_off() {
    let (registry, pool) = start(sessions(2));
    let at =
        |minutes: i64| -> Timestamp { START.parse::<Timestamp>().unwrap().checked_add(jiff::SignedDuration::from_mins(minutes)).unwrap() };
    pool.set_maintenance(vec![MaintenanceWindow { from: at(10), until: at(40) }]);
    assert_eq!(end(bulk(&pool, delete("BEFORE"))).await, "1000");
    sleep(seconds(15 * 60)).await;
    assert_eq!(end(bulk(&pool, delete("DURING"))).await, "maintenance");
    assert_eq!(pool.status().await.unwrap().maintenance_until, Some(at(40)));
    let began = tokio::time::Instant::now();
    assert_eq!(end(interactive(&pool, delete("PERSON"))).await, "1000", "longer than any other wait");
    let waited = began.elapsed().as_secs();
    assert!((25 * 60 - 1..=25 * 60 + 1).contains(&waited), "until the window ended: {waited} s");
    assert_eq!(end(bulk(&pool, delete("AFTER"))).await, "1000");
    assert_eq!(registry.seen("delete").len(), 3);
}

#[tokio::test(start_paused = true)]
async fn what_waits_when_a_window_opens_is_put_off() {
    let (registry, pool) = start(sessions(1));
    registry.set(|state| state.latency = seconds(8));
    let from: Timestamp = START.parse::<Timestamp>().unwrap().checked_add(jiff::SignedDuration::from_secs(12)).unwrap();
    let until = from.checked_add(jiff::SignedDuration::from_hours(1)).unwrap();
    pool.set_maintenance(vec![MaintenanceWindow { from, until }]);
    let calls = vec![bulk(&pool, delete("ONE")), bulk(&pool, delete("TWO"))];
    assert_eq!(ends(calls).await, ["1000", "maintenance"]);
}
