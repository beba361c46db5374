//! `namekeep directory ...`: the public directory.

use std::path::PathBuf;

use clap::Subcommand;

/// Commands on the public directory.
#[derive(Debug, Subcommand)]
pub enum DirectoryCommand {
    /// Write a commented configuration for a directory.
    Init {
        /// The file to write.
        #[arg(default_value = "directory.toml")]
        file: PathBuf,
        /// The feed's public key, as `namekeep directory key` prints it.
        #[arg(long, value_name = "KEY")]
        key: Option<String>,
        /// The public key that forms are sealed to, as `namekeep directory intake-key` prints it.
        #[arg(long, value_name = "KEY")]
        intake_key: Option<String>,
        /// The folder that forms are put into.
        #[arg(long, default_value = "intake", value_name = "FOLDER")]
        intake: PathBuf,
        /// The folder of the feed.
        #[arg(long, default_value = "feed", value_name = "FOLDER")]
        feed: PathBuf,
    },
    /// Answer RDAP, and WHOIS where it is configured, until told to stop.
    Serve {
        /// Its configuration.
        #[arg(default_value = "directory.toml")]
        file: PathBuf,
    },
    /// Ask the public address once, as ICANN does, and take what came of it into the month's book.
    Probe {
        /// The configuration of the directory.
        #[arg(default_value = "directory.toml")]
        file: PathBuf,
    },
    /// Print what a month came to: availability, round trips, update times, and how much of the agreement's allowances is used.
    Report {
        /// The configuration of the directory.
        #[arg(default_value = "directory.toml")]
        file: PathBuf,
        /// The month; this one if it is left out.
        #[arg(long, value_name = "YYYY-MM")]
        month: Option<String>,
    },
    /// Print the public key of this instance's feed, which its directories check.
    Key,
    /// Print the public key that this instance's directories seal forms to.
    IntakeKey,
}
