//! `namekeep handover ...`: what can be typed about giving names to another registrar.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Commands on giving names to another registrar, or to ICANN.
#[derive(Debug, Subcommand)]
pub enum HandoverCommand {
    /// Write everything that another registrar needs to take the names over, sealed for whom it is for.
    Export(ExportArgs),
}

/// Arguments of `handover export`.
#[derive(Debug, Args)]
pub struct ExportArgs {
    /// Where the files go: a folder that is empty or not there yet.
    pub folder: PathBuf,
    /// File of the certificate of whom it is for; may be given several times.
    #[arg(long = "for", required = true, value_name = "FILE")]
    pub recipients: Vec<PathBuf>,
    /// Only the names below this TLD.
    #[arg(long, value_name = "TLD")]
    pub tld: Option<String>,
    /// File of the secret key that signs [default: the instance's own key of deposits].
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,
}
