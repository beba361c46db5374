//! Taking in what the registry says of a name, and closing what that proves.

use model::EppStatus;

use crate::chain::note_interruption;
use crate::decision::Decision;
use crate::duty::Evidence;
use crate::event::Event;
use crate::registration::Actual;
use crate::verification::note_suspension;

/// The registry's word becomes the actual column; duties that it proves done are closed. `reference` names the proof.
pub(crate) fn learn(decision: &mut Decision<'_, '_>, actual: Actual, reference: &str) {
    decision.happen(Event::ActualObserved { actual: Box::new(actual) });
    prove(decision, reference);
}

/// Closes what the actual column, as it stands, proves done.
pub(crate) fn prove(decision: &mut Decision<'_, '_>, reference: &str) {
    note_interruption(decision, reference);
    note_suspension(decision, reference);
    close_proven(decision, reference);
}

/// Closes what is owed until a status is off at the registry, where it is: DNS after a late renewal, the registrant's unlock.
pub(crate) fn close_proven(decision: &mut Decision<'_, '_>, reference: &str) {
    if decision.registration.is_busy() {
        return;
    }
    let evidence = Evidence::Registry { reference: reference.to_owned() };
    if is_gone(decision, EppStatus::ClientHold) {
        decision.fulfil_all("EXP-10", &evidence);
    }
    if is_gone(decision, EppStatus::ClientTransferProhibited) {
        decision.fulfil_all("TRF-12", &evidence);
    }
    if decision.registration.desired.statuses.wants(EppStatus::ClientTransferProhibited) {
        // The registrant's own lock was lifted, and something else keeps the status since.
        decision.release_all(&["TRF-12"], "another reason keeps the name from being transferred");
    }
}

/// Whether the registry no longer has a status that nobody wants.
fn is_gone(decision: &Decision<'_, '_>, status: EppStatus) -> bool {
    let registration = &decision.registration;
    let is_set = registration.actual.as_ref().is_some_and(|actual| actual.statuses.contains(&status));
    !is_set && !registration.desired.statuses.wants(status)
}
