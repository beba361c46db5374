//! The writing side: bounded, durable before it is acknowledged, and unable to read itself.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use model::ReceiptId;
use policy::desk::FormKind;
use thiserror::Error;

use super::{MAX_FILE_BYTES, SEALED, key::IntakePublicKey};
use crate::fault::StoreFault;

/// Whoever takes the files away shares a group with us, where it is not the same user.
const FOLDER_MODE: u32 = 0o770;
/// Mode of a file.
const FILE_MODE: u32 = 0o640;
/// How long a count of a folder holds, unless it says that the folder is full.
const COUNT_HOLDS: Duration = Duration::from_secs(10);
/// How soon a full folder is counted again.
const FULL_HOLDS: Duration = Duration::from_secs(1);

/// How much of each form may lie here. Each form has its own, so that a flood of one leaves room for the others.
#[derive(Clone, Copy, Debug)]
pub struct SpoolLimits {
    /// Files.
    pub files: u64,
    /// Bytes of all of them.
    pub bytes: u64,
}

impl Default for SpoolLimits {
    fn default() -> Self {
        Self { files: 5_000, bytes: 128 * 1024 * 1024 }
    }
}

/// Why something was not taken.
#[derive(Debug, Error)]
pub enum SpoolFault {
    /// There is no room until some of it was taken away.
    #[error("the spool is full")]
    Full,
    /// It cannot be sealed.
    #[error(transparent)]
    Seal(#[from] StoreFault),
    /// It cannot be written.
    #[error("the spool cannot be written: {0}")]
    Io(#[from] io::Error),
}

/// Takes forms. One process writes to a folder; any number of threads in it.
pub struct Spool {
    folder: PathBuf,
    key: IntakePublicKey,
    limits: SpoolLimits,
    counts: [Mutex<Count>; FormKind::ALL.len()],
}

/// How much lies in the folder of a form.
#[derive(Default)]
struct Count {
    files: u64,
    bytes: u64,
    at: Option<Instant>,
}

impl Spool {
    /// The spool in `folder`, which is made where there is none. What was not finished when the last process ended is removed: nobody was
    /// given a receipt for it.
    ///
    /// # Errors
    /// If the folder cannot be made or read.
    pub fn open(folder: &Path, key: IntakePublicKey, limits: SpoolLimits) -> io::Result<Self> {
        for form in FormKind::ALL {
            let folder = folder.join(form.word());
            fs::DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(&folder)?;
            for entry in fs::read_dir(&folder)? {
                let entry = entry?;
                if entry.file_name().as_encoded_bytes().starts_with(b".") {
                    fs::remove_file(entry.path())?;
                }
            }
        }
        Ok(Self { folder: folder.to_owned(), key, limits, counts: Default::default() })
    }

    /// Seals a text and puts it down, durably: once this returns, it survives the end of the power.
    ///
    /// # Errors
    /// [`SpoolFault::Full`] where there is no room; then nothing was written.
    pub fn put(&self, form: FormKind, receipt: ReceiptId, plain: &[u8]) -> Result<(), SpoolFault> {
        let sealed = self.key.seal(&super::place(form, receipt), plain)?;
        let size = sealed.len() as u64;
        if size > MAX_FILE_BYTES {
            return Err(SpoolFault::Full);
        }
        self.reserve(form, size)?;
        let written = self.write(form, receipt, &sealed);
        if written.is_err() {
            self.give_back(form, size);
        }
        Ok(written?)
    }

    fn write(&self, form: FormKind, receipt: ReceiptId, sealed: &[u8]) -> io::Result<()> {
        let folder = self.folder.join(form.word());
        let unfinished = folder.join(format!(".{receipt}.part"));
        let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(FILE_MODE).open(&unfinished)?;
        let written = file.write_all(sealed).and_then(|()| file.sync_all());
        let placed = written.and_then(|()| fs::rename(&unfinished, folder.join(format!("{receipt}.{SEALED}"))));
        if placed.is_err() {
            // What stays is removed at the next start.
            let _ = fs::remove_file(&unfinished);
        }
        placed?;
        fs::File::open(&folder)?.sync_all()
    }

    fn reserve(&self, form: FormKind, size: u64) -> Result<(), SpoolFault> {
        let mut count = self.count(form);
        let is_full = |count: &Count| count.files >= self.limits.files || count.bytes + size > self.limits.bytes;
        let holds = if is_full(&count) { FULL_HOLDS } else { COUNT_HOLDS };
        if count.at.is_none_or(|at| at.elapsed() >= holds) {
            let (files, bytes) = measure(&self.folder.join(form.word()))?;
            *count = Count { files, bytes, at: Some(Instant::now()) };
        }
        if is_full(&count) {
            return Err(SpoolFault::Full);
        }
        count.files += 1;
        count.bytes += size;
        Ok(())
    }

    fn give_back(&self, form: FormKind, size: u64) {
        let mut count = self.count(form);
        count.files = count.files.saturating_sub(1);
        count.bytes = count.bytes.saturating_sub(size);
    }

    fn count(&self, form: FormKind) -> std::sync::MutexGuard<'_, Count> {
        let place = FormKind::ALL.iter().position(|kind| *kind == form).unwrap_or_default();
        self.counts[place].lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Files and bytes in a folder; what lies aside for a person counts, so that it cannot grow for ever either.
fn measure(folder: &Path) -> io::Result<(u64, u64)> {
    let (mut files, mut bytes) = (0, 0);
    for entry in fs::read_dir(folder)? {
        // A file that is taken away meanwhile is no fault.
        if let Ok(metadata) = entry?.metadata() {
            files += 1;
            bytes += metadata.len();
        }
    }
    Ok((files, bytes))
}
