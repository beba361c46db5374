//! A connection is cut in the middle of a create: the outcome is unknown until it is proven.

use jiff::SignedDuration;
use policy::{IntentState, Phase};
use sandbox::{Fault, FaultPlan, Position, Scope, Trigger};

use super::super::tour::Tour;
use crate::demo::stage::{NameOf, order_of};
use crate::failure::Failure;

/// Bytes of the answer that arrive before the cut: enough for its length, too few for its meaning.
const BYTES_BEFORE_CUT: u32 = 40;

/// Plays the scene.
pub async fn play(tour: &mut Tour) -> Result<(), Failure> {
    tour.scene("The line is cut in the middle of a create");
    let name = NameOf::thick("cut-in-half")?;
    let cut = Fault::CutResponse(Position::Bytes(BYTES_BEFORE_CUT));
    let mut plan = FaultPlan::one(1, Trigger::Always, Scope::Transforms, cut);
    for rule in &mut plan.rules {
        rule.times = Some(1);
    }
    let mut order = order_of(tour.stage(), &name)?;
    order.nameservers.clear();
    tour.stage().set_faults(&name, Some(plan)).await?;
    let receipt = tour.ours().order(order)?;
    tour.ours().send().await?;
    let steps = tour.ours().instance.registrar.settlements(&receipt.intents)?;
    let is_unknown = steps.iter().any(|step| step.state == IntentState::Unknown);
    tour.claim(
        "the outcome is unknown, and said to be",
        is_unknown,
        steps.iter().map(|step| format!("{}: {:?}", step.operation, step.state)).collect::<Vec<_>>().join(", "),
    );
    tour.stage().set_faults(&name, None).await?;
    // Nothing is believed "not found" before the registry's own deadline has passed.
    tour.stage().advance(SignedDuration::from_mins(2)).await?;
    let view = tour.ours().view(&name)?;
    tour.claim(
        "it is proven by asking, not by sending again",
        view.registration.phase == Phase::Registered,
        view.registration.phase.word(),
    );
    let created = tour.executed(&name, sandbox::Verb::Create).await?;
    tour.claim("the registry created it exactly once", created == 1, String::new());
    tour.claim("it is charged exactly once", view.charges.len() == 1, String::new());
    Ok(())
}
