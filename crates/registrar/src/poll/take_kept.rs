//! Messages that were kept, taken again: what stood in their way was mended.

use model::RegistryId;
use policy::Permission;
use store::polls;

use super::process::ASIDE_ALARM;
use crate::actor::ledger_name;
use crate::authorised::NeedsPermission;
use crate::execute::note;
use crate::failure::Failure;
use crate::registry::alarm;
use crate::use_case::{UseCase, Work};

/// Open the messages of a registry again that were kept for the operator; the next round of its poller processes them. What became a
/// command already stays as it is. The answer says how many were opened; the ledger keeps who did.
#[derive(Clone, Debug)]
pub struct TakeKeptMessages {
    /// Of which registry.
    pub registry: RegistryId,
    /// Only those with this `msgQ id`; all where none is given.
    pub message: Option<String>,
}

impl NeedsPermission for TakeKeptMessages {
    fn permission(&self) -> Permission {
        Permission::TakeMessages
    }
}

impl UseCase for TakeKeptMessages {
    type Answer = u64;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<u64, Failure> {
        let opened = polls::reopen(work.tx, self.registry.as_str(), self.message.as_deref())?;
        if opened > 0 {
            if self.message.is_none() {
                alarm::clear(work.tx, &format!("{ASIDE_ALARM}:{}", self.registry))?;
            }
            let who = ledger_name(work.actor);
            note(work.tx, work.registrar, &who, self.registry.as_str(), "kept-messages-opened", &opened, work.now)?;
        }
        Ok(opened)
    }
}
