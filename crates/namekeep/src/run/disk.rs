//! Room on the disk of the database: told while there is still some, because a full disk takes no alarm either.

use std::path::{Path, PathBuf};

use registrar::Registrar;
use registrar::registry::note_disk;

use crate::failure::Failure;
use crate::instance::{Instance, database_url};

/// A disk with less than one part in so many free is nearly full.
const LEAST_PART: u64 = 20;

/// What there is of a file system.
pub struct Room {
    free: u64,
    total: u64,
}

impl Room {
    /// The room where a file lies.
    ///
    /// # Errors
    /// [`Failure`] if the system does not say.
    pub fn at(path: &Path) -> Result<Self, Failure> {
        let stat = rustix::fs::statvfs(path).map_err(|error| Failure::file(path, "look at the room on the disk of", &error.into()))?;
        Ok(Self { free: stat.f_bavail.saturating_mul(stat.f_frsize), total: stat.f_blocks.saturating_mul(stat.f_frsize) })
    }

    /// How much is free, in words; as a fault where it is nearly nothing.
    pub fn said(&self) -> Result<String, String> {
        let (free, total) = (self.free >> 20, self.total >> 20);
        if self.free < self.total / LEAST_PART {
            return Err(format!("{free} of {total} MiB are free on the disk of the database: make room, for a full disk takes no order"));
        }
        Ok(format!("{free} of {total} MiB are free"))
    }
}

/// The file that the database of an instance is; none where a server keeps it.
pub fn database_file(instance: &Instance) -> Option<PathBuf> {
    database_url(&instance.folder, &instance.config).ok()?.file().map(Path::to_owned)
}

/// Raises and clears the alarm.
///
/// # Errors
/// [`Failure`] if the system does not say how much room there is, or of the store.
pub fn watch(registrar: &Registrar, database: &Path) -> Result<(), Failure> {
    Ok(note_disk(registrar, Room::at(database)?.said().err())?)
}
