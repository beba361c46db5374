//! A renewal was answered (RFC 5731 section 3.2.3).

use model::RgpStatus;
use model::expiry::add_years;

use super::Settled;
use crate::accounting::{Line, charge};
use crate::calendar::utc_date;
use crate::charge::ChargeKind;
use crate::decision::Decision;
use crate::event::Event;
use crate::intent::Operation;
use crate::outcome::Done;
use crate::profile::FeeTable;
use crate::registration::{Actual, Step};
use crate::term;

/// The term grew: charged once for the intent, whatever the proof.
pub(super) fn confirmed(decision: &mut Decision<'_, '_>, settled: &Settled<'_>, done: &Done) {
    let Operation::RenewDomain { current_expiry, period, fee } = settled.operation else { return };
    let expires_at = done
        .expires_at
        .or(done.info.as_deref().and_then(|info| info.expires_at))
        .unwrap_or_else(|| add_years(*current_expiry, period.get()));
    let profile = decision.profile();
    let usual = FeeTable::times(profile.fees_of(&decision.registration.name).renew, period.get());
    let line = Line {
        kind: ChargeKind::Renew,
        years: i8::try_from(period.get()).unwrap_or(i8::MAX),
        amount: done.fee.or(*fee).or(usual),
        intent: Some(settled.id),
        key: format!("renew:{}", settled.id),
        at: settled.now,
    };
    charge(decision, line, Some((RgpStatus::RenewPeriod, profile.grace.renew_days)));
    if decision.registration.phase.is_final() {
        return;
    }
    term::extend(decision, expires_at);
    let actual = done.info.as_deref().cloned().or_else(|| {
        let mut actual: Actual = decision.registration.actual.clone()?;
        actual.expires_at = Some(expires_at);
        actual.rgp.insert(RgpStatus::RenewPeriod);
        actual.observed_at = settled.now;
        actual.is_inferred = true;
        Some(actual)
    });
    if let Some(actual) = actual {
        crate::learn::learn(decision, actual, &settled.reference);
    }
}

/// The term stays as it was. Our own renewal at the end of a term is not tried again until a person says so; unless the term
/// grew meanwhile, because the registry renewed by itself while we asked.
pub(super) fn refused(decision: &mut Decision<'_, '_>, settled: &Settled<'_>) {
    decision.happen(Event::RenewalFailed);
    let Operation::RenewDomain { current_expiry, .. } = settled.operation else { return };
    let is_of_this_term = decision.registration.expires_at.map(utc_date) == Some(utc_date(*current_expiry));
    if decision.registration.auto_renew && is_of_this_term {
        decision.happen(Event::StepStalled { step: Step::Renewal });
    }
}
