//! `namekeep domain check`: the registry's word on whether names are free, what they cost, and who claims them.

use std::collections::BTreeMap;
use std::path::Path;

use model::{AllocationToken, DomainName, RegistryId};
use registrar::registry::{AskRegistry, NameAvailability, NameClaims, check_claims, check_names};
use serde::Serialize;

use super::super::{Ending, Session};
use super::launch;
use crate::argument;
use crate::carrier::Carrier;
use crate::failure::{Exit, Failure};
use crate::output::{Report, print, table};

#[derive(Serialize)]
struct CheckReport {
    names: Vec<CheckedName>,
}

#[derive(Serialize)]
struct CheckedName {
    #[serde(flatten)]
    availability: NameAvailability,
    /// Who claims it; absent outside claims phases.
    #[serde(skip_serializing_if = "Option::is_none")]
    claims: Option<NameClaims>,
}

impl CheckedName {
    /// The keys to fetch the claims notices with.
    fn claims(&self) -> String {
        match &self.claims {
            None => String::new(),
            Some(claims) if !claims.has_claims => "none".to_owned(),
            Some(claims) if claims.keys.is_empty() => "claimed".to_owned(),
            Some(claims) => {
                let keys = claims.keys.iter().map(|key| match &key.validator {
                    Some(validator) => format!("{validator}: {}", key.key),
                    None => key.key.clone(),
                });
                keys.collect::<Vec<_>>().join("\n")
            }
        }
    }
}

impl Report for CheckReport {
    fn text(&self) -> String {
        let is_in_claims = self.names.iter().any(|one| one.claims.is_some());
        let rows = self.names.iter().map(|one| {
            let checked = &one.availability;
            let free = if checked.is_available { "free" } else { "taken" };
            let fees: Vec<String> = checked.fees.iter().map(|(what, fee)| format!("{what} {fee}")).collect();
            let premium = if checked.is_premium { "premium" } else { "" };
            let reason = checked.reason.clone().unwrap_or_default();
            let mut row = vec![checked.name.to_unicode(), free.to_owned(), reason, premium.to_owned(), fees.join(", ")];
            row.extend(is_in_claims.then(|| one.claims()));
            row
        });
        let mut heads = vec!["name", "is", "reason", "class", "fees"];
        heads.extend(is_in_claims.then_some("claims notice"));
        table(&heads, rows)
    }
}

/// Checks names at their registries.
pub fn run(session: &Session, names: &[String], token: Option<&Path>) -> Result<Ending, Failure> {
    session.may(registrar::registry::AskRegistry)?;
    let token = token.map(launch::token).transpose()?;
    let mut by_registry: BTreeMap<RegistryId, Vec<DomainName>> = BTreeMap::new();
    for name in names {
        let name = argument::domain(name)?;
        let profile = session.instance.registrar.profile_of(&name).ok_or_else(|| {
            Failure::new(Exit::Refused, "tld.not_served", format!("No registry of this instance runs the TLD of `{name}`."))
                .hint("`namekeep registry list` shows the TLDs")
        })?;
        by_registry.entry(profile.registry.clone()).or_default().push(name);
    }
    let names = session.block_on(ask(session, &by_registry, token.as_ref()))?;
    print(session.format, &CheckReport { names });
    Ok(Ending::Done)
}

async fn ask(
    session: &Session,
    by_registry: &BTreeMap<RegistryId, Vec<DomainName>>,
    token: Option<&AllocationToken>,
) -> Result<Vec<CheckedName>, Failure> {
    let mut answers = Vec::new();
    for (registry, names) in by_registry {
        let found = Carrier::with(&session.instance, registry, async |carrier| ask_one(session, registry, carrier, (names, token)).await);
        answers.extend(found.await?);
    }
    Ok(answers)
}

async fn ask_one(
    session: &Session,
    registry: &RegistryId,
    carrier: &Carrier,
    (names, token): (&[DomainName], Option<&AllocationToken>),
) -> Result<Vec<CheckedName>, Failure> {
    let (registrar, by) = (&session.instance.registrar, &session.may(AskRegistry)?);
    let found = check_names(by, registrar, registry, &carrier.port, names, token).await?;
    let claimable: Vec<DomainName> = names.iter().filter(|name| launch::is_claimable(session, name)).cloned().collect();
    let claims = if claimable.is_empty() { Vec::new() } else { check_claims(by, registrar, registry, &carrier.port, &claimable).await? };
    let with_claims = |availability: NameAvailability| {
        let claims = claims.iter().find(|claims| claims.name == availability.name).cloned();
        CheckedName { availability, claims }
    };
    Ok(found.into_iter().map(with_claims).collect())
}
