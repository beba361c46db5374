//! Contacts of a domain: which roles the registry takes is a dated property of the TLD (forbidden, optional, required).

use std::collections::BTreeSet;

use epp::Handle;
use epp::domain::DomainContact;
use model::{ContactHandle, ContactRole, Timestamp};
use policy::profile::ContactRequirement;

use crate::registry::Registry;
use crate::registry::refusal::{Outcome, Refusal, ensure};
use crate::registry::rules::Rules;

/// Contacts by role, the registrant apart.
pub(crate) type Roles = BTreeSet<(ContactRole, ContactHandle)>;

/// Contacts a command names: each taken by the registry on that day, and existing.
pub(crate) fn read(registry: &Registry, rules: &Rules, named: &[DomainContact], now: Timestamp) -> Outcome<Roles> {
    let mut roles = Roles::new();
    for contact in named {
        let role = contact.role.ok_or_else(|| Refusal::missing("`domain:contact` has no type"))?;
        ensure(role != ContactRole::Registrant, || Refusal::syntax("the registrant is given in `domain:registrant`"))?;
        ensure_taken(rules, role, now)?;
        let handle = existing(registry, &contact.id)?;
        ensure(roles.insert((role, handle)), || Refusal::policy(format!("a {role} contact is given twice")))?;
    }
    Ok(roles)
}

/// The registrant a command names.
pub(crate) fn read_registrant(registry: &Registry, rules: &Rules, named: &Handle, now: Timestamp) -> Outcome<ContactHandle> {
    ensure_taken(rules, ContactRole::Registrant, now)?;
    existing(registry, named)
}

/// Refuses a domain that lacks a contact the registry requires on that day.
pub(crate) fn ensure_complete(rules: &Rules, registrant: Option<&ContactHandle>, contacts: &Roles, now: Timestamp) -> Outcome<()> {
    let wanted = rules.profile.contacts_at(now);
    for role in [ContactRole::Registrant, ContactRole::Admin, ContactRole::Tech, ContactRole::Billing] {
        let is_there = match role {
            ContactRole::Registrant => registrant.is_some(),
            other => contacts.iter().any(|(role, _)| *role == other),
        };
        let is_required = wanted.of(role) == ContactRequirement::Required;
        ensure(is_there || !is_required, || Refusal::missing(format!("this TLD requires a {role} contact")))?;
    }
    Ok(())
}

fn ensure_taken(rules: &Rules, role: ContactRole, now: Timestamp) -> Outcome<()> {
    let is_taken = rules.profile.contacts_at(now).of(role) != ContactRequirement::Forbidden;
    ensure(is_taken, || Refusal::policy(format!("this TLD takes no {role} contact (minimum data set)")))
}

fn existing(registry: &Registry, id: &Handle) -> Outcome<ContactHandle> {
    let handle = ContactHandle::parse(id.as_str()).map_err(|_| Refusal::syntax("the contact identifier has not 3 to 16 characters"))?;
    ensure(registry.contacts.contains_key(&handle), || Refusal::not_found(&handle))?;
    Ok(handle)
}
