//! Whose turn it is.

use super::*;
use crate::testing::Reaction;

/// The commands the registry saw, without logins.
fn order(registry: &Registry) -> Vec<String> {
    let mut seen = [registry.seen("check"), registry.seen("delete")].concat();
    seen.sort_by_key(|seen| seen.at);
    seen.into_iter().map(|seen| seen.cltrid).collect()
}

#[tokio::test(start_paused = true)]
async fn bulk_never_takes_the_session_kept_for_people() {
    let (registry, pool) = start(sessions(3));
    registry.set(|state| state.latency = seconds(5));
    let work: Vec<_> = (0..8).map(|n| bulk(&pool, delete(&format!("BULK{n}")))).collect();
    sleep(seconds(12)).await;
    let began = tokio::time::Instant::now();
    assert_eq!(end(interactive(&pool, delete("PERSON"))).await, "1000");
    assert!(began.elapsed() <= seconds(11), "login and command, not the bulk before it: {:?}", began.elapsed());
    let status = pool.status().await.unwrap();
    assert_eq!(
        status.sessions.iter().map(|s| s.lanes.clone()).collect::<Vec<_>>(),
        [vec![Lane::Interactive], vec![Lane::Interactive, Lane::Bulk]]
    );
    assert!(ends(work).await.iter().all(|end| end == "1000"));
}

#[tokio::test(start_paused = true)]
async fn on_one_session_people_come_first_then_poll_then_bulk() {
    let (registry, pool) = start(sessions(1));
    registry.set(|state| state.latency = seconds(1));
    let mut calls = vec![bulk(&pool, delete("BULK1")), bulk(&pool, delete("BULK2"))];
    calls.push(submit(&pool, request(Lane::Poll, "poll", None, delete("POLL1"))));
    calls.push(interactive(&pool, delete("PERSON1")));
    calls.push(interactive(&pool, delete("PERSON2")));
    assert!(ends(calls).await.iter().all(|end| end == "1000"));
    assert_eq!(order(&registry), ["PERSON1", "PERSON2", "POLL1", "BULK1", "BULK2"]);
}

#[tokio::test(start_paused = true)]
async fn tenants_take_turns_in_the_bulk_lane() {
    let (registry, pool) = start(sessions(1));
    registry.set(|state| state.latency = seconds(1));
    let mut calls: Vec<_> = (0..6).map(|n| submit(&pool, request(Lane::Bulk, "big", None, delete(&format!("BIG{n}"))))).collect();
    calls.extend((0..2).map(|n| submit(&pool, request(Lane::Bulk, "small", None, delete(&format!("SMALL{n}"))))));
    ends(calls).await;
    assert_eq!(order(&registry), ["BIG0", "SMALL0", "BIG1", "SMALL1", "BIG2", "BIG3", "BIG4", "BIG5"]);
}

#[tokio::test(start_paused = true)]
async fn commands_on_one_object_follow_each_other_over_all_lanes() {
    let (registry, pool) = start(sessions(4));
    registry.set(|state| state.latency = seconds(1));
    let lanes = [Lane::Bulk, Lane::Interactive, Lane::Bulk, Lane::Poll, Lane::Interactive];
    let mut calls: Vec<_> =
        (0..5).map(|n| submit(&pool, request(lanes[n], "tenant", Some("one.example"), delete(&format!("ONE{n}"))))).collect();
    calls.push(bulk(&pool, delete("OTHER")));
    assert!(ends(calls).await.iter().all(|end| end == "1000"));
    let seen: Vec<_> = registry.seen("delete").into_iter().filter(|seen| seen.cltrid.starts_with("ONE")).collect();
    assert_eq!(seen.iter().map(|s| s.cltrid.as_str()).collect::<Vec<_>>(), ["ONE0", "ONE1", "ONE2", "ONE3", "ONE4"]);
    assert!(seen.windows(2).all(|pair| pair[1].at - pair[0].at >= seconds(1)), "never two at once");
}

#[tokio::test(start_paused = true)]
async fn after_an_unknown_outcome_only_questions_are_asked_about_the_object() {
    let (registry, pool) = start(sessions(2));
    registry.script(|command| match command.cltrid.as_ref().unwrap().as_str() {
        "LOST" => Reaction::Cut,
        _ => Reaction::Answer(1000),
    });
    let on_object = |prepared| submit(&pool, request(Lane::Bulk, "tenant", Some("one.example"), prepared));
    let calls = vec![on_object(delete("LOST")), on_object(delete("NEXT")), on_object(check("ASK")), on_object(delete("LATER"))];
    assert_eq!(ends(calls).await, ["unknown", "predecessor unknown", "1000", "1000"]);
    assert_eq!(end(on_object(delete("AFTER"))).await, "1000", "later submissions know what they do");
}

#[tokio::test(start_paused = true)]
async fn a_caller_that_goes_away_frees_the_object() {
    let (registry, pool) = start(sessions(1));
    registry.set(|state| state.latency = seconds(1));
    let on_object = |prepared| submit(&pool, request(Lane::Bulk, "tenant", Some("one.example"), prepared));
    let (first, second, third) = (on_object(delete("ONE")), on_object(delete("TWO")), on_object(delete("THREE")));
    settle().await;
    second.abort();
    assert_eq!((end(first).await, end(third).await), ("1000".to_owned(), "1000".to_owned()));
    assert_eq!(order(&registry), ["ONE", "THREE"]);
}

#[tokio::test(start_paused = true)]
async fn callers_cancelled_at_any_time_never_shift_an_answer() {
    let (registry, pool) = start(PoolLimits { transform_window: 4, ..sessions(2) });
    registry.set(|state| state.latency = Duration::from_millis(10));
    let calls: Vec<_> = (0..60).map(|n| (n, bulk(&pool, delete(&format!("CALL{n:02}"))))).collect();
    let mut kept = Vec::new();
    for (n, call) in calls {
        sleep(Duration::from_millis(n % 7)).await;
        if n % 3 == 0 { call.abort() } else { kept.push((n, call)) }
    }
    for (n, call) in kept {
        let exchange = call.await.unwrap();
        let response = exchange.response().unwrap_or_else(|| panic!("{exchange:?}"));
        assert_eq!(response.svtrid.as_ref().unwrap().as_str(), format!("SV-CALL{n:02}"));
    }
}
