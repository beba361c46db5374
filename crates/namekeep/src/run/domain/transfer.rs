//! `namekeep domain transfer ...`: names in, names out.

use std::collections::BTreeMap;
use std::path::Path;

use model::AuthInfo;
use policy::transfer::DenialReason;
use registrar::command::{ApproveTransferOut, CancelTransferIn, DenyTransferOut, TransferDomainIn};

use super::super::{Ending, Session};
use super::launch;
use crate::argument;
use crate::cli::TransferCommand;
use crate::failure::Failure;
use crate::instance::read_secret;

/// Runs one command on transfers.
pub fn run(session: &Session, command: &TransferCommand) -> Result<Ending, Failure> {
    match command {
        TransferCommand::In { name, auth_file, registrant, allocation_token } => {
            request(session, name, auth_file, (registrant.as_deref(), allocation_token.as_deref()))
        }
        TransferCommand::Cancel { name } => session.order(CancelTransferIn { name: argument::domain(name)? }),
        TransferCommand::Approve { name } => session.order(ApproveTransferOut { name: argument::domain(name)? }),
        TransferCommand::Deny { name, reason, evidence } => {
            let reason = denial_reason(reason, evidence.as_deref())?;
            session.order(DenyTransferOut { name: argument::domain(name)?, reason })
        }
    }
}

fn request(session: &Session, name: &str, auth_file: &Path, (registrant, token): (Option<&str>, Option<&Path>)) -> Result<Ending, Failure> {
    let secret = read_secret(auth_file, "read the authInfo")?;
    let auth_info = AuthInfo::from_registrant(secret.expose())
        .map_err(|error| Failure::usage(format!("The authInfo in `{}` cannot be used: {error}", auth_file.display())))?;
    session.order(TransferDomainIn {
        name: argument::domain(name)?,
        auth_info,
        registrant: super::contact(registrant)?,
        contacts: BTreeMap::new(),
        authorised_at: session.instance.registrar.now(),
        fee: None,
        token: token.map(launch::token).transpose()?,
    })
}

/// A reason of the closed lists; there are no others (TRF-9).
fn denial_reason(word: &str, evidence: Option<&str>) -> Result<DenialReason, Failure> {
    DenialReason::parse(word, evidence.unwrap_or_default()).ok_or_else(|| {
        Failure::usage(format!("`{word}` is not a lawful reason to deny a transfer (TRF-7, TRF-8)."))
            .hint(format!("one of: {}", DenialReason::WORDS.join(", ")))
    })
}
