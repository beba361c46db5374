//! Restore a deleted name (EXP-11, RFC 3915 section 3.1). The report follows by itself once the registry took the request.

use model::Money;

use crate::context::Context;
use crate::decision::Decision;
use crate::event::Event;
use crate::fee;
use crate::guard::{self, Doing};
use crate::intent::Operation;
use crate::refusal::Refusal;
use crate::registration::Registration;
use crate::verdict::Verdict;

pub(super) fn decide(
    registration: &Registration,
    agreed: Option<Money>,
    reason: &str,
    context: &mut Context<'_>,
) -> Result<Verdict, Refusal> {
    guard::check(registration, Doing::Restore, context.now)?;
    check_time(registration, context)?;
    if reason.trim().is_empty() {
        let sentence = format!("the report on the restore of `{}` needs a reason", registration.name);
        return Err(Refusal::new("restore.reason", "RFC 3915 3.1", sentence).hint("say in a few words why it is restored"));
    }
    // The holder sees the fee before it is charged (EXP-11).
    let usual = context.profile.fees_of(&registration.name).restore;
    let fee = fee::agreed_always(context, &registration.name, usual, agreed)?;
    let mut decision = Decision::on(registration, context);
    let at = decision.now();
    decision.happen(Event::RestoreOrdered { at, reason: reason.trim().to_owned() });
    decision.intend(Operation::RequestRestore { fee }, "restore", Vec::new());
    Ok(decision.finish())
}

fn check_time(registration: &Registration, context: &Context<'_>) -> Result<(), Refusal> {
    let ends_at = registration.deletion.as_ref().and_then(|case| case.redemption_ends_at);
    match ends_at.filter(|ends_at| context.now >= *ends_at) {
        Some(ends_at) => {
            let sentence = format!("the redemption of `{}` ended on {}", registration.name, crate::calendar::utc_date(ends_at));
            Err(Refusal::new("restore.too-late", "RFC 3915 3.1", sentence)
                .hint("it can be registered again once the registry has released it"))
        }
        None => Ok(()),
    }
}
