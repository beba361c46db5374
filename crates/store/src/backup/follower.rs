//! Following the write-ahead log without losing a commit, whoever writes and whoever empties it.
//!
//! At any moment one read transaction of ours is open, the pin. It keeps others from emptying the log past what we have not copied, in
//! either of the two ways in which SQLite lets a reader in (`walTryBeginRead` in its source):
//!
//! - While some frames were not carried into the database yet, the pin holds one of the locks 1 to 4. A writer may reset the log only when it
//!   gets all of these for itself, so the log only grows.
//! - When all were, the pin holds lock 0 and reads the database alone. Then a writer may reset the log: we had copied all of it before the
//!   former pin ended. But whoever carries frames into the database needs lock 0 for itself, so nothing of the new log is carried while this
//!   pin holds, and a log of which something was not carried is not reset.
//!
//! So each step begins the next pin, copies up to what the index says is committed, and only then ends the former one. A log with other salts
//! than the last one's begins where that one ended. What nobody can know is what happened while nobody was following: [`Follower::resume`]
//! goes on only in the very log that it left.
//!
//! What was copied waits here until it is given: where a later part of a call fails, the next call gives it.

use std::collections::{BTreeMap, VecDeque};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::Connection;
use serde::{Deserialize, Serialize};

use super::base::Snapshot;
use super::index::{LogIndex, LogState};
use super::log::{Log, Walk};
use super::{connect, fault};
use crate::fault::StoreFault;

/// How long we wait for a writer at the rare moments at which we need its lock.
pub(super) const BUSY: Duration = Duration::from_secs(3);

/// Bytes of pages after which a batch ends at the next commit. A single transaction is never cut, so it is held in memory whole.
const BATCH_BYTES: usize = 16 << 20;

/// Bytes of the log past which it is made to begin anew, for which writers wait a moment.
const LOG_LIMIT_BYTES: u64 = 32 << 20;

/// What stands for the salts in the index of a log of which nothing was written since the database was opened. Every such log has them, so
/// they tell none from another.
const NO_SALTS: (u32, u32) = (0, 0);

/// How far a log was copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// What tells this log from its predecessors.
    pub salts: (u32, u32),
    /// Frames that were copied.
    pub frames: u32,
    /// The checksum after them; of no meaning before the first.
    pub checksum: (u32, u32),
}

/// What changed: the newest state of each page that some commits wrote. Ends at a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// Bytes of a page.
    pub page_size: u32,
    /// Pages of the database afterwards; it is cut to that.
    pub page_count: u32,
    /// Pages by their numbers, from 1, in ascending order.
    pub pages: Vec<(u32, Vec<u8>)>,
    /// How far the log was copied with this batch.
    pub position: Position,
}

/// Whether following can go on.
#[derive(Debug)]
pub enum Resumed {
    /// In the log that was left; nothing is missing.
    Continues(Box<Follower>),
    /// Not: the log is another one, and what happened between is not known. A new base is needed.
    Broken,
}

/// Follows one database. Several may follow the same one.
pub struct Follower {
    database: PathBuf,
    log: Log,
    index: LogIndex,
    /// Both are used in turns; the first has a read transaction open, the pin.
    pins: [Connection; 2],
    /// Writes nothing: asks for the writer's lock, and carries the log into the database.
    master: Connection,
    position: Position,
    /// Copied, and not given yet.
    copied: VecDeque<Batch>,
    /// How far the log was copied with what was given last.
    given: Position,
    /// Whether the last step copied all that was committed.
    is_level: bool,
    /// The log that waits for a writer to begin it anew.
    emptied: Option<((u32, u32), u32)>,
}

impl std::fmt::Debug for Follower {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Follower").field("database", &self.database).field("position", &self.position).finish_non_exhaustive()
    }
}

impl Follower {
    /// Follows from now on; with the whole database as it is at that very commit.
    ///
    /// # Errors
    /// [`StoreFault`] if the database cannot be read, or a writer keeps its lock for long.
    pub fn begin(database: &Path) -> Result<(Self, Snapshot), StoreFault> {
        let mut follower = Self::open(database)?;
        let (_, snapshot) = follower.snapshot()?;
        Ok((follower, snapshot))
    }

    /// Goes on where a former follower was.
    ///
    /// # Errors
    /// [`StoreFault`] if the database or its log cannot be read.
    pub fn resume(database: &Path, position: Position) -> Result<Resumed, StoreFault> {
        if position.salts == NO_SALTS {
            return Ok(Resumed::Broken);
        }
        let mut follower = Self::open(database)?;
        let state = follower.index.read()?;
        if state.salts != position.salts || state.frames < position.frames {
            return Ok(Resumed::Broken);
        }
        if position.frames > 0 {
            let Some(mut walk) = follower.log.walk(&state)? else { return Ok(Resumed::Broken) };
            while walk.at < position.frames {
                // A frame that is none was overwritten: this is not what was left.
                if walk.next().is_err() {
                    return Ok(Resumed::Broken);
                }
            }
            if walk.checksum != position.checksum {
                return Ok(Resumed::Broken);
            }
        }
        follower.given = position;
        Ok(if follower.catch_up(&state, position)? { Resumed::Continues(Box::new(follower)) } else { Resumed::Broken })
    }

    /// Copies what nobody had copied when our first pin began. Where all of it was carried into the database by then, that pin does not keep
    /// it in the log: it counts only once it was read whole. `false` if it was overwritten meanwhile.
    fn catch_up(&mut self, state: &LogState, from: Position) -> Result<bool, StoreFault> {
        self.position = from;
        while self.position.frames < state.frames {
            let Some(walk) = self.log.walk(state)? else { return Ok(false) };
            let walk = if self.position.frames > 0 { walk.from(self.position.frames, self.position.checksum) } else { walk };
            let Ok(batch) = collect(walk, state) else { return Ok(false) };
            self.position = batch.position;
            self.copied.push_back(batch);
        }
        Ok(state.frames == 0 || self.position.checksum == state.checksum)
    }

    pub(super) fn open(database: &Path) -> Result<Self, StoreFault> {
        let pins = [connect(database)?, connect(database)?];
        let mode: String = pins[0].query_row("pragma journal_mode", [], |row| row.get(0)).map_err(|error| fault("open it", &error))?;
        if mode != "wal" {
            return Err(fault("open it", &format!("its journal is `{mode}`, not a write-ahead log")));
        }
        begin_pin(&pins[0])?;
        let (log, index) = (Log::open(database)?, LogIndex::open(database)?);
        let position = end_of(&index.read()?);
        Ok(Self {
            database: database.to_owned(),
            log,
            index,
            pins,
            master: connect(database)?,
            position,
            copied: VecDeque::new(),
            given: position,
            is_level: false,
            emptied: None,
        })
    }

    /// How far the log was copied with what was given.
    #[must_use]
    pub fn position(&self) -> Position {
        if self.copied.is_empty() { self.position } else { self.given }
    }

    /// Whether all that was committed when it was looked last was given.
    #[must_use]
    pub fn is_level(&self) -> bool {
        self.is_level && self.copied.is_empty()
    }

    /// Bytes of the log that were committed after `position`: what it keeps for whoever is there; and bytes of the database.
    ///
    /// # Errors
    /// [`StoreFault`] if the log's index cannot be read.
    pub fn bytes_behind(&self, position: Position) -> Result<(u64, u64), StoreFault> {
        let state = self.index.read()?;
        Ok((bytes_behind(&state, position), u64::from(state.page_count) * u64::from(state.page_size)))
    }

    /// Follows no more, and has the log cut, which kept everything that was not copied. Where others are still reading it, it is cut later.
    pub fn give_up(self) {
        let Self { pins, master, .. } = self;
        pins.iter().for_each(|pin| drop(end_pin(pin)));
        // Most of it while others write; whoever cuts has them wait.
        for mode in ["passive", "truncate"] {
            let carried = master.query_row(&format!("pragma wal_checkpoint({mode})"), [], |_| Ok(()));
            if let Err(error) = carried {
                tracing::warn!("the log that backups had kept is not cut yet: {error}");
            }
        }
    }

    /// What was committed since the last time, or the first part of it; none if nothing was.
    ///
    /// # Errors
    /// [`StoreFault`] if the log cannot be read, a writer keeps its lock for long, or the log does not go on where it was left. Nothing that
    /// was copied is lost: where the cause has passed, the next call goes on. Where it stays, the database has to be followed anew.
    pub fn poll(&mut self) -> Result<Option<Batch>, StoreFault> {
        if self.copied.is_empty() {
            self.step()?;
            if self.is_level && self.is_long()? {
                self.begin_anew()?;
            }
        }
        let batch = self.copied.pop_front();
        self.given = batch.as_ref().map_or(self.position, |batch| batch.position);
        Ok(batch)
    }

    /// The whole database at the end of what was copied: everything up to it comes in the batches, and nothing else is in the snapshot.
    /// Writers wait while the last of it is copied, so whoever is far behind polls first until [`Follower::is_level`].
    ///
    /// # Errors
    /// As [`Follower::begin`] and [`Follower::poll`].
    pub fn snapshot(&mut self) -> Result<(Vec<Batch>, Snapshot), StoreFault> {
        // Most of it without keeping anybody waiting.
        self.step()?;
        self.lock()?;
        let taken = self.step_to_the_end().and_then(|()| Snapshot::take(&self.database));
        self.unlock()?;
        let snapshot = taken?;
        self.given = self.position;
        Ok((self.copied.drain(..).collect(), snapshot))
    }

    fn step_to_the_end(&mut self) -> Result<(), StoreFault> {
        loop {
            self.step()?;
            if self.is_level {
                return Ok(());
            }
        }
    }

    /// Copies what is committed, or a batch of it.
    fn step(&mut self) -> Result<(), StoreFault> {
        begin_pin(&self.pins[1])?;
        let copied = self.copy();
        self.is_level = matches!(copied, Ok((_, true)));
        // Once all is copied, the new pin keeps what is committed later. Before, only the old one keeps what is left.
        if self.is_level {
            self.pins.swap(0, 1);
        }
        let ended = end_pin(&self.pins[1]);
        self.copied.extend(copied?.0);
        ended
    }

    /// Copies up to what the index says, or to the end of a batch; whether that was all.
    fn copy(&mut self) -> Result<(Option<Batch>, bool), StoreFault> {
        let state = self.index.read()?;
        let is_same = state.salts == self.position.salts;
        let from = if is_same { self.position } else { Position { salts: state.salts, frames: 0, checksum: (0, 0) } };
        // Under our pins a log is only reset once all of it was copied. Its salts tell no more: some resets count them up, others draw anew.
        if state.frames < from.frames {
            let (there, left) = (end_of(&state), self.position);
            return Err(fault("go on in the log", &format!("it shrank: it is at {there:?} and was left at {left:?}")));
        }
        if state.frames == from.frames {
            self.position = from;
            return Ok((None, true));
        }
        let walk = self.log.walk(&state)?.ok_or_else(|| fault("go on in the log", &"it is not the one that its index describes"))?;
        let walk = if from.frames > 0 { walk.from(from.frames, from.checksum) } else { walk };
        let batch = collect(walk, &state)?;
        let is_all = batch.position.frames == state.frames;
        if is_all && batch.position.checksum != state.checksum {
            return Err(fault("go on in the log", &"its checksum is not the one in its index"));
        }
        self.position = batch.position;
        Ok((Some(batch), is_all))
    }

    /// Whether the log should begin anew.
    fn is_long(&self) -> Result<bool, StoreFault> {
        let state = self.index.read()?;
        let is_new = self.emptied != Some((state.salts, state.frames));
        Ok(is_new && u64::from(state.frames) * u64::from(state.page_size) >= LOG_LIMIT_BYTES)
    }

    /// Brings about an instant at which all of the log was copied and carried into the database, so that the next writer begins it anew.
    /// Nobody may write at that instant; most of the work is done before.
    fn begin_anew(&mut self) -> Result<(), StoreFault> {
        self.carry()?;
        if self.index.read()?.carried_back < self.position.frames {
            // Some reader is far behind; it will end.
            return Ok(());
        }
        self.lock()?;
        let done = self.step_to_the_end().and_then(|()| {
            self.carry()?;
            let state = self.index.read()?;
            if state.carried_back == state.frames {
                self.emptied = Some((state.salts, state.frames));
            }
            // All is copied and nobody writes, so this pin loses nothing, and it holds lock 0.
            begin_pin(&self.pins[1])?;
            self.pins.swap(0, 1);
            end_pin(&self.pins[1])
        });
        self.unlock()?;
        done
    }

    /// Carries the log into the database, as far as readers let us. It waits for nobody.
    fn carry(&self) -> Result<(), StoreFault> {
        let carried = self.pins[1].query_row("pragma wal_checkpoint(passive)", [], |_| Ok(()));
        carried.map_err(|error| fault("carry the log into the database", &error))
    }

    /// From here on nobody writes.
    fn lock(&self) -> Result<(), StoreFault> {
        self.master.execute_batch("begin immediate").map_err(|error| fault("have the writers wait", &error))
    }

    fn unlock(&self) -> Result<(), StoreFault> {
        self.master.execute_batch("rollback").map_err(|error| fault("let the writers go on", &error))
    }
}

/// Bytes of the log after a position in it. A log that began anew keeps all of it.
pub(super) fn bytes_behind(state: &LogState, position: Position) -> u64 {
    let copied = if state.salts == position.salts { position.frames } else { 0 };
    u64::from(state.frames.saturating_sub(copied)) * u64::from(state.page_size)
}

pub(super) fn end_of(state: &LogState) -> Position {
    Position { salts: state.salts, frames: state.frames, checksum: state.checksum }
}

/// Opens a read transaction. It begins with the first look, not with `begin`.
pub(super) fn begin_pin(connection: &Connection) -> Result<(), StoreFault> {
    let begun = connection.execute_batch("begin deferred; select count(*) from sqlite_schema;");
    begun.map_err(|error| {
        // `begin` alone succeeds always; what it left open would be in the way the next time.
        drop(connection.execute_batch("rollback"));
        fault("read it", &error)
    })
}

fn end_pin(connection: &Connection) -> Result<(), StoreFault> {
    connection.execute_batch("rollback").map_err(|error| fault("let go of it", &error))
}

/// The newest state of each page up to the end of the log, or to the first commit past the length of a batch.
fn collect(mut walk: Walk<'_>, state: &LogState) -> Result<Batch, StoreFault> {
    let mut pages = BTreeMap::new();
    let mut page_count = 0;
    let mut bytes = 0;
    while walk.at < state.frames {
        let frame = walk.next()?;
        bytes += frame.content.len();
        pages.insert(frame.page, frame.content);
        if let Some(count) = frame.ends_commit {
            page_count = count;
            if bytes >= BATCH_BYTES {
                break;
            }
        }
    }
    let position = Position { salts: state.salts, frames: walk.at, checksum: walk.checksum };
    // A page past the end was given up by a later commit.
    pages.retain(|page, _| *page <= page_count);
    Ok(Batch { page_size: state.page_size, page_count, pages: pages.into_iter().collect(), position })
}
