//! `domain:renew` and the operations of `domain:transfer` (RFC 5731 sections 3.2.3 and 3.2.4).

use epp::domain::{self, Renew, Transfer};
use epp::{AuthValue, Command, CommandBody, TransferOp};
use jiff::tz::TimeZone;
use model::{ClTrid, DomainName};
use policy::{ObjectKey, Operation};

use super::{FrameFault, Surroundings, extension, launch, mismatch};

pub(super) fn command(operation: &Operation, name: &DomainName, around: &Surroundings<'_>, cltrid: &ClTrid) -> Result<Command, FrameFault> {
    let (body, fee) = match operation {
        Operation::RenewDomain { current_expiry, period, fee } => {
            let current_expiry = TimeZone::UTC.to_datetime(*current_expiry).date();
            (domain::Command::Renew(Renew { name: name.into(), current_expiry, period: Some((*period).into()) }), *fee)
        }
        Operation::RequestTransfer { period, fee, .. } => {
            let auth_info = around.auth_info.as_ref().ok_or_else(|| FrameFault::Missing {
                what: "the authInfo",
                object: name.to_string(),
                advice: "ask the registrant for it and order the transfer again",
            })?;
            let mut transfer = Transfer::new(TransferOp::Request, name);
            transfer.period = Some((*period).into());
            transfer.auth = Some(AuthValue::from(auth_info));
            (domain::Command::Transfer(transfer), *fee)
        }
        Operation::CancelTransfer => (answer(TransferOp::Cancel, name), None),
        Operation::ApproveTransfer => (answer(TransferOp::Approve, name), None),
        Operation::RejectTransfer => (answer(TransferOp::Reject, name), None),
        _ => return Err(mismatch(operation, &ObjectKey::Domain(name.clone()))),
    };
    let mut command = Command::new(CommandBody::Domain(body), cltrid);
    extension::add_fee(&mut command, operation, fee, around)?;
    launch::add_token(&mut command, operation, name, around)?;
    Ok(command)
}

fn answer(op: TransferOp, name: &DomainName) -> domain::Command {
    domain::Command::Transfer(Transfer::new(op, name))
}
