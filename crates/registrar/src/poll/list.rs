//! The messages that registries sent, for people: what came, and what became of it.

use model::{RegistryId, Timestamp};
use policy::Permission;
use serde::Serialize;
use store::polls;

use crate::authorised::NeedsPermission;
use crate::failure::Failure;
use crate::page::{DEFAULT_PAGE_ITEMS, MAX_PAGE_ITEMS};
use crate::use_case::{Question, Work};

/// List messages, newest first.
#[derive(Clone, Debug, Default)]
pub struct ListMessages {
    /// Only of this registry; of all where none is given.
    pub registry: Option<RegistryId>,
    /// Only those kept for the operator: nothing followed from them.
    pub only_kept: bool,
    /// Only those received before.
    pub before: Option<Timestamp>,
    /// Most messages of each registry; 100 where none is given, 1000 at most.
    pub limit: Option<u32>,
}

/// A message as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct MessageLine {
    /// Our id of it.
    pub id: String,
    /// The registry.
    pub registry: RegistryId,
    /// The registry's id of it.
    pub message: String,
    /// When the registry queued it.
    pub queued_at: Option<Timestamp>,
    /// When it came.
    pub received_at: Timestamp,
    /// When it was processed.
    pub processed_at: Option<Timestamp>,
    /// What became of it.
    pub outcome: Option<String>,
    /// Whether it is kept for the operator: nothing followed from it.
    pub is_kept: bool,
}

impl NeedsPermission for ListMessages {
    fn permission(&self) -> Permission {
        Permission::ReadPortfolio
    }
}

impl Question for ListMessages {
    type Answer = Vec<MessageLine>;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Vec<MessageLine>, Failure> {
        let before = self.before.unwrap_or(Timestamp::MAX);
        let limit = self.limit.unwrap_or(DEFAULT_PAGE_ITEMS).clamp(1, MAX_PAGE_ITEMS);
        let mut lines = Vec::new();
        for registry in work.registrar.registries().map(|profile| &profile.id) {
            if self.registry.as_ref().is_some_and(|wanted| wanted != registry) {
                continue;
            }
            let list = if self.only_kept { polls::list_kept } else { polls::list };
            for message in list(work.tx, registry.as_str(), before, limit)? {
                lines.push(MessageLine {
                    id: message.id.to_string(),
                    registry: registry.clone(),
                    message: message.msg_id,
                    queued_at: message.queued_at,
                    received_at: message.received_at,
                    processed_at: message.processed_at,
                    outcome: message.outcome,
                    is_kept: message.is_kept,
                });
            }
        }
        lines.sort_by(|a, b| b.received_at.cmp(&a.received_at).then_with(|| b.id.cmp(&a.id)));
        Ok(lines)
    }
}
