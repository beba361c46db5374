//! `namekeep domain transfer ...`: names in, names out.

use model::AuthInfo;
use policy::transfer::DenialReason;
use registrar::command::{ApproveTransferOut, CancelTransferIn, DenyTransferOut, TransferDomainIn};

use super::super::{Ending, Session};
use super::launch;
use super::price::{self, Priced};
use crate::argument;
use crate::cli::{TransferCommand, TransferInArgs};
use crate::failure::Failure;
use crate::instance::read_secret;

/// Runs one command on transfers.
pub fn run(session: &Session, command: &TransferCommand) -> Result<Ending, Failure> {
    match command {
        TransferCommand::In(args) => request(session, args),
        TransferCommand::Cancel { name } => session.order(CancelTransferIn { name: argument::domain(name)? }),
        TransferCommand::Approve { name } => session.order(ApproveTransferOut { name: argument::domain(name)? }),
        TransferCommand::Deny { name, reason, evidence } => {
            let reason = denial_reason(reason, evidence.as_deref())?;
            session.order(DenyTransferOut { name: argument::domain(name)?, reason })
        }
    }
}

fn request(session: &Session, args: &TransferInArgs) -> Result<Ending, Failure> {
    let secret = read_secret(&args.auth_file, "read the authInfo")?;
    let auth_info = AuthInfo::from_registrant(secret.expose())
        .map_err(|error| Failure::usage(format!("The authInfo in `{}` cannot be used: {error}", args.auth_file.display())))?;
    let name = argument::domain(&args.name)?;
    let fee = super::money(session, &name, args.fee.as_deref())?;
    let case = TransferDomainIn {
        name: name.clone(),
        auth_info,
        registrant: super::contact(args.registrant.as_deref())?,
        contacts: super::contacts(args.admin.as_deref(), args.tech.as_deref(), args.billing.as_deref())?,
        authorised_at: args.authorised.unwrap_or_else(|| session.instance.registrar.now()),
        fee,
        token: args.allocation_token.as_deref().map(launch::token).transpose()?,
    };
    price::order(session, &name, Priced::Transfer, fee, case)
}

/// A reason of the closed lists; there are no others (TRF-9).
fn denial_reason(word: &str, evidence: Option<&str>) -> Result<DenialReason, Failure> {
    DenialReason::parse(word, evidence.unwrap_or_default()).ok_or_else(|| {
        Failure::usage(format!("`{word}` is not a lawful reason to deny a transfer (TRF-7, TRF-8)."))
            .hint(format!("one of: {}", DenialReason::WORDS.join(", ")))
    })
}
