//! Desired against actual: what differs, and what an update must say to mend it (design rule 4).
//!
//! Only what is ours to say is compared: client statuses, delegation, DS records, the contacts the registry takes. What
//! the registry alone sets (server statuses, grace periods, dates) is shown as it is and never counts as drift, but for
//! the end of the term, which is a matter of money.

use std::collections::{BTreeMap, BTreeSet};

use model::{ContactHandle, ContactId, ContactRole, EppStatus, HostName, Timestamp};

use crate::calendar::utc_date;
use crate::intent::DomainChange;
use crate::profile::{ContactRequirement, HostModel, TldProfile};
use crate::provision::handle_of;
use crate::registration::{Actual, Registration};

/// The element for the delegation.
pub const NAMESERVERS: &str = "nameservers";
/// The element for the DS records.
pub const DS: &str = "ds";
/// The element for registrant and contacts.
pub const CONTACTS: &str = "contacts";
/// The element for the end of the term.
pub const EXPIRY: &str = "expiry";
/// The element for the registry's phase of the name: a deletion or a transfer we did not hear of.
pub const PHASE: &str = "phase";
/// The element for whether the registry knows the name at all.
pub const EXISTENCE: &str = "existence";

/// Handles of contacts at one registry.
pub type Handles = BTreeMap<ContactId, ContactHandle>;

/// The element of one client status, such as `status:clientHold`.
#[must_use]
pub fn status_element(status: EppStatus) -> String {
    format!("status:{status}")
}

/// The names of the elements in which the registry differs from what we want; empty where nothing was observed yet.
#[must_use]
pub fn drift(registration: &Registration, profile: &TldProfile, handles: &Handles, now: Timestamp) -> Vec<String> {
    let mut elements = elements_of(&difference(registration, profile, handles, now));
    if let Some(actual) = &registration.actual {
        if expiry_differs(registration, actual) {
            elements.push(EXPIRY.to_owned());
        }
        let is_leaving = [EppStatus::PendingDelete, EppStatus::PendingTransfer].iter().any(|status| actual.statuses.contains(status));
        if is_leaving && registration.phase == crate::registration::Phase::Registered {
            elements.push(PHASE.to_owned());
        }
    }
    elements
}

/// The update that brings the registry from what it last said to what we want; empty where nothing was observed yet.
#[must_use]
pub fn difference(registration: &Registration, profile: &TldProfile, handles: &Handles, now: Timestamp) -> DomainChange {
    let Some(actual) = &registration.actual else { return DomainChange::default() };
    let mut change = DomainChange::default();
    statuses(registration, actual, &mut change);
    nameservers(registration, actual, profile, &mut change);
    change.add_ds = registration.desired.ds.difference(&actual.ds).cloned().collect();
    change.remove_ds = actual.ds.difference(&registration.desired.ds).cloned().collect();
    contacts(registration, actual, profile, handles, now, &mut change);
    change
}

/// The elements that a change touches.
#[must_use]
pub fn elements_of(change: &DomainChange) -> Vec<String> {
    let mut elements: Vec<String> = change.add_statuses.union(&change.remove_statuses).map(|status| status_element(*status)).collect();
    let rest = [
        (NAMESERVERS, !(change.add_nameservers.is_empty() && change.remove_nameservers.is_empty())),
        (DS, !(change.add_ds.is_empty() && change.remove_ds.is_empty())),
        (CONTACTS, !(change.add_contacts.is_empty() && change.remove_contacts.is_empty() && change.registrant.is_none())),
    ];
    elements.extend(rest.into_iter().filter(|(_, differs)| *differs).map(|(element, _)| element.to_owned()));
    elements
}

/// The change without the elements that drifted and wait for a person.
#[must_use]
pub fn without(mut change: DomainChange, drifted: &BTreeSet<String>) -> DomainChange {
    change.add_statuses.retain(|status| !drifted.contains(&status_element(*status)));
    change.remove_statuses.retain(|status| !drifted.contains(&status_element(*status)));
    if drifted.contains(NAMESERVERS) {
        change.add_nameservers.clear();
        change.remove_nameservers.clear();
    }
    if drifted.contains(DS) {
        change.add_ds.clear();
        change.remove_ds.clear();
    }
    if drifted.contains(CONTACTS) {
        change.add_contacts.clear();
        change.remove_contacts.clear();
        change.registrant = None;
    }
    change
}

/// What the registry will say after a confirmed change, inferred (RFC 5731 section 3.2.5).
#[must_use]
pub fn infer(actual: &Actual, change: &DomainChange, now: Timestamp) -> Actual {
    let mut after = actual.clone();
    after.statuses.retain(|status| !change.remove_statuses.contains(status));
    after.statuses.extend(change.add_statuses.iter().copied());
    after.nameservers.retain(|host, _| !change.remove_nameservers.contains(host));
    after.nameservers.extend(change.add_nameservers.iter().map(|(host, addresses)| (host.clone(), addresses.clone())));
    after.ds.retain(|ds| !change.remove_ds.contains(ds));
    after.ds.extend(change.add_ds.iter().cloned());
    after.contacts.retain(|contact| !change.remove_contacts.contains(contact));
    after.contacts.extend(change.add_contacts.iter().cloned());
    if let Some(registrant) = &change.registrant {
        after.contacts.retain(|(role, _)| *role != ContactRole::Registrant);
        after.contacts.insert((ContactRole::Registrant, registrant.clone()));
    }
    settle_plain_statuses(&mut after);
    after.updated_at = Some(now);
    after.observed_at = now;
    after.is_inferred = true;
    after
}

/// `ok` stands alone, `inactive` says that there is no delegation (RFC 5731 section 2.3).
pub(crate) fn settle_plain_statuses(actual: &mut Actual) {
    actual.statuses.remove(&EppStatus::Ok);
    actual.statuses.remove(&EppStatus::Inactive);
    if actual.nameservers.is_empty() {
        actual.statuses.insert(EppStatus::Inactive);
    } else if actual.statuses.is_empty() {
        actual.statuses.insert(EppStatus::Ok);
    }
}

fn statuses(registration: &Registration, actual: &Actual, change: &mut DomainChange) {
    let wanted: BTreeSet<EppStatus> = registration.desired.statuses.wanted().collect();
    let set: BTreeSet<EppStatus> = actual.statuses.iter().copied().filter(|status| status.is_client()).collect();
    change.add_statuses = wanted.difference(&set).copied().collect();
    change.remove_statuses = set.difference(&wanted).copied().collect();
}

fn nameservers(registration: &Registration, actual: &Actual, profile: &TldProfile, change: &mut DomainChange) {
    let carries_addresses = profile.host_model == HostModel::Attributes;
    let wanted: BTreeMap<_, _> = registration
        .desired
        .nameservers
        .iter()
        .map(|(host, addresses)| (host.clone(), if carries_addresses { addresses.clone() } else { BTreeSet::new() }))
        .collect();
    let differs = |host: &HostName, addresses: &BTreeSet<std::net::IpAddr>, other: &BTreeMap<HostName, BTreeSet<std::net::IpAddr>>| {
        // The addresses of a host attribute belong to the delegation; those of a host object belong to the host.
        other.get(host).is_none_or(|known| carries_addresses && host.is_within(&registration.name) && known != addresses)
    };
    change.remove_nameservers =
        actual.nameservers.iter().filter(|(host, addresses)| differs(host, addresses, &wanted)).map(|(host, _)| host.clone()).collect();
    change.add_nameservers = wanted.into_iter().filter(|(host, addresses)| differs(host, addresses, &actual.nameservers)).collect();
}

fn contacts(
    registration: &Registration,
    actual: &Actual,
    profile: &TldProfile,
    handles: &Handles,
    now: Timestamp,
    change: &mut DomainChange,
) {
    let rules = profile.contacts_at(now);
    let handle = |contact: &ContactId| handles.get(contact).cloned().or_else(|| handle_of(contact));
    let is_taken = |role: ContactRole| rules.of(role) != ContactRequirement::Forbidden;
    let wanted: BTreeSet<(ContactRole, ContactHandle)> = registration
        .contacts_for(profile, now)
        .into_iter()
        .filter_map(|(role, contact)| handle(&contact).map(|handle| (role, handle)))
        .collect();
    let is_plain = |contact: &&(ContactRole, ContactHandle)| contact.0 != ContactRole::Registrant && is_taken(contact.0);
    change.add_contacts = wanted.difference(&actual.contacts).filter(is_plain).cloned().collect();
    change.remove_contacts = actual.contacts.difference(&wanted).filter(is_plain).cloned().collect();
    change.registrant =
        wanted.difference(&actual.contacts).find(|(role, _)| *role == ContactRole::Registrant).map(|(_, handle)| handle.clone());
}

/// Ends of term are compared by date: registries round differently. While the registry has renewed by itself and nobody
/// has paid, its date is the one it told us.
fn expiry_differs(registration: &Registration, actual: &Actual) -> bool {
    let expected = registration.expiry.as_ref().and_then(|case| case.auto_renewed_to).or(registration.expires_at);
    match (expected, actual.expires_at) {
        (Some(expected), Some(said)) => utc_date(expected) != utc_date(said),
        _ => false,
    }
}
