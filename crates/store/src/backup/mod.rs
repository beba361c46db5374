//! Following a live SQLite database, for backups: every commit's pages as they come out of the write-ahead log, the whole file as of one
//! commit, and fingerprints of every row as of that same commit.
//!
//! ```text
//!  writers of any process --> namekeep.db-wal --Follower::poll--> Batch, Batch, ...   pages that changed, each batch ends at a commit
//!                             namekeep.db ------Follower::begin--> Snapshot            whole file, fingerprints
//! ```
//!
//! What is done with them is not this room's business. PostgreSQL has tools of its own for this.

mod base;
mod fingerprint;
mod follower;
mod held;
mod index;
mod log;

#[cfg(test)]
mod gaps;
#[cfg(test)]
mod tests;

pub use base::Snapshot;
pub use fingerprint::{Comparison, Fingerprint, FingerprintReader, FingerprintWriter, Told, compare, fingerprints_of_file};
pub use follower::{Batch, Follower, Position, Resumed};

use std::path::{Path, PathBuf};

use rusqlite::OpenFlags;

use crate::fault::StoreFault;

/// A fault of following, with what was being done.
fn fault(doing: &str, error: &dyn std::fmt::Display) -> StoreFault {
    StoreFault::Stopped { reason: format!("the database cannot be followed: {doing}: {error}") }
}

/// The file beside the database with this ending.
fn beside(database: &Path, ending: &str) -> PathBuf {
    let mut path = database.as_os_str().to_owned();
    path.push(ending);
    PathBuf::from(path)
}

fn connect(database: &Path) -> Result<rusqlite::Connection, StoreFault> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = rusqlite::Connection::open_with_flags(database, flags).map_err(|error| fault("open it", &error))?;
    connection.busy_timeout(follower::BUSY).map_err(|error| fault("open it", &error))?;
    // The log is emptied here, at moments that lose nothing, and not by a commit of ours: there is none.
    connection.pragma_update(None, "wal_autocheckpoint", 0).map_err(|error| fault("open it", &error))?;
    Ok(connection)
}
