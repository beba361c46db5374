//! `domain:delete` (RFC 5731 section 3.2.2).
//!
//! In add grace the name is gone at once and paid back; later it goes into redemption, and charges whose grace still runs are paid
//! back (obligations 23.2). Hosts below the name that other names delegate to keep it from being deleted (RFC 9874).

use epp::ResultCode;
use epp::domain::Named;
use model::{EppStatus, RgpStatus};

use super::statuses::ensure_allowed;
use super::{Call, Reply, ensure_active, fees, parse_domain};
use crate::registry::change::Cause;
use crate::registry::life::undo_graces;
use crate::registry::refusal::{Outcome, Refusal, ensure};
use crate::registry::{Registry, Verb, object_key};

pub(crate) fn delete(registry: &mut Registry, call: &mut Call<'_>, delete: &Named) -> Outcome<Reply> {
    let name = parse_domain(&delete.name)?;
    let domain = registry.domains.get(&name).ok_or_else(|| Refusal::not_found(&name))?;
    ensure(domain.origin.sponsor == call.registrar, || Refusal::not_sponsor(&name))?;
    ensure_active(domain)?;
    ensure_allowed(&domain.set, EppStatus::ClientDeleteProhibited, EppStatus::ServerDeleteProhibited)?;
    let in_use = registry.subordinates_in_use(&name);
    ensure(in_use.is_empty(), || {
        let hosts: Vec<&str> = in_use.iter().map(|host| host.as_str()).collect();
        Refusal::linked(format!("other names delegate to hosts below this one: {}; rename them first (RFC 9874)", hosts.join(", ")))
    })?;

    let is_in_add_grace = domain.is_in_grace(RgpStatus::AddPeriod, call.now);
    let Some(domain) = registry.domains.get_mut(&name) else { return Err(Refusal::not_found(&name)) };
    let credits = undo_graces(domain, call.now);
    domain.origin.touch(&call.registrar, call.now);
    let object = object_key("domain", &name);
    if is_in_add_grace {
        registry.purge(&name, call.now, Cause::Command);
        let reply = fees::show_credits(registry, call, Reply::done(), &credits);
        registry.record(call, Verb::Delete, object, ResultCode::COMPLETED, credits);
        return Ok(reply);
    }
    registry.begin_redemption(&name, call.now);
    registry.reschedule(&name);
    let reply = fees::show_credits(registry, call, Reply::done().pending(), &credits);
    registry.record(call, Verb::Delete, object, ResultCode::PENDING, credits);
    Ok(reply)
}
