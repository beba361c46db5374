//! Take on a name that the registry holds for us and our records do not hold any more: from a deposit, or from the registry's own word.
//!
//! Rule: only while the house is frozen (END-5, RAA 3.6). A record says how a name was, not how it is, so nothing is to act on it before the
//! registry was asked: its first `info` is taken over as found, delegation, DS records, statuses and date.

use model::{ContactRole, DomainId};

use super::AdoptDomain;
use crate::context::Context;
use crate::decision::Decision;
use crate::event::Event;
use crate::refusal::Refusal;
use crate::registration::Registration;
use crate::term;
use crate::verdict::Verdict;

pub(super) fn decide(command: &AdoptDomain, context: &mut Context<'_>) -> Result<Verdict, Refusal> {
    if context.facts.frozen_since.is_none() {
        let sentence = format!("`{}` is taken on from a record only while the instance is frozen, and it is at work", command.name);
        return Err(Refusal::new("adopt.awake", "END-5", sentence).hint("freeze it first: `namekeep recovery freeze`"));
    }
    let event = Event::DomainAdopted {
        id: DomainId::new(context.now, context.entropy),
        name: command.name.clone(),
        registry: context.profile.registry.clone(),
        registrant: command.registrant,
        contacts: command.contacts.iter().filter(|(role, _)| **role != ContactRole::Registrant).map(|(role, id)| (*role, *id)).collect(),
        expires_at: command.expires_at,
        source: command.source.clone(),
        at: context.now,
    };
    let Some(registration) = Registration::begin(&event) else { return Ok(Verdict::default()) };
    let mut decision = Decision::begin(registration, event, context);
    term::open(&mut decision);
    Ok(decision.finish())
}
