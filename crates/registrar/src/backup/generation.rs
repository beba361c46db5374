//! One generation while it is written: the follower of the database and the writer of the chain, in step.

use std::collections::VecDeque;
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

use ::backup::{BackupFault, Pages, SealedSegment, Writer, WriterState, retention};
use model::Timestamp;
use serde::{Deserialize, Serialize};
use store::backup::{Batch, FingerprintWriter, Follower, Position, Resumed, Snapshot};
use store::{StoreFault, secret_file};

use super::shipper::BackupOrder;
use crate::failure::{Failure, Fault};

/// What is in the way of a backup. Its words are for the operator: no personal data is in them.
#[derive(Debug, thiserror::Error)]
pub(super) enum InTheWay {
    /// The place, or the seal.
    #[error("{0}")]
    Repository(#[from] BackupFault),
    /// The database, or what follows it.
    #[error("{0}")]
    Database(#[from] StoreFault),
    /// What was committed and is not in the place grew past what the log may hold.
    #[error(
        "backups fell behind by more than {limit} bytes of the database's log and were given up, so that it does not fill the disk; another whole \
         copy is being made. The place has to take more than is written, or `log_gigabytes` be more"
    )]
    TooFarBehind { limit: u64 },
    /// Something else of this machine.
    #[error("{doing}: {reason}")]
    Machine { doing: &'static str, reason: String },
    /// Another fault.
    #[error("{}", .0.for_operators())]
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
struct State {
    writer: WriterState,
    position: Position,
    /// Where the writer and the log stand once the segment is put that is being put.
    #[serde(default)]
    announced: Option<(WriterState, Position)>,
    begun_at: Timestamp,
    manifest_at: Timestamp,
    /// The segment at whose end the newest manifest is.
    #[serde(default)]
    manifest_segment: Option<u64>,
}

/// A segment on its way.
#[derive(Debug)]
struct Outgoing {
    sealed: SealedSegment,
    position: Position,
    bytes: u64,
    /// Whether it is kept on this machine that it is on its way.
    is_announced: bool,
}

/// A generation at work.
#[derive(Debug)]
pub(super) struct Generation {
    follower: Follower,
    pub writer: Writer,
    /// Copied, and not sealed yet.
    pending: VecDeque<Batch>,
    /// Sealed, and not put yet.
    outgoing: Option<Outgoing>,
    /// How far the log was copied with what was put.
    position: Position,
    pub begun_at: Timestamp,
    pub manifest_at: Timestamp,
    manifest_segment: Option<u64>,
}

impl Generation {
    /// Begins one: the whole database, and its fingerprints. Takes as long as reading it takes; meanwhile others go on. What cannot be finished
    /// is removed again, where this machine may.
    pub fn begin(order: &BackupOrder, now: Timestamp, chance: u16) -> Result<Self, InTheWay> {
        let (follower, mut snapshot) = Follower::begin(&order.database)?;
        if snapshot.is_empty() {
            return Err(InTheWay::machine("begin a backup", &"the database reads as if nothing were in it"));
        }
        let limit = order.most_log(snapshot.len());
        let (place, sealer) = (order.place.clone(), order.sealer.clone());
        let id = ::backup::GenerationId::new(now, chance);
        let mut base = Within { snapshot: &mut snapshot, limit, unlooked: 0, is_past: false };
        let begun = Writer::begin(place, sealer, &order.instance, &mut base, now, id.clone());
        let begun = if base.is_past { Err(InTheWay::TooFarBehind { limit }) } else { begun.map_err(InTheWay::from) };
        let begun = begun.and_then(|writer| put_manifest(&writer, &snapshot, now, limit).map(|()| writer));
        let writer = begun.inspect_err(|_| {
            if order.retention.is_some() {
                // What is in the way is told already.
                drop(retention::prune(order.place.as_ref(), &[id]));
            }
        })?;
        let position = follower.position();
        let (pending, outgoing, manifest_segment) = (VecDeque::new(), None, Some(0));
        Ok(Self { follower, writer, pending, outgoing, position, begun_at: now, manifest_at: now, manifest_segment })
    }

    /// Goes on with the one that a former process left, if there is one, nothing happened to the log meanwhile that nobody can know, and the place
    /// has what it had.
    pub fn resume(order: &BackupOrder) -> Result<Option<Self>, InTheWay> {
        let Some(State { writer, position, announced, begun_at, manifest_at, manifest_segment }) = read_state(&order.state) else {
            return Ok(None);
        };
        let (announced, after) = announced.unzip();
        let (place, sealer) = (order.place.clone(), order.sealer.clone());
        let Some(writer) = Writer::resume(place, sealer, &order.instance, writer, announced.clone())? else { return Ok(None) };
        let was_put = announced.is_some_and(|announced| *writer.state() == announced);
        let position = after.filter(|_| was_put).unwrap_or(position);
        let Resumed::Continues(follower) = Follower::resume(&order.database, position)? else { return Ok(None) };
        let (follower, pending, outgoing) = (*follower, VecDeque::new(), None);
        Ok(Some(Self { follower, writer, pending, outgoing, position, begun_at, manifest_at, manifest_segment }))
    }

    /// Makes durable where it stands.
    pub fn keep(&self, file: &Path) -> Result<(), InTheWay> {
        let announced = self.outgoing.as_ref().map(|outgoing| (outgoing.sealed.after().clone(), outgoing.position));
        let Self { position, begun_at, manifest_at, manifest_segment, .. } = *self;
        let state = State { writer: self.writer.state().clone(), position, announced, begun_at, manifest_at, manifest_segment };
        Ok(write_durably(file, &state)?)
    }

    /// Puts one segment of what was committed since; how many bytes of pages, 0 if nothing was. That it is on its way is kept in `file` before.
    /// Where the place refuses, the same is put the next time, and the log keeps what comes after.
    pub fn ship(&mut self, file: &Path, clock: impl Fn() -> Timestamp) -> Result<u64, InTheWay> {
        if self.outgoing.is_none() {
            let batch = self.pending.pop_front().map_or_else(|| self.follower.poll(), |batch| Ok(Some(batch)))?;
            // Read after all that is in the segment was committed: nothing later than its instant is in it.
            let Some(batch) = batch else { return Ok(0) };
            self.outgoing = Some(self.seal(batch, clock())?);
        }
        let is_announced = self.outgoing.as_ref().is_some_and(|outgoing| outgoing.is_announced);
        if !is_announced {
            self.keep(file)?;
        }
        let Some(outgoing) = &mut self.outgoing else { return Ok(0) };
        outgoing.is_announced = true;
        self.writer.put_segment(&outgoing.sealed)?;
        let bytes = outgoing.bytes;
        self.position = outgoing.position;
        self.outgoing = None;
        Ok(bytes)
    }

    fn seal(&mut self, batch: Batch, at: Timestamp) -> Result<Outgoing, InTheWay> {
        let Batch { page_size, page_count, pages, position } = batch;
        let bytes = pages.len() as u64 * u64::from(page_size);
        let pages = Pages { page_size, page_count, pages };
        match self.writer.seal_segment(&pages, at) {
            Ok(sealed) => Ok(Outgoing { sealed, position, bytes, is_announced: false }),
            Err(fault) => {
                self.pending.push_front(Batch { page_size, page_count, pages: pages.pages, position });
                Err(fault.into())
            }
        }
    }

    /// A fault if the log holds more for us than it may.
    pub fn check_log(&self, order: &BackupOrder) -> Result<(), InTheWay> {
        let (behind, database) = self.follower.bytes_behind(self.position)?;
        let limit = order.most_log(database);
        if behind > limit { Err(InTheWay::TooFarBehind { limit }) } else { Ok(()) }
    }

    /// Lets go of the log, and has it cut where nobody else needs it.
    pub fn give_up(self) {
        self.follower.give_up();
    }

    /// The writer and the database as it is at the end of what was put, for a manifest; none if the newest manifest says the same already.
    pub fn begin_manifest(&mut self, now: Timestamp) -> Option<Writer> {
        self.manifest_at = now;
        let segments = self.writer.state().segments;
        let is_new = self.manifest_segment != Some(segments);
        self.manifest_segment = Some(segments);
        is_new.then(|| self.writer.clone())
    }

    /// The database as it is at an instant, for a manifest. What was committed up to it has to be shipped first.
    pub fn snapshot(&mut self) -> Result<Snapshot, InTheWay> {
        let (batches, snapshot) = self.follower.snapshot()?;
        self.pending.extend(batches);
        Ok(snapshot)
    }

    /// Whether something was copied that the place has not taken.
    pub fn is_behind(&self) -> bool {
        !self.pending.is_empty() || self.outgoing.is_some()
    }

    /// Whether the place has all that was committed when it was looked last.
    pub fn is_level(&self) -> bool {
        !self.is_behind() && self.follower.is_level()
    }
}

/// Reads a snapshot as long as the log, which it keeps from being emptied, is within its limit.
struct Within<'s> {
    snapshot: &'s mut Snapshot,
    limit: u64,
    /// Bytes read since the log was looked at.
    unlooked: usize,
    is_past: bool,
}

/// Bytes of a snapshot, or rows of one, that are read between two looks at the log.
const LOOK_AFTER_BYTES: usize = 8 << 20;
const LOOK_AFTER_ROWS: u64 = 16_384;

impl Read for Within<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.unlooked >= LOOK_AFTER_BYTES {
            self.unlooked = 0;
            self.is_past = self.snapshot.bytes_behind().map_err(io::Error::other)? > self.limit;
        }
        if self.is_past {
            return Err(io::Error::other("the log grew past its limit meanwhile"));
        }
        let read = self.snapshot.read(buffer)?;
        self.unlooked += read;
        Ok(read)
    }
}

/// Puts the fingerprints of a snapshot: read, written and sealed side by side, in pieces.
pub(super) fn put_manifest(writer: &Writer, snapshot: &Snapshot, now: Timestamp, limit: u64) -> Result<(), InTheWay> {
    let failed = |error: &dyn std::fmt::Display| InTheWay::machine("put a manifest", error);
    let (mut reader, pipe) = io::pipe().map_err(|error| failed(&error))?;
    std::thread::scope(|scope| {
        let putting = scope.spawn(move || {
            let put = writer.manifest(&mut reader, now);
            // What is not read any more would keep the other side waiting.
            drop(io::copy(&mut reader, &mut io::sink()));
            put
        });
        let written = write_fingerprints(snapshot, pipe, limit);
        let put = putting.join().map_err(|_| failed(&io::Error::other("its thread ended by a panic")))?;
        written?;
        Ok(put?)
    })
}

fn write_fingerprints(snapshot: &Snapshot, pipe: impl Write, limit: u64) -> Result<(), InTheWay> {
    let failed = |error: io::Error| StoreFault::Stopped { reason: format!("the manifest of a backup cannot be written: {error}") };
    let mut writing = FingerprintWriter::new(BufWriter::with_capacity(PIPE_BYTES, pipe)).map_err(failed)?;
    let mut rows = 0_u64;
    snapshot.fingerprints::<InTheWay>(|one| {
        rows += 1;
        if rows.is_multiple_of(LOOK_AFTER_ROWS) && snapshot.bytes_behind()? > limit {
            return Err(InTheWay::TooFarBehind { limit });
        }
        Ok(writing.add(one).map_err(failed)?)
    })?;
    writing.finish().map_err(failed)?;
    Ok(())
}

/// The state that a former process left; none where there is none, or none that can be read.
fn read_state(path: &Path) -> Option<State> {
    let mut json = String::new();
    std::fs::File::open(path).and_then(|file| file.take(1 << 16).read_to_string(&mut json)).ok()?;
    serde_json::from_str(&json).ok()
}

/// Writes a file of the backups' state, whole and durable.
pub(super) fn write_durably(path: &Path, value: &impl Serialize) -> Result<(), Failure> {
    let json = serde_json::to_vec_pretty(value).map_err(|error| Fault::new("the state of backups cannot be written", &error))?;
    Ok(secret_file::write(path, &json)?)
}
