//! The whole database as of one commit, while others go on writing.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;

use super::fingerprint::{self, Fingerprint};
use super::follower::{Position, begin_pin, bytes_behind, end_of};
use super::held::hold;
use super::index::LogIndex;
use super::log::Log;
use super::{connect, fault};
use crate::fault::StoreFault;

/// Where SQLite's locks lie in a database. The page around this byte is never written, not to the log either, and the file may end before it
/// (sqlite.org/fileformat2.html, 1.5).
const LOCK_BYTE: u32 = 1 << 30;

/// Where a database's file says how long its pages are.
const PAGE_SIZE_AT: u64 = 16;

/// The database at the moment at which this was taken. What it reads is the file, page by page, as it would lie there if everybody had
/// stopped at that moment.
///
/// It holds a read transaction of its own. While that lasts, the log's frames up to then stay where they are, or (where all of them had been
/// carried into the database) the database's pages do; see [`super::Follower`] for why.
pub struct Snapshot {
    connection: Connection,
    database: Arc<File>,
    log: Log,
    index: LogIndex,
    /// The end of the log when this was taken.
    end: Position,
    /// Frames that are newer than the database, by page.
    newer: HashMap<u32, u32>,
    page_size: u32,
    page_count: u32,
    /// Pages that were read.
    read: u32,
    page: Vec<u8>,
    /// Bytes of the page that were given.
    given: usize,
}

impl std::fmt::Debug for Snapshot {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Snapshot").field("page_size", &self.page_size).field("page_count", &self.page_count).finish_non_exhaustive()
    }
}

impl Snapshot {
    /// Takes one; nobody writes meanwhile.
    pub(super) fn take(path: &Path) -> Result<Self, StoreFault> {
        let connection = connect(path)?;
        begin_pin(&connection)?;
        let (log, index) = (Log::open(path)?, LogIndex::open(path)?);
        let state = index.read()?;
        let mut newer = HashMap::new();
        // Read after the transaction began: where something was not carried into the database then, the log stays.
        if state.carried_back < state.frames {
            let walk = log.walk(&state)?;
            let mut walk = walk.ok_or_else(|| fault("read the log", &"it is not the one that its index describes"))?;
            while walk.at < state.frames {
                let frame = walk.next()?;
                newer.insert(frame.page, walk.at);
            }
        }
        let database = hold(path).map_err(|error| fault("open it", &error))?;
        // The index of an empty log says nothing of the database: all of it lies in the file.
        let (page_size, page_count) = if state.frames == 0 { size_of(&database)? } else { (state.page_size, state.page_count) };
        let page = vec![0; page_size as usize];
        let given = page.len();
        Ok(Self { connection, database, log, index, end: end_of(&state), newer, page_size, page_count, read: 0, page, given })
    }

    /// Bytes of the whole file.
    #[must_use]
    pub fn len(&self) -> u64 {
        u64::from(self.page_count) * u64::from(self.page_size)
    }

    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.page_count == 0
    }

    /// Bytes of the log that were committed since: what this keeps from being emptied.
    ///
    /// # Errors
    /// [`StoreFault`] if the log's index cannot be read.
    pub fn bytes_behind(&self) -> Result<u64, StoreFault> {
        Ok(bytes_behind(&self.index.read()?, self.end))
    }

    /// Gives the fingerprint of every row to `take`, tables by their names, rows by their keys.
    ///
    /// # Errors
    /// [`StoreFault`] if the database cannot be read, or what `take` answers.
    pub fn fingerprints<E: From<StoreFault>>(&self, take: impl FnMut(&Fingerprint) -> Result<(), E>) -> Result<(), E> {
        fingerprint::of(&self.connection, take)
    }

    fn next_page(&mut self) -> io::Result<()> {
        let number = self.read + 1;
        match self.newer.get(&number) {
            Some(frame) => self.log.read_page(*frame, self.page_size, &mut self.page)?,
            None if number == LOCK_BYTE / self.page_size + 1 => self.page.fill(0),
            None => self.database.read_exact_at(&mut self.page, u64::from(self.read) * u64::from(self.page_size))?,
        }
        (self.read, self.given) = (number, 0);
        Ok(())
    }
}

/// Bytes of a page, and how many there are, of a database that lies in its file alone (sqlite.org/fileformat2.html, 1.3).
fn size_of(database: &File) -> Result<(u32, u32), StoreFault> {
    let failed = |error: io::Error| fault("read its first page", &error);
    let mut size = [0; 2];
    database.read_exact_at(&mut size, PAGE_SIZE_AT).map_err(failed)?;
    // 65536 does not fit and is written as 1.
    let page_size = match u16::from_be_bytes(size) {
        1 => 1 << 16,
        size => u32::from(size),
    };
    let pages = database.metadata().map_err(failed)?.len().checked_div(u64::from(page_size));
    let pages = pages.and_then(|pages| u32::try_from(pages).ok()).ok_or_else(|| fault("read its first page", &"it is no database"))?;
    Ok((page_size, pages))
}

impl Read for Snapshot {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.page.len() {
            if self.read == self.page_count {
                return Ok(0);
            }
            self.next_page()?;
        }
        let rest = &self.page[self.given..];
        let count = rest.len().min(buffer.len());
        buffer[..count].copy_from_slice(&rest[..count]);
        self.given += count;
        Ok(count)
    }
}
