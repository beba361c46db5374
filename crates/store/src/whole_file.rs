//! Files that readers may meet at any moment.

use std::fs;
use std::io::Write;
use std::path::Path;

use crate::fault::StoreFault;

/// Writes a file whole or not at all, and makes its folder where there is none.
///
/// # Errors
/// [`StoreFault::File`] if it cannot be written; the former one stays then.
pub(crate) fn write(path: &Path, content: &[u8]) -> Result<(), StoreFault> {
    let temporary = path.with_extension("new");
    let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| {
        let mut file = fs::File::create(&temporary)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&temporary, path)
    });
    written.map_err(|error| StoreFault::file(path, error))
}
