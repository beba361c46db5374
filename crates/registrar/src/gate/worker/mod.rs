//! The gate at work: one round takes the lease, proves what is unknown, claims what is ready, sends it and puts the ends on record.
//!
//! ```text
//!   outbox --claim--> sent --exchange--> answered --------------------------> confirmed | refused | pending
//!     ^      (1)               |            |  refusal that may be an echo --> proof
//!     |                        |            +- 2400 (nothing done) ----+
//!     +---- not sent ----------+                                       |
//!     +---------------------- proven not done --- unknown <-- no answer, 25xx, crash
//! ```
//! (1) one transaction: state, clTRID, frame in the journal. Each arrow to the right is one transaction too, together with the
//! command that tells the rules.

mod claim;
mod deliver;
mod lease;
mod memory;
mod note;
mod pace;
mod prover;
mod record;
mod round;
mod ruling;
mod run;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use model::{RegistryId, Timestamp};
use store::leases;
use tokio::task::JoinSet;

use super::line::Line;
use super::port::RegistryPort;
use crate::failure::{Failure, Fault};
use crate::maintenance;
use crate::registrar::Registrar;

use claim::{Claimed, claim};
use deliver::deliver;
use lease::Held;
use memory::State;
use record::Ended;

pub(crate) use record::settle;
pub use round::GateRound;

/// How often a commit is tried again after another node changed the same registration first.
const COMMIT_ATTEMPTS: u32 = 8;

/// What a gate is made of.
pub struct GateParts {
    /// Whose intents it carries.
    pub registrar: Registrar,
    /// To which registry.
    pub registry: RegistryId,
    /// Over which port.
    pub port: Arc<dyn RegistryPort>,
    /// Who holds the lease: the name of this instance, the same after a restart, so that it takes over at once. No two processes
    /// may share it.
    pub owner: String,
    /// Intents under way at once; none for what the registry's profile allows. One makes a run repeatable.
    pub concurrency: Option<usize>,
}

/// The gate to one registry. Clones share it.
#[derive(Clone)]
pub struct Gate {
    inner: Arc<Inner>,
}

struct Inner {
    line: Line,
    owner: String,
    concurrency: usize,
    state: Mutex<State>,
    pending_look: Mutex<Option<Timestamp>>,
}

impl Gate {
    /// Opens the gate to a registry. Nothing is sent yet.
    ///
    /// # Errors
    /// [`Fault`] if no profile or account of that registry is configured.
    pub fn open(parts: GateParts) -> Result<Self, Fault> {
        let line = Line::open(parts.registrar, &parts.registry, parts.port)?;
        let limits = &line.profile.limits;
        let allowed = usize::from(limits.sessions.max(1)) * usize::from(limits.transform_window.max(1));
        let concurrency = parts.concurrency.unwrap_or(allowed).max(1);
        let inner = Inner { line, owner: parts.owner, concurrency, state: Mutex::default(), pending_look: Mutex::default() };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// One round: holds the lease, proves what is due, then sends what is ready, as many at once as the registry allows. Returns
    /// when all of it is on record.
    ///
    /// # Errors
    /// A fault of the store. What was sent meanwhile is proven in a later round.
    pub async fn step(&self) -> Result<GateRound, Failure> {
        let Some(held) = self.hold().await? else {
            return Ok(GateRound::default());
        };
        let mut round = GateRound { is_owner: true, ..self.prove_due(&held).await? };
        self.send_ready(&mut round).await?;
        Ok(round)
    }

    /// Gives the lease back, so that another process can take over at once.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn release(&self) -> Result<(), Failure> {
        let held = self.lock().held.take();
        let Some(held) = held else {
            return Ok(());
        };
        self.blocking(move |line| line.registrar.store().write(move |tx| Ok::<_, Failure>(leases::release(tx, &held.fence)?))).await
    }

    fn line(&self) -> &Line {
        &self.inner.line
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock_pending_look(&self) -> MutexGuard<'_, Option<Timestamp>> {
        self.inner.pending_look.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The lease as this gate holds it; taken if it is free. None while another process holds it.
    async fn hold(&self) -> Result<Option<Held>, Failure> {
        let now = self.line().registrar.now();
        let held = self.lock().held.clone().filter(|held| now < held.until);
        match held {
            Some(held) if held.is_ageing(now) => self.prolong(held, now).await,
            Some(held) => Ok(Some(held)),
            None => self.take(now).await,
        }
    }

    async fn prolong(&self, held: Held, now: Timestamp) -> Result<Option<Held>, Failure> {
        let renewed = self
            .blocking(move |line| {
                let shared = line.clone();
                retried(line, move |tx| Ok(lease::renew(tx, &shared, &held, now)?))
            })
            .await;
        self.lock().held = renewed.as_ref().ok().cloned();
        renewed.map(Some)
    }

    async fn take(&self, now: Timestamp) -> Result<Option<Held>, Failure> {
        let owner = self.inner.owner.clone();
        let taken = self
            .blocking(move |line| {
                let shared = line.clone();
                retried(line, move |tx| {
                    let taken = lease::take(tx, &shared, &owner, now)?;
                    Ok((taken, maintenance::list(tx, shared.registry(), now)?))
                })
            })
            .await?;
        let (Some((held, recovered)), outages) = taken else {
            return Ok(None);
        };
        self.line().port.set_maintenance(&maintenance::windows(&outages));
        self.lock().took(self.line(), &held, &recovered, now);
        Ok(Some(held))
    }

    /// Claims once and sends all of it, as many at a time as the registry allows.
    async fn send_ready(&self, round: &mut GateRound) -> Result<(), Failure> {
        if self.is_paused() {
            return Ok(());
        }
        let (held, claimed) = self.claim(true, self.round_limit()).await?;
        let unfinished = Unfinished::begin(self);
        let result = match self.inner.concurrency {
            1 => self.send_in_turn(&held, claimed, round).await,
            _ => self.send_side_by_side(&held, claimed, round).await,
        };
        if result.is_ok() {
            unfinished.finish();
        }
        result
    }

    async fn send_side_by_side(&self, held: &Held, claimed: Vec<Claimed>, round: &mut GateRound) -> Result<(), Failure> {
        let mut waiting = claimed.into_iter();
        let mut under_way = JoinSet::new();
        loop {
            while under_way.len() < self.inner.concurrency
                && let Some(next) = waiting.next()
            {
                under_way.spawn(self.clone().carry(held.clone(), next));
            }
            match under_way.join_next().await {
                Some(carried) => round.add(carried.map_err(broken)??),
                None => return Ok(()),
            }
        }
    }

    /// One command after the other, and one commit for all that they brought: the same run again gives the same records in the same
    /// order, and a simulation does not wait for the disk at every command.
    async fn send_in_turn(&self, held: &Held, claimed: Vec<Claimed>, round: &mut GateRound) -> Result<(), Failure> {
        let mut commits = Vec::with_capacity(claimed.len());
        for next in claimed {
            let ended = Arc::new(deliver(self.line(), next, held.begin_until).await);
            self.lock().learn(&ended);
            round.add(GateRound { sent: 1, ..GateRound::of(&ended.ruling.conclusion) });
            let (line, fence) = (self.line().clone(), held.fence.clone());
            let pending = line.registrar.store().clone().submit(move |tx| record::record(tx, &line, &fence, &ended));
            commits.push(pending.map_err(Fault::from)?);
        }
        self.blocking(move |_| commits.into_iter().try_for_each(store::Pending::wait)).await
    }

    /// One attempt from the wire to the record.
    async fn carry(self, held: Held, claimed: Claimed) -> Result<GateRound, Failure> {
        let unfinished = Unfinished::begin(&self);
        let ended = deliver(self.line(), claimed, held.begin_until).await;
        let counted = self.put_on_record(&held, ended).await?;
        unfinished.finish();
        Ok(GateRound { sent: 1, ..counted })
    }

    /// Intents claimed in one round: a few for every slot, so that no slot waits for the database; many where they go in turn and
    /// share one commit.
    fn round_limit(&self) -> u32 {
        const PER_SLOT: usize = 8;
        const IN_TURN: usize = 256;
        let limit = if self.inner.concurrency == 1 { IN_TURN } else { self.inner.concurrency.saturating_mul(PER_SLOT) };
        u32::try_from(limit).unwrap_or(u32::MAX)
    }

    fn is_paused(&self) -> bool {
        let now = self.line().registrar.now();
        self.lock().pause_until.is_some_and(|until| now < until)
    }

    /// Claims, and keeps the prolonged lease. A lease that was lost is forgotten, to be taken anew when it is free.
    async fn claim(&self, is_bulk_allowed: bool, limit: u32) -> Result<(Held, Vec<Claimed>), Failure> {
        let held = self.lock().held.clone().ok_or_else(|| Fault::words("the gate works without its lease; this is a defect"))?;
        let claimed = self
            .blocking(move |line| {
                let shared = line.clone();
                retried(line, move |tx| claim(tx, &shared, &held, is_bulk_allowed, limit))
            })
            .await;
        match claimed {
            Ok((held, claimed)) => {
                self.lock().held = Some(held.clone());
                Ok((held, claimed))
            }
            Err(failure) => {
                self.lock().held = None;
                Err(failure)
            }
        }
    }

    /// Commits the end of an attempt or proof, and counts it.
    async fn put_on_record(&self, held: &Held, ended: Ended) -> Result<GateRound, Failure> {
        self.lock().learn(&ended);
        let counted = GateRound::of(&ended.ruling.conclusion);
        let (fence, ended) = (held.fence.clone(), Arc::new(ended));
        self.blocking(move |line| {
            let shared = line.clone();
            retried(line, move |tx| record::record(tx, &shared, &fence, &ended))
        })
        .await?;
        Ok(counted)
    }

    /// Runs store work on a thread that may block.
    async fn blocking<T: Send + 'static>(&self, work: impl FnOnce(&Line) -> Result<T, Failure> + Send + 'static) -> Result<T, Failure> {
        let line = self.line().clone();
        tokio::task::spawn_blocking(move || work(&line)).await.map_err(broken)?
    }
}

/// Attempts that were claimed and are not on record. Where they come to nothing here (a fault, a caller that went away), the lease
/// is let go and taken anew, which makes them unknown, and the prover clears them up.
struct Unfinished {
    gate: Gate,
    is_finished: bool,
}

impl Unfinished {
    fn begin(gate: &Gate) -> Self {
        Self { gate: gate.clone(), is_finished: false }
    }

    fn finish(mut self) {
        self.is_finished = true;
    }
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.is_finished {
            self.gate.lock().held = None;
        }
    }
}

/// Writes, and again where another node changed the same rows first.
fn retried<T: Send + 'static>(
    line: &Line,
    closure: impl Fn(&mut store::Tx<'_>) -> Result<T, Failure> + Send + Sync + 'static,
) -> Result<T, Failure> {
    let closure = Arc::new(closure);
    let mut attempt = 1;
    loop {
        let shared = Arc::clone(&closure);
        match line.registrar.store().write(move |tx| shared(tx)) {
            Err(Failure::Fault(fault)) if fault.is_passing() && attempt < COMMIT_ATTEMPTS => attempt += 1,
            result => return result,
        }
    }
}

/// A task of ours that ended by itself.
fn broken(error: tokio::task::JoinError) -> Failure {
    Fault::new("a task of the gate ended", &error).into()
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gate({})", self.line().registry())
    }
}
