//! Waiting for intents: what became of what an order sent on its way.

use std::time::{Duration, Instant};

use model::IntentId;
use policy::IntentState;
use serde::Serialize;
use store::intents;

use crate::failure::Failure;
use crate::registrar::Registrar;

/// Pause between two looks at the store. Commits of this process wake the waiter at once; those of another node are seen after this.
const LOOK_INTERVAL: Duration = Duration::from_millis(50);

/// Where an intent stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Settlement {
    /// Which.
    pub intent: IntentId,
    /// What it does, as a word.
    pub operation: String,
    /// Its object, such as `domain:example.org`.
    pub object: String,
    /// Where it stands. Waiting ended because nothing of it is left to wait for, or because time ran out.
    pub state: IntentState,
    /// Why it was refused or cancelled, in the registry's or our words.
    pub message: Option<String>,
}

impl Registrar {
    /// Waits until every one of `wanted` is settled, pending at the registry, or `timeout` has passed, and says where each stands.
    /// Works whichever process carries the intents. Blocks.
    ///
    /// # Errors
    /// A fault if the store cannot be read or does not know one of the intents.
    pub fn await_settled(&self, wanted: &[IntentId], timeout: Duration) -> Result<Vec<Settlement>, Failure> {
        // The waiter's own patience, not the registrar's time: a clock that is moved by hand must not end it.
        let begun = Instant::now();
        let mut seen = 0;
        loop {
            let found = self.settlements(wanted)?;
            let is_over = found.iter().all(|settlement| !settlement.state.is_open() || settlement.state == IntentState::Pending);
            if is_over || begun.elapsed() >= timeout {
                return Ok(found);
            }
            seen = self.store().wait_for_commit(seen, LOOK_INTERVAL.min(timeout));
        }
    }

    /// Where these intents stand now.
    ///
    /// # Errors
    /// As [`Registrar::await_settled`].
    pub fn settlements(&self, wanted: &[IntentId]) -> Result<Vec<Settlement>, Failure> {
        self.store().read(|tx| wanted.iter().map(|id| settlement(tx, *id)).collect())
    }
}

pub(crate) fn settlement(tx: &mut store::Tx<'_>, id: IntentId) -> Result<Settlement, Failure> {
    let row = intents::find(tx, id)?.ok_or_else(|| store::StoreFault::Missing { what: format!("intent {id}") })?;
    Ok(Settlement {
        intent: id,
        operation: row.intent.operation.word().to_owned(),
        object: row.intent.object.to_string(),
        state: row.state,
        message: row.outcome.as_ref().and_then(message_of),
    })
}

/// The words of an outcome that was not what we wanted.
fn message_of(outcome: &policy::Outcome) -> Option<String> {
    match outcome {
        policy::Outcome::Done(_) | policy::Outcome::Pending { .. } => None,
        policy::Outcome::Refused { code, message } => Some(format!("{code}: {message}")),
        policy::Outcome::Cancelled { message } => Some(message.clone()),
    }
}
