//! Did the restore take, by the name's grace status (RFC 3915 section 3.1)?

use model::{EppStatus, RgpStatus};
use policy::{Actual, Done};

use super::{Evidence, Finding, Proof};

const AUTHORIZATION_ERROR: u16 = 2201;
const OBJECT_DOES_NOT_EXIST: u16 = 2303;
const STATUS_PROHIBITS: u16 = 2304;

/// The request: out of redemption, waiting for the report or back at once.
pub(super) fn prove_request(evidence: &Evidence<'_>, finding: &Finding) -> Proof {
    with_name(evidence, finding, |actual| {
        if actual.rgp.contains(&RgpStatus::PendingRestore) || !is_deleted(actual) {
            done(actual)
        } else if actual.rgp.contains(&RgpStatus::RedemptionPeriod) {
            Proof::repeat()
        } else {
            Proof::lost(STATUS_PROHIBITS, "redemption is over; the name cannot be restored any more")
        }
    })
}

/// The report: back for good.
pub(super) fn prove_report(evidence: &Evidence<'_>, finding: &Finding) -> Proof {
    with_name(evidence, finding, |actual| {
        if actual.rgp.contains(&RgpStatus::PendingRestore) {
            Proof::repeat()
        } else if !is_deleted(actual) {
            done(actual)
        } else {
            Proof::lost(STATUS_PROHIBITS, "the registry no longer waits for a restore report of the name")
        }
    })
}

fn is_deleted(actual: &Actual) -> bool {
    actual.statuses.contains(&EppStatus::PendingDelete)
        || actual.rgp.contains(&RgpStatus::RedemptionPeriod)
        || actual.rgp.contains(&RgpStatus::PendingDelete)
}

fn done(actual: &Actual) -> Proof {
    Proof::done(Done { expires_at: actual.expires_at, info: Some(Box::new(actual.clone())), ..Done::default() })
}

fn with_name(evidence: &Evidence<'_>, finding: &Finding, judge: impl FnOnce(&Actual) -> Proof) -> Proof {
    match finding {
        Finding::Absent => Proof::lost(OBJECT_DOES_NOT_EXIST, "the registry no longer knows the name"),
        Finding::Foreign => Proof::lost(AUTHORIZATION_ERROR, "another registrar sponsors the name now"),
        Finding::Domain(actual) if actual.sponsor != *evidence.us => {
            Proof::lost(AUTHORIZATION_ERROR, "another registrar sponsors the name now")
        }
        Finding::Domain(actual) => judge(actual),
        other => Proof::puzzled(other),
    }
}
