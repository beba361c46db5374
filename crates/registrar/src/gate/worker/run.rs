//! The gate as a service. Claims run ahead of the wire in pages, and ends wait for their commit behind it, so that no slot of the port
//! waits for the database:
//!
//! ```text
//!   outbox --claim a page--> sending (port) --answer--> ended --commit what came meanwhile--> on record
//!              one commit      slot taken      slot free          one commit
//! ```

use std::time::Duration;

use store::{Fence, intents};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::ahead::Ahead;
use super::claim::{Claimed, filter};
use super::deliver::deliver;
use super::lease::Held;
use super::record::Ended;
use super::{Gate, GateRound, Unfinished, broken};
use crate::failure::Failure;

/// Longest pause between two looks at the outbox; commits of this process wake the gate at once. Proofs come due by time alone, so
/// they are looked for this often and not with every commit.
const LOOK_INTERVAL: Duration = Duration::from_millis(250);
/// Shortest pause between two looks while commands are under way: most commits then are the gate's own.
const BUSY_PAUSE: Duration = Duration::from_millis(5);
/// Pause after a fault of the store.
const FAULT_PAUSE: Duration = Duration::from_secs(2);
/// Slots that bulk work leaves to people who wait.
const INTERACTIVE_RESERVE: usize = 8;

/// An attempt that has ended and is not on record yet.
pub(super) struct Sent {
    pub(super) fence: Fence,
    pub(super) ended: Ended,
    pub(super) unfinished: Unfinished,
}

/// What is known of the outbox without a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Supply {
    /// Nothing could be claimed, and nothing was committed since.
    Empty,
    /// Something was committed since the last look.
    Unknown,
    /// The last claim took as much as it asked for.
    More,
}

/// What is under way.
struct Works {
    sending: JoinSet<Sent>,
    /// What waits for the commit under way to end, to share the next.
    ended: Vec<Sent>,
    /// One at a time.
    recording: JoinSet<Result<(), Failure>>,
    /// One round at a time.
    proofs: JoinSet<Result<GateRound, Failure>>,
    prove_at: Instant,
    ahead: Ahead,
    supply: Supply,
    /// Whether something that people wait for may have come since the last look.
    is_interactive_due: bool,
}

impl Works {
    fn new(slots: usize) -> Self {
        let now = Instant::now();
        Self {
            sending: JoinSet::new(),
            ended: Vec::new(),
            recording: JoinSet::new(),
            proofs: JoinSet::new(),
            prove_at: now,
            ahead: Ahead::new(slots, now),
            supply: Supply::Unknown,
            is_interactive_due: true,
        }
    }

    /// A commit was seen, or it is time to look.
    fn wake(&mut self) {
        self.is_interactive_due = true;
        if self.supply == Supply::Empty {
            self.supply = Supply::Unknown;
        }
    }

    /// Whether proofs are to be looked for now.
    fn take_proof_turn(&mut self) -> bool {
        let is_due = self.proofs.is_empty() && self.prove_at <= Instant::now();
        if is_due {
            self.prove_at = Instant::now() + LOOK_INTERVAL;
        }
        is_due
    }

    /// What may be claimed: whether bulk work too, and how much.
    fn room(&self) -> (bool, usize) {
        let (depth, under_way) = (self.ahead.depth(), self.sending.len());
        if self.ahead.is_low(under_way) && self.supply != Supply::Empty {
            (true, depth - under_way)
        } else if self.is_interactive_due {
            (false, (depth + INTERACTIVE_RESERVE).saturating_sub(under_way))
        } else {
            (false, 0)
        }
    }

    fn is_at_rest(&self) -> bool {
        self.sending.is_empty() && self.ended.is_empty() && self.recording.is_empty()
    }
}

impl Gate {
    /// Works until `shutdown` says true: then nothing more is claimed, what is under way ends, and the lease is given back.
    pub async fn run(&self, mut shutdown: watch::Receiver<bool>) {
        let mut works = Works::new(self.inner.concurrency);
        let mut commits = Box::pin(self.next_commit(0, Duration::ZERO));
        while !*shutdown.borrow_and_update() {
            self.record_ended(&mut works);
            if let Err(failure) = self.fill(&mut works).await {
                tracing::error!(registry = %self.line().registry(), %failure, "the gate could not work; it tries again");
                tokio::time::sleep(FAULT_PAUSE).await;
                works.wake();
            }
            self.record_ended(&mut works);
            tokio::select! {
                _ = shutdown.changed() => {}
                () = self.one_end(&mut works) => {}
                seen = &mut commits => {
                    works.wake();
                    let pause = if works.sending.is_empty() { Duration::ZERO } else { BUSY_PAUSE };
                    commits = Box::pin(self.next_commit(seen, pause));
                }
            }
        }
        while !works.is_at_rest() {
            self.record_ended(&mut works);
            self.one_end(&mut works).await;
        }
        while let Some(proven) = works.proofs.join_next().await {
            self.report(proven.map(|proven| proven.map(drop)));
        }
        if let Err(failure) = self.release().await {
            tracing::warn!(registry = %self.line().registry(), %failure, "the gate's lease was not given back; it lapses by itself");
        }
    }

    /// Waits until an attempt or a record ends, and takes whatever else has ended. The end of a round of proofs wakes nobody: the next
    /// begins with the next commit or look.
    async fn one_end(&self, works: &mut Works) {
        let mut sent = tokio::select! {
            Some(sent) = works.sending.join_next(), if !works.sending.is_empty() => Some(sent),
            Some(recorded) = works.recording.join_next(), if !works.recording.is_empty() => {
                self.report(recorded);
                None
            }
            else => std::future::pending().await,
        };
        let before = works.ended.len();
        while let Some(next) = sent.take().or_else(|| works.sending.try_join_next()) {
            match next {
                Ok(ended) => works.ended.push(ended),
                Err(error) => self.report(Err(error)),
            }
        }
        works.ahead.ended(works.ended.len() - before, Instant::now());
        while let Some(proven) = works.proofs.try_join_next() {
            self.report(proven.map(|proven| proven.map(drop)));
        }
    }

    /// Starts a round of proofs, if one is due, and claims a page if the last one is half used up. Bulk work leaves a reserve for the
    /// interactive lane.
    async fn fill(&self, works: &mut Works) -> Result<(), Failure> {
        let Some(held) = self.hold().await? else {
            return Ok(());
        };
        if works.take_proof_turn() {
            let (gate, held) = (self.clone(), held.clone());
            works.proofs.spawn(async move { gate.prove_due(&held).await });
        }
        let (is_bulk_allowed, limit) = works.room();
        if limit == 0 || self.is_paused() {
            return Ok(());
        }
        let is_more_known = is_bulk_allowed && works.supply == Supply::More;
        works.is_interactive_due = false;
        if !is_more_known && !self.is_anything_ready(is_bulk_allowed).await? {
            if is_bulk_allowed {
                works.supply = Supply::Empty;
            }
            return Ok(());
        }
        let (held, claimed) = self.claim(is_bulk_allowed, u32::try_from(limit).unwrap_or(u32::MAX)).await?;
        if is_bulk_allowed {
            works.supply = if claimed.len() == limit { Supply::More } else { Supply::Empty };
        }
        for next in claimed {
            works.sending.spawn(self.clone().send(held.clone(), next));
        }
        Ok(())
    }

    /// One attempt from the wire to its end, which is still to be put on record.
    pub(super) async fn send(self, held: Held, claimed: Claimed) -> Sent {
        let unfinished = Unfinished::begin(&self);
        let ended = deliver(self.line(), claimed, held.begin_until).await;
        self.lock().learn(&ended);
        Sent { fence: held.fence, ended, unfinished }
    }

    /// Puts on record what has ended, unless a commit is under way, which what ends meanwhile waits for.
    fn record_ended(&self, works: &mut Works) {
        if works.recording.is_empty() && !works.ended.is_empty() {
            let (gate, ended) = (self.clone(), std::mem::take(&mut works.ended));
            works.recording.spawn_blocking(move || gate.put_all_on_record(ended));
        }
    }

    /// A look without a write, so that an idle gate leaves the database alone.
    async fn is_anything_ready(&self, is_bulk_allowed: bool) -> Result<bool, Failure> {
        self.blocking(move |line| {
            let now = line.registrar.now();
            line.registrar.store().read(|tx| {
                let filter = filter(tx, line, is_bulk_allowed, now)?;
                Ok(!intents::list_claimable(tx, line.registry(), now, &filter, 1)?.is_empty())
            })
        })
        .await
    }

    fn report(&self, ended: Result<Result<(), Failure>, tokio::task::JoinError>) {
        if let Err(failure) = ended.map_err(broken).flatten() {
            tracing::error!(registry = %self.line().registry(), %failure, "an end could not be put on record; it will be proven instead");
        }
    }

    /// Waits for `pause`, then for a commit of this process, or a while.
    async fn next_commit(&self, seen: u64, pause: Duration) -> u64 {
        let store = self.line().registrar.store().clone();
        tokio::time::sleep(pause).await;
        tokio::task::spawn_blocking(move || store.wait_for_commit(seen, LOOK_INTERVAL)).await.unwrap_or(seen)
    }
}
