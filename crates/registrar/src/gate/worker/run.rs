//! The gate as a service: slots are filled as they become free, so that no intent waits for another registry command to end.

use std::time::Duration;

use store::intents;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::claim::filter;
use super::{Gate, GateRound, broken};
use crate::failure::Failure;

/// Longest pause between two looks at the outbox; commits of this process wake the gate at once. Proofs come due by time alone, so
/// they are looked for this often and not with every commit.
const LOOK_INTERVAL: Duration = Duration::from_millis(250);
/// Pause after a fault of the store.
const FAULT_PAUSE: Duration = Duration::from_secs(2);
/// Claims under way for every slot, so that a slot never waits for the database.
const CLAIMS_PER_SLOT: usize = 2;
/// Slots that bulk work leaves to people who wait.
const INTERACTIVE_RESERVE: usize = 8;

/// What is under way, each with what it did.
type Tasks = JoinSet<Result<GateRound, Failure>>;

impl Gate {
    /// Works until `shutdown` says true: then nothing more is claimed, what is under way ends, and the lease is given back.
    pub async fn run(&self, mut shutdown: watch::Receiver<bool>) {
        let (mut under_way, mut proofs) = (JoinSet::new(), JoinSet::new());
        let mut commits = Box::pin(self.next_commit(0));
        let mut prove_at = Instant::now();
        while !*shutdown.borrow_and_update() {
            let is_proof_due = proofs.is_empty() && prove_at <= Instant::now();
            if is_proof_due {
                prove_at = Instant::now() + LOOK_INTERVAL;
            }
            if let Err(failure) = self.fill(&mut under_way, &mut proofs, is_proof_due).await {
                tracing::error!(registry = %self.line().registry(), %failure, "the gate could not work; it tries again");
                tokio::time::sleep(FAULT_PAUSE).await;
            }
            tokio::select! {
                _ = shutdown.changed() => {}
                Some(carried) = under_way.join_next(), if !under_way.is_empty() => self.report(carried),
                seen = &mut commits => commits = Box::pin(self.next_commit(seen)),
            }
            // What ended meanwhile is made up for by one claim. The end of a round of proofs wakes nobody: the next begins with the
            // next commit or look.
            while let Some(ended) = under_way.try_join_next().or_else(|| proofs.try_join_next()) {
                self.report(ended);
            }
        }
        while let Some(carried) = under_way.join_next().await {
            self.report(carried);
        }
        while let Some(proven) = proofs.join_next().await {
            self.report(proven);
        }
        if let Err(failure) = self.release().await {
            tracing::warn!(registry = %self.line().registry(), %failure, "the gate's lease was not given back; it lapses by itself");
        }
    }

    /// Starts a round of proofs, if one is due, and claims for every free slot. Bulk work leaves a reserve for the interactive lane.
    async fn fill(&self, under_way: &mut Tasks, proofs: &mut Tasks, is_proof_due: bool) -> Result<(), Failure> {
        let Some(held) = self.hold().await? else {
            return Ok(());
        };
        if is_proof_due {
            let (gate, held) = (self.clone(), held.clone());
            proofs.spawn(async move { gate.prove_due(&held).await });
        }
        let bulk_slots = self.inner.concurrency * CLAIMS_PER_SLOT;
        let is_bulk_allowed = under_way.len() < bulk_slots;
        let limit =
            if is_bulk_allowed { bulk_slots - under_way.len() } else { (bulk_slots + INTERACTIVE_RESERVE).saturating_sub(under_way.len()) };
        if limit == 0 || self.is_paused() || !self.is_anything_ready(is_bulk_allowed).await? {
            return Ok(());
        }
        let (held, claimed) = self.claim(is_bulk_allowed, u32::try_from(limit).unwrap_or(u32::MAX)).await?;
        for next in claimed {
            under_way.spawn(self.clone().carry(held.clone(), next));
        }
        Ok(())
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

    fn report(&self, carried: Result<Result<GateRound, Failure>, tokio::task::JoinError>) {
        if let Err(failure) = carried.map_err(broken).flatten() {
            tracing::error!(registry = %self.line().registry(), %failure, "an end could not be put on record; it will be proven instead");
        }
    }

    /// Waits for a commit of this process, or a while.
    async fn next_commit(&self, seen: u64) -> u64 {
        let store = self.line().registrar.store().clone();
        tokio::task::spawn_blocking(move || store.wait_for_commit(seen, LOOK_INTERVAL)).await.unwrap_or(seen)
    }
}
