//! The drift of one name: element by element, what we want and what the registry says.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::IpAddr;

use model::{ContactHandle, ContactId, ContactRole, DomainName, DsData, HostName};
use policy::{Actual, Registration, drift};
use serde::Serialize;

/// How an element without value is shown.
const NONE: &str = "none";
/// The element that names the sponsor, where it is not us.
const SPONSOR: &str = "sponsor";

/// What differs between us and the registry about one name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DriftReport {
    /// The name.
    pub name: DomainName,
    /// What differs; empty where nothing does.
    pub elements: Vec<DriftElement>,
    /// Why the registry could not be asked, or did not answer; then nothing is known.
    pub trouble: Option<String>,
}

/// One element that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DriftElement {
    /// Which: `nameservers`, `ds`, `contacts`, `expiry`, `existence`, `sponsor`, `status:...`.
    pub element: String,
    /// What we want.
    pub desired: String,
    /// What the registry says.
    pub actual: String,
}

impl DriftReport {
    /// Whether registry and we agree, as far as is known.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.elements.is_empty() && self.trouble.is_none()
    }

    /// Nothing differs.
    pub(super) fn clean(name: DomainName) -> Self {
        Self { name, elements: Vec::new(), trouble: None }
    }

    /// The registry could not be asked.
    pub(crate) fn trouble(name: DomainName, reason: impl Into<String>) -> Self {
        Self { name, elements: Vec::new(), trouble: Some(reason.into()) }
    }

    /// The name is another registrar's.
    pub(super) fn foreign(name: DomainName, us: &str) -> Self {
        let element = DriftElement { element: SPONSOR.to_owned(), desired: us.to_owned(), actual: "another registrar".to_owned() };
        Self { name, elements: vec![element], trouble: None }
    }

    /// What the rules found to differ, with the values.
    pub(super) fn of(registration: &Registration, handles: &BTreeMap<ContactId, ContactHandle>) -> Self {
        let elements = registration.drift.iter().map(|element| shown(element, registration, handles)).collect();
        Self { name: registration.name.clone(), elements, trouble: None }
    }
}

fn shown(element: &str, registration: &Registration, handles: &BTreeMap<ContactId, ContactHandle>) -> DriftElement {
    let (desired, actual) = match (element, registration.actual.as_ref()) {
        (drift::EXISTENCE, _) => ("exists".to_owned(), "unknown to the registry".to_owned()),
        (_, None) => ("see the name".to_owned(), "unknown".to_owned()),
        (drift::NAMESERVERS, Some(actual)) => (hosts(&registration.desired.nameservers), hosts(&actual.nameservers)),
        (drift::DS, Some(actual)) => (joined(&registration.desired.ds, ds), joined(&actual.ds, ds)),
        (drift::CONTACTS, Some(actual)) => {
            (wanted_contacts(registration, handles), joined(&actual.contacts, |(role, handle)| format!("{role} {handle}")))
        }
        (drift::EXPIRY, Some(actual)) => (optional(registration.expires_at), optional(actual.expires_at)),
        (status, Some(actual)) => of_status(status, registration, actual),
    };
    DriftElement { element: element.to_owned(), desired, actual }
}

/// A status is set or not, on each side.
fn of_status(element: &str, registration: &Registration, actual: &Actual) -> (String, String) {
    let word = element.strip_prefix("status:").unwrap_or(element);
    let is_wanted = registration.desired.statuses.wanted().any(|status| status.as_str() == word);
    let is_there = actual.statuses.iter().any(|status| status.as_str() == word);
    let said = |is_set: bool| if is_set { "set" } else { "not set" }.to_owned();
    (said(is_wanted), said(is_there))
}

/// A DS record without its digest, which says nothing to people.
fn ds(record: &DsData) -> String {
    format!("{} {} {}", record.key_tag, record.algorithm, record.digest_type)
}

fn hosts(hosts: &BTreeMap<HostName, BTreeSet<IpAddr>>) -> String {
    joined(hosts.keys(), HostName::to_string)
}

/// Contacts as the registry would name them; one that has no handle there yet is shown by our id.
fn wanted_contacts(registration: &Registration, handles: &BTreeMap<ContactId, ContactHandle>) -> String {
    let holder = registration.registrant.map(|contact| (ContactRole::Registrant, contact));
    let others = registration.desired.contacts.iter().map(|(role, contact)| (*role, *contact));
    let all: BTreeSet<(ContactRole, ContactId)> = holder.into_iter().chain(others).collect();
    joined(&all, |(role, contact)| match handles.get(contact) {
        Some(handle) => format!("{role} {handle}"),
        None => format!("{role} {contact}"),
    })
}

fn joined<T>(items: impl IntoIterator<Item = T>, shown: impl Fn(T) -> String) -> String {
    let words: Vec<String> = items.into_iter().map(shown).collect();
    if words.is_empty() { NONE.to_owned() } else { words.join(", ") }
}

fn optional(value: Option<impl fmt::Display>) -> String {
    value.map_or_else(|| NONE.to_owned(), |value| value.to_string())
}
