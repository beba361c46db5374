//! One login at a time, and none against a closed door.

use super::*;
use crate::testing::Reaction;

#[tokio::test(start_paused = true)]
async fn logins_never_overlap() {
    let (registry, pool) = start(sessions(5));
    registry.set(|state| state.latency = seconds(2));
    let calls: Vec<_> = (0..40).map(|n| bulk(&pool, delete(&format!("N{n:02}")))).chain([interactive(&pool, check("PERSON"))]).collect();
    assert!(ends(calls).await.iter().all(|end| end == "1000"));
    let logins = registry.seen("login");
    assert_eq!(logins.len(), 4, "one for people, three for the bulk");
    assert!(logins.windows(2).all(|pair| pair[1].at - pair[0].at >= seconds(2)));
}

#[tokio::test(start_paused = true)]
async fn a_refused_login_is_the_last_until_somebody_says_so() {
    for code in [2200, 2501] {
        let (registry, pool) = start(sessions(4));
        registry.set(|state| state.logins.push_back(Reaction::Answer(code)));
        let calls: Vec<_> = (0..5).map(|n| bulk(&pool, delete(&format!("N{n:02}")))).collect();
        assert_eq!(ends(calls).await, ["locked out"; 5]);
        sleep(seconds(3600)).await;
        assert_eq!(end(interactive(&pool, check("PERSON"))).await, "locked out");
        assert_eq!(registry.seen("login").len(), 1);
        let lock_out = pool.status().await.unwrap().lock_out.unwrap();
        assert_eq!((lock_out.code, lock_out.since.to_string().as_str()), (code, "2026-11-23T12:00:00Z"));
        pool.allow_logins();
        assert_eq!(end(interactive(&pool, check("AGAIN"))).await, "1000");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lock_out_leaves_open_sessions_at_work() {
    let (registry, pool) = start(sessions(2));
    assert_eq!(end(interactive(&pool, check("PERSON"))).await, "1000");
    registry.set(|state| state.logins.push_back(Reaction::Answer(2200)));
    let stuck = bulk(&pool, check("BULK"));
    settle().await;
    assert!(pool.status().await.unwrap().lock_out.is_some());
    assert_eq!(end(interactive(&pool, check("PERSON2"))).await, "1000");
    assert_eq!(end(stuck).await, "waited too long");
}

#[tokio::test(start_paused = true)]
async fn a_registry_without_a_needed_namespace_is_not_logged_in_to() {
    let registry = Registry::new(PASSWORD);
    let mut config = config(&registry, sessions(1));
    config.services.extensions.push(WantedService::required("urn:example:rare-1.0"));
    let pool = Pool::start(config);
    assert_eq!(end(bulk(&pool, check("ONE"))).await, "circuit open");
    let status = pool.status().await.unwrap();
    assert!(status.faults.iter().all(|note| note.what.contains("`urn:example:rare-1.0`")), "{:?}", status.faults);
    assert_eq!(registry.seen("login").len(), 0);
}

#[tokio::test(start_paused = true)]
async fn a_long_password_travels_in_login_security() {
    let long = "a password of more than sixteen characters";
    let registry = Registry::new(long);
    let credentials = TestCredentials::new(long, None);
    let pool = Pool::start(PoolConfig { credentials: credentials.clone(), ..config(&registry, sessions(1)) });
    assert_eq!(end(bulk(&pool, check("ONE"))).await, "1000");
    assert_eq!(registry.seen("login")[0].passwords, Some((long.to_owned(), None)));

    let mut without = config(&registry, sessions(1));
    without.services.extensions.clear();
    let pool = Pool::start(PoolConfig { credentials, ..without });
    assert_eq!(end(bulk(&pool, check("ONE"))).await, "circuit open");
    let note = pool.status().await.unwrap().faults.pop().unwrap().what;
    insta::assert_snapshot!(note, @"our login cannot be written: `pw` is longer than 16 characters, which needs loginSec-1.0, and the registry does not offer that");
}

#[tokio::test(start_paused = true)]
async fn shutting_down_finishes_and_logs_out() {
    let (registry, pool) = start(sessions(2));
    registry.set(|state| state.latency = seconds(1));
    let (first, second) = (bulk(&pool, delete("ONE")), bulk(&pool, delete("TWO")));
    sleep(Duration::from_millis(1500)).await;
    pool.shutdown().await;
    assert_eq!((end(first).await.as_str(), end(second).await.as_str()), ("1000", "shutting down"));
    assert_eq!((registry.seen("logout").len(), registry.set(|state| state.open)), (1, 0));
    assert_eq!(end(bulk(&pool, delete("LATE"))).await, "shutting down");
    assert!(pool.status().await.is_none());
    pool.shutdown().await;
}

#[tokio::test(start_paused = true)]
async fn a_pool_that_is_dropped_logs_out() {
    let (registry, pool) = start(sessions(2));
    assert_eq!(end(bulk(&pool, check("ONE"))).await, "1000");
    drop(pool);
    sleep(seconds(1)).await;
    assert_eq!((registry.seen("logout").len(), registry.set(|state| state.open)), (1, 0));
}

#[tokio::test(start_paused = true)]
async fn a_shutdown_during_login_leaves_no_session_behind() {
    let (registry, pool) = start(sessions(2));
    registry.set(|state| state.latency = seconds(1));
    let call = bulk(&pool, check("ONE"));
    sleep(Duration::from_millis(500)).await;
    pool.shutdown().await;
    assert_eq!((end(call).await.as_str(), registry.set(|state| state.open)), ("shutting down", 0));
}

#[tokio::test(start_paused = true)]
async fn session_ids_are_never_given_twice() {
    let (_registry, pool) = start(sessions(1));
    let ids: std::collections::BTreeSet<_> = (0..1000).map(|_| pool.session_cltrid()).collect();
    assert_eq!(ids.len(), 1000);
    assert!(ids.iter().all(|id| model::ClTrid::parse(id.as_str()).is_ok()));
}
