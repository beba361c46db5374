//! Holders: no name of somebody who was not verified waits for nobody, and none stays off once its holder is verified (ACY-3, ACY-4).

use model::{EppStatus, Timestamp};
use policy::registration::Phase;
use policy::{HolderStanding, ReasonOwner, Registration};
use store::{Store, StoreFault, verifications};

/// Checks every name that is with us; gives how many were looked at.
pub(super) fn check(store: &Store, now: Timestamp, portfolio: &[Registration], findings: &mut Vec<String>) -> Result<u64, StoreFault> {
    let mut count = 0;
    for registration in portfolio.iter().filter(|registration| registration.phase == Phase::Registered) {
        let Some(holder) = registration.registrant else { continue };
        count += 1;
        let standing = store.read(|tx| verifications::standing(tx, holder, now))?;
        findings.extend(judge(registration, standing, now).map(|what| format!("`{}` {what}", registration.name)));
    }
    Ok(count)
}

fn judge(registration: &Registration, standing: HolderStanding, now: Timestamp) -> Option<String> {
    let is_verified = standing == HolderStanding::Verified;
    let is_off = registration.desired.statuses.reasons(EppStatus::ClientHold).any(|reason| reason.owner == ReasonOwner::Accuracy);
    match &registration.verification {
        None if !is_verified => Some("has a holder who was not verified, and nobody waits for it".to_owned()),
        Some(_) if is_verified => Some("waits for a holder who was verified".to_owned()),
        Some(case) if case.suspended_at.is_none() && case.suspend_at < now => {
            Some(format!("was to be suspended at {} and was not", case.suspend_at))
        }
        Some(case) if case.suspended_at.is_some() && !is_off => Some("was suspended, and nothing keeps it off".to_owned()),
        None if is_off => Some("is kept off for a holder who was verified".to_owned()),
        _ => None,
    }
}
