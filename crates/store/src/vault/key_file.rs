//! The key file on disk: locked while it is changed, put in its place whole and durably, the former one overwritten.

use std::fs::{self, File};
use std::io::{self, Seek, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::Path;

use crate::fault::StoreFault;
use crate::secret_file::{beside, put};

/// Tells a file from the one that was put in its place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    inode: u64,
    bytes: u64,
    changed_ns: i64,
}

impl Stamp {
    pub(super) fn of(path: &Path) -> Result<Self, StoreFault> {
        let metadata = fs::metadata(path).map_err(|error| StoreFault::file(path, error))?;
        let changed_ns = metadata.mtime().wrapping_mul(1_000_000_000).wrapping_add(metadata.mtime_nsec());
        Ok(Self { inode: metadata.ino(), bytes: metadata.len(), changed_ns })
    }
}

/// Keeps other processes from changing the file until it is dropped.
pub(super) fn lock(path: &Path) -> Result<File, StoreFault> {
    let path = beside(path, "lock");
    let fault = |error| StoreFault::file(&path, error);
    let lock = File::options().write(true).create(true).truncate(false).mode(0o600).open(&path).map_err(fault)?;
    lock.lock().map_err(fault)?;
    Ok(lock)
}

/// A new file is put in the place of the old one, durably; then the old one's bytes are overwritten, wherever it has other names.
pub(super) fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut old = File::options().write(true).open(path)?;
    let length = usize::try_from(old.metadata()?.len()).unwrap_or_default();
    put(path, content)?;
    old.rewind()?;
    old.write_all(&vec![0; length])?;
    old.sync_all()
}
