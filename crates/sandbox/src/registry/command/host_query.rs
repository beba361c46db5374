//! `host:check` and `host:info` (RFC 5732 section 3.1). Hosts are public: any registrar may look.

use epp::ObjectName;
use epp::host::{Check, CheckData, CheckItem, Data, InfoData, Named};
use model::HostName;

use super::statuses::shown;
use super::{Reply, ensure_host_objects, parse_host};
use crate::registry::Registry;
use crate::registry::refusal::{Outcome, Refusal, ensure};

pub(crate) fn check(registry: &Registry, check: &Check) -> Outcome<Reply> {
    ensure_host_objects(registry)?;
    let most = usize::from(registry.profile.limits.names_per_check);
    ensure(check.names.len() <= most, || Refusal::range(format!("at most {most} hosts can be checked at once")))?;
    let items = check.names.iter().map(|name| answer(registry, name)).collect();
    Ok(Reply::host(Data::Check(CheckData { items })))
}

fn answer(registry: &Registry, name: &ObjectName) -> CheckItem {
    let reason = match name.to_host() {
        Err(_) => Some("Not a host name"),
        Ok(host) if registry.hosts.contains_key(&host) => Some("In use"),
        Ok(_) => None,
    };
    CheckItem { name: name.clone(), is_available: reason.is_none(), reason: reason.map(Into::into) }
}

pub(crate) fn info(registry: &Registry, info: &Named) -> Outcome<Reply> {
    ensure_host_objects(registry)?;
    let name: HostName = parse_host(&info.name)?;
    let host = registry.hosts.get(&name).ok_or_else(|| Refusal::not_found(&name))?;
    let mut data = InfoData::new(&host.name, &host.origin.roid, &host.origin.sponsor);
    data.statuses = shown(&host.statuses());
    data.addresses = host.addresses.iter().copied().collect();
    data.provenance = host.origin.provenance();
    Ok(Reply::host(Data::Info(Box::new(data))))
}
