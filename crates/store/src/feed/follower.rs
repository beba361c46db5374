//! Reads the feed: a snapshot to start from, then changes in order, and nothing that the head does not vouch for.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{Context, SHA256};

use super::frame::Frame;
use super::head::{Extent, Head};
use super::writer::finish;
use crate::fault::StoreFault;
use crate::ledger::VerifierKey;

/// Follows the feed in a folder.
pub struct Follower {
    folder: PathBuf,
    key: VerifierKey,
    at: Option<At>,
}

/// How far it came.
struct At {
    head: Head,
    hash: Context,
}

/// What a step found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// The same as before, or no feed yet.
    Nothing,
    /// Changes of what was read before, or a later time without any; the new head.
    Changes(Head),
    /// Another generation, read from its beginning: what was read before is void. Its head.
    Anew(Head),
}

impl Follower {
    /// Follows the feed that `key` signs.
    #[must_use]
    pub fn new(folder: &Path, key: VerifierKey) -> Self {
        Self { folder: folder.to_owned(), key, at: None }
    }

    /// Reads what is new. Where another generation begins, `begin` is called first; then `take` for each frame in order, all of them
    /// verified before the first is given.
    ///
    /// # Errors
    /// [`StoreFault::Feed`] if the files are not what a head of the right key says, or the feed went back in time: what was read so far
    /// stays good. A fault of `take`.
    pub fn step(
        &mut self,
        mut begin: impl FnMut(),
        mut take: impl FnMut(Frame<'_>) -> Result<(), StoreFault>,
    ) -> Result<Found, StoreFault> {
        let Some(head) = Head::read(&self.folder, &self.key)? else { return Ok(Found::Nothing) };
        match &self.at {
            Some(at) if at.head == head => return Ok(Found::Nothing),
            Some(at) if head.updated_at < at.head.updated_at => {
                return Err(StoreFault::Feed { reason: format!("it went back from {} to {}", at.head.updated_at, head.updated_at) });
            }
            Some(at) if at.head.generation == head.generation => {
                let (from, mut hash) = (at.head.changes.bytes, at.hash.clone());
                let bytes = self.read(&head, "changes", from, &head.changes, &mut hash)?;
                each(&bytes, &mut take)?;
                self.at = Some(At { head: head.clone(), hash });
                return Ok(Found::Changes(head));
            }
            _ => {}
        }
        let snapshot = self.read(&head, "snapshot", 0, &head.snapshot, &mut Context::new(&SHA256))?;
        let mut hash = Context::new(&SHA256);
        let changes = self.read(&head, "changes", 0, &head.changes, &mut hash)?;
        begin();
        each(&snapshot, &mut take)?;
        each(&changes, &mut take)?;
        self.at = Some(At { head: head.clone(), hash });
        Ok(Found::Anew(head))
    }

    /// Reads from `from` to the end of the extent; `hash` has seen what is before.
    fn read(&self, head: &Head, kind: &str, from: u64, extent: &Extent, hash: &mut Context) -> Result<Vec<u8>, StoreFault> {
        let length = extent.bytes.checked_sub(from).ok_or_else(|| mismatch(kind))?;
        let bytes = self.read_bytes(head, kind, from, length)?;
        hash.update(&bytes);
        if finish(hash) == extent.hash { Ok(bytes) } else { Err(mismatch(kind)) }
    }

    fn read_bytes(&self, head: &Head, kind: &str, from: u64, length: u64) -> Result<Vec<u8>, StoreFault> {
        let path = self.folder.join(format!("{}.{kind}", head.generation));
        let mut bytes = Vec::with_capacity(usize::try_from(length.min(1 << 32)).unwrap_or_default());
        File::open(&path)
            .and_then(|mut file| {
                file.seek(SeekFrom::Start(from))?;
                file.take(length).read_to_end(&mut bytes)
            })
            .map_err(|error| StoreFault::file(&path, error))?;
        if bytes.len() as u64 == length { Ok(bytes) } else { Err(mismatch(kind)) }
    }
}

fn each(mut bytes: &[u8], take: &mut impl FnMut(Frame<'_>) -> Result<(), StoreFault>) -> Result<(), StoreFault> {
    while !bytes.is_empty() {
        let (frame, rest) = Frame::read(bytes)?;
        take(frame)?;
        bytes = rest;
    }
    Ok(())
}

fn mismatch(kind: &str) -> StoreFault {
    StoreFault::Feed { reason: format!("its {kind} are not what its head vouches for") }
}
