//! What a registration needs at the registry besides itself: contacts, hosts, and the update that carries what we want.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use model::{ContactHandle, ContactId, ContactRole, DomainName, EppStatus, HostName, IntentId, Timestamp};

use crate::decision::Decision;
use crate::drift::{DS, NAMESERVERS, difference, without};
use crate::intent::{DomainChange, ObjectKey, Operation};
use crate::profile::{ContactRequirement, HostModel, TldProfile};
use crate::registration::{Phase, Registration};

/// The handle we give a contact at every registry: `NK` and the random part of its id, 16 characters (RFC 5733 `clIDType`).
///
/// Derived, so that a repeat creates the same object; 68 random bits, so that two contacts never meet.
#[must_use]
pub fn handle_of(contact: &ContactId) -> Option<ContactHandle> {
    const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    const DIGITS: usize = 14;
    let mut rest = u128::from_be_bytes(contact.to_bytes());
    let mut digits = Vec::with_capacity(DIGITS);
    for _ in 0..DIGITS {
        let index = usize::try_from(rest & 31).unwrap_or_default();
        digits.push(char::from(ALPHABET.get(index).copied().unwrap_or(b'0')));
        rest >>= 5;
    }
    ContactHandle::parse(&format!("NK{}", digits.into_iter().rev().collect::<String>())).ok()
}

impl Registration {
    /// The contacts that the registry takes at that instant, by role; the registrant among them.
    #[must_use]
    pub fn contacts_for(&self, profile: &TldProfile, at: Timestamp) -> BTreeMap<ContactRole, ContactId> {
        let rules = profile.contacts_at(at);
        let mut contacts = self.desired.contacts.clone();
        contacts.extend(self.registrant.map(|registrant| (ContactRole::Registrant, registrant)));
        contacts.retain(|role, _| rules.of(*role) != ContactRequirement::Forbidden);
        contacts
    }

    /// Whether an intent on the domain object itself is open.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.open_intents.iter().any(|open| matches!(open.object, ObjectKey::Domain(_)))
    }

    /// The open intent on the domain whose operation `is_it`.
    pub(crate) fn find_open(&self, is_it: impl Fn(&Operation) -> bool) -> Option<IntentId> {
        self.open_intents.iter().find(|open| is_it(&open.operation)).map(|open| open.id)
    }
}

/// The handles of these contacts; a contact that has none at this registry yet is created first.
pub(crate) fn contacts(
    decision: &mut Decision<'_, '_>,
    contacts: &BTreeMap<ContactRole, ContactId>,
) -> (BTreeMap<ContactRole, ContactHandle>, Vec<IntentId>) {
    let mut after = Vec::new();
    let mut handles = BTreeMap::new();
    for (role, contact) in contacts {
        if let Some(handle) = decision.facts().contact_handles.get(contact) {
            handles.insert(*role, handle.clone());
            continue;
        }
        let Some(handle) = handle_of(contact) else { continue };
        let key = ObjectKey::Contact(handle.clone());
        let open = decision.registration.open_intents.iter().find(|open| open.object == key).map(|open| open.id);
        let id = open.unwrap_or_else(|| decision.intend_on(key, Operation::CreateContact { contact: *contact }, "create", Vec::new()));
        if !after.contains(&id) {
            after.push(id);
        }
        handles.insert(*role, handle);
    }
    (handles, after)
}

/// Creates the host objects that the registry lacks; nothing in the attribute model.
pub(crate) fn hosts<'h>(
    decision: &mut Decision<'_, '_>,
    hosts: impl Iterator<Item = (&'h HostName, &'h BTreeSet<IpAddr>)>,
    before: &[IntentId],
) -> Vec<IntentId> {
    let mut after = Vec::new();
    if decision.profile().host_model == HostModel::Attributes {
        return after;
    }
    for (host, addresses) in hosts.filter(|(host, _)| !decision.facts().known_hosts.contains(*host)).collect::<Vec<_>>() {
        let key = ObjectKey::Host(host.clone());
        let open = decision.registration.open_intents.iter().find(|open| open.object == key).map(|open| open.id);
        let id = open
            .unwrap_or_else(|| decision.intend_on(key, Operation::CreateHost { addresses: addresses.clone() }, "create", before.to_vec()));
        after.push(id);
    }
    after
}

/// The part of a delegation that a create can name: all of it in the attribute model, foreign hosts in the object model,
/// where a host below the name needs the name to exist first (RFC 5732 section 1.1).
pub(crate) fn creatable(
    nameservers: &BTreeMap<HostName, BTreeSet<IpAddr>>,
    name: &DomainName,
    model: HostModel,
) -> BTreeMap<HostName, BTreeSet<IpAddr>> {
    nameservers
        .iter()
        .filter(|(host, _)| model == HostModel::Attributes || !host.is_within(name))
        .map(|(host, addresses)| (host.clone(), if model == HostModel::Attributes { addresses.clone() } else { BTreeSet::new() }))
        .collect()
}

/// Carries what we want to the registry, as far as it differs and nothing that drifted stands in it.
///
/// While an intent on the domain is open, or the name cannot be updated in its state, nothing is decided: the same call is
/// made again when the intent is settled or the state changes. Returns the update's intent. A house that is frozen wants what it wanted
/// at its recovery point, and overwrites nothing with that.
pub(crate) fn push(decision: &mut Decision<'_, '_>) -> Option<IntentId> {
    if decision.facts().is_held_back {
        return None;
    }
    if decision.registration.phase != Phase::Registered || decision.registration.is_busy() {
        return None;
    }
    let registration = &decision.registration;
    let whole = difference(registration, decision.profile(), &decision.facts().contact_handles, decision.now());
    let change = unlocking(without(whole, &left_alone(registration)), registration);
    if change.is_empty() || is_locked_by_registry(registration) {
        return None;
    }
    let mut after = Vec::new();
    if !change.add_contacts.is_empty() || change.registrant.is_some() {
        let wanted = registration.contacts_for(decision.profile(), decision.now());
        after.extend(contacts(decision, &wanted).1);
    }
    let nameservers = decision.registration.desired.nameservers.clone();
    after.extend(hosts(decision, nameservers.iter().filter(|(host, _)| change.add_nameservers.contains_key(*host)), &[]));
    Some(decision.intend(Operation::UpdateDomain { change }, "update", after))
}

/// What drifted waits for a person; a delegation that is to be taken over as found is not overwritten before that.
fn left_alone(registration: &Registration) -> BTreeSet<String> {
    let mut elements = registration.drift.clone();
    if registration.is_adopting {
        elements.extend([NAMESERVERS.to_owned(), DS.to_owned()]);
    }
    elements
}

/// An object with `clientUpdateProhibited` takes an update only if that update lifts it (RFC 5731 section 2.3). So it is
/// lifted along with the rest; settling the update finds it missing and sets it again.
fn unlocking(mut change: DomainChange, registration: &Registration) -> DomainChange {
    let lock = EppStatus::ClientUpdateProhibited;
    let is_locked = registration.actual.as_ref().is_some_and(|actual| actual.statuses.contains(&lock));
    if is_locked && !change.is_empty() {
        change.remove_statuses.insert(lock);
    }
    change
}

fn is_locked_by_registry(registration: &Registration) -> bool {
    registration.actual.as_ref().is_some_and(|actual| actual.statuses.contains(&EppStatus::ServerUpdateProhibited))
}
