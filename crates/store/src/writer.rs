//! The writer: one thread takes the waiting commands into one transaction and commits once.
//!
//! ```text
//!  submit --> queue --> begin --> run each --> seal ledger --> commit --> acknowledge
//!                        ^  ^        |                           |
//!                        |  |        +-- one refused after it had written: again, a savepoint each
//!                        |  +------------------------------------+
//!                        +-- lost a race: the same again
//! ```
//!
//! Savepoints cost two statements a command (on PostgreSQL two round trips), and almost no command is undone after it
//! has written: refusals come before. So a batch runs without them first.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::Thread;
use std::time::Duration;

use crate::engine::{Connection, Engine, Mode};
use crate::fault::StoreFault;
use crate::ledger::{self, Edge, SignerKey};
use crate::pending::{Job, Queued};
use crate::rehearsal::Fate;
use crate::tx::Tx;

/// The name of the writer's thread.
pub(crate) const THREAD: &str = "store-writer";

/// Commands that may wait for the writer; a further one makes its caller wait.
pub(crate) const QUEUE_LIMIT: usize = 4096;

/// Attempts at a transaction that keeps losing races to other nodes.
const ATTEMPTS: u32 = 8;

/// First pause after a lost race; doubled each time, so all attempts together pause for about a quarter of a second.
const FIRST_PAUSE: Duration = Duration::from_millis(2);

thread_local! {
    /// Whether this thread is the writer; a write inside a write would wait for itself.
    static IS_WRITER: Cell<bool> = const { Cell::new(false) };
}

/// Whether the caller runs inside a write closure.
pub(crate) fn is_inside_write() -> bool {
    IS_WRITER.get()
}

/// Counts commits, so that workers can wait for the next one instead of asking again and again.
#[derive(Default)]
pub(crate) struct CommitCounter {
    count: Mutex<u64>,
    changed: Condvar,
}

impl CommitCounter {
    fn advance(&self) {
        *self.count.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.changed.notify_all();
    }

    /// Waits until more than `seen` commits happened or `timeout` passed; gives the count.
    pub(crate) fn wait_past(&self, seen: u64, timeout: Duration) -> u64 {
        let count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        let (count, _) = self.changed.wait_timeout_while(count, timeout, |count| *count <= seen).unwrap_or_else(PoisonError::into_inner);
        *count
    }
}

/// The thread's state.
pub(crate) struct Writer {
    engine: Arc<dyn Engine>,
    connection: Box<dyn Connection>,
    signer: Option<Arc<SignerKey>>,
    commits: Arc<CommitCounter>,
    /// The ledger's right edge after the last commit.
    edge: Option<Edge>,
    /// How the present batch ends; anything but living is a rehearsal's.
    fate: Fate,
}

impl Writer {
    /// A writer on its own connection.
    pub(crate) fn new(
        engine: Arc<dyn Engine>,
        connection: Box<dyn Connection>,
        signer: Option<Arc<SignerKey>>,
        commits: Arc<CommitCounter>,
    ) -> Self {
        Self { engine, connection, signer, commits, edge: None, fate: Fate::Lives }
    }

    /// Serves until the last sender is gone and the queue is empty, or until a rehearsed death.
    pub(crate) fn serve(mut self, queue: &Receiver<(Queued, Fate)>) {
        IS_WRITER.set(true);
        let limit = self.engine.batch_limit();
        while let Ok(first) = queue.recv() {
            let mut batch = Vec::new();
            let mut next = Some(first);
            while let Some((job, fate)) = next {
                if fate == Fate::DiesBeforeCommit && !batch.is_empty() {
                    // What came before it is durable, whether or not it was in time for a commit of its own.
                    self.carry_out(std::mem::take(&mut batch));
                }
                self.fate = fate;
                batch.push(job);
                next = if batch.len() < limit && fate == Fate::Lives { queue.try_recv().ok() } else { None };
            }
            self.carry_out(batch);
            if self.fate != Fate::Lives {
                return;
            }
        }
    }

    /// Runs a batch to its end and acknowledges every command. A fault of one command must not cost the others their
    /// work, so a batch that breaks as a whole is run again one by one.
    fn carry_out(&mut self, batch: Vec<Queued>) {
        match self.attempt_repeatedly(&batch) {
            Ok(()) => {}
            Err(fault @ StoreFault::CommitUnknown { .. }) => batch.iter().for_each(|queued| queued.job().overrule(fault.clone())),
            Err(fault) if batch.len() == 1 => batch.iter().for_each(|queued| queued.job().overrule(fault.clone())),
            Err(fault) => {
                tracing::warn!(%fault, commands = batch.len(), "a batch failed and is run again one by one");
                for queued in &batch {
                    if let Err(fault) = self.attempt_repeatedly(std::slice::from_ref(queued)) {
                        queued.job().overrule(fault);
                    }
                }
            }
        }
        if self.fate != Fate::Lives {
            // Nobody is told; whoever waits finds that the store has stopped.
            return;
        }
        let sleepers: Vec<Thread> = batch.iter().filter_map(|queued| queued.job().acknowledge()).collect();
        sleepers.iter().for_each(Thread::unpark);
    }

    /// Tries again after a lost race, and after a connection that broke before its commit: in both nothing was written.
    fn attempt_repeatedly(&mut self, batch: &[Queued]) -> Result<(), StoreFault> {
        let mut pause = FIRST_PAUSE;
        for _ in 1..ATTEMPTS {
            match self.attempt(batch) {
                Err(fault @ StoreFault::CommitUnknown { .. }) => return Err(fault),
                Err(fault) if matches!(fault, StoreFault::Contention { .. }) || !self.connection.is_alive() => {
                    tracing::debug!(%fault, "a transaction is tried again");
                    std::thread::sleep(pause);
                    pause *= 2;
                }
                result => return result,
            }
        }
        self.attempt(batch).map_err(|fault| match fault {
            StoreFault::Contention { .. } => StoreFault::Contention { attempts: ATTEMPTS },
            fault => fault,
        })
    }

    /// The whole batch, boldly, and if that does not do, carefully.
    fn attempt(&mut self, batch: &[Queued]) -> Result<(), StoreFault> {
        if self.transact(batch, Care::Bold)? || batch.len() == 1 {
            return Ok(());
        }
        self.transact(batch, Care::Savepoints).map(drop)
    }

    /// One transaction over the batch; `false` if it was rolled back because a command has to be undone alone.
    fn transact(&mut self, batch: &[Queued], care: Care) -> Result<bool, StoreFault> {
        if !self.connection.is_alive() {
            self.connection = self.engine.connect(Mode::Write)?;
        }
        self.connection.begin(Mode::Write)?;
        let mut session = self.connection.session();
        let mut tx = Tx::new(session.as_mut(), self.signer.as_deref()).remembering(self.edge.take());
        let result = run_all(&mut tx, batch, care).and_then(|kept| Ok((kept, ledger::seal(&mut tx)?)));
        drop(tx);
        match result {
            // The connection ends with its thread, and the open transaction with it.
            Ok((Some(_), _)) if self.fate == Fate::DiesBeforeCommit => Ok(true),
            Ok((Some(kept), edge)) => match session.commit() {
                Ok(()) => {
                    self.edge = edge;
                    if kept > 0 {
                        self.commits.advance();
                    }
                    Ok(true)
                }
                Err(fault) => {
                    session.rollback();
                    Err(fault)
                }
            },
            Ok((None, _)) => {
                session.rollback();
                Ok(false)
            }
            Err(fault) => {
                session.rollback();
                Err(fault)
            }
        }
    }
}

/// How a batch is run.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Care {
    /// Without savepoints: a command that must be undone after it has written undoes the batch.
    Bold,
    /// A savepoint for each command.
    Savepoints,
}

/// Runs every command; gives how many kept their work, or none if one must be undone and there is no savepoint for it.
fn run_all(tx: &mut Tx<'_>, batch: &[Queued], care: Care) -> Result<Option<usize>, StoreFault> {
    let mut kept = 0;
    for queued in batch {
        let mark = match care {
            Care::Bold => tx.begin_command(),
            Care::Savepoints => tx.begin_command_at_savepoint()?,
        };
        let is_kept = run_one(tx, queued.job())?;
        match (is_kept, care) {
            (true, Care::Bold) => kept += 1,
            (true, Care::Savepoints) => {
                tx.session().release()?;
                kept += 1;
            }
            (false, Care::Bold) if tx.has_touched() => return Ok(None),
            (false, Care::Bold) => tx.undo_command(mark),
            (false, Care::Savepoints) => {
                tx.session().rollback_to_savepoint()?;
                tx.undo_command(mark);
            }
        }
    }
    Ok(Some(kept))
}

/// Runs one command; `true` if its work is to be kept. A lost race or a lost connection is a fault of the whole transaction.
fn run_one(tx: &mut Tx<'_>, job: &dyn Job) -> Result<bool, StoreFault> {
    let is_kept = catch_unwind(AssertUnwindSafe(|| job.run(tx))).unwrap_or_else(|_| {
        let reason = "the command broke down (panic) and was undone; see the log".to_owned();
        job.overrule(StoreFault::Stopped { reason });
        false
    });
    match tx.doom().cloned() {
        None => Ok(is_kept),
        Some(fault) if matches!(fault, StoreFault::Contention { .. }) || !tx.session().is_alive() => Err(fault),
        Some(fault) => {
            if is_kept {
                job.overrule(fault);
            }
            Ok(false)
        }
    }
}
