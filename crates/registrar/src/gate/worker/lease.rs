//! Who may send to a registry: one gate at a time, by a lease whose epoch fences a stale owner off.

use std::time::Duration;

use jiff::SignedDuration;
use model::{IntentId, Timestamp};
use store::{Fence, StoreFault, Tx, intents, leases};

use crate::gate::line::Line;

/// Longest time a command waits in the port before its first byte leaves, in seconds (the pool's `queue_wait`).
const QUEUE_WAIT_SECONDS: i64 = 60;
/// Time to spare, in seconds.
const MARGIN_SECONDS: i64 = 30;
/// Intents recovered in one statement after a restart.
const RECOVERY_PAGE: u32 = 500;

/// The lease as this gate holds it.
#[derive(Clone, Debug)]
pub(super) struct Held {
    /// The right to write.
    pub(super) fence: Fence,
    /// Until when it is ours without renewal.
    pub(super) until: Timestamp,
}

/// How long the lease lasts. An exchange that is begun right after a renewal ends before it, whatever it waits for; so whoever takes
/// a lapsed lease knows that nothing more leaves from here.
pub(super) fn length(line: &Line) -> Duration {
    let seconds = line.transform_deadline().as_secs() + QUEUE_WAIT_SECONDS + MARGIN_SECONDS;
    Duration::from_secs(seconds.unsigned_abs())
}

/// Takes the lease, if it is free, and with it whatever a crash left behind: every intent marked as sent is unknown now.
pub(super) fn take(tx: &mut Tx<'_>, line: &Line, owner: &str, now: Timestamp) -> Result<Option<(Held, Vec<IntentId>)>, StoreFault> {
    let Some(fence) = leases::acquire(tx, &name(line), owner, now, length(line))? else {
        return Ok(None);
    };
    let mut recovered = Vec::new();
    loop {
        let left = intents::list_sent(tx, line.registry(), RECOVERY_PAGE)?;
        if left.is_empty() {
            break;
        }
        for row in left {
            intents::mark_unknown(tx, row.intent.id, now)?;
            recovered.push(row.intent.id);
        }
    }
    if !recovered.is_empty() {
        tracing::info!(registry = %line.registry(), count = recovered.len(), "intents under way at the last stop are now unknown");
    }
    Ok(Some((Held { fence, until: end(line, now) }, recovered)))
}

/// From when on nothing that was sent before this moment can still be carried out. The first owner in this process follows one that
/// is dead; a later one may follow its own commands, which can still wait in the port.
pub(super) fn settled_from(line: &Line, is_first: bool, now: Timestamp) -> Timestamp {
    let queue_wait = if is_first { 0 } else { QUEUE_WAIT_SECONDS };
    let wait = line.transform_deadline().saturating_add(SignedDuration::from_secs(queue_wait));
    now.saturating_add(wait).unwrap_or(now)
}

/// Prolongs it.
pub(super) fn renew(tx: &mut Tx<'_>, line: &Line, held: &Held, now: Timestamp) -> Result<Held, StoreFault> {
    leases::renew(tx, &held.fence, now, length(line))?;
    Ok(Held { fence: held.fence.clone(), until: end(line, now) })
}

fn end(line: &Line, now: Timestamp) -> Timestamp {
    let length = SignedDuration::try_from(length(line)).unwrap_or(SignedDuration::ZERO);
    now.saturating_add(length).unwrap_or(now)
}

fn name(line: &Line) -> String {
    format!("gate/{}", line.registry())
}
