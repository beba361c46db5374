//! Was the name renewed by us, and not by the registry itself?

use jiff::civil::Date;
use jiff::tz::TimeZone;
use model::expiry::add_years;
use model::{EppStatus, Period, RgpStatus, Timestamp};
use policy::{Actual, Done};

use super::{Evidence, Finding, Proof};

/// What a repeat would be answered with once `curExpDate` no longer holds (RFC 5731 section 3.2.3).
const POLICY_ERROR: u16 = 2306;
const AUTHORIZATION_ERROR: u16 = 2201;
const OBJECT_DOES_NOT_EXIST: u16 = 2303;

pub(super) fn prove(current_expiry: Timestamp, period: Period, evidence: &Evidence<'_>, finding: &Finding) -> Proof {
    let actual = match finding {
        Finding::Absent => return Proof::lost(OBJECT_DOES_NOT_EXIST, "the registry no longer knows the name"),
        Finding::Foreign => return Proof::lost(AUTHORIZATION_ERROR, "another registrar sponsors the name now"),
        Finding::Domain(actual) if actual.sponsor != *evidence.us => {
            return Proof::lost(AUTHORIZATION_ERROR, "another registrar sponsors the name now");
        }
        Finding::Domain(actual) => actual,
        other => return Proof::puzzled(other),
    };
    let Some(expires_at) = actual.expires_at else {
        return Proof::StillUnknown { reason: "the registry does not show the expiry".to_owned() };
    };
    let (found, old, new) = (day(expires_at), day(current_expiry), day(add_years(current_expiry, period.get())));
    if actual.statuses.contains(&EppStatus::PendingRenew) {
        Proof::Pending
    } else if found == old {
        Proof::repeat()
    } else if is_ours(actual, found, new) {
        Proof::done(Done { expires_at: Some(expires_at), info: Some(actual.clone()), ..Done::default() })
    } else {
        // The expiry moved and not by us. A repeat with the old date could not succeed, and one with the new date would be
        // another renewal, so the order ends here and its owner decides on the expiry as it is now.
        Proof::lost(POLICY_ERROR, format!("the expiry at the registry is {found}, which this renewal did not cause"))
    }
}

/// The registry's own renewal moves the expiry too; RFC 3915 tells the two apart by the grace period each opens.
fn is_ours(actual: &Actual, found: Date, new: Date) -> bool {
    let (renewed, auto_renewed) = (actual.rgp.contains(&RgpStatus::RenewPeriod), actual.rgp.contains(&RgpStatus::AutoRenewPeriod));
    if found == new { renewed || !auto_renewed } else { found > new && renewed }
}

/// Registries compare expiries by the day (`curExpDate` is a date).
fn day(at: Timestamp) -> Date {
    TimeZone::UTC.to_datetime(at).date()
}
