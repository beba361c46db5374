//! `host:update` (RFC 5732 section 3.2.5), renaming included.
//!
//! A host that domains of other sponsors delegate to is not renamed (2305), except into the profile's sacrificial place, so that the
//! domain above it can be deleted without breaking anyone silently (RFC 9874 section 5).

use epp::ResultCode;
use epp::host::Update;
use model::{HostName, ObjectKind};

use super::host_create::{check_addresses, place};
use super::statuses::{changed, ensure_updatable};
use super::{Call, Reply, ensure_host_objects, parse_host};
use crate::registry::object::HostObject;
use crate::registry::refusal::{Outcome, Refusal, ensure};
use crate::registry::{Registry, Verb, object_key};

pub(crate) fn update(registry: &mut Registry, call: &mut Call<'_>, update: &Update) -> Outcome<Reply> {
    ensure_host_objects(registry)?;
    let name = parse_host(&update.name)?;
    let host = registry.hosts.get(&name).ok_or_else(|| Refusal::not_found(&name))?;
    ensure(host.origin.sponsor == call.registrar, || Refusal::not_sponsor(&name))?;
    ensure_updatable(&host.set, &update.remove.statuses)?;
    let says_nothing = update.rename_to.is_none() && is_empty(&update.add) && is_empty(&update.remove);
    ensure(!says_nothing, || Refusal::missing("the update changes nothing; give add, rem or chg"))?;

    let mut after = host.clone();
    after.set = changed(ObjectKind::Host, &host.set, &update.add.statuses, &update.remove.statuses)?;
    change_addresses(registry, &mut after, update)?;
    match &update.rename_to {
        Some(to) => rename(registry, call, &mut after, parse_host(to)?)?,
        None => {
            let has_addresses = !after.addresses.is_empty();
            place(registry, &name, &call.registrar, has_addresses)?;
        }
    }
    let is_below_ours = after.superordinate.is_some();
    ensure(!is_below_ours || after.linked_by.is_empty() || !after.addresses.is_empty(), || {
        Refusal::linked("domains delegate to the host, which needs an address to be reached")
    })?;
    after.origin.touch(&call.registrar, call.now);
    store(registry, &name, after);
    registry.record(call, Verb::Update, object_key("host", &name), ResultCode::COMPLETED, Vec::new());
    Ok(Reply::done())
}

fn is_empty(side: &epp::host::AddRemove) -> bool {
    side.addresses.is_empty() && side.statuses.is_empty()
}

fn change_addresses(registry: &Registry, host: &mut HostObject, update: &Update) -> Outcome<()> {
    for address in &update.remove.addresses {
        ensure(host.addresses.remove(address), || Refusal::policy(format!("the host has no address {address}")))?;
    }
    for address in check_addresses(registry, &update.add.addresses)? {
        ensure(host.addresses.insert(address), || Refusal::policy(format!("the host has the address {address} already")))?;
    }
    let all: Vec<_> = host.addresses.iter().copied().collect();
    check_addresses(registry, &all).map(|_| ())
}

fn rename(registry: &Registry, call: &Call<'_>, host: &mut HostObject, to: HostName) -> Outcome<()> {
    ensure(!registry.hosts.contains_key(&to), || Refusal::exists(&to))?;
    let is_foreign = |name: &model::DomainName| registry.sponsor_of(name).is_some_and(|sponsor| *sponsor != call.registrar);
    let is_linked_by_others = host.linked_by.iter().any(is_foreign);
    ensure(!is_linked_by_others || is_sacrificial(registry, &to), || {
        Refusal::linked("domains of other registrars delegate to the host, so it keeps its name (RFC 5732 section 3.2.5)")
    })?;
    let is_ours = registry.is_below_own_tld(&to);
    if is_ours {
        let superordinate = registry.superordinate_name(&to);
        let sponsor = superordinate.as_ref().and_then(|name| registry.sponsor_of(name));
        let superordinate = superordinate.as_ref().ok_or_else(|| Refusal::not_found(&to))?;
        let sponsor = sponsor.ok_or_else(|| Refusal::not_found(superordinate))?;
        ensure(*sponsor == call.registrar, || Refusal::not_sponsor(superordinate))?;
    } else {
        host.addresses.clear();
    }
    let (superordinate, sponsor) = place(registry, &to, &call.registrar, !host.addresses.is_empty())?;
    host.superordinate = superordinate;
    host.origin.sponsor = sponsor;
    host.name = to;
    Ok(())
}

/// Whether the profile names this place for hosts that must get out of the way of a deletion.
fn is_sacrificial(registry: &Registry, to: &HostName) -> bool {
    registry
        .tlds
        .values()
        .filter_map(|rules| rules.profile.rename_hosts_to.as_ref())
        .any(|place| to == place || to.as_str().strip_suffix(place.as_str()).is_some_and(|below| below.ends_with('.')))
}

/// Puts the changed host in the place of the old one; every delegation follows a new name.
fn store(registry: &mut Registry, old: &HostName, host: HostObject) {
    let before = registry.hosts.remove(old);
    if host.name != *old {
        let above = before.and_then(|before| before.superordinate);
        if let Some(below) = above.and_then(|above| registry.subordinates.get_mut(&above)) {
            below.remove(old);
        }
        if let Some(above) = &host.superordinate {
            registry.subordinates.entry(above.clone()).or_default().insert(host.name.clone());
        }
        for domain in &host.linked_by {
            if let Some(domain) = registry.domains.get_mut(domain)
                && let Some(addresses) = domain.nameservers.remove(old)
            {
                domain.nameservers.insert(host.name.clone(), addresses);
            }
        }
    }
    registry.hosts.insert(host.name.clone(), host);
}
