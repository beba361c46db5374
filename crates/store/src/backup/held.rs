//! The files of a live database, opened once and never closed.
//!
//! SQLite's locks are POSIX locks. They belong to the process and the file, and closing **any** descriptor of a file gives up all that the
//! process has on it: whoever opens and closes `namekeep.db` or `namekeep.db-shm` beside a running `Store` lets another process write in the middle
//! of our transaction (sqlite.org/howtocorrupt.html, 2.2). So descriptors are kept here until the process ends. There are two for each database.

use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

/// Device and number of a file.
type Identity = (u64, u64);

static HELD: Mutex<Vec<(Identity, Arc<File>)>> = Mutex::new(Vec::new());

fn identity(metadata: &Metadata) -> Identity {
    (metadata.dev(), metadata.ino())
}

/// The file at a path, for reading.
pub(super) fn hold(path: &Path) -> io::Result<Arc<File>> {
    let mut held = HELD.lock().unwrap_or_else(PoisonError::into_inner);
    let wanted = identity(&std::fs::metadata(path)?);
    if let Some((_, file)) = held.iter().find(|(identity, _)| *identity == wanted) {
        return Ok(Arc::clone(file));
    }
    let file = Arc::new(File::open(path)?);
    // By what was opened: another file may have taken the path meanwhile. Should it be held twice, both stay.
    held.push((identity(&file.metadata()?), Arc::clone(&file)));
    Ok(file)
}
