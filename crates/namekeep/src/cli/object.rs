//! `namekeep contact ...` and `namekeep host ...`: what can be typed about contacts and hosts.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::Subcommand;

/// Commands on contacts.
#[derive(Debug, Subcommand)]
pub enum ContactCommand {
    /// Save a contact from a TOML file. Other data of a holder can be a change of registrant, which locks the names for 60 days.
    Save {
        /// The file.
        file: PathBuf,
        /// Change this contact instead of making one.
        #[arg(long)]
        id: Option<String>,
    },
    /// Show a contact.
    Show {
        /// Its id.
        id: String,
        /// As it stood at this revision, where that was kept: the holder before a change of registrant.
        #[arg(long)]
        revision: Option<u64>,
    },
    /// List contacts by id; no personal data.
    List,
}

/// Commands on host objects.
#[derive(Debug, Subcommand)]
pub enum HostCommand {
    /// Create a host below one of our names, with glue.
    Create {
        /// The host.
        host: String,
        /// Its addresses.
        #[arg(required = true)]
        addresses: Vec<IpAddr>,
    },
    /// Replace a host's addresses.
    Change {
        /// The host.
        host: String,
        /// Its addresses.
        #[arg(required = true)]
        addresses: Vec<IpAddr>,
    },
    /// Rename a host into a configured name (RFC 9874); never into a registrable one.
    Rename {
        /// The host.
        host: String,
        /// Its new name.
        to: String,
    },
    /// Delete a host.
    Delete {
        /// The host.
        host: String,
    },
}
