//! How long a lookup takes at half of what the directory can do, and whether a thousand changes a second are felt.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::Result;

use super::super::{Figure, Goal, Ratio, Setup};
use super::load::{Load, Way};
use super::median::median;
use super::records::Feed;
use super::server::ServerProcess;

/// Names.
const NAMES: usize = 100_000;

/// Clients that ask at once.
const CLIENTS: usize = 8;

/// How long a round takes, in milliseconds.
const ROUND_MS: u64 = 4_000;

/// Rounds of each kind; they take turns.
const ROUNDS: usize = 7;

/// What p99 at half of the load should be, in ms.
const GOAL_MS: f64 = 2.0;

/// Changes a second, and how often they are told: as often as followers look.
const CHANGES: usize = 1_000;
const TOLD_EVERY: Duration = Duration::from_millis(200);

/// What changes may add to the 99th percentile.
const GROWTH: f64 = 1.2;

/// Measures.
pub fn run(setup: &Setup) -> Result<Vec<Ratio>> {
    let mut feed = Feed::write(&setup.dir, NAMES)?;
    // Whoever writes the changes takes time of the same two cores; the same changes that nobody follows tell how much.
    let mut unfollowed = Feed::write(&setup.dir.join("unfollowed"), NAMES)?;
    let server = ServerProcess::ours(&feed, &setup.dir)?;
    let (way, address) = (Way::Http { base: "/".to_owned() }, server.served.http);
    let full = Load { way, address, names: NAMES, clients: CLIENTS, millis: ROUND_MS, rate: None };
    let (most, _) = full.put_on(&server.process())?;
    let half = Load { rate: Some(most.rate() / 2.0), ..full };
    let (mut calm, mut beside, mut busy, mut medians, mut told) = (Vec::new(), Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (asked, _) = half.put_on(&server.process())?;
        calm.push(asked.p99_ms);
        medians.push(asked.median_ms);
        let (_, (asked, _)) = while_changing(&mut unfollowed, || half.put_on(&server.process()))?;
        beside.push(asked.p99_ms);
        let (changed, (asked, _)) = while_changing(&mut feed, || half.put_on(&server.process()))?;
        busy.push(asked.p99_ms);
        told.push(changed);
    }
    let (calm, beside, busy) = (median(calm), median(beside), median(busy));
    Ok(vec![
        Ratio {
            setting: format!("RDAP at half of its load, {:.0} lookups/s on {CLIENTS} connections", most.rate() / 2.0),
            ours: Figure::new("99th percentile", calm, "ms"),
            peer: Figure::new("the goal", GOAL_MS, "ms"),
            besides: vec![Figure::new("median", median(medians), "ms")],
            goal: Goal::AtMost(1.0),
        },
        Ratio {
            setting: format!("the same with {:.0} changes/s of its records meanwhile", median(told)),
            ours: Figure::new("99th percentile, changing", busy, "ms"),
            peer: Figure::new("with changes that nobody follows", beside, "ms"),
            besides: vec![Figure::new("99th percentile, calm", calm, "ms")],
            goal: Goal::AtMost(GROWTH),
        },
    ])
}

/// Changes records through the feed while `work` runs; gives how many a second.
fn while_changing<T: Send>(feed: &mut Feed, work: impl FnOnce() -> Result<T> + Send) -> Result<(f64, T)> {
    let has_ended = AtomicBool::new(false);
    let batch = CHANGES * TOLD_EVERY.as_millis() as usize / 1000;
    thread::scope(|scope| {
        let changing = scope.spawn(|| {
            let (start, mut count) = (Instant::now(), 0);
            for turn in 1.. {
                if has_ended.load(Ordering::Relaxed) {
                    break;
                }
                feed.change(batch)?;
                count += batch;
                thread::sleep((start + TOLD_EVERY * turn).saturating_duration_since(Instant::now()));
            }
            Ok::<_, anyhow::Error>(count as f64 / start.elapsed().as_secs_f64())
        });
        let done = work();
        has_ended.store(true, Ordering::Relaxed);
        let changed = changing.join().map_err(|_| anyhow::anyhow!("the changes broke"))??;
        Ok((changed, done?))
    })
}
