//! Name servers of a domain, in the profile's host model (RFC 5731 section 1.1).
//!
//! A delegation to a host below one of our names needs the host's address, or nobody could reach it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use epp::ResultCode;
use epp::domain::NameServers;
use model::{DomainName, HostName};
use policy::profile::HostModel;

use super::host_create::check_addresses;
use super::parse_host;
use crate::registry::Registry;
use crate::registry::object::Life;
use crate::registry::refusal::{Outcome, Refusal, ensure};
use crate::registry::rules::Rules;

/// Host names with the addresses the attribute model keeps in the domain.
pub(crate) type Delegation = BTreeMap<HostName, BTreeSet<IpAddr>>;

/// Name servers to add to `domain`: in the right model, existing, reachable.
pub(crate) fn read(registry: &Registry, domain: &DomainName, servers: Option<&NameServers>) -> Outcome<Delegation> {
    let mut delegation = Delegation::new();
    match (registry.profile.host_model, servers) {
        (_, None) => {}
        (HostModel::Objects, Some(NameServers::Objects(names))) => {
            for name in names {
                let host = parse_host(name)?;
                ensure_object(registry, domain, &host)?;
                add(&mut delegation, host, BTreeSet::new())?;
            }
        }
        (HostModel::Attributes, Some(NameServers::Attributes(hosts))) => {
            for attribute in hosts {
                let host = parse_host(&attribute.name)?;
                let addresses = check_addresses(registry, &attribute.addresses)?;
                let is_inside = host.is_within(domain);
                ensure(is_inside || addresses.is_empty(), || {
                    Refusal::policy(format!("`{host}` lies outside `{domain}` and takes no address"))
                })?;
                ensure(!is_inside || !addresses.is_empty(), || {
                    Refusal::missing(format!("`{host}` lies below `{domain}` and needs an address"))
                })?;
                add(&mut delegation, host, addresses)?;
            }
        }
        (HostModel::Objects, Some(NameServers::Attributes(_))) => return Err(wrong_model("host objects (`domain:hostObj`)")),
        (HostModel::Attributes, Some(NameServers::Objects(_))) => return Err(wrong_model("host attributes (`domain:hostAttr`)")),
    }
    Ok(delegation)
}

/// Name servers to take away: only their names count.
pub(crate) fn read_names(servers: Option<&NameServers>) -> Outcome<Vec<HostName>> {
    servers.map(NameServers::names).unwrap_or_default().into_iter().map(parse_host).collect()
}

/// Refuses a delegation with fewer or more servers than the profile allows; none at all is allowed and leaves the name inactive.
pub(crate) fn ensure_count(rules: &Rules, delegation: &Delegation) -> Outcome<()> {
    let range = rules.profile.nameservers;
    let count = delegation.len();
    let fits = count == 0 || (usize::from(range.min)..=usize::from(range.max)).contains(&count);
    ensure(fits, || Refusal::policy(format!("a delegated name has {} to {} name servers, not {count}", range.min, range.max)))
}

fn add(delegation: &mut Delegation, host: HostName, addresses: BTreeSet<IpAddr>) -> Outcome<()> {
    let shown = host.to_string();
    ensure(delegation.insert(host, addresses).is_none(), || Refusal::policy(format!("the name server `{shown}` is given twice")))
}

fn ensure_object(registry: &Registry, domain: &DomainName, name: &HostName) -> Outcome<()> {
    let host = registry.hosts.get(name).ok_or_else(|| Refusal::not_found(name))?;
    let Some(superordinate) = &host.superordinate else { return Ok(()) };
    ensure(!host.addresses.is_empty(), || {
        Refusal::policy(format!("`{name}` has no address, so a delegation to it could not be followed; its sponsor must give it one"))
    })?;
    let is_active = registry.domains.get(superordinate).is_some_and(|above| matches!(above.life, Life::Active));
    ensure(is_active || superordinate == domain, || {
        Refusal::status(format!("`{superordinate}`, which `{name}` lies below, is being deleted"))
    })
}

fn wrong_model(wanted: &str) -> Refusal {
    Refusal::new(ResultCode::POLICY_ERROR, format!("this registry knows {wanted} only"))
}
