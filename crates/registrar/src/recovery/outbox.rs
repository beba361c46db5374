//! The outbox as it was put back: each intent in it may have been sent after the recovery point, so none is sent before the registry was
//! asked what became of it.
//!
//! | proof says | then |
//! | --- | --- |
//! | done | it is settled as done |
//! | lost | it is settled as refused |
//! | not done, and the registry itself takes it only once (a create, a renewal by its `curExpDate`, a restore) | it is sent |
//! | not done, and it could undo what was ordered after the recovery point (an update, a deletion, an authInfo, a transfer) | it is cancelled; whoever ordered it sees that |

use model::Timestamp;
use policy::{IntentState, Operation, Outcome};
use serde::{Deserialize, Serialize};
use store::intents::IntentRow;
use store::recovery::{self, Freeze};
use store::{StoreFault, Tx, settings};

/// Setting: the last restore that was thawed. What was left unproven then is still not believed.
const LAST: &str = "recovery.last";

/// A restore, in force or over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Restored {
    /// When the state was put back.
    pub(crate) since: Timestamp,
}

impl Restored {
    /// The last restore of this instance; none if there never was one.
    pub(crate) fn find(tx: &mut Tx<'_>) -> Result<Option<Self>, StoreFault> {
        if let Some(Freeze { since, .. }) = recovery::find_freeze(tx)? {
            return Ok(Some(Self { since }));
        }
        let unreadable = |error| StoreFault::Schema { reason: format!("the setting `{LAST}` cannot be read: {error}") };
        settings::find(tx, LAST)?.map(|json| serde_json::from_str(&json).map_err(unreadable)).transpose()
    }

    /// Remembers it past the end of its freeze.
    pub(crate) fn keep(self, tx: &mut Tx<'_>) -> Result<(), StoreFault> {
        let unwritable = |error| StoreFault::Schema { reason: format!("the setting `{LAST}` cannot be written: {error}") };
        settings::set(tx, LAST, &serde_json::to_string(&self).map_err(unwritable)?)
    }

    /// Whether an intent stood in the outbox that was put back.
    pub(crate) fn held(self, row: &IntentRow) -> bool {
        row.intent.decided_at <= self.since
    }

    /// Whether it may have been sent without our knowing, and nobody asked about that yet.
    pub(crate) fn doubts(self, row: &IntentRow) -> bool {
        self.held(row) && row.sent_at.is_none_or(|sent_at| sent_at < self.since)
    }

    /// Whether the last attempt that may have been made at it is none that we know of since.
    pub(crate) fn is_in_the_dark(self, row: &IntentRow) -> bool {
        self.held(row) && row.sent_at.is_none_or(|sent_at| sent_at <= self.since)
    }

    /// Whether it is still to be found out what became of it. What a registry accepted and has not decided is the registry's to end.
    pub(crate) fn is_unproven(self, row: &IntentRow) -> bool {
        match row.state {
            IntentState::Waiting | IntentState::Ready => self.doubts(row),
            IntentState::Sent | IntentState::Unknown => self.held(row),
            _ => false,
        }
    }
}

/// Whether an order that was not carried out may be sent after all: the registry itself takes it only once, and it undoes nothing.
fn is_safe_to_send(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::CreateDomain { .. }
            | Operation::CreateHost { .. }
            | Operation::CreateContact { .. }
            | Operation::RenewDomain { .. }
            | Operation::RequestRestore { .. }
            | Operation::ReportRestore { .. }
    )
}

/// What becomes of an order of before the restore that was proven not done, where it is not to be sent any more; none where it is sent.
pub(crate) fn given_up(operation: &Operation) -> Option<Outcome> {
    let message = "it was ordered before the state was put back and not carried out; what was ordered after it is not known, so it is not \
                   sent: order it again if it is still wanted";
    (!is_safe_to_send(operation)).then(|| Outcome::Cancelled { message: message.to_owned() })
}
