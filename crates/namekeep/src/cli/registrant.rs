//! `namekeep registrant ...`: what can be typed about the people whose data is kept.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Commands on people.
#[derive(Debug, Subcommand)]
pub enum RegistrantCommand {
    /// Show everything that is held about a person: data, consents, names, notices, duties, and what keeps it.
    Show {
        /// The contact's id.
        id: String,
    },
    /// Write everything that is held about a person to a file for machines, to hand out to that person.
    Export {
        /// The contact's id.
        id: String,
        /// Where; it is made readable by its owner alone, and never overwritten.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Find people by e-mail address, telephone number or words of the name.
    Find(FindArgs),
    /// Erase a person for good: here, and in every backup of the database.
    Erase(EraseArgs),
    /// List the erasures that wait for their day.
    Erasures,
    /// Keep a person's data whatever happens: for a court, an authority, a dispute.
    Hold {
        /// The contact's id.
        id: String,
        /// The file number of whoever asks for it.
        #[arg(long)]
        reference: String,
        /// Why. It stays on record: no personal data.
        #[arg(long)]
        reason: String,
    },
    /// End a hold.
    Release {
        /// The contact's id.
        id: String,
        /// The file number under which it is held.
        #[arg(long)]
        reference: String,
    },
}

/// Arguments of `registrant find`.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
pub struct FindArgs {
    /// The e-mail address.
    #[arg(long, value_name = "ADDRESS")]
    pub email: Option<String>,
    /// The telephone number with its country code.
    #[arg(long, value_name = "NUMBER")]
    pub phone: Option<String>,
    /// Whole words of the name or organisation, in any order.
    #[arg(long, value_name = "WORDS")]
    pub name: Option<String>,
}

/// Arguments of `registrant erase`.
#[derive(Args, Debug)]
pub struct EraseArgs {
    /// The contact's id.
    pub id: String,
    /// Why, such as the number of the request. It stays on record: no personal data.
    #[arg(long, required_unless_present = "cancel")]
    pub reason: Option<String>,
    /// Where a rule still keeps the data: erase on the day it ends.
    #[arg(long)]
    pub when_due: bool,
    /// Take back an erasure that waits for its day.
    #[arg(long, conflicts_with_all = ["reason", "when_due"])]
    pub cancel: bool,
}
