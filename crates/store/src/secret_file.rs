//! Files that hold secrets: read only if nobody but their owner can, written so that nobody else can.

use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use model::SecretBytes;

use crate::fault::StoreFault;

/// Largest such file in bytes: the key of the largest RSA certificate fits.
const SIZE_LIMIT: u64 = 16 * 1024;

/// The content of a file whose mode denies group and others everything.
///
/// # Errors
/// [`StoreFault::File`] if it cannot be read, others may read or change it, or it is larger than any secret.
pub fn read(path: &Path) -> Result<SecretBytes, StoreFault> {
    read_up_to(path, SIZE_LIMIT)
}

/// The same, of a file with at most `limit` bytes.
pub(crate) fn read_up_to(path: &Path, limit: u64) -> Result<SecretBytes, StoreFault> {
    let metadata = std::fs::metadata(path).map_err(|error| StoreFault::file(path, error))?;
    if !metadata.is_file() {
        return Err(StoreFault::file(path, "it is not a file"));
    }
    if metadata.mode() & 0o077 != 0 {
        let reason = format!(
            "others can read or change it (mode {:04o}); run `chmod 600 {}` and think about who may have read it",
            metadata.mode() & 0o7777,
            path.display()
        );
        return Err(StoreFault::file(path, reason));
    }
    if metadata.len() > limit {
        return Err(StoreFault::file(path, format!("such a file of secrets has at most {limit} bytes")));
    }
    std::fs::read(path).map(SecretBytes::new).map_err(|error| StoreFault::file(path, error))
}

/// Writes a file with mode 0600, whole or not at all, in the place of a former one; makes its folder where there is none.
///
/// # Errors
/// [`StoreFault::File`] if it cannot be written; the former one stays then.
pub fn write(path: &Path, content: &[u8]) -> Result<(), StoreFault> {
    let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| put(path, content));
    written.map_err(|error| StoreFault::file(path, error))
}

/// Writes a file with mode 0600 that must not exist yet.
///
/// # Errors
/// [`StoreFault::File`] if it exists already or cannot be written.
pub fn write_new(path: &Path, content: &[u8]) -> Result<(), StoreFault> {
    create(path, content).map_err(|error| StoreFault::file(path, error))
}

/// As [`write`], in a folder that is there: the file is in its place, whole and durably, when this returns; a former one stays if it
/// cannot be.
pub(crate) fn put(path: &Path, content: &[u8]) -> io::Result<()> {
    let temporary = beside(path, "new");
    // What an interrupted attempt left behind is older than this, and may have another mode.
    match fs::remove_file(&temporary) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    create(&temporary, content)?;
    fs::rename(&temporary, path)?;
    match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        Some(folder) => File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}

/// The path of a file that belongs to another: its name with an extension more.
pub(crate) fn beside(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

fn create(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(content).and_then(|()| file.sync_all())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn what_is_written_is_ours_alone_and_what_is_not_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/secret.key");
        for content in [&b"first"[..], b"second"] {
            write(&path, content).unwrap();
            assert_eq!(read(&path).unwrap().expose(), content);
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        for mode in [0o640, 0o604, 0o620] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            assert!(read(&path).unwrap_err().to_string().contains("chmod 600"), "{mode:o}");
        }
        write(&path, &[0; 16 * 1024 + 1]).unwrap();
        assert!(read(&path).unwrap_err().to_string().contains("at most"));
    }
}
