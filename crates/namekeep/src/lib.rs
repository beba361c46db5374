//! The program as a library, so that what judges it from outside can use the same eyes.
//!
//! [`main`] is the whole program: configuration, command line, roles, demo, simulation. [`agreement`] and [`books`] hold our records against a
//! registry's own; the simulation's audit uses them, and so do the tests that kill the real program.

mod argument;
mod backup_config;
mod carrier;
mod cli;
mod config;
mod demo;
mod directory_config;
mod drill;
mod escrow_config;
mod failure;
mod instance;
mod mail_config;
mod output;
mod progress;
mod run;
mod sftp_config;
mod shipped;
mod simulate;
mod token_config;

use std::process::ExitCode;

use clap::Parser;

use run::Ending;

pub use simulate::audit::{agreement, books};

/// Runs the program on the arguments of this process; gives its exit code.
#[must_use]
pub fn main() -> ExitCode {
    let cli = cli::Cli::parse();
    log_to_stderr(if cli.command.is_watched() { "warn" } else { "error" });
    let format = if cli.json { output::Format::Json } else { output::Format::Text };
    match run::run(&cli) {
        Ok(Ending::Done) => ExitCode::SUCCESS,
        Ok(Ending::Noted(exit)) => ExitCode::from(exit as u8),
        Err(failure) => {
            output::print_failure(format, &failure);
            ExitCode::from(failure.exit as u8)
        }
    }
}

/// Logs go to standard error, never to standard output; `NAMEKEEP_LOG` sets how much, such as `info` or `registrar=debug`.
fn log_to_stderr(usual: &str) {
    let filter = tracing_subscriber::EnvFilter::try_from_env("NAMEKEEP_LOG").unwrap_or_else(|_| tracing_subscriber::EnvFilter::new(usual));
    let is_terminal = std::io::IsTerminal::is_terminal(&std::io::stderr());
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(is_terminal).with_writer(std::io::stderr).init();
}
