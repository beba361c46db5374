//! A transfer command of ours was answered (RFC 5731 section 3.2.4).

use model::TransferStatus;

use crate::decision::Decision;
use crate::event::Event;
use crate::handover::{complete_in, leave, take_answer, take_state};
use crate::outcome::Done;
use crate::registration::Phase;

/// The registry took our request, or completed it at once.
pub(super) fn request_confirmed(decision: &mut Decision<'_, '_>, done: &Done) {
    if decision.registration.phase != Phase::TransferringIn {
        return;
    }
    if let Some(state) = &done.transfer {
        take_answer(decision, state);
        return;
    }
    // Proof by `info` without `trnData`: ours already means completed.
    if let Some(info) = done.info.as_deref()
        && decision.facts().account.as_ref() == Some(&info.sponsor)
    {
        let at = info.transferred_at.unwrap_or(decision.now());
        complete_in(decision, at, info.expires_at);
        crate::learn::learn(decision, info.clone(), "info");
    }
}

pub(super) fn request_refused(decision: &mut Decision<'_, '_>, message: &str) {
    if decision.registration.phase == Phase::TransferringIn {
        decision.happen(Event::TransferInFailed { message: message.to_owned() });
        decision.release_every_duty("the transfer in was refused");
    }
}

/// Our cancellation stands: the transfer in ends.
pub(super) fn cancel_confirmed(decision: &mut Decision<'_, '_>, done: &Done) {
    if decision.registration.phase != Phase::TransferringIn {
        return;
    }
    match done.transfer.as_ref().filter(|state| state.status != TransferStatus::Pending) {
        Some(state) => take_state(decision, state),
        None => {
            decision.happen(Event::TransferInFailed { message: TransferStatus::ClientCancelled.to_string() });
            decision.release_every_duty("the transfer in was cancelled");
        }
    }
}

/// Our approval stands: the name left.
pub(super) fn approve_confirmed(decision: &mut Decision<'_, '_>, done: &Done) {
    if decision.registration.phase == Phase::TransferringOut {
        let at = done.transfer.as_ref().map_or(decision.now(), |state| state.act_at);
        leave(decision, at);
    }
}

/// Our rejection stands: the name stays.
pub(super) fn reject_confirmed(decision: &mut Decision<'_, '_>, done: &Done) {
    let known = decision.registration.transfer.as_ref().and_then(|case| case.state.clone());
    let Some(state) = done.transfer.clone().or(known).filter(|_| decision.registration.phase == Phase::TransferringOut) else { return };
    let state = crate::outcome::TransferState {
        status: if state.status == TransferStatus::Pending { TransferStatus::ClientRejected } else { state.status },
        ..state
    };
    take_state(decision, &state);
}

/// The registry did not take our answer; the transfer ended meanwhile, or it is as before. Its own word decides.
pub(super) fn answer_refused(decision: &mut Decision<'_, '_>) {
    if decision.registration.transfer.is_some() {
        decision.happen(Event::TransferAnswerFailed);
    }
}
