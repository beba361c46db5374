//! `namekeep duties` and `namekeep ledger ...`: what can be typed about duties and proofs.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// Arguments of `duties`.
#[derive(Debug, Args)]
pub struct DutiesArgs {
    /// Only of this name.
    #[arg(long)]
    pub name: Option<String>,
    /// Which. Whatever is shown, lapsed ones are counted, and there being any ends with exit code 7.
    #[arg(long, value_enum, default_value_t = DutyFilter::Owed)]
    pub state: DutyFilter,
    /// At most this many, the earliest due first.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub limit: u32,
    /// Go on behind this place, as the page before named it.
    #[arg(long, value_name = "PLACE", conflicts_with = "name")]
    pub after: Option<String>,
}

/// Which duties to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DutyFilter {
    /// Open and lapsed ones.
    Owed,
    /// Those whose limit by the contract has not passed.
    Open,
    /// Open ones past our own target.
    Due,
    /// Those whose limit by the contract passed, and that were not done since.
    Lapsed,
    /// All.
    All,
}

/// Commands on the ledger.
#[derive(Debug, Subcommand)]
pub enum LedgerCommand {
    /// Recompute every row and compare with the tiles and the signed checkpoint.
    Verify,
    /// Write an inclusion proof for every entry of a name's latest life with us; `prove` covers all its lives.
    Prove {
        /// The name.
        name: String,
        /// Write it here instead of to standard output.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Check a proof with nothing but the public key: no instance needed.
    Check {
        /// The proof.
        file: PathBuf,
        /// The public key, as `ledger key` prints it.
        #[arg(long)]
        key: String,
    },
    /// Print the public key.
    Key,
    /// List entries.
    List {
        /// Only of this name.
        #[arg(long)]
        name: Option<String>,
        /// At most this many, the newest.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
}
