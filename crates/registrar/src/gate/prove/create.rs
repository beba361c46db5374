//! Was the name created by us?

use jiff::SignedDuration;
use model::EppStatus;
use policy::{Actual, Done};

use super::{CLOCK_SKEW_SECONDS, Evidence, Finding, Proof};

/// The code of a name that exists (RFC 5730 section 3).
const OBJECT_EXISTS: u16 = 2302;

pub(super) fn prove(evidence: &Evidence<'_>, finding: &Finding) -> Proof {
    match finding {
        Finding::Absent => Proof::repeat(),
        Finding::Foreign => Proof::lost(OBJECT_EXISTS, "another registrar registered the name first"),
        Finding::Domain(actual) if actual.sponsor != *evidence.us || actual.created_by.as_ref().is_some_and(|by| by != evidence.us) => {
            Proof::lost(OBJECT_EXISTS, "another registrar registered the name first")
        }
        Finding::Domain(actual) if !is_in_window(actual, evidence) => {
            Proof::lost(OBJECT_EXISTS, "the name is ours already, from before this order")
        }
        Finding::Domain(actual) if actual.statuses.contains(&EppStatus::PendingCreate) => Proof::Pending,
        Finding::Domain(actual) => Proof::done(Done {
            roid: actual.roid.clone(),
            created_at: actual.created_at,
            expires_at: actual.expires_at,
            info: Some(actual.clone()),
            ..Done::default()
        }),
        other => Proof::puzzled(other),
    }
}

/// Whether `crDate` lies between the first attempt and the end of the last, give or take the difference of the clocks.
fn is_in_window(actual: &Actual, evidence: &Evidence<'_>) -> bool {
    let skew = SignedDuration::from_secs(CLOCK_SKEW_SECONDS);
    let Some(created_at) = actual.created_at else {
        return false;
    };
    let from = evidence.first_sent_at.saturating_sub(skew).unwrap_or(evidence.first_sent_at);
    let until = evidence.settled_from.saturating_add(skew).unwrap_or(evidence.settled_from);
    (from..=until).contains(&created_at)
}
