//! What the profile allows, and what the registry teaches.

use super::*;
use crate::testing::Reaction;
use crate::wire::{Response, ResultCode};

#[tokio::test(start_paused = true)]
async fn sessions_are_opened_when_needed_and_not_beyond_the_limit() {
    let (registry, pool) = start(sessions(3));
    settle().await;
    assert_eq!(registry.set(|state| state.connections), 0, "nothing is opened without need");
    registry.set(|state| state.latency = seconds(1));
    let calls: Vec<_> = (0..20).map(|n| bulk(&pool, delete(&format!("N{n:02}")))).collect();
    let more: Vec<_> = (0..20).map(|n| interactive(&pool, delete(&format!("P{n:02}")))).collect();
    let poll = submit(&pool, request(Lane::Poll, "poll", None, check("POLL")));
    assert!(ends(calls).await.iter().chain(&ends(more).await).all(|end| end == "1000"));
    assert_eq!(end(poll).await, "1000");
    assert_eq!(registry.set(|state| state.most_open), 3);
}

#[tokio::test(start_paused = true)]
async fn a_session_is_replaced_before_its_time_and_its_quota_are_used_up() {
    let lifetime = seconds(1000);
    let (registry, pool) = start(PoolLimits { lifetime: Some(lifetime), idle: Some(seconds(120)), ..sessions(1) });
    for n in 0..40 {
        assert_eq!(end(bulk(&pool, check(&format!("N{n:02}")))).await, "1000");
        sleep(seconds(100)).await;
    }
    let (logins, logouts) = (registry.seen("login"), registry.seen("logout"));
    assert!(logins.len() >= 4 && logouts.len() >= logins.len() - 1);
    for (login, logout) in logins.iter().zip(&logouts) {
        assert_eq!(login.session, logout.session);
        let age = logout.at - login.at;
        assert!(age <= lifetime.mul_f64(0.95) && age >= lifetime.mul_f64(0.80), "{age:?}");
    }

    let (registry, pool) = start(PoolLimits { commands_per_session: Some(20), ..sessions(1) });
    let calls: Vec<_> = (0..100).map(|n| bulk(&pool, check(&format!("N{n:02}")))).collect();
    assert!(ends(calls).await.iter().all(|end| end == "1000"));
    let mut counts = std::collections::BTreeMap::<usize, usize>::new();
    for seen in ["login", "check", "logout"].iter().flat_map(|verb| registry.seen(verb)) {
        *counts.entry(seen.session).or_default() += 1;
    }
    assert!(counts.values().all(|count| *count <= 20), "{counts:?}");
}

#[tokio::test(start_paused = true)]
async fn a_renewal_replaces_every_session_while_work_goes_on() {
    let (registry, pool) = start(sessions(4));
    registry.set(|state| state.latency = seconds(1));
    let before: Vec<_> = (0..8).map(|n| bulk(&pool, delete(&format!("BEFORE{n}")))).chain([interactive(&pool, check("PERSON"))]).collect();
    assert!(ends(before).await.iter().all(|end| end == "1000"));
    let old = registry.set(|state| (state.open, state.connections));
    assert_eq!(old, (3, 3));
    let during: Vec<_> = (0..30).map(|n| bulk(&pool, delete(&format!("DURING{n:02}")))).collect();
    pool.renew_sessions();
    assert!(ends(during).await.iter().all(|end| end == "1000"));
    let logouts = registry.seen("logout");
    assert_eq!(logouts.iter().map(|seen| seen.session).collect::<std::collections::BTreeSet<_>>(), (1..=3).collect());
    assert!(logouts.windows(2).all(|pair| pair[1].at - pair[0].at >= seconds(1)), "one after the other");
}

#[tokio::test(start_paused = true)]
async fn idle_sessions_are_kept_alive() {
    let (registry, pool) = start(PoolLimits { idle: Some(seconds(60)), ..sessions(1) });
    assert_eq!(end(bulk(&pool, check("ONE"))).await, "1000");
    sleep(seconds(600)).await;
    assert_eq!(end(bulk(&pool, check("TWO"))).await, "1000");
    assert_eq!((registry.set(|state| state.hellos), registry.seen("login").len()), (20, 1));
}

#[tokio::test(start_paused = true)]
async fn commands_keep_to_the_rate() {
    let (registry, pool) = start(PoolLimits { commands_per_minute: Some(100), queue_wait: seconds(600), ..sessions(2) });
    let calls: Vec<_> = (0..300).map(|n| bulk(&pool, check(&format!("N{n:03}")))).collect();
    sleep(seconds(30)).await;
    assert_eq!(end(interactive(&pool, check("PERSON"))).await, "1000");
    assert!(ends(calls).await.iter().all(|end| end == "1000"));
    let mut times: Vec<_> = ["login", "check"].iter().flat_map(|verb| registry.seen(verb)).map(|seen| seen.at).collect();
    times.sort();
    for (index, first) in times.iter().enumerate() {
        let within = times[index..].iter().take_while(|at| **at - *first < seconds(60)).count();
        assert!(within <= 101, "{within} commands in a minute");
    }
    let person = registry.seen("check").iter().position(|seen| seen.cltrid == "PERSON").unwrap();
    assert!(person < 100, "people do not wait for the bulk: {person}");
}

#[tokio::test(start_paused = true)]
async fn a_refused_session_lowers_the_limit_and_time_raises_it() {
    let (registry, pool) = start(sessions(4));
    registry.set(|state| (state.max_sessions, state.latency) = (2, seconds(1)));
    let calls: Vec<_> = (0..30).map(|n| bulk(&pool, delete(&format!("N{n:02}")))).collect();
    let person = interactive(&pool, delete("PERSON"));
    let poll = submit(&pool, request(Lane::Poll, "poll", None, check("POLL")));
    sleep(seconds(5)).await;
    let status = pool.status().await.unwrap();
    assert_eq!((status.max_sessions, status.learned_max_sessions, status.sessions.len()), (4, 2, 2));
    assert!(status.faults.iter().any(|note| note.what.contains("no session left")), "{:?}", status.faults);
    assert_eq!((end(person).await, end(poll).await), ("1000".to_owned(), "1000".to_owned()), "every lane is still served");
    assert!(ends(calls).await.iter().all(|end| end == "1000"));
    assert_eq!(registry.seen("login").len(), 3, "no more logins than the one that was refused");
    sleep(seconds(601)).await;
    assert_eq!(pool.status().await.unwrap().learned_max_sessions, 3);
}

#[tokio::test(start_paused = true)]
async fn complaints_about_the_rate_lower_it() {
    let (registry, pool) = start(PoolLimits { commands_per_minute: Some(1200), ..sessions(1) });
    let mut complaints = 2;
    registry.script(move |_| {
        if complaints == 0 {
            return Reaction::Answer(1000);
        }
        complaints -= 1;
        let mut response = Response::new(ResultCode(2308), None, "SV-1");
        response.results[0].message.text = "Rate limit exceeded".to_owned();
        Reaction::Respond(Box::new(response))
    });
    assert_eq!(ends(vec![bulk(&pool, check("ONE")), bulk(&pool, check("TWO"))]).await, ["2308", "2308"]);
    let status = pool.status().await.unwrap();
    assert_eq!((status.commands_per_minute, status.is_rate_learned), (Some(600), true));
    sleep(seconds(60)).await;
    assert_eq!(end(bulk(&pool, check("THREE"))).await, "1000");
    assert_eq!(pool.status().await.unwrap().commands_per_minute, Some(720));
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_sent_in_time_is_given_back() {
    let (registry, pool) = start(PoolLimits { max_outstanding: 3, queue_wait: seconds(30), ..sessions(1) });
    registry.set(|state| state.latency = seconds(15));
    let calls: Vec<_> = ["ONE", "TWO", "THREE", "FOUR"].map(|id| bulk(&pool, delete(id))).into();
    let ends = ends(calls).await;
    assert_eq!(ends, ["1000", "waited too long", "waited too long", "queue full"]);
}

#[tokio::test(start_paused = true)]
async fn status_is_there_for_programs() {
    let (registry, pool) = start(sessions(2));
    registry.script(|_| Reaction::Answer(1000));
    assert_eq!(end(bulk(&pool, check("ONE"))).await, "1000");
    let status = pool.status().await.unwrap();
    assert_eq!((status.account.as_str(), status.endpoint.as_str()), ("alpha", "test registry"));
    assert_eq!((status.on_the_wire, status.waiting_total), (0, 0));
    assert_eq!(status.circuit, CircuitStatus::Closed { faults: 0 });
    let [session] = status.sessions.as_slice() else { panic!("{status:?}") };
    assert_eq!((session.slot, session.load.sent), (1, 2), "login and check on the bulk session");
}
