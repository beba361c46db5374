//! Was the name deleted, and where did that lead?

use model::{EppStatus, RgpStatus};
use policy::{Actual, Deletion, Done};

use super::{Evidence, Finding, Proof};

const AUTHORIZATION_ERROR: u16 = 2201;

pub(super) fn prove(evidence: &Evidence<'_>, finding: &Finding) -> Proof {
    match finding {
        Finding::Absent => Proof::done(Done { deletion: Some(Deletion::Purged), ..Done::default() }),
        Finding::Foreign => Proof::lost(AUTHORIZATION_ERROR, "another registrar sponsors the name now"),
        Finding::Domain(actual) if actual.sponsor != *evidence.us => {
            Proof::lost(AUTHORIZATION_ERROR, "another registrar sponsors the name now")
        }
        Finding::Domain(actual) => match led_to(actual) {
            Some(deletion) => Proof::done(Done { deletion: Some(deletion), info: Some(actual.clone()), ..Done::default() }),
            None => Proof::repeat(),
        },
        other => Proof::puzzled(other),
    }
}

/// RFC 3915 section 3.1: redemption shows `pendingDelete` with `redemptionPeriod`, the end of it with `pendingDelete`.
fn led_to(actual: &Actual) -> Option<Deletion> {
    if actual.rgp.contains(&RgpStatus::RedemptionPeriod) || actual.rgp.contains(&RgpStatus::PendingRestore) {
        Some(Deletion::Redemption)
    } else if actual.rgp.contains(&RgpStatus::PendingDelete) || actual.statuses.contains(&EppStatus::PendingDelete) {
        Some(Deletion::PendingDelete)
    } else {
        None
    }
}
