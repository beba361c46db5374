//! Years and what they cost: every year added has exactly one charge, every year taken back exactly one credit
//! (obligations 23.5), and a grace period remembers what could still be credited (RFC 3915 section 3.1).

use model::{IntentId, Money, RgpStatus, Timestamp};

use crate::calendar::{CLOCK_SKEW_MINUTES, add_days, add_minutes, subtract_years, utc_date};
use crate::charge::{Charge, ChargeKind};
use crate::decision::Decision;
use crate::event::Event;
use crate::registration::Grace;

/// A charge to be written.
pub(crate) struct Line {
    pub(crate) kind: ChargeKind,
    pub(crate) years: i8,
    pub(crate) amount: Option<Money>,
    pub(crate) intent: Option<IntentId>,
    pub(crate) key: String,
    pub(crate) at: Timestamp,
}

/// Writes a charge; where it opens a grace period of some days, that begins too.
pub(crate) fn charge(decision: &mut Decision<'_, '_>, line: Line, grace: Option<(RgpStatus, u16)>) {
    if let Some((kind, days)) = grace.filter(|(_, days)| *days > 0) {
        let ends_at = add_days(line.at, i32::from(days));
        let grace = Grace { kind, ends_at, charge_key: line.key.clone(), years: line.years, amount: line.amount };
        decision.happen(Event::GraceBegan { grace });
    }
    decision.verdict.charges.push(Charge {
        kind: line.kind,
        years: line.years,
        amount: line.amount,
        intent: line.intent,
        key: line.key,
        at: line.at,
    });
}

/// The registry renewed the name by itself: charged once for each term, however often we are told.
pub(crate) fn charge_auto_renewal(decision: &mut Decision<'_, '_>, expired_at: Timestamp) {
    let profile = decision.profile();
    let line = Line {
        kind: ChargeKind::AutoRenew,
        years: 1,
        amount: profile.fees_of(&decision.registration.name).renew,
        intent: None,
        key: format!("auto-renew:{}", utc_date(expired_at)),
        at: expired_at,
    };
    charge(decision, line, Some((RgpStatus::AutoRenewPeriod, profile.grace.auto_renew_days)));
}

/// A renewal by the registry that we hear of after the name left at `left_at`: charged, and credited at once where the name left
/// within its grace.
pub(crate) fn charge_late_auto_renewal(decision: &mut Decision<'_, '_>, expired_at: Timestamp, left_at: Timestamp) {
    let profile = decision.profile();
    let amount = profile.fees_of(&decision.registration.name).renew;
    let key = format!("auto-renew:{}", utc_date(expired_at));
    let line = Line { kind: ChargeKind::AutoRenew, years: 1, amount, intent: None, key: key.clone(), at: expired_at };
    charge(decision, line, None);
    if left_at < add_days(expired_at, i32::from(profile.grace.auto_renew_days)) {
        let amount = amount.and_then(|amount| amount.checked_mul(-1).ok());
        let line = Line { kind: ChargeKind::AutoRenewCredit, years: -1, amount, intent: None, key: format!("credit:{key}"), at: left_at };
        charge(decision, line, None);
    }
}

/// Credits the charges whose grace runs at `at` and that `is_credited` picks, and takes their years back from the term.
pub(crate) fn credit(decision: &mut Decision<'_, '_>, at: Timestamp, intent: Option<IntentId>, is_credited: fn(RgpStatus) -> bool) {
    let credited: Vec<Grace> =
        decision.registration.graces.iter().filter(|grace| grace.ends_at > at && is_credited(grace.kind)).cloned().collect();
    credited.iter().for_each(|grace| credit_one(decision, grace, at, intent));
}

fn credit_one(decision: &mut Decision<'_, '_>, grace: &Grace, at: Timestamp, intent: Option<IntentId>) {
    let kind = match grace.kind {
        RgpStatus::AddPeriod => ChargeKind::CreateCredit,
        RgpStatus::AutoRenewPeriod => ChargeKind::AutoRenewCredit,
        RgpStatus::RenewPeriod => ChargeKind::RenewCredit,
        RgpStatus::TransferPeriod => ChargeKind::TransferCredit,
        RgpStatus::RedemptionPeriod | RgpStatus::PendingRestore | RgpStatus::PendingDelete => return,
    };
    decision.verdict.charges.push(Charge {
        kind,
        years: grace.years.saturating_neg(),
        amount: grace.amount.map(|amount| Money::new(amount.minor.saturating_neg(), amount.currency)),
        intent,
        key: format!("credit:{}", grace.charge_key),
        at,
    });
    decision.happen(Event::GraceEnded { charge_keys: vec![grace.charge_key.clone()] });
    take_back_years(decision, grace);
}

/// The credited years leave the registrant's term, unless the registrant never had them: a registry's own renewal that
/// nobody paid for stands only in the registry's date.
fn take_back_years(decision: &mut Decision<'_, '_>, grace: &Grace) {
    let is_unpaid_auto_renewal = grace.kind == RgpStatus::AutoRenewPeriod
        && decision.registration.expiry.as_ref().is_some_and(|case| case.auto_renewed_to.is_some());
    if is_unpaid_auto_renewal {
        decision.happen(Event::AutoRenewalUndone);
        return;
    }
    if grace.kind == RgpStatus::AddPeriod {
        return;
    }
    if let (Some(expires_at), Ok(years)) = (decision.registration.expires_at, u8::try_from(grace.years)) {
        decision.happen(Event::TermReduced { expires_at: subtract_years(expires_at, years) });
    }
}

/// After a delete the registry says what is left of the term. Its word counts: a transfer that the ten-year cap had cut short gives
/// back less than the year it cost. A renewal of its own that nobody took stays out of the registrant's term.
pub(crate) fn take_remaining_term(decision: &mut Decision<'_, '_>, said: Option<Timestamp>, intent: Option<IntentId>) {
    if let Some(grace) = said.and_then(|said| taken_back(decision, said)) {
        let at = decision.now();
        credit_one(decision, &grace, at, intent);
    }
    let kept = paid_until(decision);
    let Some((expires_at, said)) = decision.registration.expires_at.zip(said) else { return };
    if kept == Some(expires_at) && utc_date(said) != utc_date(expires_at) {
        decision.happen(Event::TermReduced { expires_at: said });
    }
}

/// The charge that the registry took back although its grace was over by our clock: the term is shorter by just its years, and its grace
/// ran when the delete was ordered, or ended so shortly before that the registry's clock may have been behind.
fn taken_back(decision: &Decision<'_, '_>, said: Timestamp) -> Option<Grace> {
    let registration = &decision.registration;
    let kept = paid_until(decision)?;
    let ordered_at = add_minutes(registration.deletion.as_ref()?.decided_at, -CLOCK_SKEW_MINUTES);
    let fits = |grace: &&Grace| {
        let years = u8::try_from(grace.years).ok().filter(|years| *years > 0);
        let is_shorter = years.is_some_and(|years| utc_date(subtract_years(kept, years)) == utc_date(said));
        is_shorter && grace.kind != RgpStatus::AddPeriod && grace.ends_at > ordered_at
    };
    registration.graces.iter().filter(fits).max_by_key(|grace| grace.ends_at).cloned()
}

/// Until when the registry has been paid: the registrant's term, or the registry's own renewal that was charged and never
/// credited, whether the registrant took it or not.
pub(crate) fn paid_until(decision: &Decision<'_, '_>) -> Option<Timestamp> {
    let registration = &decision.registration;
    let auto_renewed_to = registration.expiry.as_ref().and_then(|case| case.auto_renewed_to);
    let grace_days = i32::from(decision.profile().grace.auto_renew_days);
    let deleted_at = registration.deletion.as_ref().and_then(|case| case.deleted_at);
    let is_kept = |renewed_to: &Timestamp| deleted_at.is_some_and(|at| at >= add_days(subtract_years(*renewed_to, 1), grace_days));
    let late = registration.late_auto_renewal.filter(is_kept);
    [registration.expires_at, auto_renewed_to, late].into_iter().flatten().max()
}
