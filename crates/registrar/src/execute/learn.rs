//! What a settled intent teaches beyond the registration: which hosts and contacts now exist at the registry, and that an authInfo
//! has served.
//!
//! The registration itself learns by events; hosts and contact handles are shared by many registrations and are rows of
//! their own.

use model::Timestamp;
use policy::{DomainCommand, ObjectKey, Operation, Outcome};
use store::{Tx, auth_infos, contacts, hosts, intents};

use super::Subject;
use crate::failure::Failure;

/// Notes what the command proves about hosts and contact handles.
pub(super) fn from_command(tx: &mut Tx<'_>, subject: &Subject<'_>, command: &DomainCommand, now: Timestamp) -> Result<(), Failure> {
    let DomainCommand::SettleIntent { intent, operation, outcome } = command else {
        return Ok(());
    };
    drop_served_auth_info(tx, subject, operation, outcome)?;
    if !matches!(outcome, Outcome::Done(_)) {
        return Ok(());
    }
    let Some(row) = intents::find(tx, *intent)? else {
        return Ok(());
    };
    let registry = subject.registry();
    let domain = subject.registration.as_ref().map(|registration| registration.id);
    match (&row.intent.object, operation) {
        (ObjectKey::Host(host), Operation::CreateHost { addresses }) => {
            let superordinate = domain.filter(|_| host.is_within(&subject.name));
            hosts::upsert(tx, registry, host, superordinate, addresses, now)?;
        }
        (ObjectKey::Host(host), Operation::UpdateHost { add, remove }) => {
            let known = hosts::find(tx, registry, host)?.map(|row| row.addresses).unwrap_or_default();
            let addresses = known.into_iter().filter(|address| !remove.contains(address)).chain(add.iter().copied()).collect();
            hosts::upsert(tx, registry, host, domain.filter(|_| host.is_within(&subject.name)), &addresses, now)?;
        }
        (ObjectKey::Host(host), Operation::RenameHost { to }) => {
            hosts::remove(tx, registry, host)?;
            hosts::upsert(tx, registry, to, None, &Default::default(), now)?;
        }
        (ObjectKey::Host(host), Operation::DeleteHost) => hosts::remove(tx, registry, host)?,
        (ObjectKey::Contact(handle), Operation::CreateContact { contact }) => contacts::set_handle(tx, registry, *contact, handle, now)?,
        (ObjectKey::Contact(handle), Operation::DeleteContact) => contacts::remove_handle(tx, registry, handle)?,
        _ => {}
    }
    Ok(())
}

/// An authInfo that was presented, or that the registry has cleared, is needed no more (TRF-16).
fn drop_served_auth_info(tx: &mut Tx<'_>, subject: &Subject<'_>, operation: &Operation, outcome: &Outcome) -> Result<(), Failure> {
    let has_served = match operation {
        Operation::RequestTransfer { .. } => true,
        Operation::SetAuthInfo { clear } => *clear && matches!(outcome, Outcome::Done(_)),
        _ => false,
    };
    match &subject.registration {
        Some(registration) if has_served => Ok(auth_infos::remove(tx, registration.id)?),
        _ => Ok(()),
    }
}
