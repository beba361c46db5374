//! `namekeep domain ...`: what can be typed about names.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// Commands on names.
#[derive(Debug, Subcommand)]
pub enum DomainCommand {
    /// Ask the registry whether names are free, what they cost, and in a claims phase who claims them.
    Check {
        /// The names.
        #[arg(required = true)]
        names: Vec<String>,
        /// The file with an allocation token: ask on behalf of its holder.
        #[arg(long, value_name = "FILE")]
        allocation_token: Option<PathBuf>,
    },
    /// Register a name.
    Register(RegisterArgs),
    /// Show a name: what we want and what the registry says.
    Info {
        /// The name.
        name: String,
    },
    /// List the portfolio.
    List(ListArgs),
    /// Extend the term.
    Renew {
        /// The name.
        name: String,
        /// Years to add.
        #[arg(long, default_value_t = 1)]
        years: u8,
        /// The end of the term as you see it (a date); a renewal that was done already is then refused.
        #[arg(long, value_name = "DATE")]
        current_expiry: Option<jiff::civil::Date>,
        /// The fee you agree to, for a premium name, such as `250.00`.
        #[arg(long, value_name = "AMOUNT")]
        fee: Option<String>,
    },
    /// Say whether the name is renewed at expiry.
    AutoRenew {
        /// The name.
        name: String,
        /// The wish.
        #[arg(value_enum)]
        wish: Switch,
    },
    /// Bring names here, let them go.
    #[command(subcommand)]
    Transfer(TransferCommand),
    /// Lock against transfer, update and deletion, in the registrant's name.
    Lock {
        /// The name.
        name: String,
        /// What to prohibit; all three unless said.
        #[arg(long, value_enum)]
        prohibit: Vec<Prohibition>,
    },
    /// Lift the registrant's lock. Lifts nobody else's.
    Unlock {
        /// The name.
        name: String,
        /// What to allow; all three unless said.
        #[arg(long, value_enum)]
        allow: Vec<Prohibition>,
    },
    /// Set a fresh authInfo at the registry and write it to a file for the registrant.
    Auth {
        /// The name.
        name: String,
        /// Where to write it, mode 0600; never shown on the screen.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Replace the delegation.
    Ns {
        /// The name.
        name: String,
        /// The nameservers, each `HOST` or `HOST=ADDRESS,ADDRESS` for hosts below the name; none removes the delegation.
        #[arg(value_name = "NAMESERVER")]
        nameservers: Vec<String>,
    },
    /// Replace the DS records at the parent.
    Ds {
        /// The name.
        name: String,
        /// The records, each `TAG ALGORITHM TYPE DIGEST` in one argument; none removes them all.
        #[arg(value_name = "DS")]
        records: Vec<String>,
    },
    /// Name other contacts.
    Contacts {
        /// The name.
        name: String,
        /// The registered name holder.
        #[arg(long)]
        registrant: Option<String>,
        /// The administrative contact.
        #[arg(long)]
        admin: Option<String>,
        /// The technical contact.
        #[arg(long)]
        tech: Option<String>,
        /// The billing contact.
        #[arg(long)]
        billing: Option<String>,
        /// The registrant opted out beforehand of the lock of 60 days after a change of registrant: the record of that (COR-7).
        #[arg(long, value_name = "REFERENCE", requires = "registrant")]
        lock_opt_out: Option<String>,
    },
    /// Delete a name.
    Delete {
        /// The name.
        name: String,
        /// Type the name again: deleting is not undone for free.
        #[arg(long, value_name = "NAME")]
        confirm: String,
    },
    /// Restore a deleted name from redemption.
    Restore {
        /// The name.
        name: String,
        /// Why, for the registry's report.
        #[arg(long, default_value = "The registrant asked for the name to be restored.")]
        reason: String,
        /// The restore fee you agree to, such as `40.00`.
        #[arg(long, value_name = "AMOUNT")]
        fee: Option<String>,
    },
    /// Put a name on hold, or release it, for a reason with an owner.
    Hold(HoldArgs),
    /// Put off the deletion of an expired name for a listed circumstance (EXP-14).
    Postpone {
        /// The name.
        name: String,
        /// Until when.
        #[arg(long, value_name = "TIME")]
        until: jiff::Timestamp,
        /// The circumstance.
        #[arg(long)]
        circumstance: String,
    },
}

/// Arguments of `domain register`.
#[derive(Debug, Args)]
pub struct RegisterArgs {
    /// The name, in any script.
    pub name: String,
    /// The term in years.
    #[arg(long, default_value_t = 1)]
    pub years: u8,
    /// A nameserver, `HOST` or `HOST=ADDRESS,ADDRESS` for hosts below the name.
    #[arg(long = "ns", value_name = "NAMESERVER")]
    pub nameservers: Vec<String>,
    /// A DS record, `TAG ALGORITHM TYPE DIGEST`.
    #[arg(long = "ds", value_name = "DS")]
    pub ds: Vec<String>,
    /// The registered name holder's contact id.
    #[arg(long)]
    pub registrant: Option<String>,
    /// The administrative contact's id.
    #[arg(long)]
    pub admin: Option<String>,
    /// The technical contact's id.
    #[arg(long)]
    pub tech: Option<String>,
    /// The billing contact's id.
    #[arg(long)]
    pub billing: Option<String>,
    /// Renew at expiry.
    #[arg(long)]
    pub auto_renew: bool,
    /// Lock against transfer from the start; the reference of the terms the registrant agreed to (TRF-12).
    #[arg(long, value_name = "REFERENCE")]
    pub lock_consent: Option<String>,
    /// The fee you agree to, for a premium name, such as `250.00`.
    #[arg(long, value_name = "AMOUNT")]
    pub fee: Option<String>,
    /// In a claims phase: the file with the claims notice that the buyer was shown and accepted (`id`, `not_after`, `accepted_at`, and
    /// `validator` where it is not `tmch`).
    #[arg(long, value_name = "FILE")]
    pub claims_notice: Option<PathBuf>,
    /// In sunrise: the file with the signed mark, as its holder got it.
    #[arg(long, value_name = "FILE")]
    pub mark: Option<PathBuf>,
    /// The file with the allocation token of a reserved name.
    #[arg(long, value_name = "FILE")]
    pub allocation_token: Option<PathBuf>,
}

/// Arguments of `domain list`.
#[derive(Debug, Args)]
pub struct ListArgs {
    /// Only names of this TLD.
    #[arg(long)]
    pub tld: Option<String>,
    /// Only names in this phase, such as `registered` or `redemption`.
    #[arg(long)]
    pub phase: Option<String>,
    /// Only names whose term ends before this date.
    #[arg(long, value_name = "DATE")]
    pub expires_before: Option<jiff::civil::Date>,
    /// At most this many.
    #[arg(long, default_value_t = 50)]
    pub limit: u32,
    /// Start after this name.
    #[arg(long, value_name = "NAME")]
    pub after: Option<String>,
}

/// Arguments of `domain hold`.
#[derive(Debug, Args)]
pub struct HoldArgs {
    /// The name.
    pub name: String,
    /// Who owns the reason.
    #[arg(long)]
    pub owner: String,
    /// What it refers to: a case number, an order. No personal data.
    #[arg(long)]
    pub reference: String,
    /// The status.
    #[arg(long, default_value = "clientHold")]
    pub status: String,
    /// Lift this reason instead.
    #[arg(long)]
    pub release: bool,
}

/// Transfers.
#[derive(Debug, Subcommand)]
pub enum TransferCommand {
    /// Ask for a name that another registrar has.
    In(TransferInArgs),
    /// Withdraw our own request.
    Cancel {
        /// The name.
        name: String,
    },
    /// Approve a transfer away, on the registrant's word (TRF-1).
    Approve {
        /// The name.
        name: String,
    },
    /// Deny a transfer away, for a lawful reason only (TRF-7, TRF-8).
    Deny {
        /// The name.
        name: String,
        /// The reason; `help` lists them.
        #[arg(long)]
        reason: String,
        /// What proves it.
        #[arg(long)]
        evidence: Option<String>,
    },
}

/// Arguments of `domain transfer in`.
#[derive(Debug, Args)]
pub struct TransferInArgs {
    /// The name.
    pub name: String,
    /// The file with its authInfo.
    #[arg(long, value_name = "FILE")]
    pub auth_file: PathBuf,
    /// When the registrant authorised the transfer; now unless said. A stale word is refused (TRF-4).
    #[arg(long, value_name = "TIME")]
    pub authorised: Option<jiff::Timestamp>,
    /// The registered name holder's contact id at our house.
    #[arg(long)]
    pub registrant: Option<String>,
    /// The administrative contact's id.
    #[arg(long)]
    pub admin: Option<String>,
    /// The technical contact's id.
    #[arg(long)]
    pub tech: Option<String>,
    /// The billing contact's id.
    #[arg(long)]
    pub billing: Option<String>,
    /// The fee you agree to, for a premium name, such as `250.00`.
    #[arg(long, value_name = "AMOUNT")]
    pub fee: Option<String>,
    /// The file with the name's allocation token, where its registry asks for it.
    #[arg(long, value_name = "FILE")]
    pub allocation_token: Option<PathBuf>,
}

/// A yes or a no.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Switch {
    /// Yes.
    On,
    /// No.
    Off,
}

/// What a registrant's lock prohibits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Prohibition {
    /// Transfer to another registrar.
    Transfer,
    /// Changes.
    Update,
    /// Deletion.
    Delete,
}
