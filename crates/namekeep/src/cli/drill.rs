//! `namekeep drill ...`: what can be typed about drills.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Drills.
#[derive(Debug, Subcommand)]
pub enum DrillCommand {
    /// D0, a crash: kill a registrar of its own under load again and again, cut its power, and look for what is missing.
    D0(CrashArgs),
    /// D1, the database is lost: restore it from the backups beside the instance, compare every row with its fingerprint, and serve it.
    D1(DrillArgs),
    /// D2, database and backups are lost: make an instance of a deposit alone, and compare every name and holder with it.
    D2(DepositDrillArgs),
}

/// Arguments of the drill with a deposit.
#[derive(Debug, Args)]
pub struct DepositDrillArgs {
    /// File of a secret key that the deposit is encrypted for.
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// The deposit's folder [default: the newest in the instance's folder of deposits].
    #[arg(long, value_name = "DIR")]
    pub deposit: Option<PathBuf>,
    /// Where it is restored to; must not exist, and is removed afterwards [default: `drill-scratch` in the instance's folder].
    #[arg(long, value_name = "FOLDER")]
    pub folder: Option<PathBuf>,
}

/// Arguments of a drill with the instance's own backups.
#[derive(Debug, Args)]
pub struct DrillArgs {
    /// Where it is restored to; must not exist, and is removed afterwards [default: `drill-scratch` in the instance's folder].
    #[arg(long, value_name = "FOLDER")]
    pub folder: Option<PathBuf>,
    /// File of a secret key that opens the backups [default: the configured `drill_key`].
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
}

/// Arguments of the crash drill.
#[derive(Debug, Args)]
pub struct CrashArgs {
    /// Where everything is put; must not exist, and is removed where nothing is found.
    #[arg(long, default_value = "namekeep-drill", value_name = "FOLDER")]
    pub folder: PathBuf,
    /// How many names are ordered.
    #[arg(long, default_value_t = 400, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub names: u32,
    /// How many names lie in the database already.
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u32).range(0..=10_000_000))]
    pub portfolio: u32,
    /// How often the program is killed.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(0..=10_000))]
    pub kills: u32,
    /// How often its files are copied as a cut of the power leaves them.
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(0..=10_000))]
    pub cuts: u32,
    /// Leave the folder there, to play the other drills with the instance in its `registrar`.
    #[arg(long)]
    pub keep: bool,
    /// The seed of the moments.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
}
