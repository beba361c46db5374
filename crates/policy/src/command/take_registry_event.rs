//! The registry announced something about the name (obligations 23.4).

use crate::chain::{take_auto_renewal, take_late_auto_renewal};
use crate::context::Context;
use crate::decision::Decision;
use crate::deletion;
use crate::event::Event;
use crate::handover::take_state;
use crate::outcome::{Deletion, Done, Outcome, RegistryEvent};
use crate::provision::push;
use crate::refusal::Refusal;
use crate::registration::{DeletionCause, Phase, Registration};
use crate::verdict::Verdict;

pub(super) fn decide(registration: &Registration, event: &RegistryEvent, context: &mut Context<'_>) -> Result<Verdict, Refusal> {
    let mut decision = Decision::on(registration, context);
    match event {
        RegistryEvent::AutoRenewed { expires_at, .. } if is_gone(registration.phase) => take_late_auto_renewal(&mut decision, *expires_at),
        _ if registration.phase.is_final() => {}
        RegistryEvent::Transfer { transfer, .. } => take_state(&mut decision, transfer),
        RegistryEvent::AutoRenewed { expires_at, .. } => {
            take_auto_renewal(&mut decision, *expires_at);
            push(&mut decision);
        }
        RegistryEvent::Changed { info: Some(info), .. } => super::observe::take(&mut decision, Some(info)),
        RegistryEvent::Purged { .. } if is_too_early(&decision) => {}
        RegistryEvent::Purged { .. } => super::observe::missing(&mut decision),
        RegistryEvent::PendingResult { svtrid, done, .. } => settle_pending(&mut decision, svtrid, *done),
        // Without the object there is nothing to compare; the gate asks for it. The rest concerns no registration.
        RegistryEvent::Changed { info: None, .. }
        | RegistryEvent::HostChanged { .. }
        | RegistryEvent::LowBalance { .. }
        | RegistryEvent::Maintenance { .. }
        | RegistryEvent::Other { .. } => {}
    }
    Ok(decision.finish())
}

/// Whether the registry deleted the name or gave it away, whatever it says of earlier.
fn is_gone(phase: Phase) -> bool {
    matches!(phase, Phase::Redemption | Phase::Restoring | Phase::PendingDelete | Phase::Purged | Phase::TransferredAway)
}

/// A name that can still be redeemed is not purged: the message waited in the queue since an earlier registration.
fn is_too_early(decision: &Decision<'_, '_>) -> bool {
    let ends_at = decision.registration.deletion.as_ref().and_then(|case| case.redemption_ends_at);
    let is_restorable = matches!(decision.registration.phase, Phase::Redemption | Phase::Restoring);
    is_restorable && ends_at.is_some_and(|ends_at| decision.now() < ends_at)
}

/// The name left the registry. Where we did not delete it, the registry or a court did.
pub(super) fn purge(decision: &mut Decision<'_, '_>) {
    let at = decision.now();
    match decision.registration.phase {
        Phase::Ordered | Phase::TransferringIn => {}
        Phase::Redemption | Phase::Restoring | Phase::PendingDelete => {
            decision.release_every_duty("purged");
            decision.happen(Event::DomainPurged { at });
        }
        _ => {
            if decision.registration.phase != Phase::Deleting {
                decision.happen(Event::DeletionOrdered { cause: DeletionCause::Registry, at });
            }
            deletion::complete(decision, Deletion::Purged, at, None, "purged by the registry");
        }
    }
}

/// A command that was accepted earlier is decided (1001, then `panData`). Dates the registry does not name are computed, and
/// mended by the next `info`.
fn settle_pending(decision: &mut Decision<'_, '_>, svtrid: &str, done: bool) {
    let Some(open) = decision.registration.open_intents.iter().find(|open| open.svtrid.as_deref() == Some(svtrid)).cloned() else { return };
    let outcome = match done {
        true => Outcome::Done(Done::default()),
        false => Outcome::Refused { code: PENDING_REFUSED, message: "the registry decided against the pending request".to_owned() },
    };
    super::settle_intent::settle(decision, &open, &outcome);
}

/// EPP result code "data management policy violation", for a pending action that ended without its result (RFC 5730 section 3).
const PENDING_REFUSED: u16 = 2308;
