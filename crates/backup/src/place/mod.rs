//! Where objects are put. A place takes a whole object or nothing, and gives what it took.

mod sftp;

use std::fmt::Debug;
use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::fault::BackupFault;

pub use sftp::Sftp;

/// Largest object that is read, in bytes.
pub const OBJECT_LIMIT_BYTES: u64 = 1 << 32;

/// Most objects that a listing may have.
pub const LISTING_LIMIT: usize = 10_000_000;

/// What an object is called until it is whole.
const PART: &str = ".part";

/// A place for objects. Names have one `/`, between a folder and a file.
pub trait Place: Send + Sync + Debug {
    /// Where it is, for people.
    fn describe(&self) -> String;

    /// Puts an object there, whole and durable when this returns, and not at all otherwise. Nothing is ever written over: where the very same
    /// object lies there already, because an earlier try was not heard to succeed, that is a success.
    ///
    /// # Errors
    /// [`BackupFault::Occupied`] where another object has that name; [`BackupFault::Place`].
    fn put(&self, name: &str, content: &[u8]) -> Result<(), BackupFault>;

    /// An object.
    ///
    /// # Errors
    /// [`BackupFault::Missing`], [`BackupFault::Place`].
    fn get(&self, name: &str) -> Result<Vec<u8>, BackupFault>;

    /// The names of all objects, sorted.
    ///
    /// # Errors
    /// [`BackupFault::Place`].
    fn list(&self) -> Result<Vec<String>, BackupFault>;

    /// Removes an object; one that is not there is removed already.
    ///
    /// # Errors
    /// [`BackupFault::Place`].
    fn remove(&self, name: &str) -> Result<(), BackupFault>;
}

/// A folder of this machine, or one that is mounted.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

impl Folder {
    /// That folder; made where there is none.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    fn fault(&self, doing: &str, error: &std::io::Error) -> BackupFault {
        BackupFault::Place { place: self.describe(), doing: doing.to_owned(), reason: error.to_string() }
    }
}

impl Place for Folder {
    fn describe(&self) -> String {
        format!("folder {}", self.0.display())
    }

    fn put(&self, name: &str, content: &[u8]) -> Result<(), BackupFault> {
        let path = self.0.join(name);
        if path.exists() {
            return if self.get(name)? == content { Ok(()) } else { Err(BackupFault::Occupied { object: name.to_owned() }) };
        }
        let part = self.0.join(format!("{name}{PART}"));
        let write = || -> std::io::Result<()> {
            let folder = path.parent().unwrap_or(&self.0);
            if !folder.is_dir() {
                fs::create_dir_all(folder)?;
                File::open(&self.0)?.sync_all()?;
            }
            let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&part)?;
            file.write_all(content)?;
            file.sync_all()?;
            fs::rename(&part, &path)?;
            File::open(folder)?.sync_all()
        };
        write().map_err(|error| {
            // Where there was no room, it takes none.
            drop(fs::remove_file(&part));
            self.fault(&format!("take `{name}`"), &error)
        })
    }

    fn get(&self, name: &str) -> Result<Vec<u8>, BackupFault> {
        let doing = format!("give `{name}`");
        let file = File::open(self.0.join(name)).map_err(|error| match error.kind() {
            ErrorKind::NotFound => BackupFault::Missing { object: name.to_owned() },
            _ => self.fault(&doing, &error),
        })?;
        let mut content = Vec::new();
        let read = file.take(OBJECT_LIMIT_BYTES + 1).read_to_end(&mut content).map_err(|error| self.fault(&doing, &error))?;
        if read as u64 > OBJECT_LIMIT_BYTES {
            return Err(BackupFault::damaged(name, "it is larger than any object"));
        }
        Ok(content)
    }

    fn list(&self) -> Result<Vec<String>, BackupFault> {
        let fault = |error: std::io::Error| self.fault("list what it has", &error);
        let mut names = Vec::new();
        if !self.0.exists() {
            return Ok(names);
        }
        for folder in fs::read_dir(&self.0).map_err(fault)? {
            let folder = folder.map_err(fault)?;
            if !folder.file_type().map_err(fault)?.is_dir() {
                continue;
            }
            for entry in fs::read_dir(folder.path()).map_err(fault)? {
                let (folder, file) = (folder.file_name(), entry.map_err(fault)?.file_name());
                if let (Some(folder), Some(file)) = (folder.to_str(), file.to_str())
                    && !file.ends_with(PART)
                {
                    names.push(format!("{folder}/{file}"));
                }
                if names.len() > LISTING_LIMIT {
                    return Err(self.fault("list what it has", &std::io::Error::other("it has more than any place of backups")));
                }
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    fn remove(&self, name: &str) -> Result<(), BackupFault> {
        let path = self.0.join(name);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(self.fault(&format!("remove `{name}`"), &error)),
            _ => {
                // Gone with its last object; while there are others, it stays.
                drop(path.parent().map(fs::remove_dir));
                Ok(())
            }
        }
    }
}
