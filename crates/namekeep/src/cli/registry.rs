//! `namekeep registry ...`: what can be typed about registries.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Commands on registries.
#[derive(Debug, Subcommand)]
pub enum RegistryCommand {
    /// The registries of this instance.
    List,
    /// Check a profile file and say what is wrong, with line and key.
    Check {
        /// The file.
        file: PathBuf,
    },
    /// Connect, log in, and show what the account can do and what is queued.
    Status {
        /// Only this registry.
        registry: Option<String>,
    },
    /// Take waiting poll messages now.
    Poll(PollArgs),
    /// The messages a registry sent, newest first: what became of each, and those kept for you.
    Messages(MessagesArgs),
    /// What was sent to a registry and what it answered, newest first. Each reading is noted in the ledger.
    Journal(JournalArgs),
    /// Take up what was stopped: what costs money, once the account was topped up; logging in, once the credentials were put right.
    Resume {
        /// The registry.
        registry: String,
    },
    /// Clear an alarm that was seen to.
    Clear {
        /// Its key, as `doctor` shows it.
        alarm: String,
    },
    /// Give an account another password; it is tried at the next login.
    Password {
        /// The registry.
        registry: String,
        /// The file that holds the password in one line.
        #[arg(long, value_name = "FILE")]
        file: PathBuf,
        /// The registry has set this one itself and it is in force already.
        #[arg(long)]
        in_force: bool,
    },
    /// Compare what we want with what the registry says. Changes nothing unless told.
    Reconcile(ReconcileArgs),
}

/// Arguments of `registry reconcile`.
#[derive(Debug, Args)]
pub struct ReconcileArgs {
    /// One name.
    #[arg(long, conflicts_with_all = ["tld", "all"])]
    pub name: Option<String>,
    /// All names of a TLD.
    #[arg(long, conflicts_with = "all")]
    pub tld: Option<String>,
    /// All names.
    #[arg(long)]
    pub all: bool,
    /// After showing the drift of one name: bring the registry to what we want.
    #[arg(long, requires = "name", conflicts_with = "accept")]
    pub push: bool,
    /// After showing the drift of one name: take what the registry says as what we want.
    #[arg(long, requires = "name")]
    pub accept: bool,
}

/// Arguments of `registry poll`.
#[derive(Debug, Args)]
pub struct PollArgs {
    /// Only this registry.
    pub registry: Option<String>,
    /// Take what was kept again too: what stood in its way was mended.
    #[arg(long, requires = "registry")]
    pub kept: bool,
    /// Of what was kept, only the message with this id of the registry.
    #[arg(long, value_name = "ID", requires = "kept")]
    pub message: Option<String>,
}

/// Arguments of `registry messages`.
#[derive(Debug, Args)]
pub struct MessagesArgs {
    /// The registry.
    pub registry: String,
    /// Only those kept for you: nothing followed from them by itself.
    #[arg(long)]
    pub kept: bool,
    /// Only those received before this instant.
    #[arg(long, value_name = "TIME")]
    pub before: Option<jiff::Timestamp>,
    /// At most this many.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub limit: u32,
}

/// Arguments of `registry journal`.
#[derive(Debug, Args)]
pub struct JournalArgs {
    /// The registry.
    pub registry: String,
    /// Only exchanges about this name.
    #[arg(long, conflicts_with = "intent")]
    pub name: Option<String>,
    /// Only the attempts at this intent, in their order.
    #[arg(long, value_name = "ID")]
    pub intent: Option<String>,
    /// Show both frames, without secrets and personal data.
    #[arg(long)]
    pub frames: bool,
    /// Only those sent before this instant.
    #[arg(long, value_name = "TIME")]
    pub before: Option<jiff::Timestamp>,
    /// At most this many.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub limit: u32,
}
