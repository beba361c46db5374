//! `domain:info` (RFC 5731 section 3.1.2).
//!
//! The sponsor, and whoever shows the right code, sees everything; others see the name without its contacts. A wrong code is refused
//! whoever shows it, so that a sponsor can prove which code is set. The code itself is never shown: the registry keeps only its hash.

use epp::domain::{Data, DomainContact, HostAttribute, HostFilter, Info, InfoData, NameServers};
use epp::extension::rgp::{GraceStatus, Rgp};
use epp::{Extension, Namespace, ResponseData, ResultCode};
use model::Timestamp;

use super::statuses::shown;
use super::{Call, Reply, dnssec, idn, is_code_of, parse_domain, ttl};
use crate::registry::Registry;
use crate::registry::object::Domain;
use crate::registry::refusal::{Outcome, Refusal, ensure};

pub(crate) fn info(registry: &Registry, call: &Call<'_>, info: &Info) -> Outcome<Reply> {
    let name = parse_domain(&info.name)?;
    let domain = registry.domains.get(&name).ok_or_else(|| Refusal::not_found(&name))?;
    let shown_code = info.auth.as_ref().filter(|auth| auth.secret().is_some());
    let knows_code = shown_code.is_some_and(|auth| is_code_of(domain, auth));
    ensure(shown_code.is_none() || knows_code, || {
        Refusal::new(ResultCode::INVALID_AUTH_INFO, "the authorisation code is not the name's, or none is set (RFC 9154)")
    })?;
    let is_full = knows_code || domain.origin.sponsor == call.registrar;
    let shown = data(registry, domain, is_full, info.hosts);
    let mut reply = Reply::done().with(ResponseData::Domain(Data::Info(Box::new(shown))));
    if call.reads(Namespace::Rgp) {
        reply = reply.extend(grace(domain, call.now));
    }
    if call.reads(Namespace::SecDns) {
        reply = reply.extend(dnssec::show(&domain.dnssec));
    }
    if call.reads(Namespace::Idn) {
        reply = reply.extend(idn::show(domain));
    }
    Ok(reply.extend(ttl::show(call, domain)))
}

/// A domain as `infData` shows it.
pub(crate) fn data(registry: &Registry, domain: &Domain, is_full: bool, hosts: HostFilter) -> InfoData {
    let mut shown_data = InfoData::new(&domain.name, &domain.origin.roid, &domain.origin.sponsor);
    shown_data.statuses = shown(&domain.statuses());
    shown_data.provenance = domain.origin.provenance();
    shown_data.expires = Some(domain.expires);
    if is_full {
        shown_data.registrant = domain.registrant.as_ref().map(Into::into);
        let contact = |(role, handle): &(model::ContactRole, model::ContactHandle)| DomainContact { role: Some(*role), id: handle.into() };
        shown_data.contacts = domain.contacts.iter().map(contact).collect();
    }
    if matches!(hosts, HostFilter::All | HostFilter::Delegated) && !domain.nameservers.is_empty() {
        shown_data.name_servers = Some(name_servers(registry, domain));
    }
    if matches!(hosts, HostFilter::All | HostFilter::Subordinate) {
        shown_data.subordinate_hosts = registry.subordinates.get(&domain.name).into_iter().flatten().map(Into::into).collect();
    }
    shown_data
}

fn name_servers(registry: &Registry, domain: &Domain) -> NameServers {
    if registry.uses_host_objects() {
        return NameServers::objects(domain.nameservers.keys());
    }
    let attribute = |(name, addresses): (&model::HostName, &std::collections::BTreeSet<std::net::IpAddr>)| HostAttribute {
        name: name.into(),
        addresses: addresses.iter().copied().collect(),
    };
    NameServers::Attributes(domain.nameservers.iter().map(attribute).collect())
}

/// The RGP statuses of a domain; none when it has none.
pub(crate) fn grace(domain: &Domain, now: Timestamp) -> Option<Extension> {
    let statuses: Vec<GraceStatus> = domain.rgp_statuses(now).into_iter().map(Into::into).collect();
    (!statuses.is_empty()).then_some(Extension::Rgp(Rgp::Info(statuses)))
}
