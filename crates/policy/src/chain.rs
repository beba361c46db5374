//! The expiry chain as the clock carries it out: expiry, notices, interruption, deletion (EXP-1 to EXP-14).

use model::expiry::add_years;
use model::{EppStatus, Period, RgpStatus, Timestamp};

use crate::accounting::{charge_auto_renewal, charge_late_auto_renewal};
use crate::calendar::{add_days, add_hours, utc_date, years_between};
use crate::decision::{Decision, Owed};
use crate::drift;
use crate::duty::{ClockKind, Evidence};
use crate::event::Event;
use crate::expiry::{AFTER_NOTICE_CLOSES_DAYS, DELETE_MAX_DAYS, DELETION_MARGIN_DAYS, ExtenuatingCircumstance, INTERRUPTION_MIN_DAYS};
use crate::guard::{self, Doing};
use crate::intent::Operation;
use crate::notice::NoticeKind;
use crate::provision::push;
use crate::reason::{Reason, ReasonOwner};
use crate::registration::{Phase, Step};
use crate::term::{self, TermNotice};
use crate::{data_reminder, verification};

/// A registry's clock may run ahead of ours by this much when it renews by itself at the end of a term.
const CLOCK_SLACK_DAYS: i32 = 1;

/// The term ended: the registrant at expiration is recorded (EXP-5), and the duties up to deletion open.
pub(crate) fn expire(decision: &mut Decision<'_, '_>) {
    let Some(expired_at) = decision.registration.expires_at.filter(|_| decision.registration.expiry.is_none()) else { return };
    let policy = decision.profile().expiry;
    let earliest = add_days(decision.now(), i32::from(policy.interruption_days_before_delete));
    let delete_at = add_days(expired_at, i32::from(policy.delete_after_days)).max(earliest);
    let registrant_at_expiration = decision.registration.registrant;
    let registrant_revision = decision.facts().registrant_revision;
    decision.happen(Event::DomainExpired { expired_at, registrant_at_expiration, registrant_revision, delete_at });
    let occasion = utc_date(expired_at).to_string();
    decision.owe(&Owed {
        obligation: "EXP-3",
        occasion: &occasion,
        clock: ClockKind::CalendarDays,
        opens_at: expired_at,
        soft_due: TermNotice::After.soft_due(expired_at, decision.profile()),
        hard_due: add_days(expired_at, i32::from(AFTER_NOTICE_CLOSES_DAYS)),
    });
    owe_deletion(decision, expired_at, delete_at, expired_at, &occasion);
    owe_interruption(decision, delete_at, &occasion);
}

/// The last day on which an expired name may still exist: the end of the auto-renew grace (RAA 3.7.5).
fn last_day(decision: &Decision<'_, '_>) -> u16 {
    match decision.profile().auto_renew {
        true => decision.profile().grace.auto_renew_days.min(DELETE_MAX_DAYS),
        false => DELETE_MAX_DAYS,
    }
}

/// Deletion is owed by the last day, whatever kept us: a date of our own that comes later is a breach that shows. Only a transfer that was
/// pending until `kept_until`, in which the registry takes no delete, leaves time for a whole interruption after it.
fn owe_deletion(decision: &mut Decision<'_, '_>, expired_at: Timestamp, delete_at: Timestamp, kept_until: Timestamp, occasion: &str) {
    let interruption_days = i32::from(decision.profile().expiry.interruption_days_before_delete);
    let after_transfer = add_days(kept_until, interruption_days + i32::from(DELETION_MARGIN_DAYS));
    let last_day = add_days(expired_at, i32::from(last_day(decision)));
    decision.owe(&Owed {
        obligation: "EXP-14",
        occasion,
        clock: ClockKind::CalendarDays,
        opens_at: expired_at,
        soft_due: delete_at.min(last_day.max(after_transfer)),
        hard_due: last_day.max(after_transfer),
    });
}

fn owe_interruption(decision: &mut Decision<'_, '_>, delete_at: Timestamp, occasion: &str) {
    let days = i32::from(decision.profile().expiry.interruption_days_before_delete);
    decision.owe(&Owed {
        obligation: "EXP-8",
        occasion,
        clock: ClockKind::CalendarDays,
        opens_at: decision.now(),
        soft_due: add_days(delete_at, -days),
        hard_due: add_days(delete_at, -i32::from(INTERRUPTION_MIN_DAYS)),
    });
}

/// A notice of the term is due: it is ordered, and its duty closes once it was carried.
pub(crate) fn send_notice(decision: &mut Decision<'_, '_>, notice: TermNotice) {
    let Some(expires_at) = decision.registration.expires_at else { return };
    let facts = term::facts(&decision.registration, expires_at, decision.profile());
    decision.notify(notice.kind(), &utc_date(expires_at).to_string(), Some(&notice.duty_key(expires_at)), facts);
}

/// A duty's hard due has passed. A notice of the term that was never ordered is sent late while it still helps: the first
/// until the second is due, the second until expiry, the one after expiry always, since deletion waits for it.
///
/// The interruption is owed before the deletion, not on a day of its own: while the registry has not confirmed it, the deletion
/// moves instead, and it is EXP-14 that lapses in the end.
pub(crate) fn lapse(decision: &mut Decision<'_, '_>, key: &str) {
    if key.starts_with("EXP-8:")
        && let Some(case) = decision.registration.expiry.clone()
    {
        let delete_at = add_days(decision.now(), i32::from(decision.profile().expiry.interruption_days_before_delete));
        move_deletion(decision, delete_at.max(case.delete_at), case.postponed_for);
        return;
    }
    if data_reminder::occasion_of(key).is_some() {
        data_reminder::lapse(decision, key);
        return;
    }
    let notice = TermNotice::of_key(key).zip(decision.registration.expires_at);
    if let Some((notice, expires_at)) = notice.filter(|(notice, expires_at)| notice.duty_key(*expires_at) == key) {
        let helps_until = match notice {
            TermNotice::First => Some(TermNotice::Second.soft_due(expires_at, decision.profile())),
            TermNotice::Second => Some(expires_at),
            TermNotice::After => None,
        };
        if helps_until.is_none_or(|until| decision.now() < until) {
            send_notice(decision, notice);
        }
        decision.happen(Event::NoticeMissed { duty_key: key.to_owned(), at: decision.now() });
    }
    decision.lapse(key);
}

/// The registry is given this long to confirm the interruption, since the eight days run from its word; one that begins so late
/// that they would not be whole moves the deletion.
const CONFIRMATION_HOURS: i64 = 1;

/// DNS is interrupted for the last days in which the name can be renewed. Where that comes late, deletion moves, so that the
/// eight days are whole (EXP-8).
pub(crate) fn interrupt(decision: &mut Decision<'_, '_>) {
    let Some(case) = decision.registration.expiry.clone() else { return };
    let now = decision.now();
    if add_hours(add_days(now, i32::from(INTERRUPTION_MIN_DAYS)), CONFIRMATION_HOURS) > case.delete_at {
        let delete_at = add_days(now, i32::from(decision.profile().expiry.interruption_days_before_delete));
        move_deletion(decision, delete_at, case.postponed_for);
    }
    decision.happen(Event::DnsInterrupted { at: now });
    let reason = Reason { owner: ReasonOwner::Expiry, reference: format!("expired on {}", utc_date(case.expired_at)) };
    decision.happen(Event::ReasonAdded { status: EppStatus::ClientHold, reason });
    let facts = term::facts(&decision.registration, case.expired_at, decision.profile());
    decision.notify(NoticeKind::Interrupted, &utc_date(case.expired_at).to_string(), None, facts);
    note_interruption(decision, "clientHold was set already");
    push(decision);
}

/// Sets another deletion date; what is owed of an interruption that has not begun moves with it.
pub(crate) fn move_deletion(decision: &mut Decision<'_, '_>, delete_at: Timestamp, circumstance: Option<ExtenuatingCircumstance>) {
    let Some(case) = decision.registration.expiry.clone() else { return };
    decision.happen(Event::DeletionPostponed { delete_at, circumstance });
    if case.interruption_confirmed_at.is_none() {
        decision.release_all(&["EXP-8"], "the deletion was moved, and the interruption with it");
        owe_interruption(decision, delete_at, &format!("{}:{}", utc_date(case.expired_at), utc_date(delete_at)));
    }
}

/// A transfer away is pending: the registry takes no update and no delete, so neither is owed while it lasts.
pub(crate) fn pause(decision: &mut Decision<'_, '_>) {
    decision.release_all(&["EXP-8", "EXP-14"], "a transfer is pending, and the registry takes no change meanwhile");
    verification::pause(decision);
}

/// The name stays after all: the chain goes on, with a whole interruption ahead of the deletion.
pub(crate) fn resume(decision: &mut Decision<'_, '_>) {
    verification::resume(decision);
    let Some(case) = decision.registration.expiry.clone().filter(|_| decision.registration.phase == Phase::Registered) else { return };
    let is_interrupted = case.interruption_confirmed_at.is_some();
    let days = if is_interrupted { 0 } else { i32::from(decision.profile().expiry.interruption_days_before_delete) };
    let delete_at = case.delete_at.max(add_days(decision.now(), days));
    let occasion = format!("{}:{}", utc_date(case.expired_at), utc_date(delete_at));
    if delete_at > case.delete_at {
        decision.happen(Event::DeletionPostponed { delete_at, circumstance: case.postponed_for });
    }
    if !is_interrupted {
        owe_interruption(decision, delete_at, &occasion);
    }
    if decision.registration.desired.statuses.legal_hold().is_none() && !decision.is_owed("EXP-17") {
        owe_deletion(decision, case.expired_at, delete_at, decision.now(), &occasion);
    }
}

/// Compares the interruption we ordered with what the registry says now: the eight days run while it says so.
pub(crate) fn note_interruption(decision: &mut Decision<'_, '_>, reference: &str) {
    let Some(case) = decision.registration.expiry.as_ref().filter(|case| case.interrupted_at.is_some()) else { return };
    let is_interrupted = decision.registration.is_dns_interrupted();
    match (case.interruption_confirmed_at, is_interrupted) {
        (None, true) => {
            decision.happen(Event::DnsInterruptionConfirmed { at: decision.now() });
            decision.fulfil_all("EXP-8", &Evidence::Registry { reference: reference.to_owned() });
        }
        (Some(_), false) => decision.happen(Event::DnsInterruptionBroken { at: decision.now() }),
        (None, false) | (Some(_), true) => {}
    }
}

/// The deletion date came while a dispute or a court keeps the name: a listed circumstance (EXP-14), so nothing is owed now.
pub(crate) fn keep_for_dispute(decision: &mut Decision<'_, '_>) {
    let kept_for = decision.registration.desired.statuses.legal_hold().map(|reason| reason.reference.clone()).unwrap_or_default();
    decision.release_all(&["EXP-14"], &format!("kept for a proceeding or an order: {kept_for}"));
}

/// The registrant wishes the name renewed, and the registry did not do it by itself.
pub(crate) fn renew_for_holder(decision: &mut Decision<'_, '_>) {
    let registration = &decision.registration;
    let Some(expires_at) = registration.expires_at else { return };
    if guard::check(registration, Doing::Renew, decision.now()).is_err() || registration.phase != Phase::Registered {
        decision.happen(Event::StepStalled { step: Step::Renewal });
        return;
    }
    let period = Period::ONE_YEAR;
    decision.happen(Event::RenewalOrdered { period });
    let operation = Operation::RenewDomain { current_expiry: expires_at, period, fee: decision.facts().quoted_fee };
    let occasion = format!("renew:{}", utc_date(expires_at));
    decision.intend(operation, &occasion, Vec::new());
}

/// The registry renewed the name by itself, and says so. Where the registrant wished it, the term grew; otherwise the year
/// is the registry's until the registrant pays, or until deletion or transfer takes it back (obligations 23.2). Each year is
/// charged once, however often and in however many steps we are told.
pub(crate) fn take_auto_renewal(decision: &mut Decision<'_, '_>, renewed_to: Timestamp) {
    let Some(expired_at) = decision.registration.expires_at else { return };
    let known_to = decision.registration.expiry.as_ref().and_then(|case| case.auto_renewed_to).unwrap_or(expired_at);
    if utc_date(renewed_to) <= utc_date(known_to) {
        return;
    }
    let years = u8::try_from(years_between(known_to, renewed_to)).unwrap_or(0);
    let last_ended_at = add_years(known_to, years.saturating_sub(1));
    if years == 0 || last_ended_at > add_days(decision.now(), CLOCK_SLACK_DAYS) {
        find_drift(decision, &[drift::EXPIRY.to_owned()]);
        return;
    }
    infer_auto_renewal(decision, renewed_to);
    if decision.registration.auto_renew {
        decision.happen(Event::AutoRenewedByRegistry { expires_at: renewed_to });
        term::extend(decision, renewed_to);
    } else {
        expire(decision);
        decision.happen(Event::AutoRenewedByRegistry { expires_at: renewed_to });
    }
    for year in 0..years {
        charge_auto_renewal(decision, add_years(known_to, year));
    }
}

/// The registry's date follows from its message; the next `info` confirms it.
fn infer_auto_renewal(decision: &mut Decision<'_, '_>, renewed_to: Timestamp) {
    let Some(mut actual) = decision.registration.actual.clone().filter(|actual| actual.expires_at != Some(renewed_to)) else { return };
    actual.expires_at = Some(renewed_to);
    actual.rgp.insert(RgpStatus::AutoRenewPeriod);
    actual.is_inferred = true;
    actual.observed_at = decision.now();
    decision.happen(Event::ActualObserved { actual: Box::new(actual) });
}

/// The registry's own renewal, heard of only when the name was deleted or gone.
pub(crate) fn take_late_auto_renewal(decision: &mut Decision<'_, '_>, renewed_to: Timestamp) {
    let registration = &decision.registration;
    let left_at = registration.deletion.as_ref().and_then(|case| case.deleted_at).or(registration.left_at);
    let known_to = registration.expiry.as_ref().and_then(|case| case.auto_renewed_to);
    let Some((expired_at, left_at)) = registration.late_auto_renewal.or(known_to).or(registration.expires_at).zip(left_at) else { return };
    if utc_date(renewed_to) <= utc_date(expired_at) || expired_at >= left_at || years_between(expired_at, renewed_to) != 1 {
        return;
    }
    decision.happen(Event::AutoRenewalHeardLate { expires_at: renewed_to });
    charge_late_auto_renewal(decision, expired_at, left_at);
}

/// Shows elements that differ, besides those shown already.
pub(crate) fn find_drift(decision: &mut Decision<'_, '_>, elements: &[String]) {
    let known = &decision.registration.drift;
    if elements.iter().any(|element| !known.contains(element)) {
        let all = known.iter().chain(elements).cloned().collect::<std::collections::BTreeSet<_>>();
        decision.happen(Event::DriftFound { elements: all.into_iter().collect() });
    }
}
