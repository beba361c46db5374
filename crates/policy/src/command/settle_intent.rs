//! An intent was settled: what follows depends on what it was and what came of it.
//!
//! An intent that is not open any more was settled before, so nothing follows: the same outcome can be told twice.

mod create;
mod delete;
mod renew;
pub(super) mod restore;
mod transfer;
mod update;

use model::{IntentId, Timestamp};

use crate::context::Context;
use crate::decision::Decision;
use crate::event::Event;
use crate::intent::Operation;
use crate::learn::close_proven;
use crate::outcome::{Done, Outcome};
use crate::provision::push;
use crate::refusal::Refusal;
use crate::registration::{OpenIntent, Registration};
use crate::verdict::Verdict;

/// EPP result code "object exists" (RFC 5730 section 3).
const OBJECT_EXISTS: u16 = 2302;
/// EPP result code "object does not exist".
const OBJECT_DOES_NOT_EXIST: u16 = 2303;
/// The code in the ledger for an intent that was cancelled before it was sent.
const NEVER_SENT: u16 = 0;

/// What a settled intent was.
struct Settled<'s> {
    id: IntentId,
    /// What it was to do, by our own record of it.
    operation: &'s Operation,
    /// The proof's name in the evidence of duties.
    reference: String,
    now: Timestamp,
}

pub(super) fn decide(
    registration: &Registration,
    intent: IntentId,
    outcome: &Outcome,
    context: &mut Context<'_>,
) -> Result<Verdict, Refusal> {
    let Some(open) = registration.open_intents.iter().find(|open| open.id == intent).cloned() else {
        return Ok(Verdict::default());
    };
    let mut decision = Decision::on(registration, context);
    settle(&mut decision, &open, outcome);
    Ok(decision.finish())
}

/// Settles an open intent within a decision; what is still wanted of the registry follows at once.
pub(super) fn settle(decision: &mut Decision<'_, '_>, open: &OpenIntent, outcome: &Outcome) {
    let settled = Settled { id: open.id, operation: &open.operation, reference: open.id.to_string(), now: decision.now() };
    let word = open.operation.word().to_owned();
    match (outcome, means_done(&open.operation, outcome)) {
        (Outcome::Pending { svtrid }, _) => {
            if open.svtrid.as_ref() != Some(svtrid) {
                decision.happen(Event::IntentPending { intent: open.id, operation: word, svtrid: svtrid.clone() });
            }
            return;
        }
        (Outcome::Done(done), _) => {
            decision.happen(Event::IntentConfirmed { intent: open.id, operation: word, by_reconciliation: done.by_reconciliation });
            confirmed(decision, &settled, done);
        }
        (Outcome::Refused { .. }, true) => {
            decision.happen(Event::IntentConfirmed { intent: open.id, operation: word, by_reconciliation: false });
            confirmed(decision, &settled, &Done::default());
        }
        (Outcome::Refused { code, message }, false) => {
            decision.happen(Event::IntentRefused { intent: open.id, operation: word, code: *code, message: message.clone() });
            refused(decision, &settled, *code, message);
        }
        (Outcome::Cancelled { message }, _) => {
            decision.happen(Event::IntentRefused { intent: open.id, operation: word, code: NEVER_SENT, message: message.clone() });
            refused(decision, &settled, NEVER_SENT, message);
        }
    }
    if push(decision).is_none() {
        close_proven(decision, &settled.reference);
    }
}

/// A refusal that says that the end we wanted is there already.
fn means_done(operation: &Operation, outcome: &Outcome) -> bool {
    let Outcome::Refused { code, .. } = outcome else { return false };
    match operation {
        // A contact's handle is derived from its id, so an existing one is ours; a foreign host may be anybody's.
        Operation::CreateContact { .. } | Operation::CreateHost { .. } => *code == OBJECT_EXISTS,
        Operation::DeleteHost | Operation::DeleteContact | Operation::DeleteDomain => *code == OBJECT_DOES_NOT_EXIST,
        _ => false,
    }
}

fn confirmed(decision: &mut Decision<'_, '_>, settled: &Settled<'_>, done: &Done) {
    match settled.operation {
        Operation::CreateDomain { .. } => create::confirmed(decision, settled, done),
        Operation::RenewDomain { .. } => renew::confirmed(decision, settled, done),
        Operation::RequestTransfer { .. } => transfer::request_confirmed(decision, done),
        Operation::CancelTransfer => transfer::cancel_confirmed(decision, done),
        Operation::ApproveTransfer => transfer::approve_confirmed(decision, done),
        Operation::RejectTransfer => transfer::reject_confirmed(decision, done),
        Operation::UpdateDomain { change } => update::confirmed(decision, settled, change, done),
        Operation::SetAuthInfo { clear } => update::auth_info_confirmed(decision, settled, *clear),
        Operation::DeleteDomain => delete::confirmed(decision, settled, done),
        Operation::RequestRestore { .. } => restore::request_confirmed(decision, settled, done),
        Operation::ReportRestore { .. } => restore::report_confirmed(decision, settled, done),
        Operation::CreateHost { .. }
        | Operation::UpdateHost { .. }
        | Operation::RenameHost { .. }
        | Operation::DeleteHost
        | Operation::CreateContact { .. }
        | Operation::UpdateContact { .. }
        | Operation::DeleteContact => {}
    }
}

fn refused(decision: &mut Decision<'_, '_>, settled: &Settled<'_>, code: u16, message: &str) {
    match settled.operation {
        Operation::CreateDomain { .. } => create::refused(decision),
        Operation::RenewDomain { .. } => renew::refused(decision, settled),
        Operation::RequestTransfer { .. } => transfer::request_refused(decision, message),
        Operation::ApproveTransfer | Operation::RejectTransfer => transfer::answer_refused(decision),
        Operation::UpdateDomain { change } => update::refused(decision, change),
        Operation::SetAuthInfo { clear } => update::auth_info_refused(decision, *clear, message),
        Operation::DeleteDomain => delete::refused(decision),
        Operation::RequestRestore { .. } => restore::refused(decision),
        Operation::ReportRestore { .. } => restore::report_refused(decision, code),
        // The transfer goes on, and the registry's word on it follows. What depends on a host or a contact is cancelled by the gate
        // and settles as cancelled in its own turn.
        Operation::CancelTransfer
        | Operation::CreateHost { .. }
        | Operation::UpdateHost { .. }
        | Operation::RenameHost { .. }
        | Operation::DeleteHost
        | Operation::CreateContact { .. }
        | Operation::UpdateContact { .. }
        | Operation::DeleteContact => {}
    }
}
