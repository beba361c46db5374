//! A restore request or its report was answered (RFC 3915 section 4.2.5).

use model::expiry::add_years;
use model::{EppStatus, IntentId, Timestamp};

use super::Settled;
use crate::accounting::{Line, charge, paid_until};
use crate::calendar::{add_days, years_between};
use crate::charge::ChargeKind;
use crate::data_reminder;
use crate::decision::Decision;
use crate::deletion::infer_restored;
use crate::event::Event;
use crate::intent::Operation;
use crate::learn::learn;
use crate::outcome::Done;
use crate::profile::FeeTable;
use crate::reason::{Reason, ReasonOwner};
use crate::registration::{DeletionCase, DeletionCause, Phase};
use crate::term;
use crate::verification::resume;

/// EPP result code "parameter value range error" (RFC 5730 section 3).
const VALUE_RANGE: u16 = 2004;

/// The registry took the request: the restore is charged, and the report follows by itself.
pub(super) fn request_confirmed(decision: &mut Decision<'_, '_>, settled: &Settled<'_>, done: &Done) {
    let Operation::RequestRestore { fee } = settled.operation else { return };
    let Some(case) = decision.registration.deletion.clone().filter(|_| decision.registration.phase == Phase::Restoring) else { return };
    let restored_at = settled.now;
    decision.happen(Event::RestoreRequested { at: restored_at });
    let line = Line {
        kind: ChargeKind::Restore,
        years: 0,
        amount: done.fee.or(*fee).or(decision.profile().fees_of(&decision.registration.name).restore),
        intent: Some(settled.id),
        key: format!("restore:{}", settled.id),
        at: restored_at,
    };
    charge(decision, line, None);
    if !decision.profile().restore_report {
        complete(decision, settled, done);
        return;
    }
    report(decision, &case, restored_at, "report");
}

fn report(decision: &mut Decision<'_, '_>, case: &DeletionCase, restored_at: Timestamp, occasion: &str) {
    let operation = Operation::ReportRestore {
        deleted_at: case.deleted_at.unwrap_or(case.decided_at),
        restored_at,
        reason: case.restore_reason.clone().unwrap_or_default(),
    };
    decision.intend(operation, occasion, Vec::new());
}

/// The same report once more.
pub(in crate::command) fn report_again(decision: &mut Decision<'_, '_>) {
    let Some(case) = decision.registration.deletion.clone() else { return };
    let restored_at = case.restore_requested_at.unwrap_or(decision.now());
    report(decision, &case, restored_at, "report-again");
}

/// A report that is refused for what it says is sent once more, later; a second no, and every other, ends the restore.
pub(super) fn report_refused(decision: &mut Decision<'_, '_>, code: u16) {
    let case = decision.registration.deletion.as_ref().filter(|_| decision.registration.phase == Phase::Restoring);
    let is_first = case.is_some_and(|case| case.report_refused_at.is_none());
    if is_first && code == VALUE_RANGE {
        let at = decision.now();
        decision.happen(Event::RestoreReportRefused { at });
    } else {
        refused(decision);
    }
}

pub(super) fn report_confirmed(decision: &mut Decision<'_, '_>, settled: &Settled<'_>, done: &Done) {
    if decision.registration.phase == Phase::Restoring {
        complete(decision, settled, done);
    }
}

/// In redemption again; it can be asked for once more while that lasts.
pub(super) fn refused(decision: &mut Decision<'_, '_>) {
    if decision.registration.phase != Phase::Restoring {
        return;
    }
    let had_begun = decision.registration.deletion.as_ref().filter(|case| case.restore_requested_at.is_some()).cloned();
    decision.happen(Event::RestoreFailed);
    if let Some(case) = had_begun {
        restart_redemption(decision, &case);
    }
}

/// A restore that lapsed for want of its report leads back into redemption (RFC 3915 section 2), and the RFC does not say whether
/// that begins anew: we count on the longer one, so that nobody is told too early that a name is lost. A refused report leaves the
/// registry waiting for another until its own period for that has passed, and only then is the name in redemption again.
fn restart_redemption(decision: &mut Decision<'_, '_>, case: &DeletionCase) {
    let grace = &decision.profile().grace;
    let anew = add_days(decision.now(), i32::from(grace.pending_restore_days) + i32::from(grace.redemption_days));
    let ends_at = case.redemption_ends_at.map_or(anew, |ends_at| ends_at.max(anew));
    decision.happen(Event::RedemptionBegan { deleted_at: case.deleted_at.unwrap_or(case.decided_at), ends_at });
}

/// The name is back: the years the registry added are charged, and what we want is carried to it again.
fn complete(decision: &mut Decision<'_, '_>, settled: &Settled<'_>, done: &Done) {
    let before = paid_until(decision).unwrap_or(settled.now);
    let expires_at = done
        .expires_at
        .or(done.info.as_deref().and_then(|info| info.expires_at))
        .unwrap_or_else(|| if before > settled.now { before } else { add_years(before, 1) });
    let cause = decision.registration.deletion.as_ref().map(|case| case.cause);
    decision.release_all(&["EXP-11"], "restored");
    decision.happen(Event::DomainRestored { expires_at });
    charge_years(decision, settled.id, before, expires_at, settled.now);
    term::lift_expiry_hold(decision);
    if cause == Some(DeletionCause::Accuracy) {
        // Off DNS until the data is right (ACY-11).
        let reason = Reason { owner: ReasonOwner::Accuracy, reference: "restored after deletion for inaccurate data".to_owned() };
        decision.happen(Event::ReasonAdded { status: EppStatus::ClientHold, reason });
    }
    match done.info.as_deref() {
        Some(info) => learn(decision, info.clone(), &settled.reference),
        None => infer_restored(decision, expires_at),
    }
    term::open(decision);
    data_reminder::open(decision);
    resume(decision);
}

fn charge_years(decision: &mut Decision<'_, '_>, intent: IntentId, before: Timestamp, expires_at: Timestamp, now: Timestamp) {
    let years = years_between(before, expires_at);
    let Some(added) = u8::try_from(years).ok().filter(|added| *added > 0) else { return };
    let line = Line {
        kind: ChargeKind::Renew,
        years,
        amount: FeeTable::times(decision.profile().fees_of(&decision.registration.name).renew, added),
        intent: Some(intent),
        key: format!("restore-years:{intent}"),
        at: now,
    };
    charge(decision, line, None);
}
