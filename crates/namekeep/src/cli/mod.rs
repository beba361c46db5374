//! The command line: what can be typed. What each command does is in `run`, one file each.

mod backup;
mod desk;
mod directory;
mod domain;
mod drill;
mod escrow;
mod handover;
mod mail;
mod object;
mod records;
mod recovery;
mod registrant;
mod registry;

use std::net::IpAddr;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

pub use backup::{BackupCommand, BackupKeysCommand, RestoreArgs, SplitArgs};
pub use desk::{CaseCommand, CasesArgs, DecisionArgs, DisclosureCommand, EnterArgs};
pub use directory::DirectoryCommand;
pub use domain::{DomainCommand, HoldArgs, ListArgs, Prohibition, RegisterArgs, Switch, TransferCommand, TransferInArgs};
pub use drill::{CrashArgs, DepositDrillArgs, DrillCommand};
pub use escrow::{AgentVerdict, DepositFolder, EscrowCommand, EscrowKeysCommand};
pub use handover::{ExportArgs, HandoverCommand};
pub use mail::{MailCommand, NoticeCommand, NoticeState};
pub use object::{ContactCommand, HostCommand, VerifyArgs};
pub use records::{DutiesArgs, DutyFilter, LedgerCommand};
pub use recovery::{ImportArgs, RecoveryCommand};
pub use registrant::{EraseArgs, FindArgs, RegistrantCommand};
pub use registry::{JournalArgs, MessagesArgs, PollArgs, ReconcileArgs, RegistryCommand};

/// Runs a domain registrar: every name has a keeper, every duty has a clock, every change has a proof.
#[derive(Debug, Parser)]
#[command(name = "namekeep", version, max_term_width = 110, arg_required_else_help = true)]
#[command(
    after_help = "Exit codes: 0 done, 1 fault, 2 usage, 3 refused by a rule, 4 denied, 5 ordered but not settled in time, 6 not found, 7 a check found something, 75 give it again later (`mail bounce`)."
)]
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
    /// The public directory, RDAP and WHOIS: a process of its own that holds no key and no private data.
    #[command(subcommand)]
    Directory(DirectoryCommand),
    /// Run rehearsal registries that speak EPP over TLS.
    Sandbox(SandboxArgs),
    /// Names: from order to deletion.
    #[command(subcommand)]
    Domain(DomainCommand),
    /// Holders and contacts.
    #[command(subcommand)]
    Contact(ContactCommand),
    /// People: what is held about them, found, shown, handed out, held, erased.
    #[command(subcommand)]
    Registrant(RegistrantCommand),
    /// Host objects below our names.
    #[command(subcommand)]
    Host(HostCommand),
    /// Registries: profiles, accounts, poll, drift.
    #[command(subcommand)]
    Registry(RegistryCommand),
    /// Notices to holders: what left, what became of it.
    #[command(subcommand)]
    Notice(NoticeCommand),
    /// Mail that comes back.
    #[command(subcommand)]
    Mail(MailCommand),
    /// Deposits in escrow: write, send, read back, compare; their keys.
    #[command(subcommand)]
    Escrow(EscrowCommand),
    /// Backups: what there is, whether it opens; their keys.
    #[command(subcommand)]
    Backup(BackupCommand),
    /// Put the database of an instance back out of its backups; it stays frozen until it is reconciled.
    Restore(RestoreArgs),
    /// Disasters, rehearsed: each drill ends with a report of what came back.
    #[command(subcommand)]
    Drill(DrillCommand),
    /// Coming back after a disaster: frozen, reconciled with the registries, thawed.
    #[command(subcommand)]
    Recovery(RecoveryCommand),
    /// Giving names to another registrar, or to ICANN.
    #[command(subcommand)]
    Handover(HandoverCommand),
    /// What is due, what was done, what lapsed.
    Duties(DutiesArgs),
    /// Reports of inaccurate data, and what came by the forms.
    #[command(subcommand)]
    Case(CaseCommand),
    /// Requests to disclose data that is withheld.
    #[command(subcommand)]
    Disclosure(DisclosureCommand),
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

impl Command {
    /// Whether it runs until it is told to stop, so that its log is read by whoever watches over it. The others say what went
    /// wrong themselves, once; a simulation makes the trouble itself that would be worth a warning elsewhere.
    pub fn is_watched(&self) -> bool {
        matches!(self, Self::Serve | Self::Sandbox(_) | Self::Demo(_) | Self::Directory(DirectoryCommand::Serve { .. }))
    }
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
    /// How many names the portfolio starts with: one at each of the two registries is the least.
    #[arg(long, default_value_t = 24, value_parser = clap::value_parser!(u32).range(2..=100_000))]
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
    /// The instance's name, a host name of yours: it is signed into every checkpoint of the ledger and never changes.
    #[arg(long, default_value = "registrar.example", value_name = "HOST")]
    pub name: String,
    /// The database it begins in, `sqlite:PATH` (relative to the folder) or `postgres://USER@HOST/DATABASE`; a server's password
    /// comes from PGPASSWORD or a passfile.
    #[arg(long, default_value = "sqlite:state/namekeep.db", value_name = "URL")]
    pub database: String,
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
    /// How many people hold them at first; a quarter as many as names, up to 20,000, where none is said.
    #[arg(long, value_parser = clap::value_parser!(u32).range(4..=1_000_000))]
    pub registrants: Option<u32>,
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
