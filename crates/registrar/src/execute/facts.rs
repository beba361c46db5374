//! What the store knows about neighbouring objects, for the decision.

use std::collections::{BTreeMap, BTreeSet};

use model::{ContactHandle, ContactId, HostName};
use policy::profile::HostModel;
use policy::{DomainCommand, Facts, HolderChange, HolderStanding, Phase, Registration};
use store::{Tx, contacts, hosts, verifications};

use super::Subject;
use crate::contact::compare_holders;
use crate::failure::Failure;
use crate::order::DomainOrder;
use crate::registrar::Registrar;

/// Reads the facts that this command on this registration can depend on.
pub(super) fn gather(tx: &mut Tx<'_>, registrar: &Registrar, subject: &Subject<'_>, order: &DomainOrder) -> Result<Facts, Failure> {
    let (registry, command) = (subject.registry(), &order.command);
    Ok(Facts {
        account: registrar.account(registry).cloned(),
        // Only the object model has hosts of their own at the registry (RFC 5731 section 1.1).
        known_hosts: match subject.profile.host_model {
            HostModel::Objects => hosts::list_known(tx, registry, &hosts_of(subject, command))?,
            HostModel::Attributes => BTreeSet::new(),
        },
        contact_handles: handles(tx, subject, command)?,
        linked_subordinates: match command {
            DomainCommand::Delete { .. } | DomainCommand::Tick => hosts::list_linked_subordinates(tx, registry, &subject.name)?,
            _ => BTreeSet::new(),
        },
        holder_change: holder_change(tx, registrar, subject, command)?,
        registrant_revision: registrant_revision(tx, registrar, subject, command)?,
        registrant_standing: registrant_standing(tx, registrar, subject, command)?,
        quoted_fee: order.quoted_fee,
        claims: order.claims,
        ..Facts::default()
    })
}

/// The handles of every contact that matters here; after a restore those too that the registry names and that another name brought us.
fn handles(tx: &mut Tx<'_>, subject: &Subject<'_>, command: &DomainCommand) -> Result<BTreeMap<ContactId, ContactHandle>, Failure> {
    let registry = subject.registry();
    let mut handles = contacts::list_handles(tx, registry, &contacts_of(subject, command))?;
    let said = match command {
        DomainCommand::Observe { actual } => actual.as_deref(),
        DomainCommand::AcceptActual => subject.registration.as_ref().and_then(|registration| registration.actual.as_ref()),
        _ => None,
    };
    let Some(said) = said else { return Ok(handles) };
    for (_, handle) in &said.contacts {
        if !handles.values().any(|known| known == handle)
            && let Some(contact) = contacts::find_by_handle(tx, registry, handle)?
        {
            handles.insert(contact, handle.clone());
        }
    }
    Ok(handles)
}

/// What makes another holder a change of registrant (COR-1): the data is compared here, the rules see the finding alone.
fn holder_change(
    tx: &mut Tx<'_>,
    registrar: &Registrar,
    subject: &Subject<'_>,
    command: &DomainCommand,
) -> Result<Option<HolderChange>, Failure> {
    let prior = subject.registration.as_ref().and_then(|registration| registration.registrant);
    match (command, prior) {
        (DomainCommand::ChangeContacts { registrant: Some(new), .. }, Some(prior)) if *new != prior => {
            compare_holders(tx, registrar, prior, *new)
        }
        _ => Ok(None),
    }
}

/// Which revision of the registrant's data is the present one, where the clock can end the term.
fn registrant_revision(
    tx: &mut Tx<'_>,
    registrar: &Registrar,
    subject: &Subject<'_>,
    command: &DomainCommand,
) -> Result<Option<u64>, Failure> {
    let ends = |registration: &&Registration| {
        registration.expiry.is_none() && registration.expires_at.is_some_and(|expires_at| expires_at <= registrar.now())
    };
    let registration = subject.registration.as_ref().filter(|_| matches!(command, DomainCommand::Tick)).filter(ends);
    let Some(registrant) = registration.and_then(|registration| registration.registrant) else {
        return Ok(None);
    };
    Ok(contacts::find(tx, registrant)?.map(|row| row.revision))
}

/// Where the holder stands whom the command names or whose name it is about, where the decision can depend on it (ACY-3).
fn registrant_standing(
    tx: &mut Tx<'_>,
    registrar: &Registrar,
    subject: &Subject<'_>,
    command: &DomainCommand,
) -> Result<Option<HolderStanding>, Failure> {
    let registration = subject.registration.as_ref();
    let holder = match command {
        DomainCommand::Register(order) => order.registrant,
        DomainCommand::RequestTransferIn(order) => order.registrant,
        DomainCommand::ChangeContacts { registrant, .. } => *registrant,
        DomainCommand::TakeHolderChange { contact, .. } => Some(*contact),
        DomainCommand::Tick => registration.filter(|registration| registration.verification.is_some()).and_then(|known| known.registrant),
        // A create or transfer in that completes makes its holder's verification due, whatever tells of it.
        _ => registration
            .filter(|registration| matches!(registration.phase, Phase::Ordered | Phase::TransferringIn))
            .and_then(|registration| registration.registrant),
    };
    match holder {
        Some(holder) => Ok(Some(verifications::standing(tx, holder, registrar.now())?)),
        None => Ok(None),
    }
}

/// Every host that the command or the registration names.
fn hosts_of(subject: &Subject<'_>, command: &DomainCommand) -> BTreeSet<HostName> {
    let asked = match command {
        DomainCommand::Register(order) => Some(&order.nameservers),
        DomainCommand::ChangeNameservers { nameservers } => Some(nameservers),
        _ => None,
    };
    let registration = subject.registration.as_ref();
    let desired = registration.map(|registration| &registration.desired.nameservers);
    let actual = registration.and_then(|registration| registration.actual.as_ref()).map(|actual| &actual.nameservers);
    [asked, desired, actual].into_iter().flatten().flat_map(|nameservers| nameservers.keys().cloned()).collect()
}

/// Every contact that the command or the registration names.
fn contacts_of(subject: &Subject<'_>, command: &DomainCommand) -> BTreeSet<ContactId> {
    let (holder, roles) = match command {
        DomainCommand::Register(order) => (order.registrant, Some(&order.contacts)),
        DomainCommand::RequestTransferIn(order) => (order.registrant, Some(&order.contacts)),
        DomainCommand::ChangeContacts { registrant, contacts, .. } => (*registrant, Some(contacts)),
        _ => (None, None),
    };
    let registration = subject.registration.as_ref();
    let desired = registration.map(|registration| &registration.desired.contacts);
    let by_role = [roles, desired].into_iter().flatten().flat_map(|contacts| contacts.values().copied());
    by_role.chain(holder).chain(registration.and_then(|registration| registration.registrant)).collect()
}
