//! The registrant wants the transfer away before its five days are over (TRF-1).
//!
//! Only a person acting for the registrant may say so. Silence needs no command: the registry approves by itself (TRF-6).

use crate::actor::ActorKind;
use crate::context::Context;
use crate::decision::Decision;
use crate::event::Event;
use crate::guard::{self, Doing};
use crate::intent::Operation;
use crate::refusal::Refusal;
use crate::registration::{Registration, TransferAnswer};
use crate::verdict::Verdict;

pub(super) fn decide(registration: &Registration, context: &mut Context<'_>) -> Result<Verdict, Refusal> {
    check_person(registration, context)?;
    guard::check(registration, Doing::ApproveTransfer, context.now)?;
    check_unanswered(registration)?;
    let mut decision = Decision::on(registration, context);
    decision.happen(Event::TransferOutApproved);
    decision.intend(Operation::ApproveTransfer, "approve", Vec::new());
    Ok(decision.finish())
}

/// No timer, gate or registry speaks for the registrant (TRF-1).
pub(super) fn check_person(registration: &Registration, context: &Context<'_>) -> Result<(), Refusal> {
    match context.actor.kind {
        ActorKind::Operator { .. } => Ok(()),
        ActorKind::Timer | ActorKind::Gate | ActorKind::Registry { .. } => {
            let sentence = format!("only a person acting for the registrant answers the transfer of `{}`", registration.name);
            Err(Refusal::new("transfer.not-a-person", "TRF-1", sentence))
        }
    }
}

pub(super) fn check_unanswered(registration: &Registration) -> Result<(), Refusal> {
    let answer = match registration.transfer.as_ref().and_then(|case| case.answer.as_ref()) {
        None => return Ok(()),
        Some(TransferAnswer::Approved) => "approved".to_owned(),
        Some(TransferAnswer::Denied { reason }) => format!("denied, because {reason}"),
    };
    let sentence = format!("the transfer of `{}` was answered already: {answer}", registration.name);
    Err(Refusal::new("transfer.answered", "RFC 5731 3.2.4", sentence))
}
