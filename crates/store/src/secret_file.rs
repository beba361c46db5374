//! Files that hold secrets: read only if nobody but their owner can.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use model::SecretBytes;

use crate::fault::StoreFault;

/// Largest such file in bytes.
const SIZE_LIMIT: u64 = 4096;

/// The content of a file whose mode denies group and others everything.
pub(crate) fn read(path: &Path) -> Result<SecretBytes, StoreFault> {
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
