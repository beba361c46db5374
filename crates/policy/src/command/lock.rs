//! The registrant's own lock (TRF-12): set with consent, lifted on request, and never anybody else's.

use std::collections::BTreeSet;

use model::EppStatus;

use crate::calendar::{add_days, add_minutes};
use crate::context::Context;
use crate::decision::{Decision, Owed};
use crate::duty::ClockKind;
use crate::event::Event;
use crate::guard::{self, Doing};
use crate::provision::push;
use crate::reason::{Reason, ReasonOwner};
use crate::refusal::Refusal;
use crate::registration::Registration;
use crate::verdict::Verdict;

/// The statuses a registrant may set.
const LOCKS: [EppStatus; 3] = [EppStatus::ClientTransferProhibited, EppStatus::ClientUpdateProhibited, EppStatus::ClientDeleteProhibited];

/// TRF-12: an unlock asked for is done within this many days; our own target is minutes.
const UNLOCK_LIMIT_DAYS: i32 = 5;
const UNLOCK_TARGET_MINUTES: i64 = 15;

pub(super) fn lock(registration: &Registration, statuses: &BTreeSet<EppStatus>, context: &mut Context<'_>) -> Result<Verdict, Refusal> {
    check_statuses(statuses)?;
    guard::check_registry(registration, Doing::Update, context.now)?;
    let mut decision = Decision::on(registration, context);
    let reason = Reason { owner: ReasonOwner::Registrant, reference: "requested by the registrant".to_owned() };
    for status in statuses {
        let is_locked = registration.desired.statuses.reasons(*status).any(|reason| reason.owner == ReasonOwner::Registrant);
        if !is_locked {
            decision.happen(Event::ReasonAdded { status: *status, reason: reason.clone() });
        }
    }
    push(&mut decision);
    Ok(decision.finish())
}

pub(super) fn unlock(registration: &Registration, statuses: &BTreeSet<EppStatus>, context: &mut Context<'_>) -> Result<Verdict, Refusal> {
    check_statuses(statuses)?;
    guard::check_registry(registration, Doing::Update, context.now)?;
    let lifted: Vec<(EppStatus, Reason)> = registration
        .desired
        .statuses
        .iter()
        .filter(|(status, reason)| statuses.contains(status) && reason.owner == ReasonOwner::Registrant)
        .map(|(status, reason)| (status, reason.clone()))
        .collect();
    if lifted.is_empty() {
        return Err(nothing_to_lift(registration, statuses));
    }
    let mut decision = Decision::on(registration, context);
    for (status, reason) in lifted {
        decision.happen(Event::ReasonLifted { status, reason });
    }
    owe_unlock(&mut decision);
    push(&mut decision);
    Ok(decision.finish())
}

/// The lock is off at the registry within five days of the request, unless somebody else keeps it.
fn owe_unlock(decision: &mut Decision<'_, '_>) {
    let lock = EppStatus::ClientTransferProhibited;
    let is_set = decision.registration.actual.as_ref().is_some_and(|actual| actual.statuses.contains(&lock));
    if is_set && !decision.registration.desired.statuses.wants(lock) {
        let now = decision.now();
        decision.owe(&Owed {
            obligation: "TRF-12",
            occasion: &now.to_string(),
            clock: ClockKind::CalendarDays,
            opens_at: now,
            soft_due: add_minutes(now, UNLOCK_TARGET_MINUTES),
            hard_due: add_days(now, UNLOCK_LIMIT_DAYS),
        });
    }
}

fn check_statuses(statuses: &BTreeSet<EppStatus>) -> Result<(), Refusal> {
    let locks = || LOCKS.map(|status| format!("`{status}`")).join(", ");
    if statuses.is_empty() {
        return Err(
            Refusal::new("lock.nothing", "TRF-12", "no status to lock or unlock is given").hint(format!("choose among {}", locks()))
        );
    }
    match statuses.iter().find(|status| !LOCKS.contains(status)) {
        Some(status) => Err(Refusal::new("lock.status", "RFC 5731 2.3", format!("`{status}` is not a registrant's lock"))
            .hint(format!("choose among {}", locks()))),
        None => Ok(()),
    }
}

fn nothing_to_lift(registration: &Registration, statuses: &BTreeSet<EppStatus>) -> Refusal {
    let kept: BTreeSet<&str> =
        statuses.iter().flat_map(|status| registration.desired.statuses.reasons(*status)).map(|reason| reason.owner.phrase()).collect();
    let sentence = match kept.is_empty() {
        true => format!("`{}` has no lock of its registrant's on these statuses", registration.name),
        false => {
            let owners = kept.into_iter().collect::<Vec<_>>().join(" and ");
            format!("`{}` is kept for {owners}, which the registrant's unlock does not lift", registration.name)
        }
    };
    Refusal::new("lock.not-set", "GUARD-6", sentence)
}
