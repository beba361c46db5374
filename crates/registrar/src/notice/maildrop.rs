//! The maildrop: a folder in which a message is either whole or not there.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::Path;

/// Messages hold personal data: only the registrar's user and the mail system's group read them.
const FILE_MODE: u32 = 0o640;

/// Mode of the folder.
const FOLDER_MODE: u32 = 0o750;

/// Puts a message into the folder: written beside its place, made durable, then renamed. A message that is there already is
/// replaced by the same one, so a repeat after a crash does no harm.
pub(super) fn put(folder: &Path, name: &str, message: &str) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(folder)?;
    let unfinished = folder.join(format!(".{name}.part"));
    let mut file = fs::OpenOptions::new().write(true).create(true).truncate(true).mode(FILE_MODE).open(&unfinished)?;
    file.write_all(message.as_bytes())?;
    file.sync_all()?;
    fs::rename(&unfinished, folder.join(name))?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    #[test]
    fn a_message_is_whole_and_private() {
        let folder = tempfile::tempdir().unwrap();
        let drop = folder.path().join("maildrop");
        put(&drop, "ntc_1.eml", "first\r\n").unwrap();
        put(&drop, "ntc_1.eml", "first, again\r\n").unwrap();
        let names: Vec<String> = fs::read_dir(&drop).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        assert_eq!(names, ["ntc_1.eml"]);
        assert_eq!(fs::read_to_string(drop.join("ntc_1.eml")).unwrap(), "first, again\r\n");
        assert_eq!(fs::metadata(drop.join("ntc_1.eml")).unwrap().permissions().mode() & 0o777, FILE_MODE);
    }
}
