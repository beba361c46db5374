//! The poller of one account: one round empties the queue as far as its limit goes.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use epp::pool::Lane;
use epp::{Response, ResultCode, decode_response};
use jiff::SignedDuration;
use model::{MessageId, RegistryId, Timestamp};
use policy::Actual;
use store::polls::{self, NewPollMessage, PollMessage};
use store::{Fence, StoreFault, leases};
use tokio::sync::watch;

use super::identity;
use super::process::{Processed, adopt, object_to_ask, process, with_object};
use super::read::{Said, read};
use crate::failure::{Failure, Fault};
use crate::gate::{Asked, Finding, Line, Query, RegistryPort, words_of};
use crate::maintenance;
use crate::registrar::Registrar;
use crate::registry::alarm::{self, Raised};

/// How long the lease lasts: longer than a round of exchanges, since it is prolonged before each.
const LEASE: Duration = Duration::from_secs(120);
/// Messages processed in one transaction's page after a restart.
const OPEN_PAGE: u32 = 100;
/// Messages taken in one round of [`Poller::run`].
const ROUND_LIMIT: u32 = 1_000;
/// A message that waited longer than this at the registry costs money (a transfer away unanswered), in minutes.
const MAX_WAIT_MINUTES: i64 = 60;
/// A queue that grows for longer than this is not being emptied, in minutes.
const MAX_GROWTH_MINUTES: i64 = 15;
/// The kind of the alarm for both.
const LAG_ALARM: &str = "poll-lag";

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
    line: Line,
    owner: Arc<str>,
    state: Arc<Mutex<State>>,
}

/// What a poller remembers while it runs. All of it can be lost.
#[derive(Default)]
struct State {
    held: Option<(Fence, Timestamp)>,
    /// Since when the queue has not become shorter, and how long it was then.
    growing: Option<(Timestamp, u64)>,
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

    /// One round: processes what an earlier run left, then takes up to `limit` messages from the registry.
    ///
    /// # Errors
    /// A fault of the store. What was stored is processed in a later round.
    pub async fn step(&self, limit: u32) -> Result<PollRound, Failure> {
        let mut round = PollRound::default();
        if self.hold().await?.is_none() {
            return Ok(round);
        }
        round.is_owner = true;
        self.process_open(&mut round).await?;
        for _ in 0..limit {
            let Some(fence) = self.hold().await? else {
                break;
            };
            if !self.take_one(&fence, &mut round).await? {
                break;
            }
        }
        self.watch_queue(&round).await?;
        Ok(round)
    }

    /// Polls until `shutdown` says true, pausing as the profile says while the queue is empty.
    pub async fn run(&self, mut shutdown: watch::Receiver<bool>) {
        let pause = Duration::from_secs(u64::from(self.line.profile.poll_interval_seconds.max(1)));
        while !*shutdown.borrow_and_update() {
            match self.step(ROUND_LIMIT).await {
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
        let Some((fence, _)) = held else {
            return Ok(());
        };
        self.write(move |tx, _| Ok(leases::release(tx, &fence)?)).await
    }

    /// Asks for one message, stores, acknowledges and processes it. False when the round ends.
    async fn take_one(&self, fence: &Fence, round: &mut PollRound) -> Result<bool, Failure> {
        let asked = Arc::new(self.line.ask(Query::Poll, Lane::Poll).await);
        let response = match asked.answer() {
            Ok(answered) => answered.response.clone(),
            Err(reason) => {
                round.trouble = Some(reason.to_owned());
                return Ok(false);
            }
        };
        let Some(queue) = response.queue.clone().filter(|_| response.code() == ResultCode::ACK_TO_DEQUEUE) else {
            round.waiting_at_registry = 0;
            if !response.is_success() {
                round.trouble = Some(format!("the registry answered {}: {}", response.code(), words_of(&response)));
            }
            return Ok(false);
        };
        let is_new = self.store_message(fence, &asked, &response).await?;
        if is_new {
            round.received += 1
        } else {
            round.repeated += 1
        }
        round.waiting_at_registry = queue.count;
        self.note_wait(queue.queued).await?;
        if !self.acknowledge(&queue.id, round).await? {
            return Ok(false);
        }
        round.waiting_at_registry = queue.count.saturating_sub(1);
        self.process_open(round).await?;
        Ok(round.waiting_at_registry > 0)
    }

    /// Stores the message and puts the exchange on record, in one transaction, before it is acknowledged.
    async fn store_message(&self, fence: &Fence, asked: &Arc<Asked>, response: &Response) -> Result<bool, Failure> {
        let (fence, asked, queue) = (fence.clone(), Arc::clone(asked), response.queue.clone());
        let now = self.line.registrar.now();
        let id = MessageId::new(now, &mut self.line.registrar.draw());
        self.write(move |tx, line| {
            fence.check(tx)?;
            let (Some(queue), Ok(answered)) = (&queue, asked.answer()) else {
                return Ok(false);
            };
            asked.record(tx, line)?;
            let frame = answered.frame.expose();
            let identity = identity::of_frame(frame);
            let new = NewPollMessage {
                id,
                account: line.account(),
                msg_id: &queue.id,
                identity: &identity,
                queued_at: queue.queued,
                received_at: answered.received_at,
            };
            Ok(polls::store(tx, line.registrar.vault(), &new, frame)?)
        })
        .await
    }

    /// Acknowledges. A message that is gone already (2303) was acknowledged before, and some registries answer 1300 to the last.
    async fn acknowledge(&self, message: &str, round: &mut PollRound) -> Result<bool, Failure> {
        let asked = Arc::new(self.line.ask(Query::Acknowledge(message.to_owned()), Lane::Poll).await);
        let is_done = match asked.answer() {
            Ok(answered) => {
                let code = answered.response.code();
                let is_done = code.is_success() || code == ResultCode::OBJECT_DOES_NOT_EXIST;
                if !is_done {
                    round.trouble = Some(format!("the registry answered {code} to the acknowledgement: {}", words_of(&answered.response)));
                }
                is_done
            }
            Err(reason) => {
                round.trouble = Some(reason.to_owned());
                false
            }
        };
        self.write(move |tx, line| Ok(asked.record(tx, line)?)).await?;
        Ok(is_done)
    }

    /// Processes every stored message that was not, in the order they came.
    async fn process_open(&self, round: &mut PollRound) -> Result<(), Failure> {
        loop {
            let open = self.read_open().await?;
            if open.is_empty() {
                return Ok(());
            }
            for (message, said) in open {
                let processed = self.process_one(message, said).await?;
                if processed.is_kept { round.kept += 1 } else { round.processed += 1 }
            }
        }
    }

    async fn read_open(&self) -> Result<Vec<(PollMessage, Option<Said>)>, Failure> {
        let line = self.line.clone();
        blocking(move || {
            line.registrar.store().read(|tx| {
                let open = polls::list_open(tx, line.account(), OPEN_PAGE)?;
                open.into_iter()
                    .map(|message| {
                        let frame = polls::open_frame(tx, line.registrar.vault(), &message)?;
                        let said = decode_response(&frame).ok().map(|decoded| read(&decoded.value, message.received_at));
                        Ok((message, said))
                    })
                    .collect()
            })
        })
        .await
    }

    /// Processes one message. What it does not show of a changed name is asked for first.
    async fn process_one(&self, message: PollMessage, said: Option<Said>) -> Result<Processed, Failure> {
        let (said, asked, actual) = match said {
            Some(said) => self.completed(said).await,
            None => (None, None, None),
        };
        let processed = self
            .write(move |tx, line| {
                if let Some(asked) = &asked {
                    asked.record(tx, line)?;
                }
                let processed = process(tx, line, &message, said.as_ref())?;
                if let (Some(said), Some(actual)) = (&said, &actual) {
                    adopt(tx, line, said, actual)?;
                }
                Ok(processed)
            })
            .await?;
        self.tell_port().await?;
        Ok(processed)
    }

    /// The message with the object as it is now, the question that was asked for it, and its answer.
    async fn completed(&self, said: Said) -> (Option<Said>, Option<Asked>, Option<Actual>) {
        let Some(name) = object_to_ask(&said, &self.line.us).cloned() else {
            return (Some(said), None, None);
        };
        let asked = self.line.ask(Query::Domain(name), Lane::Poll).await;
        match asked.finding() {
            Finding::Domain(actual) => (Some(with_object(said, (*actual).clone())), Some(asked), Some(*actual)),
            _ => (Some(said), Some(asked), None),
        }
    }

    /// An announced outage reaches the sessions at once.
    async fn tell_port(&self) -> Result<(), Failure> {
        let line = self.line.clone();
        blocking(move || {
            let now = line.registrar.now();
            let outages = line.registrar.store().read(|tx| maintenance::list(tx, line.registry(), now))?;
            line.port.set_maintenance(&maintenance::windows(&outages));
            Ok(())
        })
        .await
    }

    /// Raises the alarm for a message that waited too long.
    async fn note_wait(&self, queued_at: Option<Timestamp>) -> Result<(), Failure> {
        let now = self.line.registrar.now();
        let Some(waited) = queued_at.map(|queued_at| now.duration_since(queued_at)) else {
            return Ok(());
        };
        if waited <= SignedDuration::from_mins(MAX_WAIT_MINUTES) {
            return Ok(());
        }
        let sentence = format!(
            "a message of registry `{}` waited {} minutes in its queue; see that the poller runs",
            self.line.registry(),
            waited.as_mins()
        );
        self.raise(sentence, now).await
    }

    /// Clears the alarm when the queue is empty; raises it when the queue has not become shorter for a while.
    async fn watch_queue(&self, round: &PollRound) -> Result<(), Failure> {
        let now = self.line.registrar.now();
        let waiting = round.waiting_at_registry;
        if waiting == 0 && round.trouble.is_none() {
            self.lock().growing = None;
            return self.write(|tx, line| Ok(alarm::clear(tx, &format!("{LAG_ALARM}:{}", line.registry())).map(drop)?)).await;
        }
        let since = {
            let mut state = self.lock();
            let (since, before) = state.growing.unwrap_or((now, waiting));
            let since = if waiting < before { now } else { since };
            state.growing = Some((since, waiting));
            since
        };
        if now.duration_since(since) < SignedDuration::from_mins(MAX_GROWTH_MINUTES) {
            return Ok(());
        }
        let sentence = format!(
            "the message queue of registry `{}` has not become shorter since {since}; {waiting} messages wait",
            self.line.registry()
        );
        self.raise(sentence, now).await
    }

    async fn raise(&self, sentence: String, now: Timestamp) -> Result<(), Failure> {
        self.write(move |tx, line| Ok(alarm::raise(tx, &Raised::at(line.registry(), LAG_ALARM, sentence.as_str()), now).map(drop)?)).await
    }

    /// The lease, taken or prolonged. None while another process polls.
    async fn hold(&self) -> Result<Option<Fence>, Failure> {
        let now = self.line.registrar.now();
        let held = self.lock().held.clone();
        let owner = Arc::clone(&self.owner);
        let held = self
            .write(move |tx, line| {
                let name = format!("poll/{}", line.registry());
                let fence = match held.as_ref().filter(|(_, until)| now < *until) {
                    Some((fence, _)) => match leases::renew(tx, fence, now, LEASE) {
                        Ok(()) => Some(fence.clone()),
                        Err(StoreFault::LeaseLost { .. }) => None,
                        Err(fault) => return Err(fault.into()),
                    },
                    None => leases::acquire(tx, &name, &owner, now, LEASE)?,
                };
                Ok(fence)
            })
            .await?;
        let until = now.saturating_add(SignedDuration::try_from(LEASE).unwrap_or(SignedDuration::ZERO)).unwrap_or(now);
        self.lock().held = held.clone().map(|fence| (fence, until));
        Ok(held)
    }

    async fn write<T: Send + 'static>(
        &self,
        closure: impl Fn(&mut store::Tx<'_>, &Line) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let line = self.line.clone();
        blocking(move || {
            let shared = line.clone();
            line.registrar.store().write(move |tx| closure(tx, &shared))
        })
        .await
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Runs store work on a thread that may block.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Failure> + Send + 'static) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(|error| Fault::new("a task of the poller ended", &error))?
}

impl fmt::Debug for Poller {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Poller({})", self.line.registry())
    }
}
