//! `namekeep host ...`: host objects below our names.

use registrar::host::{ChangeHost, CreateHost, DeleteHost, RenameHost};

use super::{Ending, Session};
use crate::argument;
use crate::cli::HostCommand;
use crate::failure::Failure;

/// Runs one command on hosts.
pub fn run(session: &Session, command: &HostCommand) -> Result<Ending, Failure> {
    match command {
        HostCommand::Create { host, addresses } => {
            session.order(CreateHost { host: argument::host(host)?, addresses: addresses.iter().copied().collect() })
        }
        HostCommand::Change { host, addresses } => {
            session.order(ChangeHost { host: argument::host(host)?, addresses: addresses.iter().copied().collect() })
        }
        HostCommand::Rename { host, to } => session.order(RenameHost { host: argument::host(host)?, to: argument::host(to)? }),
        HostCommand::Delete { host } => session.order(DeleteHost { host: argument::host(host)? }),
    }
}
