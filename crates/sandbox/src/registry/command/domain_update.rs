//! `domain:update` (RFC 5731 section 3.2.5). Removals are carried out before additions; the whole update holds or nothing does.

use std::collections::BTreeSet;

use epp::domain::Update;
use epp::extension::rgp::Rgp;
use epp::{AuthChange, Extension, ResultCode};
use model::{ContactHandle, ObjectKind};

use super::domain_contacts::{self, ensure_complete, read_registrant};
use super::domain_delegation::{self, ensure_count};
use super::statuses::{changed, ensure_updatable};
use super::{Call, Reply, dnssec, domain_restore, ensure_active, parse_domain, ttl};
use crate::registry::authinfo::{AuthHash, check_strength};
use crate::registry::object::Domain;
use crate::registry::refusal::{Outcome, Refusal, ensure};
use crate::registry::rules::Rules;
use crate::registry::{Registry, Verb, object_key};

pub(crate) fn update(registry: &mut Registry, call: &mut Call<'_>, update: &Update) -> Outcome<Reply> {
    let name = parse_domain(&update.name)?;
    let domain = registry.domains.get(&name).ok_or_else(|| Refusal::not_found(&name))?;
    ensure(domain.origin.sponsor == call.registrar, || Refusal::not_sponsor(&name))?;
    let restore = call.extensions.iter().find_map(|extension| match extension {
        Extension::Rgp(rgp @ (Rgp::Request | Rgp::Report(_))) => Some(rgp),
        _ => None,
    });
    if let Some(restore) = restore {
        ensure(update.is_empty(), || Refusal::policy("a restore changes nothing else in the same command (RFC 3915 section 4.2.5)"))?;
        return domain_restore::restore(registry, call, &name, restore);
    }
    ensure_active(domain)?;
    ensure_updatable(&domain.set, &update.remove.statuses)?;
    let rules = registry.rules_of(&name).ok_or_else(|| Refusal::not_found(&name))?;
    let mut after = changed_domain(registry, call, rules, domain, update)?;
    after.origin.touch(&call.registrar, call.now);

    let before = domain.clone();
    registry.unlink_hosts(&name, before.nameservers.keys());
    registry.link_hosts(&name, after.nameservers.keys());
    let was: BTreeSet<ContactHandle> = before.linked_contacts().cloned().collect();
    let is: BTreeSet<ContactHandle> = after.linked_contacts().cloned().collect();
    registry.relink_contacts(&name, &was, &is);
    registry.domains.insert(name.clone(), after);
    registry.record(call, Verb::Update, object_key("domain", &name), ResultCode::COMPLETED, Vec::new());
    Ok(Reply::done())
}

/// The domain as the update wants it, once every rule has agreed.
fn changed_domain(registry: &Registry, call: &mut Call<'_>, rules: &Rules, domain: &Domain, update: &Update) -> Outcome<Domain> {
    let mut after = domain.clone();
    after.set = changed(ObjectKind::Domain, &domain.set, &update.add.statuses, &update.remove.statuses)?;
    change_name_servers(registry, rules, &mut after, update)?;
    change_contacts(registry, call, rules, &mut after, update)?;
    if let Some(dnssec) = dnssec::on_update(call, rules, &domain.dnssec)? {
        after.dnssec = dnssec;
    }
    if let Some(ttls) = ttl::on_update(call, domain)? {
        after.ttls = ttls;
    }
    if let Some(change) = &update.change.auth {
        after.auth = changed_code(call, rules, change)?;
    }
    let extends = call.extensions.iter().any(|extension| !matches!(extension, Extension::Namestore(_)));
    ensure(!update.is_empty() || extends, || Refusal::missing("the update changes nothing; give add, rem, chg or an extension"))?;
    Ok(after)
}

fn change_name_servers(registry: &Registry, rules: &Rules, domain: &mut Domain, update: &Update) -> Outcome<()> {
    if update.add.name_servers.is_none() && update.remove.name_servers.is_none() {
        return Ok(());
    }
    for host in domain_delegation::read_names(update.remove.name_servers.as_ref())? {
        ensure(domain.nameservers.remove(&host).is_some(), || Refusal::policy(format!("`{host}` is not among the name servers")))?;
    }
    let added = domain_delegation::read(registry, &domain.name, update.add.name_servers.as_ref())?;
    for (host, addresses) in added {
        let shown = host.to_string();
        let is_new = domain.nameservers.insert(host, addresses).is_none();
        ensure(is_new, || Refusal::policy(format!("`{shown}` is among the name servers already")))?;
    }
    ensure_count(rules, &domain.nameservers)
}

fn change_contacts(registry: &Registry, call: &Call<'_>, rules: &Rules, domain: &mut Domain, update: &Update) -> Outcome<()> {
    let touches = !update.add.contacts.is_empty() || !update.remove.contacts.is_empty() || update.change.registrant.is_some();
    if !touches {
        return Ok(());
    }
    for contact in &update.remove.contacts {
        let handle = ContactHandle::parse(contact.id.as_str()).map_err(|error| Refusal::syntax(error.to_string()))?;
        let role = contact.role.ok_or_else(|| Refusal::missing("`domain:contact` has no type"))?;
        ensure(domain.contacts.remove(&(role, handle)), || Refusal::policy(format!("`{}` is no {role} contact of the name", contact.id)))?;
    }
    for contact in domain_contacts::read(registry, rules, &update.add.contacts, call.now)? {
        let (role, shown) = (contact.0, contact.1.to_string());
        ensure(domain.contacts.insert(contact), || Refusal::policy(format!("`{shown}` is {role} contact of the name already")))?;
    }
    if let Some(id) = &update.change.registrant {
        domain.registrant = Some(read_registrant(registry, rules, id, call.now)?);
    }
    ensure_complete(rules, domain.registrant.as_ref(), &domain.contacts, call.now)
}

/// A new code, or none: both the empty `pw` and `null` clear it (RFC 9154 section 5.2).
fn changed_code(call: &mut Call<'_>, rules: &Rules, change: &AuthChange) -> Outcome<Option<AuthHash>> {
    let secure = rules.profile.authinfo.rfc9154;
    let code = match change {
        AuthChange::Remove => None,
        AuthChange::Set(value) => value.secret(),
    };
    match code {
        None => {
            ensure(secure, || Refusal::policy("the authorisation code cannot be removed here"))?;
            Ok(None)
        }
        Some(code) => {
            check_strength(code.expose(), secure)?;
            Ok(Some(AuthHash::of(code.expose(), call.entropy)))
        }
    }
}
