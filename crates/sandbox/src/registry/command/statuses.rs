//! Changes of statuses: a registrar may set and lift the client ones and no others.

use std::collections::BTreeSet;

use epp::Status;
use model::{EppStatus, ObjectKind, StatusSet};

use crate::registry::refusal::{Outcome, Refusal, ensure};

/// The statuses after an update.
///
/// # Errors
/// 2306 for a status that is not the registrar's to set, that is added though set, or lifted though absent; 2306 also where the result
/// is no legal combination.
pub(crate) fn changed(kind: ObjectKind, set: &BTreeSet<EppStatus>, add: &[Status], remove: &[Status]) -> Outcome<BTreeSet<EppStatus>> {
    let mut changed = set.clone();
    for status in remove {
        let status = client_status(kind, status)?;
        ensure(changed.remove(&status), || Refusal::policy(format!("`{status}` is not set")))?;
    }
    for status in add {
        let status = client_status(kind, status)?;
        ensure(changed.insert(status), || Refusal::policy(format!("`{status}` is set already")))?;
    }
    let combination: StatusSet = changed.iter().copied().collect();
    combination.check(kind).map_err(|error| Refusal::policy(error.to_string()))?;
    Ok(changed)
}

fn client_status(kind: ObjectKind, status: &Status) -> Outcome<EppStatus> {
    match status.known() {
        Some(known) if known.is_client() && kind.knows(known) => Ok(known),
        Some(known) => Err(Refusal::policy(format!("`{known}` is not a status a registrar may set here"))),
        None => Err(Refusal::syntax("the status is not one of the standard's")),
    }
}

/// Refuses an update that a prohibition forbids; lifting `clientUpdateProhibited` in the same update is allowed (RFC 5731 section 2.3).
pub(crate) fn ensure_updatable(set: &BTreeSet<EppStatus>, removed: &[Status]) -> Outcome<()> {
    ensure(!set.contains(&EppStatus::ServerUpdateProhibited), || Refusal::status("`serverUpdateProhibited` is set"))?;
    let lifts = removed.iter().any(|status| status.known() == Some(EppStatus::ClientUpdateProhibited));
    ensure(lifts || !set.contains(&EppStatus::ClientUpdateProhibited), || {
        Refusal::status("`clientUpdateProhibited` is set; lift it in the same update")
    })
}

/// Refuses when either of the two is set.
pub(crate) fn ensure_allowed(set: &BTreeSet<EppStatus>, client: EppStatus, server: EppStatus) -> Outcome<()> {
    for status in [server, client] {
        ensure(!set.contains(&status), || Refusal::status(format!("`{status}` is set")))?;
    }
    Ok(())
}

/// Statuses as an `infData` carries them.
pub(crate) fn shown(statuses: &StatusSet) -> Vec<Status> {
    statuses.iter().map(Status::from).collect()
}
