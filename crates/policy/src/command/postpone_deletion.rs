//! Put off the deletion of an expired name for a listed circumstance (EXP-14).

use model::Timestamp;

use crate::calendar::{add_days, utc_date};
use crate::chain::move_deletion;
use crate::context::Context;
use crate::decision::{Decision, Owed};
use crate::duty::ClockKind;
use crate::expiry::{DELETION_MARGIN_DAYS, ExtenuatingCircumstance};
use crate::refusal::Refusal;
use crate::registration::{Phase, Registration};
use crate::verdict::Verdict;

pub(super) fn decide(
    registration: &Registration,
    until: Timestamp,
    circumstance: ExtenuatingCircumstance,
    context: &mut Context<'_>,
) -> Result<Verdict, Refusal> {
    let Some(case) = registration.expiry.clone().filter(|_| registration.phase == Phase::Registered) else {
        let sentence = format!("`{}` is not waiting for its deletion", registration.name);
        return Err(Refusal::new("postpone.not-expired", "EXP-14", sentence));
    };
    if until <= case.delete_at {
        let sentence = format!("`{}` is not deleted before {} as it is", registration.name, utc_date(case.delete_at));
        return Err(Refusal::new("postpone.not-later", "EXP-14", sentence).hint("give a later date"));
    }
    let mut decision = Decision::on(registration, context);
    move_deletion(&mut decision, until, Some(circumstance));
    decision.release_all(&["EXP-14"], &format!("put off to {} for {}", utc_date(until), circumstance.word()));
    let now = decision.now();
    decision.owe(&Owed {
        obligation: "EXP-14",
        occasion: &format!("{}:{}", utc_date(case.expired_at), utc_date(until)),
        clock: ClockKind::CalendarDays,
        opens_at: now,
        soft_due: until,
        hard_due: add_days(until, i32::from(DELETION_MARGIN_DAYS)),
    });
    Ok(decision.finish())
}
