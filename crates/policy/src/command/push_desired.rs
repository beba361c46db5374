//! Bring the registry to what we want, after a drift was shown. Also takes up steps of our own course that the registry refused.

use crate::context::Context;
use crate::decision::Decision;
use crate::drift::{EXISTENCE, EXPIRY, PHASE};
use crate::event::Event;
use crate::guard::{self, Doing};
use crate::provision::push;
use crate::refusal::Refusal;
use crate::registration::Registration;
use crate::verdict::Verdict;

/// Elements that no update can bring about.
const NOT_OURS: [&str; 3] = [EXPIRY, PHASE, EXISTENCE];

pub(super) fn decide(registration: &Registration, context: &mut Context<'_>) -> Result<Verdict, Refusal> {
    guard::check_registry(registration, Doing::Update, context.now)?;
    let rest: Vec<String> = registration.drift.iter().filter(|element| NOT_OURS.contains(&element.as_str())).cloned().collect();
    let nothing_to_push = rest.len() == registration.drift.len() && !rest.is_empty() && registration.stalled.is_empty();
    if nothing_to_push {
        let sentence = format!("no update can change {} of `{}`", rest.join(" and "), registration.name);
        return Err(
            Refusal::new("drift.not-ours", "DRIFT", sentence).hint("accept what the registry says, or take it up with the registry")
        );
    }
    let mut decision = Decision::on(registration, context);
    if rest.len() < registration.drift.len() {
        decision.happen(if rest.is_empty() { Event::DriftEnded } else { Event::DriftFound { elements: rest } });
    }
    if !registration.stalled.is_empty() {
        decision.happen(Event::StepsResumed);
    }
    push(&mut decision);
    Ok(decision.finish())
}
