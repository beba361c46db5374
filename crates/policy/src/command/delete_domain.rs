//! Delete the name, on somebody's word. The deletion of an expired name is the clock's own work (EXP-14).

use crate::context::Context;
use crate::decision::Decision;
use crate::deletion;
use crate::guard::{self, Doing};
use crate::refusal::Refusal;
use crate::registration::{DeletionCause, Registration};
use crate::verdict::Verdict;

pub(super) fn decide(registration: &Registration, cause: DeletionCause, context: &mut Context<'_>) -> Result<Verdict, Refusal> {
    check_cause(registration, cause)?;
    guard::check(registration, Doing::Delete, context.now)?;
    let mut decision = Decision::on(registration, context);
    deletion::order(&mut decision, cause)?;
    Ok(decision.finish())
}

/// Expiry deletes by its own calendar, with its notices and its interruption; the registry and the courts delete by themselves.
fn check_cause(registration: &Registration, cause: DeletionCause) -> Result<(), Refusal> {
    let name = &registration.name;
    match cause {
        DeletionCause::Registrant | DeletionCause::Accuracy | DeletionCause::Abuse => Ok(()),
        DeletionCause::Expiry => {
            let sentence = format!("`{name}` is deleted for expiry by the clock, after its notices and its interruption");
            let refusal =
                Refusal::new("delete.expiry", "EXP-14", sentence).hint("wait for the date, or delete it on the registrant's word");
            Err(match &registration.expiry {
                Some(case) => refusal.not_before(case.delete_at),
                None => refusal,
            })
        }
        DeletionCause::Registry => {
            let sentence = format!("`{name}` is recorded as deleted by the registry when the registry says so");
            Err(Refusal::new("delete.registry", "RFC 5731 3.2.2", sentence).hint("reconcile the name, and accept what the registry says"))
        }
    }
}
