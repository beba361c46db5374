//! What each command does, one file each; here is only who does what.

mod account;
pub mod backup;
mod bounces;
mod certificates;
pub mod config;
pub mod contact;
pub mod desk;
pub mod directory;
mod disk;
mod doctor;
pub mod domain;
pub mod duties;
pub mod escrow;
mod forms;
pub mod handover;
pub mod host;
mod housekeeping;
pub mod init;
pub mod intake;
mod journal;
pub mod ledger;
pub mod mail;
mod night;
pub mod notice;
pub mod operator;
pub mod prove;
pub mod publication;
pub mod recovery;
pub mod registrant;
pub mod registry;
pub mod restore;
pub mod sandbox;
pub mod serve;
mod session;
mod verification;

pub use session::{Session, runtime};

use crate::cli::{Cli, Command};
use crate::failure::{Exit, Failure};
use crate::output::{Format, Report, print};

/// Runs the command line; what comes back other than success is the exit code's business.
pub fn run(cli: &Cli) -> Result<Ending, Failure> {
    let format = if cli.json { Format::Json } else { Format::Text };
    match &cli.command {
        Command::Init(args) => show(format, init::run(args)),
        Command::Demo(args) => crate::demo::run(args, format),
        Command::Simulate(args) => crate::simulate::run(args, format),
        Command::Backup(command) => backup::run(cli, command, format),
        Command::Restore(args) => restore::run(&cli.dir, args, format),
        Command::Drill(command) => crate::drill::run(cli, command, format),
        Command::Sandbox(args) => sandbox::run(args, format),
        Command::Config(command) => config::run(command, &cli.dir, format),
        Command::Doctor => doctor::run(&cli.dir, format),
        Command::Serve => serve::run(&cli.dir),
        Command::Directory(command) => directory::run(command, &cli.dir, format),
        Command::Registry(crate::cli::RegistryCommand::Check { file }) => show(format, registry::check_profile(file)),
        Command::Ledger(crate::cli::LedgerCommand::Check { file, key }) => ledger::check(file, key, format),
        Command::Domain(command) => domain::run(&Session::open(cli, format)?, command),
        Command::Contact(command) => contact::run(&Session::open(cli, format)?, command),
        Command::Registrant(command) => registrant::run(&Session::open(cli, format)?, command),
        Command::Host(command) => host::run(&Session::open(cli, format)?, command),
        Command::Registry(command) => registry::run(&Session::open(cli, format)?, command),
        Command::Mail(command) => mail::run(cli, command, format),
        Command::Escrow(command) => escrow::run(cli, command, format),
        Command::Handover(command) => handover::run(&Session::open(cli, format)?, command),
        Command::Recovery(command) => recovery::run(&Session::open(cli, format)?, command),
        Command::Notice(command) => notice::run(&Session::open(cli, format)?, command),
        Command::Duties(args) => duties::run(&Session::open(cli, format)?, args),
        Command::Case(command) => desk::run_case(&Session::open(cli, format)?, command),
        Command::Disclosure(command) => desk::run_disclosure(&Session::open(cli, format)?, command),
        Command::Prove { name, out } => prove::run(&Session::open(cli, format)?, name, out.as_deref()),
        Command::Ledger(command) => ledger::run(&Session::open(cli, format)?, command),
        Command::Operator(command) => operator::run(&Session::open(cli, format)?, command),
    }
}

/// How a command that printed its report ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// Done.
    Done,
    /// The report holds something that programs should see in the exit code too.
    Noted(Exit),
}

/// Prints a report.
fn show(format: Format, report: Result<impl Report, Failure>) -> Result<Ending, Failure> {
    print(format, &report?);
    Ok(Ending::Done)
}
