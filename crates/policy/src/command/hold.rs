//! Add or lift a reason for a client status, by its owner (design rule 4, obligations 23.3).

use model::EppStatus;

use crate::calendar::{add_days, utc_date};
use crate::chain::move_deletion;
use crate::context::Context;
use crate::decision::{Decision, Owed};
use crate::duty::ClockKind;
use crate::event::Event;
use crate::expiry::{DELETE_AFTER_DISPUTE_DAYS, INTERRUPTION_MIN_DAYS};
use crate::handover::deny_if_obliged;
use crate::holder::running_lock;
use crate::provision::push;
use crate::reason::{Reason, ReasonOwner};
use crate::refusal::Refusal;
use crate::registration::{Phase, Registration};
use crate::verdict::Verdict;

/// How a dispute's reference begins, so that a denial can name the right proceeding (TRF-8).
const PROCEEDINGS: [&str; 3] = ["UDRP ", "URS ", "TDRP "];

pub(super) fn hold(registration: &Registration, status: EppStatus, reason: &Reason, context: &mut Context<'_>) -> Result<Verdict, Refusal> {
    check_ours(registration)?;
    check_status(status, reason)?;
    check_reference(reason)?;
    if registration.desired.statuses.reasons(status).any(|known| known == reason) {
        return Ok(Verdict::default());
    }
    let mut decision = Decision::on(registration, context);
    decision.happen(Event::ReasonAdded { status, reason: reason.clone() });
    deny_if_obliged(&mut decision);
    push(&mut decision);
    Ok(decision.finish())
}

pub(super) fn release(
    registration: &Registration,
    status: EppStatus,
    reason: &Reason,
    context: &mut Context<'_>,
) -> Result<Verdict, Refusal> {
    check_ours(registration)?;
    if reason.owner == ReasonOwner::Expiry {
        let sentence = format!("the interruption of `{}` is lifted by renewing it", registration.name);
        return Err(Refusal::new("hold.expiry", "EXP-10", sentence).hint("renew the name"));
    }
    if !registration.desired.statuses.reasons(status).any(|known| known == reason) {
        let sentence = format!("`{}` has no `{status}` for {} ({})", registration.name, reason.owner.phrase(), reason.reference);
        return Err(Refusal::new("hold.unknown", "RFC 5731 2.3", sentence).hint("give status, owner and reference as they are on record"));
    }
    check_clocked(registration, reason)?;
    let mut decision = Decision::on(registration, context);
    decision.happen(Event::ReasonLifted { status, reason: reason.clone() });
    end_dispute(&mut decision, registration);
    push(&mut decision);
    Ok(decision.finish())
}

/// The lock after a change of registrant is lifted by the clock alone (COR-7).
fn check_clocked(registration: &Registration, reason: &Reason) -> Result<(), Refusal> {
    let until = registration.holder_change.as_ref().and_then(|case| case.lock_until);
    match until.filter(|_| running_lock(registration).as_ref() == Some(reason)) {
        None => Ok(()),
        Some(until) => {
            let sentence =
                format!("the lock of `{}` after its change of registrant ends by itself on {}", registration.name, utc_date(until));
            Err(Refusal::new("holder-change.locked", "COR-7", sentence).hint("wait until then; nobody lifts it before"))
        }
    }
}

fn check_ours(registration: &Registration) -> Result<(), Refusal> {
    if registration.phase.is_sponsored() {
        return Ok(());
    }
    let sentence = format!("`{}` is {}, so its statuses are not ours to set", registration.name, registration.phase.word());
    Err(Refusal::new("hold.not-ours", "GUARD-1", sentence))
}

fn check_status(status: EppStatus, reason: &Reason) -> Result<(), Refusal> {
    let refusal = |rule, sentence: String| Err(Refusal::new("hold.status", rule, sentence));
    match reason.owner {
        _ if !status.is_client() => refusal("RFC 5731 2.3", format!("`{status}` is the registry's to set, not a registrar's")),
        ReasonOwner::Registrant => {
            let sentence = "a registrant's lock is set by lock and unlock".to_owned();
            Err(Refusal::new("hold.owner", "TRF-12", sentence).hint("use the lock command"))
        }
        ReasonOwner::Expiry => Err(Refusal::new("hold.owner", "EXP-8", "a hold for expiry is set by the expiry chain alone")
            .hint("choose the owner whose case it is")),
        ReasonOwner::Payment if status != EppStatus::ClientHold => refusal(
            "TRF-9",
            format!("an unpaid invoice allows `clientHold` only, and never `{status}`: payment must not stand in the way of a transfer"),
        ),
        _ => Ok(()),
    }
}

fn check_reference(reason: &Reason) -> Result<(), Refusal> {
    if reason.reference.trim().is_empty() {
        let sentence = "a reason needs a reference: a case, an order, an invoice".to_owned();
        return Err(Refusal::new("hold.reference", "RFC 5731 2.3", sentence).hint("name it, without personal data"));
    }
    if reason.owner == ReasonOwner::Dispute && !PROCEEDINGS.iter().any(|proceeding| reason.reference.starts_with(proceeding)) {
        let sentence = format!("`{}` does not say which proceeding it is", reason.reference);
        return Err(Refusal::new("hold.reference", "TRF-8", sentence).hint("begin with `UDRP`, `URS` or `TDRP` and the case number"));
    }
    Ok(())
}

/// The last proceeding or order ended on a name that expired meanwhile: it is deleted, after a whole interruption, within 45
/// days (EXP-17).
fn end_dispute(decision: &mut Decision<'_, '_>, before: &Registration) {
    let ended = before.desired.statuses.legal_hold().is_some() && decision.registration.desired.statuses.legal_hold().is_none();
    // A name that is deleted already, by its registry for one, is owed no deletion.
    let is_held = decision.registration.phase == Phase::Registered;
    let Some(case) = decision.registration.expiry.clone().filter(|_| ended && is_held) else { return };
    let now = decision.now();
    let earliest = add_days(now, i32::from(INTERRUPTION_MIN_DAYS.max(decision.profile().expiry.interruption_days_before_delete)));
    if case.delete_at >= earliest {
        return;
    }
    move_deletion(decision, earliest, None);
    decision.release_all(&["EXP-14"], "kept for a proceeding or an order that has ended");
    decision.owe(&Owed {
        obligation: "EXP-17",
        occasion: &format!("{}:{}", utc_date(case.expired_at), utc_date(now)),
        clock: ClockKind::CalendarDays,
        opens_at: now,
        soft_due: earliest,
        hard_due: add_days(now, i32::from(DELETE_AFTER_DISPUTE_DAYS)),
    });
}
