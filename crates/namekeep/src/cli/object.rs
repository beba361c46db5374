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
    /// Record what a holder agrees to have published, or no longer does; without elements, show what was said.
    Consent {
        /// The contact's id.
        id: String,
        /// Elements it agrees to publish: name, organisation, street, city, postcode, phone, fax, email.
        #[arg(long, value_name = "ELEMENT", value_delimiter = ',', conflicts_with = "withdraw")]
        publish: Vec<String>,
        /// Elements it no longer agrees to publish.
        #[arg(long, value_name = "ELEMENT", value_delimiter = ',')]
        withdraw: Vec<String>,
        /// How it said so: a form with its version, a ticket. No personal data.
        #[arg(long, default_value = "")]
        source: String,
    },
    /// List contacts in the order they were saved, with their names: personal data, for your eyes.
    List {
        /// At most this many.
        #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=1_000))]
        limit: u32,
        /// Start after this contact's id.
        #[arg(long, value_name = "ID")]
        after: Option<String>,
    },
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
