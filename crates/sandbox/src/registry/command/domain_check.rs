//! `domain:check` (RFC 5731 section 3.1.1), with claims and fees where they are asked for.

use epp::domain::{Check, CheckData, CheckItem, Data};
use epp::{ObjectName, ResponseData};
use policy::profile::Quirk;

use super::tokens::{Reservation, opens, reservation};
use super::{Call, Reply, fees, launch};
use crate::registry::Registry;
use crate::registry::refusal::{Outcome, Refusal, ensure};

pub(crate) fn check(registry: &Registry, call: &Call<'_>, check: &Check) -> Outcome<Reply> {
    let most = usize::from(registry.profile.limits.names_per_check);
    ensure(check.names.len() <= most, || Refusal::range(format!("at most {most} names can be checked at once")))?;
    if let Some(reply) = launch::check(registry, call, check) {
        return reply;
    }
    let items: Vec<CheckItem> = check.names.iter().map(|name| answer(registry, call, name)).collect();
    let prices = fees::check(registry, call, &items)?;
    let reply = Reply::done().with(ResponseData::Domain(Data::Check(CheckData { items })));
    Ok(reply.extend(prices))
}

fn answer(registry: &Registry, call: &Call<'_>, name: &ObjectName) -> CheckItem {
    let reason = why_not(registry, call, name);
    CheckItem { name: name.clone(), is_available: reason.is_none(), reason: reason.map(Into::into) }
}

/// Why a name cannot be registered, in at most 32 characters.
fn why_not(registry: &Registry, call: &Call<'_>, name: &ObjectName) -> Option<&'static str> {
    let has_capitals = name.as_str().bytes().any(|byte| byte.is_ascii_uppercase());
    if has_capitals && registry.has_quirk(Quirk::LowerCaseOnly) {
        return Some("Lower case only");
    }
    let Ok(domain) = name.to_domain() else { return Some("Not a domain name") };
    let Some(rules) = registry.rules_of(&domain) else { return Some("Not in this registry") };
    if registry.domains.contains_key(&domain) {
        return Some("In use");
    }
    match reservation(registry, rules, &domain) {
        Reservation::Open => None,
        Reservation::Closed => Some("Reserved"),
        Reservation::ByToken(kept) if opens(call, kept) => None,
        Reservation::ByToken(_) => Some("Needs an allocation token"),
    }
}
