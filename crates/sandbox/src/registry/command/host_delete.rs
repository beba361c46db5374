//! `host:delete` (RFC 5732 section 3.2.2): refused while a domain delegates to the host.

use epp::ResultCode;
use epp::host::Named;
use model::EppStatus;

use super::statuses::ensure_allowed;
use super::{Call, Reply, ensure_host_objects, parse_host};
use crate::registry::refusal::{Outcome, Refusal, ensure};
use crate::registry::{Registry, Verb, object_key};

pub(crate) fn delete(registry: &mut Registry, call: &mut Call<'_>, delete: &Named) -> Outcome<Reply> {
    ensure_host_objects(registry)?;
    let name = parse_host(&delete.name)?;
    let host = registry.hosts.get(&name).ok_or_else(|| Refusal::not_found(&name))?;
    ensure(host.origin.sponsor == call.registrar, || Refusal::not_sponsor(&name))?;
    ensure_allowed(&host.set, EppStatus::ClientDeleteProhibited, EppStatus::ServerDeleteProhibited)?;
    ensure(host.linked_by.is_empty(), || {
        Refusal::linked(format!("{} domains delegate to the host; change their name servers first", host.linked_by.len()))
    })?;
    let superordinate = host.superordinate.clone();
    registry.hosts.remove(&name);
    if let Some(below) = superordinate.and_then(|above| registry.subordinates.get_mut(&above)) {
        below.remove(&name);
    }
    registry.record(call, Verb::Delete, object_key("host", &name), ResultCode::COMPLETED, Vec::new());
    Ok(Reply::done())
}
