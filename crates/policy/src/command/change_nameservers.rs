//! Delegate elsewhere (RFC 5731 section 3.2.5, RFC 5732).

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use model::HostName;

use super::rules_of_names::check_nameservers;
use crate::context::Context;
use crate::decision::Decision;
use crate::event::Event;
use crate::guard::{self, Doing};
use crate::intent::{ObjectKey, Operation};
use crate::profile::HostModel;
use crate::provision::push;
use crate::refusal::Refusal;
use crate::registration::Registration;
use crate::verdict::Verdict;

type Delegation = BTreeMap<HostName, BTreeSet<IpAddr>>;

pub(super) fn decide(registration: &Registration, nameservers: &Delegation, context: &mut Context<'_>) -> Result<Verdict, Refusal> {
    guard::check(registration, Doing::Update, context.now)?;
    check_nameservers(&registration.name, nameservers, context.profile)?;
    if *nameservers == registration.desired.nameservers && !registration.drift.contains(crate::drift::NAMESERVERS) {
        return Ok(Verdict::default());
    }
    let mut decision = Decision::on(registration, context);
    let before = registration.desired.nameservers.clone();
    decision.happen(Event::NameserversChanged { nameservers: nameservers.clone() });
    if registration.is_adopting {
        decision.happen(Event::DelegationAdopted);
    }
    change_glue(&mut decision, &before, nameservers);
    push(&mut decision);
    Ok(decision.finish())
}

/// In the object model the addresses of a host that exists are changed on the host itself.
fn change_glue(decision: &mut Decision<'_, '_>, before: &Delegation, after: &Delegation) {
    if decision.profile().host_model == HostModel::Attributes {
        return;
    }
    let facts = decision.facts();
    for (host, addresses) in after.iter().filter(|(host, _)| facts.known_hosts.contains(*host)) {
        let Some(known) = before.get(host).filter(|known| *known != addresses && host.is_within(&decision.registration.name)) else {
            continue;
        };
        let (add, remove) = (addresses.difference(known).copied().collect(), known.difference(addresses).copied().collect());
        let operation = Operation::UpdateHost { add, remove };
        decision.intend_on(ObjectKey::Host(host.clone()), operation, "glue", Vec::new());
    }
}
