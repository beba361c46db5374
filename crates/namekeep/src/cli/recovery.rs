//! `namekeep recovery ...`: what can be typed about coming back after a disaster.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Commands on coming back after a disaster.
#[derive(Debug, Subcommand)]
pub enum RecoveryCommand {
    /// Show whether the instance is frozen, and what is missing until it can be thawed. Ends with exit code 7 while it is frozen.
    Status,
    /// Freeze the instance: nothing in it acts by itself any more until it is thawed. A restore does this by itself.
    Freeze {
        /// What was put back, or why else, for the ledger.
        source: String,
        /// The instant of the last commit in what was put back (RFC 3339).
        #[arg(long, value_name = "TIME")]
        point: Option<jiff::Timestamp>,
    },
    /// Take the names and holders of a deposit on, into an instance that is frozen.
    Import(ImportArgs),
    /// Ask every registry about every name, take what changed there since the recovery point, and list what a person has to decide.
    Reconcile {
        /// A file of names, one a line, that may be ours and are not in the books: registries have no command that lists them.
        #[arg(long, value_name = "FILE")]
        names: Option<PathBuf>,
    },
    /// Let the instance work again. Every registry has to be reconciled with nothing left over, unless an officer says why not.
    Thaw {
        /// Why it is thawed although something is left over; the ledger keeps it.
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
}

/// A deposit that is taken on.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// Its folder.
    pub folder: PathBuf,
    /// File of a secret key that it is encrypted for.
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// File of a certificate that it may be signed by; may be given several times [default: the instance's own key of deposits].
    #[arg(long = "signer", value_name = "FILE")]
    pub signers: Vec<PathBuf>,
    /// The header mapping of a deposit whose columns are called otherwise than ours.
    #[arg(long, value_name = "FILE")]
    pub mapping: Option<PathBuf>,
    /// What the depositor wrote where a state or province is empty; it is not taken on.
    #[arg(long, value_name = "TEXT")]
    pub empty_state: Option<String>,
    /// What the depositor wrote where a postcode is empty; it is not taken on.
    #[arg(long, value_name = "TEXT")]
    pub empty_postcode: Option<String>,
}
