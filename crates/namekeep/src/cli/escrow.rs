//! `namekeep escrow ...`: what can be typed about deposits.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// Commands on deposits in escrow.
#[derive(Debug, Subcommand)]
pub enum EscrowCommand {
    /// Write a deposit of the state now, and send it where an agent is configured.
    Run {
        /// Leave it in the folder; `serve` or the next `run` sends it.
        #[arg(long)]
        no_send: bool,
    },
    /// Show how the duty stands and the newest deposits. Ends with exit code 7 where the duty is not kept.
    Status {
        /// At most this many deposits.
        #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=1_000))]
        limit: u32,
    },
    /// Note what the agent said of a deposit.
    Answer {
        /// Its id.
        deposit: String,
        /// What the agent said.
        #[arg(value_enum)]
        verdict: AgentVerdict,
        /// The agent's words.
        #[arg(long, default_value = "")]
        words: String,
    },
    /// Read a deposit as a stranger would and name everything that is wrong with it.
    Verify(DepositFolder),
    /// Read a deposit and compare it with the database and the public records, name by name.
    Diff(DepositFolder),
    /// Keys of deposits.
    #[command(subcommand)]
    Keys(EscrowKeysCommand),
    /// Print the mapping of the columns that agent and ICANN are given before the first deposit.
    Mapping,
}

/// A deposit that is read.
#[derive(Debug, Args)]
pub struct DepositFolder {
    /// Its folder.
    pub folder: PathBuf,
    /// File of a secret key that it is encrypted for.
    #[arg(long, value_name = "FILE")]
    pub key: PathBuf,
    /// The day it has to be of (in UTC); another is an old deposit sent again.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub day: Option<String>,
}

/// What an agent says of a deposit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AgentVerdict {
    /// It is complete and in order.
    Accepted,
    /// It is not.
    Rejected,
}

/// Commands on the keys of deposits.
#[derive(Debug, Subcommand)]
pub enum EscrowKeysCommand {
    /// Make a key: the secret half into FILE, the certificate for others into FILE.cert.
    New {
        /// The file of the secret half; it must not exist.
        file: PathBuf,
        /// Which OpenPGP it is for: `v6` (RFC 9580), or `v4` (RSA) for agents who do not read that yet.
        #[arg(long, default_value = "v6")]
        form: String,
    },
    /// Show the keys in use, and until when they can be used. Ends with exit code 7 where one runs out soon.
    Show,
}
