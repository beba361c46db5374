//! Who may send to a registry: one gate at a time, by a lease whose epoch fences a stale owner off.

use std::time::Duration;

use jiff::SignedDuration;
use model::{IntentId, Timestamp};
use store::{Fence, StoreFault, Tx, intents, leases};

use crate::gate::line::Line;
use crate::gate::prove::CLOCK_SKEW_SECONDS;

/// Longest time a command waits in the port before its first byte leaves, in seconds (the pool's `queue_wait`).
const QUEUE_WAIT_SECONDS: i64 = 60;
/// How long after a claim or renewal commands may still be begun, in seconds.
const BEGIN_SECONDS: i64 = 60;
/// Intents recovered in one statement after a restart.
const RECOVERY_PAGE: u32 = 500;

/// The lease as this gate holds it.
#[derive(Clone, Debug)]
pub(super) struct Held {
    /// The right to write.
    pub(super) fence: Fence,
    /// Until when it is ours without renewal.
    pub(super) until: Timestamp,
    /// Until when a command may be begun: whatever is begun by then ends before the lease does.
    pub(super) begin_until: Timestamp,
}

impl Held {
    fn since(line: &Line, fence: Fence, now: Timestamp) -> Self {
        let until = later(now, length_seconds(line));
        Self { fence, until, begin_until: later(now, BEGIN_SECONDS) }
    }

    /// Whether it is time to prolong it: half of the time to begin commands is over.
    pub(super) fn is_ageing(&self, now: Timestamp) -> bool {
        now >= self.begin_until.saturating_sub(SignedDuration::from_secs(BEGIN_SECONDS / 2)).unwrap_or(self.begin_until)
    }
}

/// How long the lease lasts. What is begun in time ends before it, whatever it waits for; so whoever takes a lapsed lease knows that
/// nothing more leaves from here.
fn length_seconds(line: &Line) -> i64 {
    BEGIN_SECONDS + QUEUE_WAIT_SECONDS + line.transform_deadline().as_secs()
}

fn length(line: &Line) -> Duration {
    Duration::from_secs(length_seconds(line).unsigned_abs())
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
    Ok(Some((Held::since(line, fence, now), recovered)))
}

/// From when on nothing that was sent before this moment can still be carried out. The first owner in this process follows one that
/// is dead; a later one may follow its own commands, which can still wait in the port.
pub(super) fn settled_from(line: &Line, is_first: bool, now: Timestamp) -> Timestamp {
    let queue_wait = if is_first { 0 } else { QUEUE_WAIT_SECONDS };
    later(now, line.transform_deadline().as_secs() + queue_wait)
}

/// The same of one attempt by itself, whoever sent it: it was begun and waited within the lease of its owner, and the registry's time for
/// it is over. Our clock may have been wrong when it was sent, and may be wrong now. Without it a process that dies again and again would
/// believe nothing that was lost before its last start.
pub(super) fn long_settled_from(line: &Line, sent_at: Timestamp) -> Timestamp {
    later(sent_at, length_seconds(line) + 2 * CLOCK_SKEW_SECONDS)
}

/// Prolongs it.
pub(super) fn renew(tx: &mut Tx<'_>, line: &Line, held: &Held, now: Timestamp) -> Result<Held, StoreFault> {
    leases::renew(tx, &held.fence, now, length(line))?;
    Ok(Held::since(line, held.fence.clone(), now))
}

fn later(from: Timestamp, seconds: i64) -> Timestamp {
    from.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(from)
}

fn name(line: &Line) -> String {
    format!("gate/{}", line.registry())
}
