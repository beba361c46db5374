//! What an answer tells of the object, and whether that is enough to settle its intent.

use epp::extension::fee::{FeeBody, TransformData};
use epp::{Extension, Response, contact, domain, host};
use model::{Currency, Money};
use policy::{Done, Operation};

use crate::gate::observe;

/// The facts of an answer.
pub(super) fn done(operation: &Operation, response: &Response) -> Done {
    let mut done = Done { fee: fee_in(response), ..Done::default() };
    match response.domain() {
        Some(domain::Data::Create(created)) => {
            done.created_at = Some(created.created);
            done.expires_at = created.expires;
        }
        Some(domain::Data::Renew(renewed)) => done.expires_at = renewed.expires,
        Some(domain::Data::Transfer(transfer)) if is_transfer(operation) => {
            done.expires_at = transfer.expires;
            done.transfer = observe::transfer(transfer);
        }
        _ => {}
    }
    if let Some(host::Data::Create(created)) = response.host() {
        done.created_at = Some(created.created);
    }
    if let Some(contact::Data::Create(created)) = response.contact() {
        done.created_at = Some(created.created);
    }
    done
}

fn is_transfer(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::RequestTransfer { .. } | Operation::CancelTransfer | Operation::ApproveTransfer | Operation::RejectTransfer
    )
}

/// Whether the state of the object after this operation is always asked for: no answer says where a delete or restore led.
pub(super) fn follows_up(operation: &Operation) -> bool {
    matches!(operation, Operation::DeleteDomain | Operation::RequestRestore { .. } | Operation::ReportRestore { .. })
}

/// Whether the facts are enough for the rules to go on.
pub(super) fn suffice(operation: &Operation, done: &Done) -> bool {
    match operation {
        Operation::CreateDomain { .. } => done.created_at.is_some() && done.expires_at.is_some(),
        Operation::RenewDomain { .. } => done.expires_at.is_some(),
        Operation::RequestTransfer { .. } => done.transfer.is_some(),
        other => !follows_up(other),
    }
}

/// What the registry charged, where it says so in a currency we know (RFC 8748).
pub(crate) fn fee_in(response: &Response) -> Option<Money> {
    response.extensions.iter().find_map(|extension| match extension {
        Extension::Fee(fee) => match &fee.body {
            FeeBody::CreateData(data) | FeeBody::RenewData(data) | FeeBody::TransferData(data) | FeeBody::UpdateData(data) => sum(data),
            _ => None,
        },
        _ => None,
    })
}

fn sum(data: &TransformData) -> Option<Money> {
    let currency = Currency::parse(data.currency.as_deref()?).ok()?;
    let mut total: Option<Money> = None;
    for line in &data.fees {
        let amount = line.amount.to_money(currency).ok()?;
        total = Some(match total {
            Some(total) => total.checked_add(amount).ok()?,
            None => amount,
        });
    }
    total
}
