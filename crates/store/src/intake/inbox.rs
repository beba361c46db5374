//! The reading side. Nothing in the folder is trusted: its writer faces the public.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use model::ReceiptId;
use policy::desk::FormKind;

use super::{MAX_FILE_BYTES, SEALED, UNREADABLE};
use crate::fault::StoreFault;

/// Names looked at in one folder in one go: more than a spool holds by itself.
const NAMES_LIMIT: usize = 20_000;

/// Reads what a [`super::Spool`] wrote.
#[derive(Clone, Debug)]
pub struct Inbox {
    folder: PathBuf,
}

/// A sealed file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Item {
    /// Its receipt; later ones sort later.
    pub receipt: ReceiptId,
    /// For which form.
    pub form: FormKind,
}

impl Inbox {
    /// The spool in `folder`.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Up to `limit` files of each form, the oldest first; none where there is no folder yet.
    ///
    /// # Errors
    /// If a folder cannot be read.
    pub fn list(&self, limit: usize) -> Result<Vec<Item>, StoreFault> {
        let mut items = Vec::new();
        for form in FormKind::ALL {
            let folder = self.folder.join(form.word());
            let entries = match fs::read_dir(&folder) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                entries => entries.map_err(|error| StoreFault::file(&folder, error))?,
            };
            let names = entries.take(NAMES_LIMIT).filter_map(|entry| entry.ok()?.file_name().into_string().ok());
            let mut of_form: Vec<Item> = names.filter_map(|name| read_name(&name, form)).collect();
            of_form.sort();
            of_form.truncate(limit);
            items.extend(of_form);
        }
        Ok(items)
    }

    /// The bytes of a file; none if it is no file, is larger than any of ours, or went away.
    #[must_use]
    pub fn read(&self, item: &Item) -> Option<Vec<u8>> {
        let path = self.path(item, SEALED);
        // Neither a link to somewhere else nor a pipe that would keep us waiting.
        let metadata = fs::symlink_metadata(&path).ok()?;
        if !metadata.is_file() || metadata.len() > MAX_FILE_BYTES {
            return None;
        }
        let mut bytes = Vec::new();
        fs::File::open(&path).ok()?.take(MAX_FILE_BYTES).read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    /// Removes a file that was taken. Not an error if it is gone already.
    ///
    /// # Errors
    /// If it cannot be removed.
    pub fn remove(&self, item: &Item) -> Result<(), StoreFault> {
        let path = self.path(item, SEALED);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StoreFault::file(&path, error)),
            _ => Ok(()),
        }
    }

    /// Leaves a file that cannot be opened for a person to look at.
    ///
    /// # Errors
    /// If it cannot be renamed.
    pub fn set_aside(&self, item: &Item) -> Result<(), StoreFault> {
        let path = self.path(item, SEALED);
        fs::rename(&path, self.path(item, UNREADABLE)).map_err(|error| StoreFault::file(&path, error))
    }

    fn path(&self, item: &Item, ending: &str) -> PathBuf {
        self.folder.join(item.form.word()).join(format!("{}.{ending}", item.receipt))
    }
}

impl Item {
    /// What a file is sealed for.
    #[must_use]
    pub fn place(&self) -> String {
        super::place(self.form, self.receipt)
    }
}

fn read_name(name: &str, form: FormKind) -> Option<Item> {
    let (receipt, ending) = name.split_once('.')?;
    let receipt: ReceiptId = receipt.parse().ok()?;
    (ending == SEALED).then_some(Item { receipt, form })
}
