//! What goes on while the instance is frozen, and what does not. No worker can go round it: whatever changes anything is a use case, and
//! every use case passes here.

use policy::{Actor, ActorKind, DomainCommand, Refusal, Registration};
use store::recovery::{self, Freeze};
use store::{Tx, intents};

use crate::authorised::Authorised;
use crate::failure::Failure;
use crate::registrar::Registrar;
use crate::time_check;
use crate::use_case::UseCase;

/// Refuses what the clock orders while the instance is frozen or the clock doubted, unless it only takes in what came from outside.
pub(crate) fn check<U: UseCase>(tx: &mut Tx<'_>, registrar: &Registrar, case: &Authorised<U>) -> Result<(), Failure> {
    if !matches!(case.actor().kind, ActorKind::Timer) || case.command().goes_on_while_frozen() {
        return Ok(());
    }
    if let Some(freeze) = recovery::find_freeze(tx)? {
        return Err(frozen(&freeze).into());
    }
    match time_check::find_doubt(tx, registrar.now())? {
        None => Ok(()),
        Some(sentence) => Err(time_check::doubted(sentence).into()),
    }
}

fn frozen(freeze: &Freeze) -> Refusal {
    let sentence = format!("nothing acts by itself here: the instance is frozen since {} ({})", freeze.since, freeze.source);
    Refusal::new("recovery.frozen", "END-5", sentence)
        .hint("reconcile it with its registries (`namekeep recovery reconcile`), then `namekeep recovery thaw`")
}

/// Refuses what a person orders for a name that the registry was not asked about since the state was put back: the order would be decided on
/// what the name was then.
pub(crate) fn check_seen(
    freeze: &Freeze,
    actor: &Actor,
    registration: Option<&Registration>,
    command: &DomainCommand,
) -> Result<(), Failure> {
    let is_of_person = matches!(actor.kind, ActorKind::Operator { .. });
    let begins = matches!(command, DomainCommand::Register(_) | DomainCommand::RequestTransferIn(_) | DomainCommand::Adopt(_));
    let Some(registration) = registration.filter(|_| is_of_person && !begins) else { return Ok(()) };
    let is_at_registry = registration.phase.is_sponsored();
    let is_seen = registration.actual.as_ref().is_some_and(|actual| actual.observed_at >= freeze.since);
    if is_seen || !is_at_registry {
        return Ok(());
    }
    let sentence = format!(
        "registry `{}` was not asked about `{}` since the state of {} was put back",
        registration.registry,
        registration.name,
        freeze.point.unwrap_or(freeze.since)
    );
    Err(Refusal::new("recovery.unseen", "END-5", sentence)
        .hint(format!("ask it, `namekeep registry reconcile --name {}`, then give the order again", registration.name))
        .into())
}

/// Whether a decision may send nothing to a registry: no person asked for it, nor is it the rest of what a person asked for since.
pub(crate) fn is_held_back(tx: &mut Tx<'_>, freeze: &Freeze, actor: &Actor, command: &DomainCommand) -> Result<bool, Failure> {
    if matches!(actor.kind, ActorKind::Operator { .. }) {
        return Ok(false);
    }
    match command {
        DomainCommand::SettleIntent { intent, .. } => {
            Ok(intents::find(tx, *intent)?.is_none_or(|row| row.intent.decided_at <= freeze.since))
        }
        _ => Ok(true),
    }
}
