//! What commands teach beyond the registration: which hosts and contacts exist at the registry now, and that an authInfo has served.
//!
//! The registration itself learns by events; hosts and contact handles are shared by many registrations and are rows of
//! their own.

use model::{HostName, Timestamp};
use policy::holder::keep_until;
use policy::profile::HostModel;
use policy::{
    Actual, DomainCommand, Event, Intent, ObjectKey, OpenIntent, Operation, Outcome, Phase, Registration, RegistryEvent, Verdict,
};
use store::{Tx, auth_infos, contacts, hosts, intents};

use super::Subject;
use crate::command::launch_papers;
use crate::failure::Failure;
use crate::registrar::Registrar;
use crate::verification;

/// "Object does not exist" (RFC 5730 section 3).
const OBJECT_UNKNOWN: u16 = 2303;

/// Notes what the command proves about hosts and contact handles.
pub(super) fn from_command(tx: &mut Tx<'_>, subject: &Subject<'_>, command: &DomainCommand, now: Timestamp) -> Result<(), Failure> {
    match command {
        DomainCommand::SettleIntent { intent, operation, outcome } => {
            drop_served_auth_info(tx, subject, operation, outcome)?;
            match outcome {
                Outcome::Done(done) => {
                    if is_of_shared_object(operation)
                        && let Some(row) = intents::find(tx, *intent)?
                    {
                        from_done(tx, subject, &row.intent, operation, now)?;
                    }
                    done.info.as_deref().map_or(Ok(()), |actual| from_info(tx, subject, actual, now))
                }
                Outcome::Refused { code: OBJECT_UNKNOWN, .. } => forget_named_hosts(tx, subject, operation),
                Outcome::Refused { .. } | Outcome::Pending { .. } | Outcome::Cancelled { .. } => Ok(()),
            }
        }
        DomainCommand::Observe { actual: Some(actual) }
        | DomainCommand::TakeRegistryEvent(RegistryEvent::Changed { info: Some(actual), .. }) => from_info(tx, subject, actual, now),
        _ => Ok(()),
    }
}

/// An order was settled, by whatever way its end came to us: what it presented has served.
pub(super) fn from_verdict(tx: &mut Tx<'_>, subject: &Subject<'_>, verdict: &Verdict) -> Result<(), Failure> {
    let Some(registration) = &subject.registration else { return Ok(()) };
    let is_settled = |open: &OpenIntent| {
        let of_it = |event: &Event| match event {
            Event::IntentConfirmed { intent, .. } | Event::IntentRefused { intent, .. } => *intent == open.id,
            _ => false,
        };
        verdict.events.iter().any(of_it)
    };
    let presents = |open: &&OpenIntent| open.operation.presents_mark() || open.operation.presents_token();
    if registration.open_intents.iter().filter(presents).any(is_settled) {
        launch_papers::remove(tx, registration.id)?;
    }
    Ok(())
}

/// Whoever held a name before a change of registrant is kept as they were, whatever becomes of the contact since (COR-10).
pub(super) fn from_events(tx: &mut Tx<'_>, events: &[Event]) -> Result<(), Failure> {
    for event in events {
        if let Event::HolderChanged { prior, at, .. } = event {
            contacts::keep_revision(tx, prior.contact, prior.revision, keep_until(*at))?;
        }
    }
    Ok(())
}

/// A name waits for its holder's verification, or waits again: the holder is asked (ACY-3).
pub(super) fn from_waiting(tx: &mut Tx<'_>, registrar: &Registrar, registration: &Registration, events: &[Event]) -> Result<(), Failure> {
    let begins =
        |event: &Event| matches!(event, Event::VerificationOpened { .. } | Event::HolderSuspended { .. } | Event::DomainRestored { .. });
    match &registration.verification {
        Some(case) if events.iter().any(begins) => verification::ask(tx, registrar, case.contact, case.cause, registrar.now()),
        _ => Ok(()),
    }
}

/// A registration came to its end: its authInfo has served (TRF-16), and with a purged name the hosts below it are gone.
pub(super) fn from_end(tx: &mut Tx<'_>, registration: &Registration) -> Result<(), Failure> {
    auth_infos::remove(tx, registration.id)?;
    launch_papers::remove(tx, registration.id)?;
    if registration.phase == Phase::Purged {
        for host in hosts::list_below(tx, registration.id)? {
            hosts::remove(tx, &registration.registry, &host.name)?;
        }
    }
    Ok(())
}

/// Whether it is about a host or contact, whose row is not the registration's.
fn is_of_shared_object(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::CreateHost { .. }
            | Operation::UpdateHost { .. }
            | Operation::RenameHost { .. }
            | Operation::DeleteHost
            | Operation::CreateContact { .. }
            | Operation::UpdateContact { .. }
            | Operation::DeleteContact
    )
}

/// A confirmed operation on a host or contact object.
fn from_done(tx: &mut Tx<'_>, subject: &Subject<'_>, intent: &Intent, operation: &Operation, now: Timestamp) -> Result<(), Failure> {
    let registry = subject.registry();
    match (&intent.object, operation) {
        (ObjectKey::Host(host), Operation::CreateHost { addresses }) => {
            hosts::upsert(tx, registry, host, superordinate(subject, host), addresses, now)?;
        }
        (ObjectKey::Host(host), Operation::UpdateHost { add, remove }) => {
            let known = hosts::find(tx, registry, host)?.map(|row| row.addresses).unwrap_or_default();
            let addresses = known.into_iter().filter(|address| !remove.contains(address)).chain(add.iter().copied()).collect();
            hosts::upsert(tx, registry, host, superordinate(subject, host), &addresses, now)?;
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

/// An `info` names hosts that exist: the delegation, and what lies below the name. Their addresses it does not tell.
fn from_info(tx: &mut Tx<'_>, subject: &Subject<'_>, actual: &Actual, now: Timestamp) -> Result<(), Failure> {
    if subject.profile.host_model != HostModel::Objects {
        return Ok(());
    }
    for host in actual.hosts.iter().chain(actual.nameservers.keys()) {
        if hosts::find(tx, subject.registry(), host)?.is_none() {
            hosts::upsert(tx, subject.registry(), host, superordinate(subject, host), &Default::default(), now)?;
        }
    }
    Ok(())
}

/// The registry does not know an object that the delegation named: whoever held the host's name let it go. Forgotten, it is created
/// when it is named again.
fn forget_named_hosts(tx: &mut Tx<'_>, subject: &Subject<'_>, operation: &Operation) -> Result<(), Failure> {
    let named = match operation {
        Operation::CreateDomain { nameservers, .. } => nameservers,
        Operation::UpdateDomain { change } => &change.add_nameservers,
        _ => return Ok(()),
    };
    for host in named.keys() {
        hosts::remove(tx, subject.registry(), host)?;
    }
    Ok(())
}

/// The registration, if the host lies below its name.
fn superordinate(subject: &Subject<'_>, host: &HostName) -> Option<model::DomainId> {
    subject.registration.as_ref().filter(|_| host.is_within(&subject.name)).map(|registration| registration.id)
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
