//! Deny a transfer away, for a reason of the closed lists whose preconditions hold (TRF-7, TRF-8).

use model::Timestamp;

use super::approve_transfer_out::{check_person, check_unanswered};
use crate::calendar::add_days;
use crate::context::Context;
use crate::decision::Decision;
use crate::guard::{self, Doing};
use crate::handover::deny;
use crate::reason::ReasonOwner;
use crate::refusal::Refusal;
use crate::registration::Registration;
use crate::transfer::DenialReason;
use crate::verdict::Verdict;

pub(super) fn decide(registration: &Registration, reason: &DenialReason, context: &mut Context<'_>) -> Result<Verdict, Refusal> {
    check_person(registration, context)?;
    guard::check(registration, Doing::DenyTransfer, context.now)?;
    check_unanswered(registration)?;
    check_reference(registration, reason)?;
    check_precondition(registration, reason, context)?;
    let mut decision = Decision::on(registration, context);
    deny(&mut decision, reason.clone());
    Ok(decision.finish())
}

/// A reason that points at evidence must say which.
fn check_reference(registration: &Registration, reason: &DenialReason) -> Result<(), Refusal> {
    if reason.reference().is_none_or(|reference| !reference.trim().is_empty()) {
        return Ok(());
    }
    let sentence = format!("the denial of the transfer of `{}` for `{}` names no evidence", registration.name, reason.word());
    Err(Refusal::new("transfer.reference-missing", "TRF-7", sentence).hint("give the case, order, invoice or objection it rests on"))
}

fn check_precondition(registration: &Registration, reason: &DenialReason, context: &Context<'_>) -> Result<(), Refusal> {
    let rules = context.profile.transfer;
    match reason {
        DenialReason::NonPayment { .. } => check_on_hold(registration),
        DenialReason::RecentlyCreated => {
            check_window(registration, "created", registration.created_at, rules.post_create_denial_days, context.now)
        }
        DenialReason::RecentlyTransferred => {
            check_window(registration, "transferred to us", registration.transferred_at, rules.post_transfer_denial_days, context.now)
        }
        DenialReason::ChangeOfRegistrantLock if !registration.desired.statuses.has_owner(ReasonOwner::ChangeOfRegistrant) => {
            let sentence = format!("`{}` is not locked after a change of registrant", registration.name);
            Err(Refusal::new("transfer.not-locked", "TRF-8", sentence))
        }
        DenialReason::PendingUdrp { .. } | DenialReason::PendingTdrp { .. } | DenialReason::Urs { .. } => {
            check_on_record(registration, reason, ReasonOwner::Dispute)
        }
        DenialReason::CourtOrder { .. } => check_on_record(registration, reason, ReasonOwner::Court),
        DenialReason::Fraud { .. }
        | DenialReason::IdentityDispute { .. }
        | DenialReason::HolderObjection { .. }
        | DenialReason::ChangeOfRegistrantLock => Ok(()),
    }
}

/// Non-payment counts only where the name was put on hold for it before the transfer was asked for, and still is (TRF-7).
fn check_on_hold(registration: &Registration) -> Result<(), Refusal> {
    let was_held = registration.transfer.as_ref().is_some_and(|case| case.was_held_for_payment);
    if was_held && registration.is_held_for_payment() {
        return Ok(());
    }
    let sentence = format!("`{}` was not put on hold for non-payment before this transfer was asked for", registration.name);
    Err(Refusal::new("transfer.hold-first", "TRF-7", sentence)
        .hint("non-payment is no reason now; the transfer passes unless another reason holds"))
}

/// A proceeding or an order that obliges us to deny is on record as a reason of its owner, and then denies by itself and locks
/// the name; one that is not on record is a word and no evidence (TRF-8).
fn check_on_record(registration: &Registration, reason: &DenialReason, owner: ReasonOwner) -> Result<(), Refusal> {
    if registration.desired.statuses.has_owner(owner) {
        return Ok(());
    }
    let sentence = format!("`{}` is kept for no {} that is on record", registration.name, reason.word());
    Err(Refusal::new("transfer.not-on-record", "TRF-8", sentence)
        .hint("hold the name for it, with its reference: that denies the transfer and locks the name"))
}

fn check_window(registration: &Registration, what: &str, since: Option<Timestamp>, days: u16, now: Timestamp) -> Result<(), Refusal> {
    let is_inside = since.is_some_and(|since| now < add_days(since, i32::from(days)));
    if is_inside {
        return Ok(());
    }
    let sentence = format!("`{}` was not {what} within the last {days} days", registration.name);
    Err(Refusal::new("transfer.window-over", "TRF-7", sentence))
}
