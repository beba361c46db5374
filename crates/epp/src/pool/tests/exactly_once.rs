//! Whatever goes wrong, the pool says the truth about each command, and sends none twice.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;
use crate::testing::Reaction;

/// What befalls one command, and when its caller loses patience.
#[derive(Clone, Debug)]
struct Fate {
    reaction: Reaction,
    is_transform: bool,
    object: usize,
    patience_ms: Option<u64>,
}

fn fate() -> impl Strategy<Value = Fate> {
    let reaction = prop_oneof![
        12 => Just(Reaction::Answer(1000)),
        1 => Just(Reaction::Answer(2400)),
        1 => Just(Reaction::Answer(2500)),
        1 => Just(Reaction::Cut),
        1 => Just(Reaction::Refuse),
        1 => Just(Reaction::Silence),
    ];
    (reaction, any::<bool>(), 0usize..12, proptest::option::weighted(0.2, 0u64..400))
        .prop_map(|(reaction, is_transform, object, patience_ms)| Fate { reaction, is_transform, object, patience_ms })
}

/// Submits every command, lets some callers go away, and compares what they were told with what the registry saw.
async fn play(fates: Vec<Fate>, limits: PoolLimits) {
    let (registry, pool) = start(limits);
    let script: BTreeMap<String, Reaction> =
        fates.iter().enumerate().map(|(n, fate)| (format!("CMD{n:03}"), fate.reaction.clone())).collect();
    registry.set(|state| state.latency = Duration::from_millis(20));
    registry.script(move |command| script[command.cltrid.as_ref().unwrap().as_str()].clone());
    let lanes = [Lane::Interactive, Lane::Bulk, Lane::Poll];
    let calls: Vec<_> = fates
        .iter()
        .enumerate()
        .map(|(n, fate)| {
            let id = format!("CMD{n:03}");
            let prepared = if fate.is_transform { delete(&id) } else { check(&id) };
            let object = format!("object-{}.example", fate.object);
            let call = request(lanes[n % 3], ["a", "b"][n % 2], Some(&object), prepared);
            let (pool, patience) = (pool.clone(), fate.patience_ms);
            let exchange = async move {
                let exchange = pool.exchange(call);
                match patience {
                    Some(ms) => tokio::time::timeout(Duration::from_millis(ms), exchange).await.ok(),
                    None => Some(exchange.await),
                }
            };
            (id, tokio::spawn(exchange))
        })
        .collect();
    let mut told = BTreeMap::new();
    for (id, call) in calls {
        if let Some(exchange) = call.await.unwrap() {
            told.insert(id, exchange);
        }
    }
    let mut times_seen = BTreeMap::<String, usize>::new();
    for seen in registry.seen("delete").into_iter().chain(registry.seen("check")) {
        *times_seen.entry(seen.cltrid).or_default() += 1;
    }
    for (id, times) in &times_seen {
        assert_eq!(*times, 1, "`{id}` was sent more than once");
    }
    for (id, exchange) in told {
        match exchange {
            Exchange::Answered(answer) => {
                assert!(times_seen.contains_key(&id));
                assert_eq!(answer.response.svtrid.as_ref().unwrap().as_str(), format!("SV-{id}"), "another command's answer");
            }
            Exchange::NotSent(why) => assert!(!times_seen.contains_key(&id), "`{id}` was seen, though `{why}`"),
            Exchange::Unknown(_) => {}
        }
    }
    pool.shutdown().await;
    settle().await;
    assert_eq!(registry.set(|state| state.open), 0, "every session was closed");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn no_command_is_sent_twice_and_no_end_is_a_lie(
        fates in proptest::collection::vec(fate(), 1..120),
        max_sessions in 1usize..5,
        transform_window in 1usize..4,
        quota in proptest::option::of(5usize..30),
    ) {
        let limits = PoolLimits { transform_window, commands_per_session: quota, ..sessions(max_sessions) };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().start_paused(true).build().unwrap();
        runtime.block_on(play(fates, limits));
    }
}
