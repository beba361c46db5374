//! A name changing hands between registrars: what follows when a transfer is asked for, completes or ends.

use model::expiry::extend_by_transfer;
use model::{EppStatus, RgpStatus, Timestamp, TransferStatus};

use crate::accounting::{Line, charge, credit};
use crate::calendar::{CLOCK_SKEW_MINUTES, add_hours, add_minutes, utc_date};
use crate::chain::{pause, resume};
use crate::charge::ChargeKind;
use crate::data_reminder;
use crate::decision::{Decision, Owed, notice_facts};
use crate::duty::ClockKind;
use crate::event::Event;
use crate::intent::Operation;
use crate::notice::NoticeKind;
use crate::outcome::TransferState;
use crate::provision::push;
use crate::reason::{ReasonOwner, StatusReasons};
use crate::registration::{Phase, Registration};
use crate::term;
use crate::transfer::DenialReason;
use crate::verification::{VerificationCause, require};

/// TRF-5: the standard form leaves within 24 hours of the registry's notice.
const LOSING_NOTICE_LIMIT_HOURS: i64 = 24;
/// Our own target for it, and for the reason of a denial (TRF-10), which has no number of its own and shares the limit.
const TRANSFER_NOTICE_TARGET_HOURS: i64 = 1;

/// The registry's word on a transfer, whichever way it goes. A word on a transfer from before this registration began is one
/// that waited in the queue, and says nothing of it.
pub(crate) fn take_state(decision: &mut Decision<'_, '_>, state: &TransferState) {
    if !is_of_earlier(&decision.registration, state) {
        take_answer(decision, state);
    }
}

/// Whether a transfer was asked for before this registration began. The registry dates it, and its clock may be behind ours: what it
/// answered to our own request tells best. While that answer is missing, nothing but a request of later than ours is taken for it.
fn is_of_earlier(registration: &Registration, state: &TransferState) -> bool {
    let known = registration.transfer.as_ref().and_then(|case| case.state.as_ref());
    let is_asking = registration.find_open(|operation| matches!(operation, Operation::RequestTransfer { .. })).is_some();
    let since = match known.filter(|_| registration.phase == Phase::TransferringIn) {
        Some(known) => known.requested_at,
        None if is_asking => registration.opened_at,
        None => add_minutes(registration.opened_at, -CLOCK_SKEW_MINUTES),
    };
    state.requested_at < since
}

/// What the registry answered to a command of ours about a transfer.
pub(crate) fn take_answer(decision: &mut Decision<'_, '_>, state: &TransferState) {
    match decision.registration.phase {
        Phase::TransferringIn => take_in(decision, state),
        Phase::Registered | Phase::TransferringOut | Phase::Deleting => take_out(decision, state),
        Phase::Ordered
        | Phase::Failed
        | Phase::TransferredAway
        | Phase::Redemption
        | Phase::Restoring
        | Phase::PendingDelete
        | Phase::Purged => {}
    }
}

fn take_in(decision: &mut Decision<'_, '_>, state: &TransferState) {
    let is_ours = decision.facts().account.as_ref().is_none_or(|account| *account == state.requested_by);
    if !is_ours {
        return;
    }
    match state.status {
        TransferStatus::Pending => {
            let known = decision.registration.transfer.as_ref().and_then(|case| case.state.as_ref());
            if known != Some(state) {
                decision.happen(Event::TransferInPending { state: state.clone() });
            }
        }
        TransferStatus::ClientApproved | TransferStatus::ServerApproved => complete_in(decision, state.act_at, state.expires_at),
        TransferStatus::ClientCancelled | TransferStatus::ClientRejected | TransferStatus::ServerCancelled => {
            decision.happen(Event::TransferInFailed { message: state.status.to_string() });
            decision.release_every_duty("the transfer in came to nothing");
        }
    }
}

/// The name is ours: the year is added (TRF-20), the new term's duties open, its holder is told.
pub(crate) fn complete_in(decision: &mut Decision<'_, '_>, at: Timestamp, expires_at: Option<Timestamp>) {
    let said = decision.registration.actual.as_ref().and_then(|actual| actual.expires_at);
    let expires_at = expires_at.unwrap_or_else(|| extend_by_transfer(said.unwrap_or(at), at));
    decision.happen(Event::TransferInCompleted { at, expires_at });
    let profile = decision.profile();
    let line = Line {
        kind: ChargeKind::Transfer,
        years: 1,
        amount: profile.fees_of(&decision.registration.name).transfer,
        intent: decision.registration.find_open(|operation| matches!(operation, Operation::RequestTransfer { .. })),
        // One registration begins with at most one transfer in.
        key: "transfer-in".to_owned(),
        at,
    };
    charge(decision, line, Some((RgpStatus::TransferPeriod, profile.grace.transfer_days)));
    term::open(decision);
    data_reminder::open(decision);
    require(decision, VerificationCause::TransferIn);
    let facts = term::facts(&decision.registration, expires_at, profile);
    decision.notify(NoticeKind::TransferredIn, &utc_date(at).to_string(), None, facts.clone());
    decision.notify(NoticeKind::RegistrationTerms, "registered", None, facts);
}

fn take_out(decision: &mut Decision<'_, '_>, state: &TransferState) {
    let is_ours = decision.facts().account.as_ref().is_some_and(|account| *account == state.requested_by);
    if is_ours {
        return;
    }
    match state.status {
        TransferStatus::Pending => request_out(decision, state),
        TransferStatus::ClientApproved | TransferStatus::ServerApproved => leave(decision, state.act_at),
        TransferStatus::ClientCancelled | TransferStatus::ClientRejected | TransferStatus::ServerCancelled => end_out(decision, state),
    }
}

/// Another registrar asks for the name: the holder is told within a day (TRF-5), nothing is asked of them (TRF-6), and where
/// the policy obliges us, the transfer is denied at once (TRF-8).
fn request_out(decision: &mut Decision<'_, '_>, state: &TransferState) {
    let known = decision.registration.transfer.as_ref().and_then(|case| case.state.as_ref());
    if known.is_some_and(|known| known.requested_at == state.requested_at) {
        return;
    }
    let now = decision.now();
    decision.happen(Event::TransferOutRequested { state: state.clone(), at: now });
    set_pending_transfer(decision, true);
    pause(decision);
    let occasion = state.requested_at.to_string();
    let duty_key = decision.owe(&Owed {
        obligation: "TRF-5",
        occasion: &occasion,
        clock: ClockKind::ElapsedHours,
        opens_at: now,
        soft_due: add_hours(now, TRANSFER_NOTICE_TARGET_HOURS),
        hard_due: add_hours(now, LOSING_NOTICE_LIMIT_HOURS),
    });
    let facts = notice_facts([
        ("name", decision.registration.name.to_string()),
        ("gaining_registrar", state.requested_by.to_string()),
        ("passes_on", utc_date(state.act_at).to_string()),
    ]);
    decision.notify(NoticeKind::LosingTransfer, &occasion, Some(&duty_key), facts);
    deny_if_obliged(decision);
}

/// The reason for which the policy obliges us to deny (TRF-8), from what is on record.
fn mandatory_denial(statuses: &StatusReasons) -> Option<DenialReason> {
    statuses.iter().find_map(|(_, reason)| {
        let reference = reason.reference.clone();
        match reason.owner {
            ReasonOwner::Court => Some(DenialReason::CourtOrder { reference }),
            ReasonOwner::Dispute if reference.starts_with("URS ") => Some(DenialReason::Urs { reference }),
            ReasonOwner::Dispute if reference.starts_with("TDRP ") => Some(DenialReason::PendingTdrp { reference }),
            ReasonOwner::Dispute => Some(DenialReason::PendingUdrp { reference }),
            ReasonOwner::ChangeOfRegistrant => Some(DenialReason::ChangeOfRegistrantLock),
            ReasonOwner::Accuracy | ReasonOwner::Abuse | ReasonOwner::Registrant | ReasonOwner::Expiry | ReasonOwner::Payment => None,
        }
    })
}

/// Denies a transfer away that is pending and unanswered where the policy obliges us (TRF-8). A house that is frozen does not know which of
/// its reasons still hold: a person answers.
pub(crate) fn deny_if_obliged(decision: &mut Decision<'_, '_>) {
    if decision.facts().is_held_back {
        return;
    }
    let registration = &decision.registration;
    let is_unanswered = registration.transfer.as_ref().is_some_and(|case| case.answer.is_none());
    if registration.phase == Phase::TransferringOut
        && is_unanswered
        && let Some(reason) = mandatory_denial(&registration.desired.statuses)
    {
        deny(decision, reason);
    }
}

/// Denies the pending transfer, and tells the holder why (TRF-10). The gaining registrar is told by the registry's message.
pub(crate) fn deny(decision: &mut Decision<'_, '_>, reason: DenialReason) {
    let Some(state) = decision.registration.transfer.as_ref().and_then(|case| case.state.clone()) else { return };
    let occasion = state.requested_at.to_string();
    decision.happen(Event::TransferOutDenied { reason: reason.clone() });
    decision.intend(Operation::RejectTransfer, "reject", Vec::new());
    let now = decision.now();
    let duty_key = decision.owe(&Owed {
        obligation: "TRF-10",
        occasion: &occasion,
        clock: ClockKind::ElapsedHours,
        opens_at: now,
        soft_due: add_hours(now, TRANSFER_NOTICE_TARGET_HOURS),
        hard_due: add_hours(now, LOSING_NOTICE_LIMIT_HOURS),
    });
    let facts = notice_facts([
        ("name", decision.registration.name.to_string()),
        ("gaining_registrar", state.requested_by.to_string()),
        ("reason", reason.to_string()),
    ]);
    decision.notify(NoticeKind::TransferDenied, &occasion, Some(&duty_key), facts);
}

/// The name left: the registry takes back its own renewal if that is still in its grace, and nothing more is owed.
pub(crate) fn leave(decision: &mut Decision<'_, '_>, at: Timestamp) {
    credit(decision, at, None, |kind| kind == RgpStatus::AutoRenewPeriod);
    decision.happen(Event::TransferredAway { at });
    decision.release_every_duty("transferred away");
    let facts = notice_facts([("name", decision.registration.name.to_string()), ("transferred_on", utc_date(at).to_string())]);
    decision.notify(NoticeKind::TransferredAway, &at.to_string(), None, facts);
}

fn end_out(decision: &mut Decision<'_, '_>, state: &TransferState) {
    if decision.registration.transfer.is_none() {
        return;
    }
    decision.happen(Event::TransferOutEnded { state: state.clone() });
    set_pending_transfer(decision, false);
    resume(decision);
    // What was wanted while the registry took no updates is carried now.
    push(decision);
}

/// The registry's `pendingTransfer` follows from its own message; the next `info` confirms it.
fn set_pending_transfer(decision: &mut Decision<'_, '_>, is_pending: bool) {
    let Some(mut actual) = decision.registration.actual.clone() else { return };
    if is_pending {
        actual.statuses.remove(&EppStatus::Ok);
        actual.statuses.insert(EppStatus::PendingTransfer);
    } else {
        actual.statuses.remove(&EppStatus::PendingTransfer);
        crate::drift::settle_plain_statuses(&mut actual);
    }
    actual.is_inferred = true;
    actual.observed_at = decision.now();
    decision.happen(Event::ActualObserved { actual: Box::new(actual) });
}
