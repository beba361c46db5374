//! The chores of the house: `cargo xtask test | judges | bench`.
//!
//! | chore | what it does |
//! | --- | --- |
//! | `test` | everything that must pass, in order; installs or names the outside judges it needs |
//! | `judges` | the outside judges: what each covers, whether it is here |
//! | `bench` | the benchmarks, as ratios against a peer measured in the same run |
//!
//! To add a test step, add a row to [`steps::STEPS`]; to add a judge, a row to [`judges::JUDGES`]; to add a benchmark, a
//! file under `bench/` and a row to `bench::BENCHMARKS`.

mod acme_judge;
mod advisories;
#[cfg(feature = "bench")]
mod bench;
mod command_line;
mod drills;
mod escrow_agent;
mod escrow_judge;
mod foreign_client;
mod forms_judge;
mod frames;
mod full_disk;
mod fuzz;
mod house;
mod hsm_judge;
mod install;
mod judges;
mod ledger_judge;
mod mail_judge;
mod pages_judge;
mod postfix;
mod rdap_client;
mod rdap_judge;
mod resolver;
mod room;
mod running_sandbox;
mod sandbox_table;
mod served_directory;
mod steps;
mod tally;
mod test;
mod wait;

use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};

use crate::room::Room;

/// The chores of Namekeep.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Xtask {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// Run everything that must pass
    Test(TestArgs),
    /// List the outside judges: what each covers and whether it is here
    Judges {
        /// Install what is missing
        #[arg(long)]
        install: bool,
    },
    /// Run the benchmarks and print ratios
    Bench(BenchArgs),
    /// Play the registry of a benchmark until the input closes
    #[cfg(feature = "bench")]
    #[command(hide = true)]
    BenchRegistry {
        /// Its folder
        dir: std::path::PathBuf,
    },
    /// Serve the directory of a benchmark, or a peer of it, until the input closes
    #[cfg(feature = "bench")]
    #[command(hide = true)]
    BenchDirectory {
        /// What to serve
        file: std::path::PathBuf,
    },
    /// Ask the directory of a benchmark
    #[cfg(feature = "bench")]
    #[command(hide = true)]
    BenchLoad {
        /// What to ask
        load: String,
    },
    /// Fill the portfolio of a benchmark
    #[cfg(feature = "bench")]
    #[command(hide = true)]
    BenchFill {
        /// The database
        file: std::path::PathBuf,
        /// How many names
        names: usize,
    },
}

/// How `cargo xtask test` runs.
#[derive(Args)]
struct TestArgs {
    /// Run the heavy steps too (hours)
    #[arg(long)]
    long: bool,
    /// Run only the step of this name; repeat for more
    #[arg(long, value_name = "STEP")]
    only: Vec<String>,
    /// Go on after a step that fails
    #[arg(long)]
    keep_going: bool,
    /// Never install a judge, only name what is missing
    #[arg(long)]
    no_install: bool,
    /// List the steps and their commands, run nothing
    #[arg(long)]
    list: bool,
}

/// How `cargo xtask bench` runs.
#[derive(Args)]
struct BenchArgs {
    /// Run only the benchmark of this name; repeat for more
    #[arg(long, value_name = "BENCHMARK")]
    only: Vec<String>,
    /// Run the heavy settings too (many minutes)
    #[arg(long)]
    long: bool,
    /// List the benchmarks, run nothing
    #[arg(long)]
    list: bool,
}

fn main() -> ExitCode {
    carry_out(Xtask::parse().chore).unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::FAILURE
    })
}

fn carry_out(chore: Chore) -> Result<ExitCode> {
    let room = Room::find()?;
    match chore {
        Chore::Test(args) if args.list => Ok(test::list(&args)),
        Chore::Test(args) => test::run(&room, &args),
        Chore::Judges { install } => judges::show(&room, install),
        Chore::Bench(args) => run_benchmarks(&room, &args),
        #[cfg(feature = "bench")]
        Chore::BenchRegistry { dir } => bench::serve_registry(&dir),
        #[cfg(feature = "bench")]
        Chore::BenchDirectory { file } => bench::serve_directory(&file),
        #[cfg(feature = "bench")]
        Chore::BenchLoad { load } => bench::load_directory(&load),
        #[cfg(feature = "bench")]
        Chore::BenchFill { file, names } => bench::fill_portfolio(&file, names),
    }
}

#[cfg(feature = "bench")]
fn run_benchmarks(room: &Room, args: &BenchArgs) -> Result<ExitCode> {
    bench::run(room, args)
}

/// Benchmarks mean something only when optimised, and they need the rooms: build once more with both and hand over.
#[cfg(not(feature = "bench"))]
fn run_benchmarks(room: &Room, _args: &BenchArgs) -> Result<ExitCode> {
    use anyhow::Context;
    let status = std::process::Command::new("cargo")
        .args(["run", "--quiet", "--release", "--package", "xtask", "--features", "bench", "--"])
        .args(std::env::args_os().skip(1))
        .current_dir(room.root())
        .status()
        .context("cargo cannot be started")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
