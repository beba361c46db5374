//! The command line: what can be typed. What each command does is in `run`, one file each.

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Runs a domain registrar: every name has a keeper, every duty has a clock, every change has a proof.
#[derive(Debug, Parser)]
#[command(name = "namekeep", version, max_term_width = 110, arg_required_else_help = true)]
#[command(after_help = "Exit codes: 0 done, 1 fault, 2 usage, 3 refused by a rule, 4 denied, 5 ordered but not settled in time, 6 not found, 7 a check found something.")]
pub struct Cli {
    /// The folder of the instance.
    #[arg(long, global = true, env = "NAMEKEEP_DIR", default_value = ".", value_name = "DIR")]
    pub dir: PathBuf,
    /// Print JSON for programs instead of tables for people.
    #[arg(long, global = true)]
    pub json: bool,
    /// The file with the operator's token [default: DIR/operator.token].
    #[arg(long, global = true, env = "NAMEKEEP_TOKEN_FILE", value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// How long to wait for a registry's answer, in seconds; the order stands in any case.
    #[arg(long, global = true, default_value_t = 60, value_name = "SECONDS")]
    pub wait: u64,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Watch a registrar work: two rehearsal registries, a portfolio, a tour.
    Demo(DemoArgs),
    /// Make a new instance: configuration, keys, the first operator.
    Init(InitArgs),
    /// Run the instance: gates to the registries, poll, clock, notices.
    Serve,
    /// Run rehearsal registries that speak EPP over TLS.
    Sandbox(SandboxArgs),
    /// Names: from order to deletion.
    #[command(subcommand)]
    Domain(DomainCommand),
    /// Holders and contacts.
    #[command(subcommand)]
    Contact(ContactCommand),
    /// Host objects below our names.
    #[command(subcommand)]
    Host(HostCommand),
    /// Registries: profiles, accounts, poll, drift.
    #[command(subcommand)]
    Registry(RegistryCommand),
    /// What is due, what was done, what lapsed.
    Duties(DutiesArgs),
    /// Everything that proves the life of a name: duties, charges, ledger entries with their proofs.
    Prove {
        /// The name.
        name: String,
        /// Write the proof here instead of to standard output.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// The ledger: verify it, prove from it, show its public key.
    #[command(subcommand)]
    Ledger(LedgerCommand),
    /// People who may give orders.
    #[command(subcommand)]
    Operator(OperatorCommand),
    /// Live through years of a portfolio in minutes, with failures, and check every invariant.
    Simulate(SimulateArgs),
    /// The configuration.
    #[command(subcommand)]
    Config(ConfigCommand),
    /// Look for what is wrong with this instance: files, keys, certificates, clock, database, ledger.
    Doctor,
}

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Where everything is put; emptied of an earlier demo first.
    #[arg(long, default_value = "namekeep-demo", value_name = "FOLDER")]
    pub folder: PathBuf,
    /// The seed of people and names.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// How many names the portfolio starts with.
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub scale: u32,
    /// Play the tour, check each result, exit.
    #[arg(long)]
    pub check: bool,
}

/// Arguments of `init`.
#[derive(Debug, Args)]
pub struct InitArgs {
    /// The folder to make.
    pub folder: PathBuf,
    /// The name of the first operator.
    #[arg(long, default_value = "operator")]
    pub operator: String,
}

/// Arguments of `sandbox`.
#[derive(Debug, Args)]
pub struct SandboxArgs {
    /// Where certificates, passwords, zones and the control socket are put.
    #[arg(long, default_value = "namekeep-sandbox", value_name = "FOLDER")]
    pub folder: PathBuf,
    /// A registry's profile; may be given several times [default: the two built in].
    #[arg(long = "profile", value_name = "FILE")]
    pub profiles: Vec<PathBuf>,
    /// A registrar's account; may be given several times.
    #[arg(long = "registrar", value_name = "ID", default_values = ["NAMEKEEP", "OTHER-REG"])]
    pub registrars: Vec<String>,
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1")]
    pub listen: IpAddr,
    /// Start the virtual clock here (RFC 3339) instead of now.
    #[arg(long, value_name = "TIME")]
    pub start: Option<jiff::Timestamp>,
    /// Fail on demand, such as `seed=7,cut=0.02` (`help` lists the words).
    #[arg(long, value_name = "PLAN")]
    pub faults: Option<String>,
}

/// Commands on names.
#[derive(Debug, Subcommand)]
pub enum DomainCommand {
    /// Ask the registry whether names are free, and what they cost.
    Check {
        /// The names.
        #[arg(required = true)]
        names: Vec<String>,
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
    In {
        /// The name.
        name: String,
        /// The file with its authInfo.
        #[arg(long, value_name = "FILE")]
        auth_file: PathBuf,
        /// The registered name holder's contact id at our house.
        #[arg(long)]
        registrant: Option<String>,
    },
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

/// Commands on contacts.
#[derive(Debug, Subcommand)]
pub enum ContactCommand {
    /// Save a contact from a TOML file.
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
    Poll {
        /// Only this registry.
        registry: Option<String>,
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

/// Arguments of `duties`.
#[derive(Debug, Args)]
pub struct DutiesArgs {
    /// Only of this name.
    #[arg(long)]
    pub name: Option<String>,
    /// Which: open, due (soft due passed), lapsed, all.
    #[arg(long, value_enum, default_value_t = DutyFilter::Open)]
    pub state: DutyFilter,
    /// At most this many.
    #[arg(long, default_value_t = 50)]
    pub limit: u32,
}

/// Which duties to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DutyFilter {
    /// Owed.
    Open,
    /// Owed, and our own target has passed.
    Due,
    /// The contract's limit passed.
    Lapsed,
    /// All.
    All,
}

/// Commands on the ledger.
#[derive(Debug, Subcommand)]
pub enum LedgerCommand {
    /// Recompute every row and compare with the tiles and the signed checkpoint.
    Verify,
    /// Write an inclusion proof for every entry of a name.
    Prove {
        /// The name.
        name: String,
        /// Write it here instead of to standard output.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Check a proof with nothing but the public key: no instance needed.
    Check {
        /// The proof.
        file: PathBuf,
        /// The public key, as `ledger key` prints it.
        #[arg(long)]
        key: String,
    },
    /// Print the public key.
    Key,
    /// List entries.
    List {
        /// Only of this name.
        #[arg(long)]
        name: Option<String>,
        /// At most this many, the newest.
        #[arg(long, default_value_t = 50)]
        limit: u32,
    },
}

/// Commands on operators.
#[derive(Debug, Subcommand)]
pub enum OperatorCommand {
    /// Enrol an operator and write the token to a file.
    Enrol {
        /// The name.
        name: String,
        /// Where to write the token, mode 0600.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Take an operator's rights away.
    Revoke {
        /// The name.
        name: String,
    },
    /// List operators.
    List,
}

/// Arguments of `simulate`.
#[derive(Debug, Args)]
pub struct SimulateArgs {
    /// How many names.
    #[arg(long, default_value_t = 1_000, value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub domains: u32,
    /// How many years.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=10))]
    pub years: u32,
    /// The seed; the same seed lives the same life.
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Live this many lives, with the seeds that follow.
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=1_000))]
    pub seeds: u32,
}

/// Commands on the configuration.
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Read the configuration and every file it names, and say what is wrong.
    Check,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        super::Cli::command().debug_assert();
    }
}
