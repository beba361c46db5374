//! `namekeep backup ...` and `namekeep restore`: what can be typed about backups.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Commands on backups.
#[derive(Debug, Subcommand)]
pub enum BackupCommand {
    /// Put what was committed since, and end. `serve` does so by itself, within a second of each commit.
    Run,
    /// Show how backups and drills stand. Ends with exit code 7 where something is in the way.
    Status,
    /// List what there is: from when to when a restore can reach.
    List,
    /// Open everything and name what is damaged or missing.
    Check {
        /// File of a secret key that opens them [default: the configured `drill_key`].
        #[arg(long, value_name = "FILE")]
        key: Option<PathBuf>,
        /// Only this generation, instead of all.
        #[arg(long, value_name = "ID")]
        generation: Option<String>,
    },
    /// Keys of backups.
    #[command(subcommand)]
    Keys(BackupKeysCommand),
}

/// Commands on the keys of backups.
#[derive(Debug, Subcommand)]
pub enum BackupKeysCommand {
    /// Make a key: the secret half into FILE, the certificate for others into FILE.cert.
    New {
        /// The file of the secret half; it must not exist.
        file: PathBuf,
    },
    /// Seal a secret key and split what opens it among officers.
    Split(SplitArgs),
    /// Open a sealed key with the shares of enough officers, typed or from files, one a line.
    Join {
        /// The sealed key.
        sealed: PathBuf,
        /// Where the secret key is put, mode 0600; it must not exist.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Files with shares; without any they are read from standard input.
        shares: Vec<PathBuf>,
    },
}

/// How a key is split.
#[derive(Debug, Args)]
pub struct SplitArgs {
    /// The file of the secret key. Destroy it once the shares were tried.
    pub file: PathBuf,
    /// How many shares are made.
    #[arg(long, default_value_t = 5)]
    pub shares: u8,
    /// How many of them open the key.
    #[arg(long, default_value_t = 3)]
    pub needed: u8,
    /// The folder that the sealed key and the shares are put in, each share a file for one officer.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
}

/// Arguments of `restore`.
#[derive(Debug, Args)]
pub struct RestoreArgs {
    /// The folder of the backups [default: the configured one].
    #[arg(long, value_name = "DIR")]
    pub from: Option<PathBuf>,
    /// File of the secret key that opens them [default: the configured `drill_key`].
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
    /// The state that was committed by then (RFC 3339), instead of the newest.
    #[arg(long, value_name = "TIME")]
    pub at: Option<jiff::Timestamp>,
    /// Where something is damaged, restore the state before it instead of nothing, and say so.
    #[arg(long)]
    pub best_effort: bool,
}
