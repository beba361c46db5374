//! The store itself: opened once, shared by everybody, closed when the last handle is dropped.

use std::fmt;
use std::sync::Arc;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::engine::{self, Engine, Mode, Survives};
use crate::fault::StoreFault;
use crate::ledger::SignerKey;
use crate::pending::{self, Pending, Queued};
use crate::readers::Readers;
use crate::rehearsal::{Fate, Rehearsal};
use crate::schema;
use crate::tx::Tx;
use crate::url::DatabaseUrl;
use crate::writer::{self, CommitCounter, Writer};

/// A handle on the state; clones share it.
///
/// Everything is synchronous: call it from a thread that may block (`spawn_blocking` in async code).
#[derive(Clone)]
pub struct Store {
    inner: Arc<Inner>,
}

struct Inner {
    /// Where it is, without a password.
    place: String,
    engine: Arc<dyn Engine>,
    readers: Readers,
    commits: Arc<CommitCounter>,
    /// Taken when the store closes, which ends the writer.
    queue: Option<SyncSender<(Queued, Fate)>>,
    writer: Option<JoinHandle<()>>,
    /// None but in a rehearsal.
    rehearsal: Option<Arc<dyn Rehearsal>>,
}

impl Store {
    /// Opens the database without a key for the ledger: everything but appending to the ledger works.
    ///
    /// # Errors
    /// [`StoreFault::Open`] if it cannot be reached, [`StoreFault::Schema`] if a newer program wrote it.
    pub fn open(url: &DatabaseUrl) -> Result<Self, StoreFault> {
        Self::start(url, None, None)
    }

    /// Opens the database with the key that signs the ledger's checkpoints.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_with_signer(url: &DatabaseUrl, signer: SignerKey) -> Result<Self, StoreFault> {
        Self::start(url, Some(Arc::new(signer)), None)
    }

    /// Opens the database for a process that dies when `rehearsal` says so. On SQLite a commit survives that death and no worse: a
    /// rehearsal does not wait for the disk.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn open_for_rehearsal(url: &DatabaseUrl, signer: SignerKey, rehearsal: Arc<dyn Rehearsal>) -> Result<Self, StoreFault> {
        Self::start(url, Some(Arc::new(signer)), Some(rehearsal))
    }

    fn start(url: &DatabaseUrl, signer: Option<Arc<SignerKey>>, rehearsal: Option<Arc<dyn Rehearsal>>) -> Result<Self, StoreFault> {
        let survives = if rehearsal.is_some() { Survives::ProcessDeath } else { Survives::PowerLoss };
        let engine = engine::of(url, survives)?;
        let mut connection = engine.connect(Mode::Write)?;
        schema::migrate(connection.as_mut())?;
        let commits = Arc::new(CommitCounter::default());
        let (queue, waiting) = sync_channel(writer::QUEUE_LIMIT);
        let thread = Writer::new(Arc::clone(&engine), connection, signer, Arc::clone(&commits));
        let writer = std::thread::Builder::new()
            .name(writer::THREAD.to_owned())
            .spawn(move || thread.serve(&waiting))
            .map_err(|error| StoreFault::Stopped { reason: format!("the writer's thread cannot start: {error}") })?;
        let (place, readers) = (url.to_string(), Readers::new(Arc::clone(&engine)));
        let inner = Inner { place, engine, readers, commits, queue: Some(queue), writer: Some(writer), rehearsal };
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Runs `closure` in a transaction and waits until it is durable. On `Err` nothing of it is stored.
    ///
    /// The closure may run more than once (a lost race, a neighbour's fault in the same commit), so it decides anew each
    /// time and has no effects of its own.
    ///
    /// # Errors
    /// What the closure answered, or the fault that kept its work from being stored.
    pub fn write<T, E>(&self, closure: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreFault> + Send + 'static,
    {
        self.submit(closure)?.wait()
    }

    /// Queues `closure` for the next commit, so that one thread can have many durable commands under way. Waits only
    /// while the queue is full. Commands run in the order they were queued.
    ///
    /// # Errors
    /// [`StoreFault::Stopped`] if called from inside a write, which would wait for itself.
    pub fn submit<T, E>(&self, closure: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static) -> Result<Pending<T, E>, StoreFault>
    where
        T: Send + 'static,
        E: From<StoreFault> + Send + 'static,
    {
        if writer::is_inside_write() {
            return Err(StoreFault::Stopped { reason: "a write was asked for inside a write; use the open transaction".to_owned() });
        }
        let (queued, pending) = pending::command(closure);
        let stopped = || StoreFault::Stopped { reason: "the writer has ended".to_owned() };
        let fate = self.inner.rehearsal.as_ref().map_or(Fate::Lives, |rehearsal| rehearsal.next());
        if fate == Fate::IsDead {
            return Err(stopped());
        }
        self.inner.queue.as_ref().ok_or_else(stopped)?.send((queued, fate)).map_err(|_| stopped())?;
        Ok(pending)
    }

    /// Runs `closure` on a consistent snapshot.
    ///
    /// # Errors
    /// What the closure answered, or the fault that kept it from reading.
    pub fn read<T, E: From<StoreFault>>(&self, closure: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        self.inner.readers.read(closure)
    }

    /// Puts what was overwritten out of reach of whoever reads the database's files, as far as the engine can: on SQLite the log goes into
    /// the file and is cut to nothing. `false` if a reader was in the way.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn scrub(&self) -> Result<bool, StoreFault> {
        self.inner.engine.connect(Mode::Write)?.scrub()
    }

    /// Waits until this process has committed more than `seen` times or `timeout` has passed, and gives the count: for
    /// workers that carry the outbox. Other nodes' commits are not counted, so keep the timeout short there.
    #[must_use]
    pub fn wait_for_commit(&self, seen: u64, timeout: Duration) -> u64 {
        self.inner.commits.wait_past(seen, timeout)
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Store({})", self.inner.place)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(writer) = self.writer.take()
            && writer.thread().id() != std::thread::current().id()
            && writer.join().is_err()
        {
            tracing::error!("the store's writer broke down");
        }
    }
}
