//! How the reconciliation of one registry after a restore stands: one setting a registry.

use model::{RegistryId, Timestamp};
use serde::{Deserialize, Serialize};
use store::recovery::Freeze;
use store::{Tx, settings};

use crate::failure::{Failure, Fault};

/// What one reconciliation of a registry found, from its first name to its last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistryStanding {
    /// When it began.
    pub began_at: Timestamp,
    /// When its last name was done.
    pub ended_at: Timestamp,
    /// Names of ours that the registry was asked about.
    pub checked: u64,
    /// Of them, those where the registry's word was taken, because it is newer than the recovery point.
    pub taken: u64,
    /// Names that only the registry knew, and that were taken on.
    pub adopted: u64,
    /// Differences that nothing explains: a person decides.
    pub exceptions: u64,
    /// Names that the registry did not answer for.
    pub unanswered: u64,
}

impl RegistryStanding {
    /// Whether it makes good what the restore lost: begun after it, every name answered for, nothing unexplained.
    #[must_use]
    pub fn is_green(&self, freeze: &Freeze) -> bool {
        self.began_at >= freeze.since && self.exceptions == 0 && self.unanswered == 0
    }
}

/// The last one of a registry that came to its end.
pub(super) fn find(tx: &mut Tx<'_>, registry: &RegistryId) -> Result<Option<RegistryStanding>, Failure> {
    let Some(json) = settings::find(tx, &setting(registry))? else { return Ok(None) };
    let standing = serde_json::from_str(&json);
    Ok(Some(standing.map_err(|error| Fault::new("the standing of a recovery is not as expected", &error))?))
}

pub(super) fn keep(tx: &mut Tx<'_>, registry: &RegistryId, standing: &RegistryStanding) -> Result<(), Failure> {
    let json = serde_json::to_string(standing).map_err(|error| Fault::new("the standing of a recovery cannot be written", &error))?;
    Ok(settings::set(tx, &setting(registry), &json)?)
}

fn setting(registry: &RegistryId) -> String {
    format!("recovery.registry.{registry}")
}
