//! Cancel our own transfer request (RFC 5731 section 3.2.4).

use crate::context::Context;
use crate::decision::Decision;
use crate::intent::Operation;
use crate::refusal::Refusal;
use crate::registration::{Phase, Registration};
use crate::verdict::Verdict;

pub(super) fn decide(registration: &Registration, context: &mut Context<'_>) -> Result<Verdict, Refusal> {
    if registration.phase != Phase::TransferringIn {
        let sentence = format!("no transfer of `{}` to us is under way", registration.name);
        return Err(Refusal::new("transfer.none", "RFC 5731 3.2.4", sentence));
    }
    if registration.find_open(|operation| matches!(operation, Operation::CancelTransfer)).is_some() {
        return Ok(Verdict::default());
    }
    let mut decision = Decision::on(registration, context);
    decision.intend(Operation::CancelTransfer, "cancel", Vec::new());
    Ok(decision.finish())
}
