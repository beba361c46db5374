//! `namekeep contact ...` and `namekeep host ...`: what can be typed about contacts and hosts.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Subcommand};

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
    /// Say for which customer a privacy service's contact stands, who is escrowed with its names and told to nobody (ESC-9); without one, show.
    Customer {
        /// The id of the service's contact.
        id: String,
        /// The id of the customer's contact.
        customer: Option<String>,
    },
    /// Show whether a contact was verified, how and when, and what was asked of it (ACY-3).
    Standing {
        /// The contact's id.
        id: String,
    },
    /// Verify a holder: with the code from their letter, with the one said on the telephone, or by hand. Suspended names come back at once.
    Verify(VerifyArgs),
    /// Open a call to a holder: shows the number on record and the code to say there.
    Call {
        /// The contact's id.
        id: String,
    },
    /// Have a holder verified anew within 15 days, because something speaks against their data (ACY-7, ACY-8).
    Doubt {
        /// The contact's id.
        id: String,
        /// What speaks against the data: a case, a report. No personal data.
        #[arg(long)]
        reason: String,
        /// It is an inquiry that the holder has to answer (ACY-8).
        #[arg(long)]
        inquiry: bool,
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

/// How a holder is verified.
#[derive(Debug, Args)]
pub struct VerifyArgs {
    /// With the code from a letter: a file that holds it; it says whose it is.
    #[arg(long, value_name = "FILE", required_unless_present = "id")]
    pub token_file: Option<PathBuf>,
    /// The contact's id.
    #[arg(conflicts_with = "token_file")]
    pub id: Option<String>,
    /// With the code that was said on the telephone.
    #[arg(long, requires = "id", required_unless_present_any = ["token_file", "evidence"])]
    pub code: Option<String>,
    /// By hand: what proves it, such as a case or a register's extract. No personal data.
    #[arg(long, requires = "id", conflicts_with = "code")]
    pub evidence: Option<String>,
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
