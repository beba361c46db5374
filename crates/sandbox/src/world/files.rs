//! Files of a world: private ones are for the owner only, and each appears whole or not at all.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::WorldError;

/// For everybody to read.
const PUBLIC_MODE: u32 = 0o644;
/// For the owner only.
const PRIVATE_MODE: u32 = 0o600;
/// Folders: for the owner only.
const FOLDER_MODE: u32 = 0o700;

/// Makes the folders; those that are there stay as they are.
pub(super) fn prepare(dir: &Path) -> Result<(), WorldError> {
    for folder in [dir.to_owned(), dir.join("clients"), dir.join("zones")] {
        let made = fs::DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(&folder);
        made.map_err(|source| WorldError::File { path: folder, source })?;
    }
    let stale = dir.join("ready.json");
    match fs::remove_file(&stale) {
        Err(source) if source.kind() != io::ErrorKind::NotFound => Err(WorldError::File { path: stale, source }),
        _ => Ok(()),
    }
}

pub(super) fn write_public(path: &Path, text: &str) -> Result<(), WorldError> {
    write(path, text, PUBLIC_MODE)
}

pub(super) fn write_private(path: &Path, text: &str) -> Result<(), WorldError> {
    write(path, text, PRIVATE_MODE)
}

/// Writes beside the place and renames into it, so that a reader never sees half of it.
fn write(path: &Path, text: &str, mode: u32) -> Result<(), WorldError> {
    let mut beside: PathBuf = path.to_owned();
    beside.as_mut_os_string().push(".new");
    let written = || {
        let _ = fs::remove_file(&beside);
        let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&beside)?;
        file.write_all(text.as_bytes())?;
        file.flush()?;
        fs::rename(&beside, path)
    };
    written().map_err(|source| WorldError::File { path: path.to_owned(), source })
}
