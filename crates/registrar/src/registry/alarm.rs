//! Alarms: what an operator has to see to. One row each in the settings of the store, by key, so that the same trouble raised a
//! thousand times is one alarm that counts.

use model::{RegistryId, Timestamp};
use policy::Permission;
use serde::{Deserialize, Serialize};
use store::{StoreFault, Tx, settings};

use crate::actor::ledger_name;
use crate::authorised::NeedsPermission;
use crate::execute::note;
use crate::failure::Failure;
use crate::use_case::{Question, UseCase, Work};

/// What alarms are called in the settings.
const PREFIX: &str = "alarm.";

/// An alarm that nobody has cleared.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alarm {
    /// What makes it the same alarm: its kind and what it is about, such as `balance:alpha`.
    pub key: String,
    /// The registry it is about, if it is about one.
    pub registry: Option<RegistryId>,
    /// What is wrong and what to do. No secret and no personal data.
    pub sentence: String,
    /// When it was raised first.
    pub raised_at: Timestamp,
    /// When it was raised last.
    pub last_at: Timestamp,
    /// How often.
    pub count: u64,
}

/// What an alarm says, before it is a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Raised {
    /// See [`Alarm::key`].
    pub(crate) key: String,
    /// See [`Alarm::registry`].
    pub(crate) registry: Option<RegistryId>,
    /// See [`Alarm::sentence`].
    pub(crate) sentence: String,
}

impl Raised {
    /// An alarm about a registry. `kind` and `about` make the key.
    pub(crate) fn at(registry: &RegistryId, kind: &str, sentence: impl Into<String>) -> Self {
        Self { key: format!("{kind}:{registry}"), registry: Some(registry.clone()), sentence: sentence.into() }
    }

    /// The same, apart from others of its kind.
    pub(crate) fn about(mut self, what: impl std::fmt::Display) -> Self {
        self.key = format!("{}:{what}", self.key);
        self
    }
}

/// Raises an alarm, or counts it if it is raised already. Says whether it is new.
pub(crate) fn raise(tx: &mut Tx<'_>, raised: &Raised, now: Timestamp) -> Result<bool, StoreFault> {
    let before = settings::find(tx, &name(&raised.key))?.and_then(|json| serde_json::from_str::<Alarm>(&json).ok());
    let is_new = before.is_none();
    let alarm = Alarm {
        key: raised.key.clone(),
        registry: raised.registry.clone(),
        sentence: raised.sentence.clone(),
        raised_at: before.as_ref().map_or(now, |before| before.raised_at),
        last_at: now,
        count: before.map_or(1, |before| before.count.saturating_add(1)),
    };
    let json = serde_json::to_string(&alarm).map_err(|error| StoreFault::Stopped { reason: format!("an alarm is not JSON: {error}") })?;
    settings::set(tx, &name(&raised.key), &json)?;
    if is_new {
        tracing::warn!(key = alarm.key, "alarm: {}", alarm.sentence);
    }
    Ok(is_new)
}

/// Whether an alarm is raised.
pub(crate) fn is_raised(tx: &mut Tx<'_>, key: &str) -> Result<bool, StoreFault> {
    Ok(settings::find(tx, &name(key))?.is_some())
}

/// Clears an alarm, if it is raised.
pub(crate) fn clear(tx: &mut Tx<'_>, key: &str) -> Result<bool, StoreFault> {
    settings::remove(tx, &name(key))
}

/// Raises an alarm of the house while there is something to say, and clears it once there is not.
pub(crate) fn say(tx: &mut Tx<'_>, key: &str, sentence: Option<String>, now: Timestamp) -> Result<(), StoreFault> {
    match sentence {
        Some(sentence) => raise(tx, &Raised { key: key.to_owned(), registry: None, sentence }, now).map(drop),
        None => clear(tx, key).map(drop),
    }
}

fn name(key: &str) -> String {
    format!("{PREFIX}{key}")
}

/// Every alarm that is raised, of one registry or of all.
pub(crate) fn list(tx: &mut Tx<'_>, registry: Option<&RegistryId>) -> Result<Vec<Alarm>, StoreFault> {
    let rows = settings::list(tx)?.into_iter().filter(|(name, _)| name.starts_with(PREFIX));
    let alarms = rows.filter_map(|(_, json)| serde_json::from_str::<Alarm>(&json).ok());
    Ok(alarms.filter(|alarm| registry.is_none() || alarm.registry.as_ref() == registry).collect())
}

/// Every alarm that is raised, by key.
#[derive(Clone, Debug, Default)]
pub struct ListAlarms {
    /// Only those about this registry.
    pub registry: Option<RegistryId>,
}

impl NeedsPermission for ListAlarms {
    fn permission(&self) -> Permission {
        Permission::ReadPortfolio
    }
}

impl Question for ListAlarms {
    type Answer = Vec<Alarm>;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Vec<Alarm>, Failure> {
        Ok(list(work.tx, self.registry.as_ref())?)
    }
}

/// Clear an alarm that was seen to; the ledger keeps who did. The answer says whether it was raised.
#[derive(Clone, Debug)]
pub struct ClearAlarm {
    /// Its key.
    pub key: String,
}

impl NeedsPermission for ClearAlarm {
    fn permission(&self) -> Permission {
        Permission::ResolveDrift
    }
}

impl UseCase for ClearAlarm {
    type Answer = bool;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<bool, Failure> {
        let was_raised = clear(work.tx, &self.key)?;
        if was_raised {
            note(work.tx, work.registrar, &ledger_name(work.actor), &self.key, "alarm-cleared", &self.key, work.now)?;
        }
        Ok(was_raised)
    }
}
