//! The data of the registered name holder was changed materially: for each name the contact holds, a change of registrant (COR-1).
//!
//! The data is changed already, under the guards of COR-2; what is decided here is what follows for one name. A name that is not at the
//! registry under our sponsorship has no transfer to lock.

use model::ContactId;

use crate::context::Context;
use crate::decision::Decision;
use crate::holder::{HolderChange, complete};
use crate::provision::push;
use crate::refusal::Refusal;
use crate::registration::Registration;
use crate::verdict::Verdict;
use crate::verification::{VerificationCause, require};

pub(super) fn decide(
    registration: &Registration,
    contact: ContactId,
    change: &HolderChange,
    context: &mut Context<'_>,
) -> Result<Verdict, Refusal> {
    let is_known = registration.holder_change.as_ref().is_some_and(|case| {
        let known = case.prior;
        known.contact == change.prior.contact && known.revision >= change.prior.revision
    });
    if is_known || registration.registrant != Some(contact) || !registration.phase.is_sponsored() {
        return Ok(Verdict::default());
    }
    let mut decision = Decision::on(registration, context);
    complete(&mut decision, change, None);
    require(&mut decision, VerificationCause::ChangeOfRegistrant);
    push(&mut decision);
    Ok(decision.finish())
}
