//! `namekeep duties` and `namekeep ledger ...`: what can be typed about duties and proofs.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// Arguments of `duties`.
#[derive(Debug, Args)]
pub struct DutiesArgs {
    /// Only of this name.
    #[arg(long)]
    pub name: Option<String>,
    /// Which: open, due (soft due passed), lapsed, all.
    #[arg(long, value_enum, default_value_t = DutyFilter::Open)]
    pub state: DutyFilter,
    /// At most this many.
    #[arg(long, default_value_t = 50)]
    pub limit: u32,
}

/// Which duties to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DutyFilter {
    /// Owed.
    Open,
    /// Owed, and our own target has passed.
    Due,
    /// The contract's limit passed.
    Lapsed,
    /// All.
    All,
}

/// Commands on the ledger.
#[derive(Debug, Subcommand)]
pub enum LedgerCommand {
    /// Recompute every row and compare with the tiles and the signed checkpoint.
    Verify,
    /// Write an inclusion proof for every entry of a name.
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
