//! Whether the instance is frozen: a database that was put back knows less than the registries do, and nothing acts by itself until that
//! was made good.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::fault::StoreFault;
use crate::json::to_json;
use crate::settings;
use crate::sql::leases as sql;
use crate::tx::Tx;
use crate::value::values;

/// Setting: why and since when the instance is frozen; absent while it is not.
const FROZEN: &str = "recovery.frozen";

/// A freeze: what was put back, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Freeze {
    /// When the state was put back.
    pub since: Timestamp,
    /// What it was put back from, in words for people. No personal data.
    pub source: String,
    /// The recovery point: the last commit that the state holds; none where it is not known.
    pub point: Option<Timestamp>,
}

/// Freezes the instance. The store's own tools do it in the database they put back, before anything opens it.
///
/// # Errors
/// If the database cannot be written.
pub fn freeze(tx: &mut Tx<'_>, freeze: &Freeze) -> Result<(), StoreFault> {
    settings::set(tx, FROZEN, &to_json(FROZEN, freeze)?)
}

/// The freeze in force; none while the instance works.
///
/// # Errors
/// If the database cannot be read, or the setting is not what was written.
pub fn find_freeze(tx: &mut Tx<'_>) -> Result<Option<Freeze>, StoreFault> {
    let Some(json) = settings::find(tx, FROZEN)? else { return Ok(None) };
    let unreadable = |error| StoreFault::Schema { reason: format!("the setting `{FROZEN}` cannot be read: {error}") };
    serde_json::from_str(&json).map(Some).map_err(unreadable)
}

/// Ends the freeze; nothing happens where there is none.
///
/// # Errors
/// If the database cannot be written.
pub fn thaw(tx: &mut Tx<'_>) -> Result<(), StoreFault> {
    settings::remove(tx, FROZEN).map(drop)
}

/// Ends every lease: in a database that was put back they are held by processes of before.
///
/// # Errors
/// If the database cannot be written.
pub fn lapse_leases(tx: &mut Tx<'_>) -> Result<(), StoreFault> {
    tx.execute(&sql::LAPSE_ALL, values![]).map(drop)
}
