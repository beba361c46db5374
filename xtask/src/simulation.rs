//! The simulator over a range of seeds. A seed that fails is named by the command that replays it.

use crate::command_line::CommandLine;
use crate::room::Room;
use crate::steps::{NAMEKEEP, Step};
use crate::tally::{Failed, Passed};

/// Seeds of every run.
const SEEDS: std::ops::RangeInclusive<u32> = 1..=20;

/// Domains of a small portfolio: enough for every kind of event, few enough for a second.
const DOMAINS: &str = "200";

/// Years of its life.
const YEARS: &str = "3";

/// Runs the simulator once for each seed.
pub fn seeds(room: &Room, step: &Step) -> Result<Passed, Failed> {
    let log = room.log(step.name);
    for (done, seed) in SEEDS.enumerate() {
        let line = CommandLine::new([NAMEKEEP, "simulate", "--domains", DOMAINS, "--years", YEARS, "--seed"]).args([seed.to_string()]);
        line.run_logged(room.root(), &log, step.pace.limit()).map_err(|failure| Failed { passed: done, failed: 1, failure })?;
    }
    let count = SEEDS.count();
    Ok(Passed { checks: count, notes: vec![format!("{count} seeds")], left_out: Vec::new() })
}
