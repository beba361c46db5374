//! Which labels somebody claims as a trademark: asked of the registry by a claims check (RFC 8334 section 3.1.1).

use std::sync::Arc;

use epp::Extension;
use epp::extension::launch::{ClaimedName, Launch};
use model::{DomainName, RegistryId, Timestamp};
use policy::profile::Extension as Feature;
use policy::{ClaimsAnswer, Refusal};
use serde::Serialize;

use super::by_hand::AskRegistry;
use super::check::{ask_in_batches, in_order_of, unanswered};
use crate::authorised::Authorised;
use crate::failure::Failure;
use crate::gate::{Asked, Line, Query, RegistryPort, words_of};
use crate::registrar::Registrar;

/// What a registry says of trademark claims on a name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NameClaims {
    /// The name.
    pub name: DomainName,
    /// Whether somebody claims it: its buyer must then be shown the claims notice and accept it.
    pub has_claims: bool,
    /// The keys to fetch the notices with, from the validator that each names.
    pub keys: Vec<NoticeKey>,
    /// When the registry was asked.
    pub asked_at: Timestamp,
}

/// A key to fetch a claims notice with (RFC 8334 section 2.4.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NoticeKey {
    /// The key.
    pub key: String,
    /// Whose notice it is; the Trademark Clearinghouse's when absent.
    pub validator: Option<String>,
}

impl NameClaims {
    /// What the rules ask of it.
    #[must_use]
    pub fn answer(&self) -> ClaimsAnswer {
        ClaimsAnswer { has_claims: self.has_claims, asked_at: self.asked_at }
    }
}

/// Asks a registry who claims these names. The answer has the order of the question.
///
/// # Errors
/// A refusal if a name is in no TLD of that registry, or if the registry's profile knows no launch phases; a fault if the registry does
/// not answer.
pub async fn check_claims(
    _by: &Authorised<AskRegistry>,
    registrar: &Registrar,
    registry: &RegistryId,
    port: &Arc<dyn RegistryPort>,
    names: &[DomainName],
) -> Result<Vec<NameClaims>, Failure> {
    let line = Line::open(registrar.clone(), registry, Arc::clone(port))?;
    if !line.profile.namespaces.speaks(Feature::Launch) {
        let sentence = format!("registry `{registry}` knows no claims checks by its profile");
        return Err(Refusal::new("claims.not-offered", "RFC 8334 3.3.2", sentence)
            .hint("add `launch` to its namespaces, or take the claims phase out of its TLDs")
            .into());
    }
    let found = ask_in_batches(&line, names, Query::Claims, read).await?;
    in_order_of(names, found, |claims| &claims.name, &line, "a claims check")
}

fn read(line: &Line, asked: &Asked) -> Result<Vec<NameClaims>, Failure> {
    let response = &asked.answer().map_err(|reason| unanswered(line, reason))?.response;
    let data = response.extensions.iter().find_map(|extension| match extension {
        Extension::Launch(launch) => match launch.as_ref() {
            Launch::CheckData(data) => Some(data),
            _ => None,
        },
        _ => None,
    });
    let Some(data) = data.filter(|_| response.is_success()) else {
        return Err(unanswered(line, &format!("{} {}", response.code(), words_of(response))).into());
    };
    let claims = |claimed: &ClaimedName| {
        let name = claimed.name.to_domain().ok()?;
        let keys = claimed.keys.iter().map(|key| NoticeKey { key: key.key.clone(), validator: key.validator.clone() }).collect();
        Some(NameClaims { name, has_claims: claimed.has_claims, keys, asked_at: asked.asked_at() })
    };
    Ok(data.names.iter().filter_map(claims).collect())
}
