//! The path of a change: load, decide, commit. Everything that changes a registration goes through [`execute`].

mod commit;
mod facts;
mod intend;
mod learn;
mod subject;

use policy::{Context, DomainCommand};
use store::Tx;
use store::registrations::{self, Outline};

use crate::authorised::Authorised;
use crate::failure::Failure;
use crate::order::{DomainOrder, Receipt};
use crate::recovery;
use crate::registrar::Registrar;

pub(crate) use commit::{commit, note};
pub(crate) use intend::intend;
pub(crate) use subject::{Subject, served};

/// Decides an order and commits what follows, inside an open transaction: registration, ledger entries, duties, notices,
/// charges and intents, or nothing. For the gate and the poller, whose own row (an intent settled, a message processed)
/// changes in the same transaction.
///
/// # Errors
/// A refusal of the rules; a fault of the store, passing if another node changed the registration first.
pub fn execute(tx: &mut Tx<'_>, registrar: &Registrar, order: &Authorised<DomainOrder>) -> Result<Receipt, Failure> {
    let DomainOrder { target, command, .. } = order.command();
    let now = registrar.now();
    let subject = Subject::load(tx, registrar, target)?;
    let freeze = store::recovery::find_freeze(tx)?;
    if let Some(freeze) = &freeze {
        recovery::check_seen(freeze, order.actor(), subject.registration.as_ref(), command)?;
    }
    let is_held_back = freeze.as_ref().map_or(Ok(false), |freeze| recovery::is_held_back(tx, freeze, order.actor(), command))?;
    let facts = facts::gather(tx, registrar, &subject, order.command())?;
    let facts = policy::Facts { frozen_since: freeze.map(|freeze| freeze.since), is_held_back, ..facts };
    let mut entropy = registrar.draw();
    let mut context = Context { now, actor: order.actor(), profile: subject.profile, facts: &facts, entropy: &mut entropy };
    let verdict = policy::decide(subject.registration.as_ref(), command, &mut context)?;
    learn::from_command(tx, &subject, command, now)?;
    learn::from_verdict(tx, &subject, &verdict)?;
    learn::from_events(tx, &verdict.events)?;
    if verdict.is_empty() && matches!(command, DomainCommand::Tick) {
        reschedule(tx, &subject)?;
    }
    commit(tx, registrar, order.actor(), subject, &verdict, now)
}

/// The clock was due and found nothing to do, because the profile changed since the due time was noted: it is noted anew.
fn reschedule(tx: &mut Tx<'_>, subject: &Subject<'_>) -> Result<(), Failure> {
    match &subject.registration {
        Some(registration) => {
            Ok(registrations::update(tx, registration, &Outline::of(registration), registration.next_due(subject.profile))?)
        }
        None => Ok(()),
    }
}
