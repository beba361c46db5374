//! One generation while it is written: the follower of the database and the writer of the chain, in step.

use std::collections::VecDeque;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

use ::backup::{BackupFault, Pages, Writer, WriterState};
use model::Timestamp;
use serde::{Deserialize, Serialize};
use store::StoreFault;
use store::backup::{Batch, FingerprintWriter, Follower, Position, Resumed, Snapshot};

use super::shipper::BackupOrder;
use crate::failure::Failure;

/// What is in the way of a backup. Its words are for the operator: no personal data is in them.
#[derive(Debug, thiserror::Error)]
pub(super) enum InTheWay {
    /// The place, or the seal.
    #[error("{0}")]
    Repository(#[from] BackupFault),
    /// The database, or what follows it.
    #[error("{0}")]
    Database(#[from] StoreFault),
    /// Something else of this machine.
    #[error("{doing}: {reason}")]
    Machine { doing: &'static str, reason: String },
    /// A fault that was told in the log.
    #[error("{0}")]
    Failure(#[from] Failure),
}

impl InTheWay {
    pub fn machine(doing: &'static str, error: &dyn std::fmt::Display) -> Self {
        Self::Machine { doing, reason: error.to_string() }
    }
}

/// Bytes that a manifest's writer is ahead of its reader.
const PIPE_BYTES: usize = 1 << 16;

/// What is kept on the machine to go on with a generation.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct State {
    pub writer: WriterState,
    pub position: Position,
    pub begun_at: Timestamp,
    pub manifest_at: Timestamp,
}

/// A generation at work.
#[derive(Debug)]
pub(super) struct Generation {
    follower: Follower,
    pub writer: Writer,
    /// Copied, and not put yet.
    pending: VecDeque<Batch>,
    /// How far the log was copied with what was put.
    position: Position,
    pub begun_at: Timestamp,
    pub manifest_at: Timestamp,
}

impl Generation {
    /// Begins one: the whole database, and its fingerprints. Takes as long as reading it takes; meanwhile others go on.
    pub fn begin(order: &BackupOrder, now: Timestamp, chance: u16) -> Result<Self, InTheWay> {
        let (follower, mut snapshot) = Follower::begin(&order.database)?;
        if snapshot.is_empty() {
            return Err(InTheWay::machine("begin a backup", &"the database reads as if nothing were in it"));
        }
        let writer = Writer::begin(order.place.clone(), order.sealer.clone(), &order.instance, &mut snapshot, now, chance)?;
        put_manifest(&writer, &snapshot, now)?;
        let position = follower.position();
        Ok(Self { follower, writer, pending: VecDeque::new(), position, begun_at: now, manifest_at: now })
    }

    /// Goes on with one, if nothing happened to the log meanwhile that nobody can know.
    pub fn resume(order: &BackupOrder, state: State) -> Result<Option<Self>, InTheWay> {
        let Resumed::Continues(follower) = Follower::resume(&order.database, state.position)? else { return Ok(None) };
        let writer = Writer::resume(order.place.clone(), order.sealer.clone(), &order.instance, state.writer);
        let State { position, begun_at, manifest_at, .. } = state;
        Ok(Some(Self { follower: *follower, writer, pending: VecDeque::new(), position, begun_at, manifest_at }))
    }

    pub fn state(&self) -> State {
        let Self { position, begun_at, manifest_at, .. } = *self;
        State { writer: self.writer.state().clone(), position, begun_at, manifest_at }
    }

    /// Puts one segment of what was committed since; how many bytes of pages, 0 if nothing was. Where the place refuses, the same is put the next
    /// time, and the log keeps what comes after.
    pub fn ship(&mut self, now: Timestamp) -> Result<u64, InTheWay> {
        let batch = match self.pending.pop_front() {
            Some(batch) => Some(batch),
            None => self.follower.poll()?,
        };
        batch.map_or(Ok(0), |batch| self.put(batch, now))
    }

    fn put(&mut self, batch: Batch, now: Timestamp) -> Result<u64, InTheWay> {
        let Batch { page_size, page_count, pages, position } = batch;
        let bytes = pages.len() as u64 * u64::from(page_size);
        let pages = Pages { page_size, page_count, pages };
        match self.writer.segment(&pages, now) {
            Ok(()) => {
                self.position = position;
                Ok(bytes)
            }
            Err(fault) => {
                self.pending.push_front(Batch { page_size, page_count, pages: pages.pages, position });
                Err(fault.into())
            }
        }
    }

    /// The database as it is at an instant, for a manifest. What was committed up to it has to be shipped first.
    pub fn snapshot(&mut self) -> Result<Snapshot, InTheWay> {
        let (batches, snapshot) = self.follower.snapshot()?;
        self.pending.extend(batches);
        Ok(snapshot)
    }

    /// Whether something was copied that the place has not taken.
    pub fn is_behind(&self) -> bool {
        !self.pending.is_empty()
    }

    /// Whether the place has all that was committed when it was looked last.
    pub fn is_level(&self) -> bool {
        self.pending.is_empty() && self.follower.is_level()
    }
}

/// Puts the fingerprints of a snapshot: read, written and sealed side by side, in pieces.
pub(super) fn put_manifest(writer: &Writer, snapshot: &Snapshot, now: Timestamp) -> Result<(), InTheWay> {
    let failed = |error: &dyn std::fmt::Display| InTheWay::machine("put a manifest", error);
    let (mut reader, pipe) = io::pipe().map_err(|error| failed(&error))?;
    std::thread::scope(|scope| {
        let putting = scope.spawn(move || {
            let put = writer.manifest(&mut reader, now);
            // What is not read any more would keep the other side waiting.
            drop(io::copy(&mut reader, &mut io::sink()));
            put
        });
        let written = write_fingerprints(snapshot, pipe);
        let put = putting.join().map_err(|_| failed(&io::Error::other("its thread ended by a panic")))?;
        written?;
        Ok(put?)
    })
}

fn write_fingerprints(snapshot: &Snapshot, pipe: impl Write) -> Result<(), InTheWay> {
    let failed = |error: io::Error| StoreFault::Stopped { reason: format!("the manifest of a backup cannot be written: {error}") };
    let mut writing = FingerprintWriter::new(BufWriter::with_capacity(PIPE_BYTES, pipe)).map_err(failed)?;
    snapshot.fingerprints::<StoreFault>(|one| writing.add(one).map_err(failed))?;
    writing.finish().map_err(failed)?;
    Ok(())
}

/// The state that a former process left; none where there is none, or none that can be read.
pub(super) fn read_state(path: &Path) -> Option<State> {
    let mut json = String::new();
    std::fs::File::open(path).and_then(|file| file.take(1 << 16).read_to_string(&mut json)).ok()?;
    serde_json::from_str(&json).ok()
}
