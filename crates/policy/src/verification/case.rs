//! What a name owes for its holder, and what is done about it.

use model::{EppStatus, Timestamp};

use super::{HolderNews, HolderStanding, LIMIT_DAYS, OBLIGATIONS, SUSPEND_BEFORE_HOURS, VerificationCause, VerificationEnd};
use crate::calendar::{add_days, add_hours, utc_date};
use crate::decision::{Decision, Owed, notice_facts};
use crate::duty::{ClockKind, Evidence};
use crate::event::Event;
use crate::notice::{Addressee, NoticeKind};
use crate::provision::push;
use crate::reason::{Reason, ReasonOwner};
use crate::refusal::Refusal;
use crate::registration::{Phase, Registration};

/// The status that suspends a name (ACY-4).
const SUSPENSION: EppStatus = EppStatus::ClientHold;
/// How the reason of a suspension for want of verification begins; other reasons of accuracy are a person's, who lifts them.
const REFERENCE: &str = "holder not verified";
/// What kept a suspension from the registry is over: so many days are left for it.
const RESUMED_LIMIT_DAYS: i32 = 1;

/// Nobody who let the time go by gets another name meanwhile (ACY-4).
pub(crate) fn refuse_overdue(standing: Option<HolderStanding>) -> Result<(), Refusal> {
    match standing {
        Some(HolderStanding::Overdue) => {
            let sentence = format!("the holder was asked to verify their data more than {LIMIT_DAYS} days ago and has not");
            Err(Refusal::new("registrant.unverified", "ACY-4", sentence)
                .hint("verify the holder first: by the token that was sent, by telephone or by hand"))
        }
        Some(HolderStanding::Verified | HolderStanding::Unverified) | None => Ok(()),
    }
}

/// The name has a holder by this cause: a case is opened unless they are verified already (ACY-6).
pub(crate) fn require(decision: &mut Decision<'_, '_>, cause: VerificationCause) {
    match decision.facts().registrant_standing {
        Some(HolderStanding::Verified) => end(decision, VerificationEnd::Verified),
        Some(HolderStanding::Unverified | HolderStanding::Overdue) => open(decision, cause, decision.now()),
        None => {}
    }
}

/// What became known about the holder.
pub(crate) fn take_news(decision: &mut Decision<'_, '_>, news: HolderNews) {
    match news {
        HolderNews::Verified => end(decision, VerificationEnd::Verified),
        HolderNews::Doubted { cause, at } => open(decision, cause, at),
    }
}

fn open(decision: &mut Decision<'_, '_>, cause: VerificationCause, at: Timestamp) {
    let Some(contact) = decision.registration.registrant else { return };
    if let Some(case) = decision.registration.verification.clone() {
        if case.contact == contact {
            return;
        }
        close(decision, VerificationEnd::AnotherHolder);
    }
    let is_suspended = our_reason(&decision.registration).is_some();
    let suspend_at = add_hours(add_days(at, LIMIT_DAYS), -SUSPEND_BEFORE_HOURS);
    decision.happen(Event::VerificationOpened { contact, cause, at, suspend_at });
    if is_suspended {
        // What another holder left owing is not lifted by the name's changing hands, nor is anything else owed.
        let at = decision.now();
        decision.happen(Event::HolderSuspended { at });
    } else if matches!(decision.registration.phase, Phase::Registered | Phase::Deleting) {
        // Where the registry takes no change, it is owed once the name is back to rest.
        owe(decision, at, add_days(at, LIMIT_DAYS));
    }
}

/// The duty of the open case.
fn owe(decision: &mut Decision<'_, '_>, occasion: Timestamp, hard_due: Timestamp) {
    let Some(case) = decision.registration.verification.clone() else { return };
    decision.owe(&Owed {
        obligation: case.cause.obligation(),
        occasion: &occasion.to_string(),
        clock: ClockKind::CalendarDays,
        opens_at: case.opened_at,
        soft_due: case.suspend_at.max(occasion).min(hard_due),
        hard_due,
    });
}

/// The holder was verified, or somebody else holds the name: what was owed is done, and the suspension is lifted at once.
pub(crate) fn end(decision: &mut Decision<'_, '_>, how: VerificationEnd) {
    close(decision, how);
    if let Some(reason) = our_reason(&decision.registration).filter(|_| how == VerificationEnd::Verified) {
        decision.happen(Event::ReasonLifted { status: SUSPENSION, reason });
        push(decision);
    }
}

fn close(decision: &mut Decision<'_, '_>, how: VerificationEnd) {
    if decision.registration.verification.is_none() {
        return;
    }
    match how {
        VerificationEnd::Verified => {
            let evidence = Evidence::Decision { event: "holder-verified".to_owned() };
            OBLIGATIONS.iter().for_each(|obligation| decision.fulfil_all(obligation, &evidence));
        }
        VerificationEnd::AnotherHolder => decision.release_all(OBLIGATIONS, "somebody else holds the name"),
    }
    decision.happen(Event::VerificationEnded { how });
}

/// When the clock suspends the name; none where it is suspended or nothing is owed.
pub(crate) fn suspend_due(registration: &Registration) -> Option<Timestamp> {
    registration.verification.as_ref().filter(|case| case.suspended_at.is_none()).map(|case| case.suspend_at)
}

/// The time is over: the name is taken out of DNS until its holder is verified (ACY-4), and the holder is told.
pub(crate) fn suspend(decision: &mut Decision<'_, '_>) {
    if decision.facts().registrant_standing == Some(HolderStanding::Verified) {
        // The news of it is on its way to this name.
        end(decision, VerificationEnd::Verified);
        return;
    }
    let Some(case) = decision.registration.verification.clone() else { return };
    let at = decision.now();
    decision.happen(Event::HolderSuspended { at });
    let reason = Reason { owner: ReasonOwner::Accuracy, reference: format!("{REFERENCE} since {}", utc_date(case.opened_at)) };
    decision.happen(Event::ReasonAdded { status: SUSPENSION, reason });
    let facts = notice_facts([("asked_on", utc_date(case.opened_at).to_string())]);
    let addressee = Addressee { contact: case.contact, revision: None };
    decision.notify_at(addressee, NoticeKind::Suspended, &case.opened_at.to_string(), None, facts);
    note_suspension(decision, "clientHold was set already");
    push(decision);
}

/// The registry is known to have taken the name out of DNS: that is what was owed of an unverified name.
pub(crate) fn note_suspension(decision: &mut Decision<'_, '_>, reference: &str) {
    let is_ordered = decision.registration.verification.as_ref().is_some_and(|case| case.suspended_at.is_some());
    if is_ordered && decision.registration.is_dns_interrupted() {
        let evidence = Evidence::Registry { reference: reference.to_owned() };
        OBLIGATIONS.iter().for_each(|obligation| decision.fulfil_all(obligation, &evidence));
    }
}

/// A transfer away is pending: the registry takes no update, so a suspension is not owed while it lasts.
pub(crate) fn pause(decision: &mut Decision<'_, '_>) {
    decision.release_all(OBLIGATIONS, "a transfer is pending, and the registry takes no change meanwhile");
}

/// The name stays, or is back: what was owed is owed again, with a day for the registry where the time is over.
pub(crate) fn resume(decision: &mut Decision<'_, '_>) {
    if decision.registration.phase != Phase::Registered {
        return;
    }
    let Some(case) = decision.registration.verification.clone() else { return };
    let is_owed = OBLIGATIONS.iter().any(|obligation| decision.is_owed(obligation));
    if is_owed || (case.suspended_at.is_some() && decision.registration.is_dns_interrupted()) {
        return;
    }
    let now = decision.now();
    owe(decision, now, case.hard_due().max(add_days(now, RESUMED_LIMIT_DAYS)));
}

/// The reason under which we keep the name out of DNS for want of verification.
fn our_reason(registration: &Registration) -> Option<Reason> {
    let ours = |reason: &&Reason| reason.owner == ReasonOwner::Accuracy && reason.reference.starts_with(REFERENCE);
    registration.desired.statuses.reasons(SUSPENSION).find(ours).cloned()
}
