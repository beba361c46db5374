//! A delete was answered (RFC 5731 section 3.2.2, RFC 3915).

use super::Settled;
use crate::decision::Decision;
use crate::deletion::{complete, expected_end};
use crate::event::Event;
use crate::outcome::Done;
use crate::registration::{DeletionCause, Phase, Step};

pub(super) fn confirmed(decision: &mut Decision<'_, '_>, settled: &Settled<'_>, done: &Done) {
    if decision.registration.phase != Phase::Deleting {
        return;
    }
    let end = done.deletion.unwrap_or_else(|| expected_end(decision));
    complete(decision, end, settled.now, Some(settled.id), &settled.reference);
    if let Some(info) = done.info.as_deref() {
        decision.happen(Event::ActualObserved { actual: Box::new(info.clone()) });
    }
}

/// The name is as before. A deletion of the clock's own is not tried again until a person says so.
pub(super) fn refused(decision: &mut Decision<'_, '_>) {
    if decision.registration.phase != Phase::Deleting {
        return;
    }
    let is_for_expiry = decision.registration.deletion.as_ref().is_some_and(|case| case.cause == DeletionCause::Expiry);
    decision.happen(Event::DeletionFailed);
    if is_for_expiry {
        decision.happen(Event::StepStalled { step: Step::Deletion });
    }
}
