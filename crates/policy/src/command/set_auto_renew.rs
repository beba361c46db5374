//! Say whether the name is to be renewed at expiry. A name that is not ours any more, or never was, has no expiry to renew at.

use crate::context::Context;
use crate::decision::Decision;
use crate::event::Event;
use crate::refusal::Refusal;
use crate::registration::Registration;
use crate::verdict::Verdict;

pub(super) fn decide(registration: &Registration, auto_renew: bool, context: &mut Context<'_>) -> Result<Verdict, Refusal> {
    if registration.phase.is_final() {
        let sentence = format!("`{}` is {}, so there is nothing to renew", registration.name, registration.phase.word());
        return Err(Refusal::new("auto-renew.not-ours", "GUARD-1", sentence).hint("register it or transfer it in first"));
    }
    if registration.auto_renew == auto_renew {
        return Ok(Verdict::default());
    }
    if auto_renew && registration.expiry.is_some() {
        let sentence = format!("`{}` has expired, so there is a renewal to make, not one to plan", registration.name);
        return Err(Refusal::new("auto-renew.expired", "EXP-5", sentence).hint("renew it, then set auto-renew"));
    }
    let mut decision = Decision::on(registration, context);
    decision.happen(Event::AutoRenewSet { auto_renew });
    Ok(decision.finish())
}
