//! `host:create` (RFC 5732 section 3.2.1).
//!
//! A host below a registered name belongs to that name's sponsor. Another registrar may create it without addresses, and then does not
//! sponsor it; a host elsewhere has no addresses here and belongs to its creator.

use std::collections::BTreeSet;
use std::net::IpAddr;

use epp::ResultCode;
use epp::host::{Create, CreateData, Data};
use model::{DomainName, GluePolicy, HostName, RegistrarHandle, glue};

use super::{Call, Reply, ensure_host_objects, parse_host};
use crate::registry::object::{HostObject, Life, Origin};
use crate::registry::refusal::{Outcome, Refusal, ensure};
use crate::registry::{Registry, Verb, object_key};

/// Most addresses of one host (Nomulus takes ten, the root zone's practice is thirteen).
const MAX_ADDRESSES: usize = 13;

pub(crate) fn create(registry: &mut Registry, call: &mut Call<'_>, create: &Create) -> Outcome<Reply> {
    ensure_host_objects(registry)?;
    let name = parse_host(&create.name)?;
    ensure(!registry.hosts.contains_key(&name), || Refusal::exists(&name))?;
    let addresses = check_addresses(registry, &create.addresses)?;
    let (superordinate, sponsor) = place(registry, &name, &call.registrar, !addresses.is_empty())?;
    let roid = registry.next_roid('H').ok_or_else(out_of_roids)?;
    let host = HostObject {
        name: name.clone(),
        origin: Origin::new(roid, &sponsor, &call.registrar, call.now),
        addresses,
        set: BTreeSet::new(),
        superordinate: superordinate.clone(),
        linked_by: BTreeSet::new(),
    };
    registry.hosts.insert(name.clone(), host);
    if let Some(superordinate) = superordinate {
        registry.subordinates.entry(superordinate).or_default().insert(name.clone());
    }
    registry.record(call, Verb::Create, object_key("host", &name), ResultCode::COMPLETED, Vec::new());
    Ok(Reply::host(Data::Create(CreateData { name: (&name).into(), created: call.now, expires: None })))
}

/// The name a host would be subordinate to, and who would sponsor it.
pub(crate) fn place(
    registry: &Registry,
    host: &HostName,
    registrar: &RegistrarHandle,
    has_addresses: bool,
) -> Outcome<(Option<DomainName>, RegistrarHandle)> {
    if !registry.is_below_own_tld(host) {
        ensure(!has_addresses, || Refusal::policy(format!("`{host}` lies outside this registry and takes no addresses here")))?;
        return Ok((None, registrar.clone()));
    }
    let missing = || Refusal::not_found(format!("the domain that `{host}` lies below"));
    let superordinate = registry.superordinate_name(host).ok_or_else(missing)?;
    let domain = registry.domains.get(&superordinate).ok_or_else(|| Refusal::not_found(&superordinate))?;
    ensure(matches!(domain.life, Life::Active), || Refusal::status(format!("`{superordinate}` is not active")))?;
    let sponsor = domain.origin.sponsor.clone();
    ensure(&sponsor == registrar || !has_addresses, || Refusal::not_sponsor(&superordinate))?;
    Ok((Some(superordinate), sponsor))
}

/// Addresses as a set: each usable as glue, none twice.
pub(crate) fn check_addresses(registry: &Registry, addresses: &[IpAddr]) -> Outcome<BTreeSet<IpAddr>> {
    ensure(addresses.len() <= MAX_ADDRESSES, || Refusal::range(format!("at most {MAX_ADDRESSES} addresses fit one host")))?;
    let policy = if registry.options.takes_local_glue { GluePolicy::AnyUnicast } else { GluePolicy::PublicOnly };
    let mut set = BTreeSet::new();
    for &address in addresses {
        glue::check_address(address, policy).map_err(|error| Refusal::policy(error.to_string()))?;
        ensure(set.insert(address), || Refusal::policy(format!("the address {address} is given twice")))?;
    }
    Ok(set)
}

/// The repository's numbering failed, which only a wrong repository id can cause.
pub(crate) fn out_of_roids() -> Refusal {
    Refusal::new(ResultCode::COMMAND_FAILED, "the registry could not number the object")
}
