//! Hosts and contacts: are they as the operation wanted them?

use std::collections::BTreeSet;
use std::net::IpAddr;

use epp::contact::Person;
use policy::{Done, ObjectKey, Operation};

use super::{Evidence, Finding, Proof};

const AUTHORIZATION_ERROR: u16 = 2201;
const OBJECT_EXISTS: u16 = 2302;
const OBJECT_DOES_NOT_EXIST: u16 = 2303;

/// A host that exists will do, whoever made it, unless it was to carry glue: then it must carry this glue and be ours.
pub(super) fn prove_host_created(object: &ObjectKey, addresses: &BTreeSet<IpAddr>, evidence: &Evidence<'_>, finding: &Finding) -> Proof {
    match finding {
        Finding::Absent => Proof::repeat(),
        Finding::Foreign if addresses.is_empty() => Proof::done(Done::default()),
        Finding::Host(_) if addresses.is_empty() => Proof::done(Done::default()),
        Finding::Host(host) if host.sponsor.as_ref() == Some(evidence.us) && host.addresses == *addresses => Proof::done(Done::default()),
        Finding::Host(_) | Finding::Foreign => {
            Proof::lost(OBJECT_EXISTS, format!("{object} exists already, with other addresses or sponsor"))
        }
        other => Proof::puzzled(other),
    }
}

pub(super) fn prove_host_updated(add: &BTreeSet<IpAddr>, remove: &BTreeSet<IpAddr>, finding: &Finding) -> Proof {
    let host = match finding {
        Finding::Host(host) => host,
        Finding::Absent => return Proof::lost(OBJECT_DOES_NOT_EXIST, "the registry does not know the host"),
        Finding::Foreign => return Proof::lost(AUTHORIZATION_ERROR, "another registrar sponsors the host"),
        other => return Proof::puzzled(other),
    };
    let (missing, left): (BTreeSet<_>, BTreeSet<_>) = (add - &host.addresses, remove & &host.addresses);
    if missing.is_empty() && left.is_empty() {
        Proof::done(Done::default())
    } else if missing == *add && left == *remove {
        Proof::repeat()
    } else {
        Proof::NotDone { remaining: Some(Box::new(Operation::UpdateHost { add: missing, remove: left })) }
    }
}

/// Asked about the new name.
pub(super) fn prove_host_renamed(finding: &Finding) -> Proof {
    match finding {
        Finding::Host(_) => Proof::done(Done::default()),
        Finding::Absent => Proof::repeat(),
        Finding::Foreign => Proof::lost(OBJECT_EXISTS, "the new host name is another registrar's"),
        other => Proof::puzzled(other),
    }
}

pub(super) fn prove_deleted(finding: &Finding) -> Proof {
    match finding {
        Finding::Absent => Proof::done(Done::default()),
        Finding::Host(_) | Finding::Contact(_) => Proof::repeat(),
        Finding::Foreign => Proof::lost(AUTHORIZATION_ERROR, "another registrar sponsors the object"),
        other => Proof::puzzled(other),
    }
}

/// Handles are drawn by us and used once, so a contact of ours with this handle is the one we made.
pub(super) fn prove_contact_created(evidence: &Evidence<'_>, finding: &Finding) -> Proof {
    match finding {
        Finding::Absent => Proof::repeat(),
        Finding::Contact(contact) if contact.sponsor.as_ref() == Some(evidence.us) => Proof::done(Done::default()),
        Finding::Contact(_) | Finding::Foreign => Proof::lost(OBJECT_EXISTS, "another registrar has a contact with this handle"),
        other => Proof::puzzled(other),
    }
}

pub(super) fn prove_contact_updated(evidence: &Evidence<'_>, finding: &Finding) -> Proof {
    match (finding, evidence.contact) {
        (Finding::Contact(found), Some(wanted)) if shows(&found.person, &Person::from_contact(wanted)) => Proof::done(Done::default()),
        (Finding::Contact(_), _) => Proof::repeat(),
        (Finding::Absent, _) => Proof::lost(OBJECT_DOES_NOT_EXIST, "the registry does not know the contact"),
        (Finding::Foreign, _) => Proof::lost(AUTHORIZATION_ERROR, "another registrar sponsors the contact"),
        (other, _) => Proof::puzzled(other),
    }
}

/// Whether a contact is as wanted. A form of the address that we did not write may stand beside ours: once it is there, no
/// command takes it away (RFC 5733 section 3.2.5).
fn shows(found: &Person, wanted: &Person) -> bool {
    let is_there = |postal| found.postal.contains(postal);
    wanted.postal.iter().all(is_there) && (&found.voice, &found.fax, &found.email) == (&wanted.voice, &wanted.fax, &wanted.email)
}
