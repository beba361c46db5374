//! Bring a name here from another registrar (TRF-3, TRF-4). The authInfo is in the vault already.

use model::{ContactRole, DomainId, Period};

use super::RequestTransferIn;
use super::rules_of_names::{check_contacts, check_name};
use crate::calendar::add_days;
use crate::context::Context;
use crate::decision::Decision;
use crate::event::Event;
use crate::fee;
use crate::intent::Operation;
use crate::refusal::Refusal;
use crate::registration::Registration;
use crate::verdict::Verdict;
use crate::verification::refuse_overdue;

pub(super) fn decide(command: &RequestTransferIn, context: &mut Context<'_>) -> Result<Verdict, Refusal> {
    let (profile, now) = (context.profile, context.now);
    check_name(&command.name, profile, command.has_token)?;
    check_contacts(command.registrant, &command.contacts, profile, now)?;
    refuse_overdue(context.facts.registrant_standing)?;
    check_freshness(command, context)?;
    let fee = fee::agreed(context, &command.name, profile.fees_of(&command.name).transfer, command.fee)?;

    let event = Event::TransferInOrdered {
        id: DomainId::new(now, context.entropy),
        name: command.name.clone(),
        registry: profile.registry.clone(),
        registrant: command.registrant,
        contacts: command.contacts.iter().filter(|(role, _)| **role != ContactRole::Registrant).map(|(role, id)| (*role, *id)).collect(),
        at: now,
    };
    let Some(registration) = Registration::begin(&event) else { return Ok(Verdict::default()) };
    let mut decision = Decision::begin(registration, event, context);
    let operation = Operation::RequestTransfer { period: Period::ONE_YEAR, fee, has_token: command.has_token };
    decision.intend(operation, "transfer", Vec::new());
    Ok(decision.finish())
}

/// Sending the request states that the registrant authorised it (TRF-4); a stale word is no authorisation.
fn check_freshness(command: &RequestTransferIn, context: &Context<'_>) -> Result<(), Refusal> {
    let days = context.profile.transfer.authorisation_days;
    if command.authorised_at > context.now {
        let sentence = format!("the authorisation to transfer `{}` is dated in the future", command.name);
        return Err(
            Refusal::new("transfer.authorisation-date", "TRF-4", sentence).hint("give the instant at which the registrant authorised it")
        );
    }
    if context.now > add_days(command.authorised_at, i32::from(days)) {
        let sentence = format!("the registrant authorised the transfer of `{}` more than {days} days ago", command.name);
        return Err(Refusal::new("transfer.authorisation-stale", "TRF-4", sentence).hint("have the registrant authorise it again"));
    }
    Ok(())
}
