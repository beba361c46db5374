//! `cargo xtask bench`: what we reach against a peer or a bound measured in the same run on the same machine.
//!
//! Nothing here fails for being slow: a machine under load would make a liar of it. The ratios are printed for a reader.

mod bare_inserts;
mod cost;
mod delay_proxy;
mod durable_commands;

use std::process::ExitCode;

use anyhow::{Context, Result, bail};

use self::cost::Cost;
use crate::BenchArgs;
use crate::room::{Room, empty_dir};

/// One benchmark.
struct Benchmark {
    /// What `--only` calls it.
    name: &'static str,
    /// What is compared with what.
    compares: &'static str,
    /// Measures; the directory is empty and its own.
    run: fn(&std::path::Path) -> Result<Vec<Ratio>>,
}

/// All benchmarks. A row here and a file beside is all it takes to add one.
const BENCHMARKS: &[Benchmark] = &[
    Benchmark {
        name: "durable-commands",
        compares: "durable commands on SQLite with a bare batched insert loop of the same rows on the same disk",
        run: durable_commands::run,
    },
    Benchmark {
        name: "delay-proxy",
        compares: "the round trip through the delay proxy with the one it was asked for",
        run: delay_proxy::run,
    },
];

/// Two rates of one thing, and what their quotient should be.
struct Ratio {
    /// In which setting.
    setting: String,
    /// What we reach.
    ours: Figure,
    /// What the peer reaches, or the bound.
    peer: Figure,
    goal: Goal,
}

/// A measured number with its unit.
struct Figure {
    what: &'static str,
    value: f64,
    unit: &'static str,
    /// What it took, if it was measured as a run.
    cost: Option<Cost>,
}

/// What a ratio of ours to the peer's should be.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Goal {
    AtLeast(f64),
    AtMost(f64),
}

impl Goal {
    fn is_met(self, ratio: f64) -> bool {
        match self {
            Self::AtLeast(bound) => ratio >= bound,
            Self::AtMost(bound) => ratio <= bound,
        }
    }

    fn describe(self) -> String {
        match self {
            Self::AtLeast(bound) => format!("at least {bound:.2}"),
            Self::AtMost(bound) => format!("at most {bound:.2}"),
        }
    }
}

/// Runs what was asked for and prints the ratios.
pub fn run(room: &Room, args: &BenchArgs) -> Result<ExitCode> {
    if let Some(unknown) = args.only.iter().find(|name| BENCHMARKS.iter().all(|benchmark| benchmark.name != name.as_str())) {
        bail!("there is no benchmark `{unknown}`; `cargo xtask bench --list` names them all");
    }
    if cfg!(debug_assertions) && !args.list {
        println!("not optimised: these numbers mean nothing\n");
    }
    for benchmark in BENCHMARKS.iter().filter(|benchmark| args.only.is_empty() || args.only.iter().any(|name| name == benchmark.name)) {
        println!("{:<18} {}", benchmark.name, benchmark.compares);
        if args.list {
            continue;
        }
        let dir = room.work_dir().join("bench").join(benchmark.name);
        empty_dir(&dir)?;
        for ratio in (benchmark.run)(&dir).with_context(|| format!("the benchmark `{}` broke", benchmark.name))? {
            ratio.print();
        }
        // The rows can be large and nobody reads them again.
        std::fs::remove_dir_all(&dir)?;
    }
    Ok(ExitCode::SUCCESS)
}

impl Ratio {
    fn print(&self) {
        let ratio = self.ours.value / self.peer.value;
        let verdict = if self.goal.is_met(ratio) { "met" } else { "NOT MET" };
        println!("  {}", self.setting);
        println!("{}", self.ours.line());
        println!("{}", self.peer.line());
        println!("    {:<34} {ratio:>12.2}    goal {}: {verdict}", "ratio", self.goal.describe());
    }
}

impl Figure {
    fn line(&self) -> String {
        let cost = self.cost.map(|cost| format!("   ({cost})")).unwrap_or_default();
        format!("    {:<34} {:>12.2} {}{cost}", self.what, self.value, self.unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_goal_is_met_on_its_side_of_the_bound() {
        assert!(Goal::AtLeast(0.8).is_met(0.8) && Goal::AtLeast(0.8).is_met(1.2) && !Goal::AtLeast(0.8).is_met(0.79));
        assert!(Goal::AtMost(2.0).is_met(2.0) && Goal::AtMost(2.0).is_met(0.1) && !Goal::AtMost(2.0).is_met(2.01));
    }
}
