//! The Maildir that bounces come back to, as `serve` watches it.
//!
//! ```text
//!  new/ --> taken/ --> cur/     dealt with, whatever it was
//!              \----> aside/    refused: no mail, too large, without our seal; for a person to look at
//! ```
//!
//! What lies in `taken/` is taken again after a crash: a bounce is noted once, however often it is given.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use mail::bounce::MESSAGE_BYTES;
use registrar::bounce::TakeBounce;
use registrar::{Registrar, actor, authorise};

use super::mail::EARLY;
use crate::failure::Failure;

/// Messages taken in one step.
const STEP_MESSAGES: usize = 100;

/// What a mail server appends to the name of a message that was seen.
const SEEN: &str = ":2,S";

/// The folder of bounces.
pub struct BounceFolder {
    registrar: Registrar,
    folder: PathBuf,
}

impl BounceFolder {
    /// Watches `folder`; its parts are made where they are missing.
    ///
    /// # Errors
    /// [`Failure`] if they cannot be made.
    pub fn open(registrar: &Registrar, folder: PathBuf) -> Result<Self, Failure> {
        for part in ["new", "cur", "tmp", "taken", "aside"] {
            let path = folder.join(part);
            fs::create_dir_all(&path).map_err(|error| Failure::file(&path, "make the folder", &error))?;
        }
        Ok(Self { registrar: registrar.clone(), folder })
    }

    /// Takes what has come; gives how many messages were dealt with.
    ///
    /// # Errors
    /// [`Failure`] if the folder or the store is not well; what was not dealt with stays.
    pub fn step(&mut self) -> Result<usize, Failure> {
        for name in self.names("new")? {
            self.move_to("new", &name, "taken", &name)?;
        }
        let mut done = 0;
        for name in self.names("taken")? {
            match self.take(&name)? {
                Fate::Done => self.move_to("taken", &name, "cur", &seen(&name))?,
                Fate::Aside(code) => {
                    tracing::warn!(code, name, "a message came to a return path from which nothing follows; it lies in `aside`");
                    self.move_to("taken", &name, "aside", &name)?;
                }
                Fate::Later => continue,
            }
            done += 1;
        }
        Ok(done)
    }

    /// Up to so many messages of a part.
    fn names(&self, part: &str) -> Result<Vec<String>, Failure> {
        let path = self.folder.join(part);
        let failure = |error: &io::Error| Failure::file(&path, "read the folder", error);
        let mut names = Vec::new();
        for entry in fs::read_dir(&path).map_err(|error| failure(&error))?.take(STEP_MESSAGES) {
            // A name that is no text is no mail server's.
            names.extend(entry.map_err(|error| failure(&error))?.file_name().into_string().ok());
        }
        names.sort();
        Ok(names)
    }

    /// Moves a message on; one that another process moved already is that one's.
    fn move_to(&self, part: &str, name: &str, to: &str, new_name: &str) -> Result<(), Failure> {
        let path = self.folder.join(part).join(name);
        match fs::rename(&path, self.folder.join(to).join(new_name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Failure::file(&path, "move the message", &error)),
            _ => Ok(()),
        }
    }

    fn take(&self, name: &str) -> Result<Fate, Failure> {
        let path = self.folder.join("taken").join(name);
        let Some(message) = read(&path)? else { return Ok(Fate::Aside("bounce.too_large")) };
        let bounce = match TakeBounce::read(&message, None) {
            Ok(bounce) => bounce,
            Err(refusal) => return Ok(Fate::Aside(refusal.code)),
        };
        let bounce = authorise(&actor::timer(), bounce).map_err(registrar::Failure::from)?;
        match self.registrar.carry_out(bounce) {
            Ok(_) => Ok(Fate::Done),
            Err(registrar::Failure::Refused(refusal)) if refusal.code == EARLY => Ok(Fate::Later),
            Err(registrar::Failure::Refused(refusal)) => Ok(Fate::Aside(refusal.code)),
            Err(failure) => Err(failure.into()),
        }
    }
}

/// What is done with a message.
enum Fate {
    Done,
    Aside(&'static str),
    Later,
}

fn seen(name: &str) -> String {
    if name.contains(':') { name.to_owned() } else { format!("{name}{SEEN}") }
}

/// The message; none if it is too large, or no file. One that another process moved away is empty here.
fn read(path: &Path) -> Result<Option<Vec<u8>>, Failure> {
    let failure = |error: &io::Error| Failure::file(path, "read the message", error);
    let found = match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Some(Vec::new())),
        found => found.map_err(|error| failure(&error))?,
    };
    if !found.is_file() || found.len() > MESSAGE_BYTES as u64 {
        return Ok(None);
    }
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Some(Vec::new())),
        read => read.map(Some).map_err(|error| failure(&error)),
    }
}
