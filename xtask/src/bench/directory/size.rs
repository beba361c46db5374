//! What the program as shipped takes: memory for each name, and time from its start to its first answer.

use std::time::Instant;

use anyhow::Result;

use super::super::{Figure, Goal, Ratio, Setup};
use super::median::median;
use super::program::Directory;
use super::records::{Feed, name, record_bytes};

/// Names, usually and behind `--long`.
const NAMES: [usize; 2] = [100_000, 1_000_000];

/// Starts; the middle one counts.
const STARTS: usize = 5;

/// What the program may hold whatever it serves, in bytes, and for each name besides.
const FREE_BYTES: f64 = 100e6;
const NAME_BYTES: f64 = 1000.0;

/// How soon it should answer, in seconds.
const START_GOAL_S: f64 = 2.0;

/// Starts it on a feed a few times.
pub fn run(setup: &Setup) -> Result<Vec<Ratio>> {
    let names = NAMES[usize::from(setup.is_long)];
    let feed = Feed::write(&setup.dir, names)?;
    let (mut seconds, mut cpu, mut resident, mut peak) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for _ in 0..STARTS {
        let start = Instant::now();
        let mut directory = Directory::start(&setup.dir, feed.folder(), feed.key())?;
        directory.wait_for(&name(names - 1))?;
        seconds.push(start.elapsed().as_secs_f64());
        let process = directory.program.process();
        cpu.push(process.cpu_time()?.as_secs_f64());
        resident.push(process.resident_bytes()? as f64);
        peak.push(process.peak_bytes()? as f64);
    }
    let (resident, peak) = (median(resident), median(peak));
    let setting = format!("{names} records of {} bytes each, the program as shipped", record_bytes()?);
    Ok(vec![
        Ratio {
            setting: setting.clone(),
            ours: Figure::new("memory for each name beyond 100 MB", (resident - FREE_BYTES).max(0.0) / names as f64, "bytes"),
            peer: Figure::new("the goal", NAME_BYTES, "bytes"),
            besides: vec![
                Figure::new("resident in all", resident / 1e6, "MB"),
                Figure::new("resident at most, while it reads", peak / 1e6, "MB"),
            ],
            goal: Goal::AtMost(1.0),
        },
        Ratio {
            setting,
            ours: Figure::new("from its start to its first answer", median(seconds), "s"),
            peer: Figure::new("the goal", START_GOAL_S, "s"),
            besides: vec![Figure::new("processor until then", median(cpu), "s")],
            goal: Goal::AtMost(1.0),
        },
    ])
}
