//! Is the instance frozen, and what is missing until it can be thawed?

use model::RegistryId;
use policy::Permission;
use serde::Serialize;
use store::recovery::{self, Freeze};
use store::{Tx, intents};

use super::outbox::Restored;
use super::standing::{self, RegistryStanding};
use crate::authorised::NeedsPermission;
use crate::failure::Failure;
use crate::registrar::Registrar;
use crate::use_case::{Question, Work};

/// Open intents read at once.
const PAGE_INTENTS: u32 = 500;

/// How does the recovery stand?
#[derive(Clone, Copy, Debug)]
pub struct AskRecovery;

/// How it stands.
#[derive(Clone, Debug, Serialize)]
pub struct RecoveryStatus {
    /// The freeze in force; none while the instance works.
    pub freeze: Option<Freeze>,
    /// Each registry, by id.
    pub registries: Vec<RegistryStatus>,
}

/// One registry.
#[derive(Clone, Debug, Serialize)]
pub struct RegistryStatus {
    /// Which.
    pub registry: RegistryId,
    /// The last reconciliation that came to its end.
    pub last: Option<RegistryStanding>,
    /// Orders of before the restore of which nobody knows yet what became of them.
    pub unproven: u64,
    /// Whether it makes good what the restore lost.
    pub is_green: bool,
}

impl RecoveryStatus {
    /// Whether every registry makes good what the restore lost.
    #[must_use]
    pub fn is_green(&self) -> bool {
        self.registries.iter().all(|registry| registry.is_green)
    }
}

impl NeedsPermission for AskRecovery {
    fn permission(&self) -> Permission {
        Permission::ReadPortfolio
    }
}

impl Question for AskRecovery {
    type Answer = RecoveryStatus;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<RecoveryStatus, Failure> {
        read(work.tx, work.registrar)
    }
}

/// How it stands, in an open transaction.
pub(super) fn read(tx: &mut Tx<'_>, registrar: &Registrar) -> Result<RecoveryStatus, Failure> {
    let freeze = recovery::find_freeze(tx)?;
    let restored = Restored::find(tx)?;
    let mut registries = Vec::new();
    for id in registrar.registries().map(|profile| profile.id.clone()).collect::<Vec<_>>() {
        let last = standing::find(tx, &id)?;
        let unproven = restored.map_or(Ok(0), |restored| count_unproven(tx, &id, restored))?;
        let is_reconciled = freeze.as_ref().is_none_or(|freeze| last.as_ref().is_some_and(|last| last.is_green(freeze)));
        registries.push(RegistryStatus { registry: id, last, unproven, is_green: is_reconciled && unproven == 0 });
    }
    Ok(RecoveryStatus { freeze, registries })
}

/// Intents of the outbox that was put back of which nobody knows yet what became of them.
fn count_unproven(tx: &mut Tx<'_>, registry: &RegistryId, restored: Restored) -> Result<u64, Failure> {
    let (mut count, mut after) = (0, None);
    loop {
        let page = intents::list_unsettled(tx, Some(registry), after, PAGE_INTENTS)?;
        count += page.iter().filter(|row| restored.is_unproven(row)).count() as u64;
        match page.last().filter(|_| page.len() == PAGE_INTENTS as usize) {
            Some(last) => after = Some(last.intent.id),
            None => return Ok(count),
        }
    }
}
