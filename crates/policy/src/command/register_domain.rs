//! Register a new name (RFC 5731 section 3.2.1; REG-10 for what the registry is sent).
//!
//! The rules, one by one: the TLD, the label, the launch phase, the term, the holder and contacts, the delegation, the fee. Then the
//! create is ordered, after whatever it refers to: contacts and hosts that the registry lacks. Hosts below the name and
//! client statuses follow once the name exists, because a create cannot carry them.

use model::{ContactRole, DomainId, EppStatus};

use super::RegisterDomain;
use super::rules_of_names::{check_contacts, check_ds, check_name, check_nameservers};
use crate::context::Context;
use crate::decision::Decision;
use crate::event::Event;
use crate::fee;
use crate::intent::Operation;
use crate::launch::{self, LaunchProof};
use crate::profile::FeeTable;
use crate::provision;
use crate::reason::{Reason, ReasonOwner};
use crate::refusal::Refusal;
use crate::registration::Registration;
use crate::verdict::Verdict;
use crate::verification::refuse_overdue;

pub(super) fn decide(command: &RegisterDomain, context: &mut Context<'_>) -> Result<Verdict, Refusal> {
    let (profile, now) = (context.profile, context.now);
    check_name(&command.name, profile, command.launch.has_token)?;
    let proof = launch::proof_for(&command.name, &command.launch, context)?;
    check_term(command, profile)?;
    check_contacts(command.registrant, &command.contacts, profile, now)?;
    refuse_overdue(context.facts.registrant_standing)?;
    check_nameservers(&command.name, &command.nameservers, profile)?;
    check_ds(&command.ds, profile)?;
    let usual = FeeTable::times(profile.fees_of(&command.name).create, command.period.get());
    let fee = fee::agreed(context, &command.name, usual, command.fee)?;

    let event = Event::DomainOrdered {
        id: DomainId::new(now, context.entropy),
        name: command.name.clone(),
        registry: profile.registry.clone(),
        period: command.period,
        registrant: command.registrant,
        contacts: command.contacts.iter().filter(|(role, _)| **role != ContactRole::Registrant).map(|(role, id)| (*role, *id)).collect(),
        nameservers: command.nameservers.clone(),
        ds: command.ds.clone(),
        auto_renew: command.auto_renew,
        at: now,
    };
    let Some(registration) = Registration::begin(&event) else { return Ok(Verdict::default()) };
    let mut decision = Decision::begin(registration, event, context);
    if let Some(terms) = &command.lock_consent {
        let reason = Reason { owner: ReasonOwner::Registrant, reference: format!("agreed terms {terms}") };
        decision.happen(Event::ReasonAdded { status: EppStatus::ClientTransferProhibited, reason });
    }
    order(&mut decision, command, fee, proof);
    Ok(decision.finish())
}

fn order(decision: &mut Decision<'_, '_>, command: &RegisterDomain, fee: Option<model::Money>, launch: Option<LaunchProof>) {
    let wanted = decision.registration.contacts_for(decision.profile(), decision.now());
    let (contacts, mut after) = provision::contacts(decision, &wanted);
    let nameservers = provision::creatable(&command.nameservers, &command.name, decision.profile().host_model);
    after.extend(provision::hosts(decision, command.nameservers.iter().filter(|(host, _)| nameservers.contains_key(*host)), &[]));
    let (period, ds, has_token) = (command.period, command.ds.clone(), command.launch.has_token);
    let operation = Operation::CreateDomain { period, nameservers, contacts, ds, fee, launch, has_token };
    decision.intend(operation, "create", after);
}

fn check_term(command: &RegisterDomain, profile: &crate::profile::TldProfile) -> Result<(), Refusal> {
    let periods = profile.periods;
    if (periods.min..=periods.max).contains(&command.period) {
        return Ok(());
    }
    let sentence =
        format!("`.{}` is registered for {} to {}, and {} were asked for", profile.name, periods.min, periods.max, command.period);
    Err(Refusal::new("register.period", "RFC 5731 3.2.1", sentence).hint(format!("ask for {}", periods.default)))
}
