//! Reserved names: closed, or open to the holder of an allocation token (RFC 8495).

use epp::extension::allocation_token::AllocationToken;
use epp::{Extension, ResultCode};
use model::DomainName;

use super::Call;
use crate::registry::Registry;
use crate::registry::authinfo::AuthHash;
use crate::registry::refusal::{Outcome, Refusal, ensure};
use crate::registry::rules::Rules;

/// Whether and how a name is reserved.
pub(crate) enum Reservation<'a> {
    Open,
    Closed,
    ByToken(&'a AuthHash),
}

pub(crate) fn reservation<'a>(registry: &'a Registry, rules: &Rules, name: &DomainName) -> Reservation<'a> {
    match registry.reserved.get(name) {
        Some(Some(token)) => Reservation::ByToken(token),
        Some(None) => Reservation::Closed,
        None if name.labels().next().is_some_and(|label| rules.profile.reserved.contains(label)) => Reservation::Closed,
        None => Reservation::Open,
    }
}

/// Whether the command carries the token of a reserved name.
pub(crate) fn opens(call: &Call<'_>, kept: &AuthHash) -> bool {
    call.extensions.iter().any(|extension| match extension {
        Extension::AllocationToken(AllocationToken::Token(token)) => kept.matches(token.expose()),
        _ => false,
    })
}

/// Refuses a create of a reserved name without its token, and a token that fits nothing (RFC 8495 section 3.2.1: 2201).
pub(crate) fn ensure_open(registry: &Registry, call: &Call<'_>, rules: &Rules, name: &DomainName) -> Outcome<()> {
    let carries_token = call.extensions.iter().any(|extension| matches!(extension, Extension::AllocationToken(_)));
    match reservation(registry, rules, name) {
        Reservation::Open => ensure(!carries_token, || {
            Refusal::new(ResultCode::AUTHORIZATION_ERROR, "the name needs no allocation token, and this one is unknown")
        }),
        Reservation::Closed => Err(Refusal::policy(format!("`{name}` is reserved"))),
        Reservation::ByToken(kept) => ensure(opens(call, kept), || {
            Refusal::new(ResultCode::AUTHORIZATION_ERROR, format!("`{name}` is reserved for the holder of its allocation token"))
        }),
    }
}

/// Refuses a token on a transfer that is not the name's own (RFC 8495 section 3.2.4). None is needed: whoever holds the name came by it
/// with its token once.
pub(crate) fn ensure_own(registry: &Registry, call: &Call<'_>, rules: &Rules, name: &DomainName) -> Outcome<()> {
    let carries_token = call.extensions.iter().any(|extension| matches!(extension, Extension::AllocationToken(_)));
    let is_own = match reservation(registry, rules, name) {
        Reservation::ByToken(kept) => opens(call, kept),
        Reservation::Open | Reservation::Closed => false,
    };
    ensure(!carries_token || is_own, || Refusal::new(ResultCode::AUTHORIZATION_ERROR, "the allocation token is not the name's"))
}
