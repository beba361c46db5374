//! The stop of paid operations: once a registry says that the balance does not cover a command (2104), nothing that costs money goes
//! there until an operator says that the account was topped up.

use model::{RegistryId, Timestamp};
use policy::Permission;
use store::{StoreFault, Tx, settings};

use super::alarm::{self, Raised};
use crate::actor::ledger_name;
use crate::authorised::NeedsPermission;
use crate::execute::note;
use crate::failure::Failure;
use crate::use_case::{UseCase, Work};

/// The kind of the alarm.
const ALARM: &str = "balance";

fn name(registry: &RegistryId) -> String {
    format!("registry.{registry}.paid_stopped_since")
}

/// Stops what costs money and raises the alarm.
pub(crate) fn stop(tx: &mut Tx<'_>, registry: &RegistryId, words: &str, now: Timestamp) -> Result<(), StoreFault> {
    if stopped_since(tx, registry)?.is_none() {
        settings::set(tx, &name(registry), &now.to_string())?;
    }
    let sentence = format!(
        "registry `{registry}` says that the balance is too low ({words}); nothing that costs money is sent there. Top up the account, then resume"
    );
    alarm::raise(tx, &Raised::at(registry, ALARM, sentence), now).map(drop)
}

/// Since when what costs money is stopped, if it is.
pub(crate) fn stopped_since(tx: &mut Tx<'_>, registry: &RegistryId) -> Result<Option<Timestamp>, StoreFault> {
    Ok(settings::find(tx, &name(registry))?.and_then(|text| text.parse().ok()))
}

/// Send what costs money again: the account was topped up. The answer says whether it was stopped.
#[derive(Clone, Debug)]
pub struct ResumePaidOperations {
    /// At which registry.
    pub registry: RegistryId,
}

impl NeedsPermission for ResumePaidOperations {
    fn permission(&self) -> Permission {
        Permission::RegisterDomain
    }
}

impl UseCase for ResumePaidOperations {
    type Answer = bool;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<bool, Failure> {
        let was_stopped = settings::remove(work.tx, &name(&self.registry))?;
        alarm::clear(work.tx, &format!("{ALARM}:{}", self.registry))?;
        if was_stopped {
            let who = ledger_name(work.actor);
            note(work.tx, work.registrar, &who, self.registry.as_str(), "paid-operations-resumed", &self.registry, work.now)?;
        }
        Ok(was_stopped)
    }
}
