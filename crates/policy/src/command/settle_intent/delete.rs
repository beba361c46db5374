//! A delete was answered (RFC 5731 section 3.2.2, RFC 3915).

use super::Settled;
use crate::accounting::take_remaining_term;
use crate::decision::Decision;
use crate::deletion::{complete, expected_end};
use crate::event::Event;
use crate::outcome::{Deletion, Done};
use crate::registration::{DeletionCause, Phase, Step};

pub(super) fn confirmed(decision: &mut Decision<'_, '_>, settled: &Settled<'_>, done: &Done) {
    if !is_awaited(decision) {
        return;
    }
    let end = done.deletion.unwrap_or_else(|| expected_end(decision));
    complete(decision, end, settled.now, Some(settled.id), &settled.reference);
    if let Some(info) = done.info.as_deref() {
        decision.happen(Event::ActualObserved { actual: Box::new(info.clone()) });
        if end != Deletion::Purged {
            take_remaining_term(decision, info.expires_at, Some(settled.id));
        }
    }
}

/// Whether the deletion is still open. A transfer away can be asked for while it is: the registry takes whichever comes first.
fn is_awaited(decision: &Decision<'_, '_>) -> bool {
    let is_open = decision.registration.deletion.as_ref().is_some_and(|case| case.deleted_at.is_none());
    is_open && matches!(decision.registration.phase, Phase::Deleting | Phase::TransferringOut)
}

/// The name is as before. A deletion of the clock's own is not tried again until a person says so.
pub(super) fn refused(decision: &mut Decision<'_, '_>) {
    if !is_awaited(decision) {
        return;
    }
    let is_for_expiry = decision.registration.deletion.as_ref().is_some_and(|case| case.cause == DeletionCause::Expiry);
    decision.happen(Event::DeletionFailed);
    if is_for_expiry {
        decision.happen(Event::StepStalled { step: Step::Deletion });
    }
}
