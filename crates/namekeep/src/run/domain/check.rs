//! `namekeep domain check`: the registry's word on whether names are free, and what they cost.

use std::collections::BTreeMap;

use model::{DomainName, RegistryId};
use registrar::registry::{NameAvailability, check_names};
use serde::Serialize;

use super::super::{Ending, Session};
use crate::argument;
use crate::carrier::Carrier;
use crate::failure::{Exit, Failure};
use crate::output::{Report, print, table};

#[derive(Serialize)]
struct CheckReport {
    names: Vec<NameAvailability>,
}

impl Report for CheckReport {
    fn text(&self) -> String {
        let rows = self.names.iter().map(|one| {
            let free = if one.is_available { "free" } else { "taken" };
            let fees: Vec<String> = one.fees.iter().map(|(what, fee)| format!("{what} {fee}")).collect();
            let premium = if one.is_premium { "premium" } else { "" };
            vec![one.name.to_unicode(), free.to_owned(), one.reason.clone().unwrap_or_default(), premium.to_owned(), fees.join(", ")]
        });
        table(&["name", "is", "reason", "class", "fees"], rows)
    }
}

/// Checks names at their registries.
pub fn run(session: &Session, names: &[String]) -> Result<Ending, Failure> {
    session.may(registrar::portfolio::ListDomains::default())?;
    let mut by_registry: BTreeMap<RegistryId, Vec<DomainName>> = BTreeMap::new();
    for name in names {
        let name = argument::domain(name)?;
        let profile = session.instance.registrar.profile_of(&name).ok_or_else(|| {
            Failure::new(Exit::Refused, "tld.not_served", format!("No registry of this instance runs the TLD of `{name}`."))
                .hint("`namekeep registry list` shows the TLDs")
        })?;
        by_registry.entry(profile.registry.clone()).or_default().push(name);
    }
    let names = session.block_on(ask(session, &by_registry))?;
    print(session.format, &CheckReport { names });
    Ok(Ending::Done)
}

async fn ask(session: &Session, by_registry: &BTreeMap<RegistryId, Vec<DomainName>>) -> Result<Vec<NameAvailability>, Failure> {
    let mut answers = Vec::new();
    for (registry, names) in by_registry {
        for carrier in Carrier::open_all(&session.instance, Some(registry))? {
            let found = check_names(&session.instance.registrar, registry, &carrier.port, names).await;
            carrier.close().await;
            answers.extend(found?);
        }
    }
    Ok(answers)
}
