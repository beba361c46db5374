//! An update was answered (RFC 5731 section 3.2.5).

use super::Settled;
use crate::chain::find_drift;
use crate::decision::Decision;
use crate::drift::{elements_of, infer};
use crate::duty::Evidence;
use crate::event::Event;
use crate::intent::DomainChange;
use crate::learn::learn;
use crate::outcome::Done;
use crate::registration::Step;

/// The registry has the change: the actual column follows, and what that proves is closed.
pub(super) fn confirmed(decision: &mut Decision<'_, '_>, settled: &Settled<'_>, change: &DomainChange, done: &Done) {
    let inferred = decision.registration.actual.as_ref().map(|actual| infer(actual, change, settled.now));
    if let Some(actual) = done.info.as_deref().cloned().or(inferred) {
        learn(decision, actual, &settled.reference);
    }
}

/// The registry did not take the change. It is shown as drift, so that it is not sent again and again, and waits for a person.
pub(super) fn refused(decision: &mut Decision<'_, '_>, change: &DomainChange) {
    find_drift(decision, &elements_of(change));
}

/// The authInfo is at the registry, and the registrant's duty is met (TRF-13); or it is cleared again.
pub(super) fn auth_info_confirmed(decision: &mut Decision<'_, '_>, settled: &Settled<'_>, clear: bool) {
    let at = settled.now;
    if clear {
        decision.happen(Event::AuthInfoCleared { at });
    } else {
        decision.happen(Event::AuthInfoSet { at });
        decision.fulfil_all("TRF-13", &Evidence::Registry { reference: settled.reference.clone() });
    }
}

/// Not set: the registrant's request is answered by the refusal, and can be made again. Not cleared: it waits for a person.
pub(super) fn auth_info_refused(decision: &mut Decision<'_, '_>, clear: bool, message: &str) {
    if clear {
        decision.happen(Event::StepStalled { step: Step::AuthInfoClearing });
    } else {
        decision.release_all(&["TRF-13"], &format!("the registry refused it: {message}"));
    }
}
