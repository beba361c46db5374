//! `cargo xtask bench`: what we reach against a peer or a bound measured in the same run on the same machine.
//!
//! Nothing here fails for being slow: a machine under load would make a liar of it. The ratios are printed for a reader.

mod account;
mod bare_client;
mod bare_inserts;
mod bulk_renew;
mod client_cost;
mod cost;
mod delay_proxy;
mod deposit;
mod directory;
mod durable_commands;
mod durable_registrations;
mod echo_port;
mod far_registry;
mod gate_renew;
mod house;
mod idle_sessions;
mod names;
mod poll_drain;
mod portfolio;
mod process;
mod sandbox_rate;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

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
    /// Measures.
    run: fn(&Setup) -> Result<Vec<Ratio>>,
}

/// What a benchmark is run with.
struct Setup {
    /// A directory that is empty and its own.
    dir: PathBuf,
    /// Whether it may take many minutes.
    is_long: bool,
}

/// All benchmarks. A row here and a file beside is all it takes to add one.
const BENCHMARKS: &[Benchmark] = &[
    Benchmark {
        name: "durable-commands",
        compares: "durable commands on SQLite with a bare batched insert loop of the same rows on the same disk",
        run: durable_commands::run,
    },
    Benchmark {
        name: "durable-registrations",
        compares: "registrations decided by the rules and durable with a bare batched insert loop of the same rows",
        run: durable_registrations::run,
    },
    Benchmark {
        name: "delay-proxy",
        compares: "the round trip through the delay proxy with the one it was asked for",
        run: delay_proxy::run,
    },
    Benchmark {
        name: "bulk-renew",
        compares: "renewals through the pool with what sessions, window, distance and registry allow",
        run: bulk_renew::run,
    },
    Benchmark {
        name: "gate-renew",
        compares: "renewals through gate and SQLite, each provable, with what sessions and distance allow",
        run: gate_renew::run,
    },
    Benchmark {
        name: "poll-drain",
        compares: "a full poll queue, each message stored before it is acknowledged, with two round trips each",
        run: poll_drain::run,
    },
    Benchmark {
        name: "portfolio",
        compares: "memory for a walk over a portfolio with that for a tenth of it, and look-ups with a bare select",
        run: portfolio::run,
    },
    Benchmark {
        name: "directory-lookups",
        compares: "RDAP lookups with a bare handler that returns the same bytes, with ICANN's server, and with fewer names",
        run: directory::lookups,
    },
    Benchmark {
        name: "directory-latency",
        compares: "the time of a lookup at half of the load with its goal, and with changes meanwhile",
        run: directory::latency,
    },
    Benchmark {
        name: "directory-whois",
        compares: "WHOIS lookups with a bare responder that returns the same bytes",
        run: directory::whois,
    },
    Benchmark {
        name: "directory-tls",
        compares: "RDAP lookups over TLS with those over plain HTTP, and fresh handshakes",
        run: directory::tls,
    },
    Benchmark {
        name: "directory-size",
        compares: "memory for each name and the time to the first answer with their goals, of the program as shipped",
        run: directory::size,
    },
    Benchmark {
        name: "publication-delay",
        compares: "the time from a registry's confirmation to the public's answer with its goal",
        run: directory::delay,
    },
    Benchmark {
        name: "escrow-deposit",
        compares: "a sealed deposit with `sqlite3 -csv | gzip | gpg` as people write it, in time and size",
        run: deposit::run,
    },
    Benchmark {
        name: "client-cost",
        compares: "processor time of a command on our side, TLS included, with its goal",
        run: client_cost::run,
    },
    Benchmark { name: "sandbox-rate", compares: "commands that the sandbox answers on one core with its goal", run: sandbox_rate::run },
    Benchmark { name: "idle-sessions", compares: "memory of an idle session on either side with its goal", run: idle_sessions::run },
];

/// Two rates of one thing, and what their quotient should be.
struct Ratio {
    /// In which setting.
    setting: String,
    /// What we reach.
    ours: Figure,
    /// What the peer reaches, or the bound.
    peer: Figure,
    /// What helps to judge it.
    besides: Vec<Figure>,
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
    /// Shown for its own sake.
    None,
}

impl Goal {
    /// Whether the ratio meets it; none where there is no goal.
    fn is_met(self, ratio: f64) -> Option<bool> {
        match self {
            Self::AtLeast(bound) => Some(ratio >= bound),
            Self::AtMost(bound) => Some(ratio <= bound),
            Self::None => None,
        }
    }

    /// The goal and what became of it, for the line of the ratio.
    fn verdict(self, ratio: f64) -> String {
        let goal = match self {
            Self::AtLeast(bound) => format!("goal at least {bound:.2}"),
            Self::AtMost(bound) => format!("goal at most {bound:.2}"),
            Self::None => "no goal".to_owned(),
        };
        match self.is_met(ratio) {
            Some(true) => format!("{goal}: met"),
            Some(false) => format!("{goal}: NOT MET"),
            None => goal,
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
    let mut has_broken = false;
    for benchmark in BENCHMARKS.iter().filter(|benchmark| args.only.is_empty() || args.only.iter().any(|name| name == benchmark.name)) {
        if args.list {
            println!("{:<22} {}", benchmark.name, benchmark.compares);
        } else if let [_] = args.only.as_slice() {
            measure(room, benchmark, args.long)?;
        } else {
            has_broken |= !measure_apart(benchmark, args.long)?;
        }
    }
    Ok(if has_broken { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// The hidden chore of the process that plays the far registry.
pub fn serve_registry(dir: &Path) -> Result<ExitCode> {
    far_registry::serve(dir)
}

/// The hidden chore of the process that fills a portfolio.
pub fn fill_portfolio(file: &Path, names: usize) -> Result<ExitCode> {
    portfolio::fill(file, names)
}

/// The hidden chore of a process that serves the directory or a peer of it.
pub fn serve_directory(file: &Path) -> Result<ExitCode> {
    directory::serve(file)
}

/// The hidden chore of a process that asks a directory.
pub fn load_directory(load: &str) -> Result<ExitCode> {
    directory::carry_out_load(load)
}

fn measure(room: &Room, benchmark: &Benchmark, is_long: bool) -> Result<()> {
    println!("{:<22} {}", benchmark.name, benchmark.compares);
    let setup = Setup { dir: room.work_dir().join("bench").join(benchmark.name), is_long };
    empty_dir(&setup.dir)?;
    for ratio in (benchmark.run)(&setup).with_context(|| format!("the benchmark `{}` broke", benchmark.name))? {
        ratio.print();
    }
    // The rows can be large and nobody reads them again.
    Ok(std::fs::remove_dir_all(&setup.dir)?)
}

/// Runs it in a process of its own, so that none inherits memory or threads of another; says whether it came to its end.
fn measure_apart(benchmark: &Benchmark, is_long: bool) -> Result<bool> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["bench", "--only", benchmark.name]);
    if is_long {
        command.arg("--long");
    }
    Ok(command.status().with_context(|| format!("the benchmark `{}` cannot be started", benchmark.name))?.success())
}

impl Ratio {
    fn print(&self) {
        let ratio = self.ours.value / self.peer.value;
        let verdict = self.goal.verdict(ratio);
        println!("  {}", self.setting);
        println!("{}", self.ours.line());
        println!("{}", self.peer.line());
        self.besides.iter().for_each(|figure| println!("{}", figure.line()));
        println!("    {:<34} {ratio:>12.2}    {verdict}", "ratio");
    }
}

impl Figure {
    /// A number that was not measured as a run of its own.
    fn new(what: &'static str, value: f64, unit: &'static str) -> Self {
        Self { what, value, unit, cost: None }
    }

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
        let cases = [
            (Goal::AtLeast(0.8), 0.8, "goal at least 0.80: met"),
            (Goal::AtLeast(0.8), 0.79, "goal at least 0.80: NOT MET"),
            (Goal::AtMost(2.0), 2.0, "goal at most 2.00: met"),
            (Goal::AtMost(2.0), 2.01, "goal at most 2.00: NOT MET"),
            (Goal::None, 0.5, "no goal"),
        ];
        for (goal, ratio, verdict) in cases {
            assert_eq!(goal.verdict(ratio), verdict);
        }
    }
}
