//! Is the name as the update wanted it, element by element? What is not is what a repeat sends.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use model::{ContactHandle, ContactRole, EppStatus, HostName};
use policy::{Actual, DomainChange, Done, Operation};

use super::{Evidence, Finding, Proof};

const AUTHORIZATION_ERROR: u16 = 2201;
const OBJECT_DOES_NOT_EXIST: u16 = 2303;

pub(super) fn prove(wanted: &DomainChange, evidence: &Evidence<'_>, finding: &Finding) -> Proof {
    let actual = match sponsored(evidence, finding) {
        Ok(actual) => actual,
        Err(proof) => return proof,
    };
    if actual.statuses.contains(&EppStatus::PendingUpdate) {
        return Proof::Pending;
    }
    let remaining = remaining(wanted, actual);
    if remaining.is_empty() {
        Proof::done(Done { info: Some(Box::new(actual.clone())), ..Done::default() })
    } else if remaining == *wanted {
        Proof::repeat()
    } else {
        Proof::NotDone { remaining: Some(Box::new(Operation::UpdateDomain { change: remaining })) }
    }
}

/// A registry shows nobody an authInfo (RFC 9154 section 4.3), so nothing proves it; setting the same value again harms nobody.
pub(super) fn prove_auth_info(evidence: &Evidence<'_>, finding: &Finding) -> Proof {
    match sponsored(evidence, finding) {
        Ok(_) => Proof::repeat(),
        Err(proof) => proof,
    }
}

fn sponsored<'f>(evidence: &Evidence<'_>, finding: &'f Finding) -> Result<&'f Actual, Proof> {
    match finding {
        Finding::Absent => Err(Proof::lost(OBJECT_DOES_NOT_EXIST, "the registry no longer knows the name")),
        Finding::Foreign => Err(Proof::lost(AUTHORIZATION_ERROR, "another registrar sponsors the name now")),
        Finding::Domain(actual) if actual.sponsor != *evidence.us => {
            Err(Proof::lost(AUTHORIZATION_ERROR, "another registrar sponsors the name now"))
        }
        Finding::Domain(actual) => Ok(actual),
        other => Err(Proof::puzzled(other)),
    }
}

/// The elements of `wanted` that do not hold yet.
fn remaining(wanted: &DomainChange, actual: &Actual) -> DomainChange {
    let glue_differs = |host: &HostName, glue: &BTreeSet<IpAddr>| {
        // Host objects show no addresses with the domain; attributes do.
        actual.nameservers.get(host).is_none_or(|shown| !shown.is_empty() && shown != glue)
    };
    let add_nameservers: BTreeMap<HostName, BTreeSet<IpAddr>> = wanted
        .add_nameservers
        .iter()
        .filter(|(host, glue)| glue_differs(host, glue))
        .map(|(host, glue)| (host.clone(), glue.clone()))
        .collect();
    // A host that is removed and added in one update gets other glue: there before and after, and done once the glue is right.
    let is_to_go = |host: &HostName| {
        actual.nameservers.contains_key(host) && (!wanted.add_nameservers.contains_key(host) || add_nameservers.contains_key(host))
    };
    DomainChange {
        add_statuses: &wanted.add_statuses - &actual.statuses,
        remove_statuses: &wanted.remove_statuses & &actual.statuses,
        remove_nameservers: wanted.remove_nameservers.iter().filter(|host| is_to_go(host)).cloned().collect(),
        add_nameservers,
        add_ds: &wanted.add_ds - &actual.ds,
        remove_ds: &wanted.remove_ds & &actual.ds,
        add_contacts: &wanted.add_contacts - &actual.contacts,
        remove_contacts: &wanted.remove_contacts & &actual.contacts,
        registrant: wanted.registrant.clone().filter(|handle| !is_registrant(handle, &actual.contacts)),
    }
}

fn is_registrant(handle: &ContactHandle, contacts: &BTreeSet<(ContactRole, ContactHandle)>) -> bool {
    contacts.iter().any(|(role, known)| *role == ContactRole::Registrant && known == handle)
}
