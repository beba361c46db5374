//! The poller of one account: one round empties the queue as far as its limit goes.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::SignedDuration;
use model::{RegistryId, Timestamp};
use store::{Fence, Pending, StoreFault, leases};
use tokio::sync::watch;

use crate::authorised::Authorised;
use crate::failure::{Failure, Fault};
use crate::gate::{Line, RegistryPort};
use crate::registrar::Registrar;
use crate::registry::TakeMessages;

/// How long the lease lasts. It is prolonged once half of it has passed, and a message is acknowledged within moments of the commit
/// that checked it, so the rest is for a registry that takes long to answer.
const LEASE: Duration = Duration::from_secs(120);
/// Messages taken in one round of [`Poller::run`].
const ROUND_LIMIT: u32 = 1_000;

/// What a poller is made of.
pub struct PollerParts {
    /// Whose messages they are.
    pub registrar: Registrar,
    /// Of which registry.
    pub registry: RegistryId,
    /// Over which port.
    pub port: Arc<dyn RegistryPort>,
    /// Who holds the lease; see [`crate::gate::GateParts::owner`].
    pub owner: String,
}

/// The poller of one account. Clones share it.
#[derive(Clone)]
pub struct Poller {
    pub(super) line: Line,
    owner: Arc<str>,
    state: Arc<Mutex<State>>,
}

/// What a poller remembers while it runs. All of it can be lost.
#[derive(Default)]
pub(super) struct State {
    held: Option<Held>,
    /// Since when the queue has not become shorter, and how long it was then.
    pub(super) growing: Option<(Timestamp, u64)>,
}

/// The lease as this poller holds it.
#[derive(Clone)]
struct Held {
    fence: Fence,
    since: Timestamp,
    until: Timestamp,
}

impl Held {
    /// Whether half of it has passed.
    fn is_ageing(&self, now: Timestamp) -> bool {
        now.duration_since(self.since) >= self.until.duration_since(now)
    }
}

/// What one round did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PollRound {
    /// Whether this poller holds the lease.
    pub is_owner: bool,
    /// Messages that came for the first time.
    pub received: usize,
    /// Messages that came again and were recognised.
    pub repeated: usize,
    /// Messages that became commands.
    pub processed: usize,
    /// Messages kept for the operator.
    pub kept: usize,
    /// Messages that still wait at the registry.
    pub waiting_at_registry: u64,
    /// Why the round ended early, if it did.
    pub trouble: Option<String>,
}

impl Poller {
    /// Opens the poller of an account.
    ///
    /// # Errors
    /// [`Fault`] if no profile or account of that registry is configured.
    pub fn open(parts: PollerParts) -> Result<Self, Fault> {
        let line = Line::open(parts.registrar, &parts.registry, parts.port)?;
        Ok(Self { line, owner: parts.owner.into(), state: Arc::default() })
    }

    /// One round by hand; see [`Self::run`] for the machine's own.
    ///
    /// # Errors
    /// A fault of the store. What was stored is processed in a later round.
    pub async fn step(&self, _by: &Authorised<TakeMessages>, limit: u32) -> Result<PollRound, Failure> {
        self.round(limit).await
    }

    /// Processes what an earlier run left, then takes up to `limit` messages from the registry.
    async fn round(&self, limit: u32) -> Result<PollRound, Failure> {
        let mut round = PollRound::default();
        if self.hold().await?.is_none() {
            return Ok(round);
        }
        round.is_owner = true;
        self.process_left_over(&mut round).await?;
        self.drain(limit, &mut round).await?;
        self.watch_queue(&round).await?;
        Ok(round)
    }

    /// Polls until `shutdown` says true, pausing as the profile says while the queue is empty.
    pub async fn run(&self, mut shutdown: watch::Receiver<bool>) {
        let pause = Duration::from_secs(u64::from(self.line.profile.poll_interval_seconds.max(1)));
        while !*shutdown.borrow_and_update() {
            match self.round(ROUND_LIMIT).await {
                Ok(round) if round.trouble.is_none() && round.waiting_at_registry > 0 => continue,
                Ok(round) => {
                    if let Some(trouble) = round.trouble {
                        tracing::warn!(registry = %self.line.registry(), trouble, "polling stopped early");
                    }
                }
                Err(failure) => tracing::error!(registry = %self.line.registry(), %failure, "the poller could not work"),
            }
            tokio::select! {
                _ = shutdown.changed() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
        if let Err(failure) = self.release().await {
            tracing::warn!(registry = %self.line.registry(), %failure, "the poller's lease was not given back; it lapses by itself");
        }
    }

    /// Gives the lease back.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn release(&self) -> Result<(), Failure> {
        let held = self.lock().held.take();
        let Some(held) = held else {
            return Ok(());
        };
        self.write(move |tx, _| Ok(leases::release(tx, &held.fence)?)).await
    }

    /// The lease; taken where it is not held, prolonged where half of it has passed. None while another process polls. Whoever writes
    /// under it checks its fence.
    pub(super) async fn hold(&self) -> Result<Option<Fence>, Failure> {
        let now = self.line.registrar.now();
        let held = self.lock().held.clone().filter(|held| now < held.until);
        if let Some(held) = held.as_ref().filter(|held| !held.is_ageing(now)) {
            return Ok(Some(held.fence.clone()));
        }
        let owner = Arc::clone(&self.owner);
        let fence = self
            .write(move |tx, line| match &held {
                Some(held) => match leases::renew(tx, &held.fence, now, LEASE) {
                    Ok(()) => Ok(Some(held.fence.clone())),
                    Err(StoreFault::LeaseLost { .. }) => Ok(None),
                    Err(fault) => Err(fault.into()),
                },
                None => Ok(leases::acquire(tx, &format!("poll/{}", line.registry()), &owner, now, LEASE)?),
            })
            .await?;
        let until = now.saturating_add(SignedDuration::try_from(LEASE).unwrap_or(SignedDuration::ZERO)).unwrap_or(now);
        self.lock().held = fence.clone().map(|fence| Held { fence, since: now, until });
        Ok(fence)
    }

    /// Forgets the lease, so that it is taken anew: a write under it failed, perhaps because somebody else has it.
    pub(super) fn let_go(&self) {
        self.lock().held = None;
    }

    /// Hands `closure` to the store at once; its commit is waited for by whoever needs it.
    pub(super) fn submit<T: Send + 'static>(
        &self,
        closure: impl Fn(&mut store::Tx<'_>, &Line) -> Result<T, Failure> + Send + 'static,
    ) -> Result<Pending<T, Failure>, Failure> {
        let line = self.line.clone();
        Ok(self.line.registrar.store().submit(move |tx| closure(tx, &line))?)
    }

    pub(super) async fn write<T: Send + 'static>(
        &self,
        closure: impl Fn(&mut store::Tx<'_>, &Line) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let pending = self.submit(closure)?;
        blocking(move || pending.wait()).await
    }

    pub(super) fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs store work on a thread that may block.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Failure> + Send + 'static) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Fault::new("a task of the poller ended", &error))?
}

impl fmt::Debug for Poller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Poller({})", self.line.registry())
    }
}
