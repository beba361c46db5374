//! How a registry account stands: intents by state, messages that wait, alarms, outages, sessions.

use std::collections::BTreeMap;

use epp::pool::PoolStatus;
use model::{RegistrarHandle, RegistryId, Timestamp};
use serde::Serialize;
use store::{intents, polls};

use super::alarm::{self, Alarm};
use super::balance;
use super::by_hand::AskRegistry;
use crate::authorised::Authorised;
use crate::failure::{Failure, Fault};
use crate::gate::RegistryPort;
use crate::maintenance::{self, Outage};
use crate::reconcile::{self, NightStanding};
use crate::registrar::Registrar;

/// A registry account at one moment.
#[derive(Clone, Debug, Serialize)]
pub struct RegistryStatus {
    /// The registry.
    pub registry: RegistryId,
    /// Its name for people.
    pub title: String,
    /// Our handle there.
    pub account: Option<RegistrarHandle>,
    /// Open intents by the word of their state.
    pub intents: BTreeMap<String, u64>,
    /// Messages that were stored and not processed.
    pub unprocessed_messages: u64,
    /// Since when the oldest of them waits.
    pub oldest_unprocessed_at: Option<Timestamp>,
    /// Since when nothing that costs money is sent there (2104).
    pub paid_stopped_since: Option<Timestamp>,
    /// Announced outages that are not over.
    pub outages: Vec<Outage>,
    /// How the nightly reconciliation stands.
    pub reconciliation: NightStanding,
    /// What an operator has to see to.
    pub alarms: Vec<Alarm>,
    /// The sessions, where this process has any.
    pub sessions: Option<PoolStatus>,
}

/// Looks at an account. `port` adds the sessions of this process.
///
/// # Errors
/// A fault if no profile has that id, or the store cannot be read.
pub async fn registry_status(
    _by: &Authorised<AskRegistry>,
    registrar: &Registrar,
    registry: &RegistryId,
    port: Option<&dyn RegistryPort>,
) -> Result<RegistryStatus, Failure> {
    let (shared, id) = (registrar.clone(), registry.clone());
    let mut status = tokio::task::spawn_blocking(move || stored(&shared, &id))
        .await
        .map_err(|error| Fault::new("a task of the status ended", &error))??;
    if let Some(port) = port {
        status.sessions = port.status().await;
    }
    Ok(status)
}

fn stored(registrar: &Registrar, registry: &RegistryId) -> Result<RegistryStatus, Failure> {
    let profile = registrar
        .registry(registry)
        .ok_or_else(|| Fault::words(format!("no profile has the registry id `{registry}`; add the profile or correct the id")))?;
    let now = registrar.now();
    registrar.store().read(|tx| {
        let (unprocessed_messages, oldest_unprocessed_at) = polls::count_open(tx, registry.as_str())?;
        Ok(RegistryStatus {
            registry: registry.clone(),
            title: profile.title.clone(),
            account: registrar.account(registry).cloned(),
            intents: intents::count_by_state(tx, registry)?,
            unprocessed_messages,
            oldest_unprocessed_at,
            paid_stopped_since: balance::stopped_since(tx, registry)?,
            outages: maintenance::list(tx, registry, now)?,
            reconciliation: reconcile::standing(tx, registry)?,
            alarms: alarm::list(tx, Some(registry))?,
            sessions: None,
        })
    })
}
