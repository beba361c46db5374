//! The key file on disk: locked while it is changed, put in its place whole and durably, the former one overwritten.

use std::fs::{self, File};
use std::io::{ErrorKind, Result, Seek, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::fault::StoreFault;

/// Tells a file from the one that was put in its place.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) struct Stamp {
    inode: u64,
    bytes: u64,
    changed_ns: i64,
}

impl Stamp {
    pub(super) fn of(path: &Path) -> std::result::Result<Self, StoreFault> {
        let metadata = fs::metadata(path).map_err(|error| StoreFault::file(path, error))?;
        let changed_ns = metadata.mtime().wrapping_mul(1_000_000_000).wrapping_add(metadata.mtime_nsec());
        Ok(Self { inode: metadata.ino(), bytes: metadata.len(), changed_ns })
    }
}

/// Keeps other processes from changing the file until it is dropped.
pub(super) fn lock(path: &Path) -> std::result::Result<File, StoreFault> {
    let path = beside(path, "lock");
    let fault = |error| StoreFault::file(&path, error);
    let lock = File::options().write(true).create(true).truncate(false).mode(0o600).open(&path).map_err(fault)?;
    lock.lock().map_err(fault)?;
    Ok(lock)
}

/// A new file is put in the place of the old one, durably; then the old one's bytes are overwritten, wherever it has other names.
pub(super) fn replace(path: &Path, content: &[u8]) -> Result<()> {
    let mut old = File::options().write(true).open(path)?;
    let length = usize::try_from(old.metadata()?.len()).unwrap_or_default();
    put(path, content)?;
    old.rewind()?;
    old.write_all(&vec![0; length])?;
    old.sync_all()
}

/// A file is in its place, whole and durably, when this returns; a former one stays if it cannot be.
pub(super) fn put(path: &Path, content: &[u8]) -> Result<()> {
    let temporary = beside(path, "new");
    // A crash may have left one; whatever it holds is older than what is written now.
    match fs::remove_file(&temporary) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    write_new(&temporary, content)?;
    fs::rename(&temporary, path)?;
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

/// A file that must not exist yet, mode 0600.
pub(super) fn write_new(path: &Path, content: &[u8]) -> Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(content).and_then(|()| file.sync_all())
}

/// The path of a file that belongs to another: its name with an extension more.
pub(super) fn beside(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}
