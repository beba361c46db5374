//! Writes the feed from the public records of the store.

use std::fs::{self, File};
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use aws_lc_rs::digest::{Context, SHA256};
use jiff::{SignedDuration, Timestamp};

use super::frame::Frame;
use super::head::{Extent, Head};
use crate::fault::StoreFault;
use crate::hash::Hash;
use crate::ledger::SignerKey;
use crate::publications::{self, Change};
use crate::store::Store;
use crate::whole_file;

/// Changes written at once.
const BATCH: u32 = 2000;

/// Changes smaller than this never end a generation, whatever its snapshot, in bytes.
const SMALL_BYTES: u64 = 16 << 20;

/// A generation with changes ends at this age, so that what a record showed before it changed is soon in no file.
const AGE: SignedDuration = SignedDuration::from_hours(24);

/// How long the files of the generation before stay, for a reader that is at them.
const READING: SignedDuration = SignedDuration::from_hours(1);

/// Writes the feed into a folder. One at a time: whoever publishes holds a lease.
pub struct Writer {
    folder: PathBuf,
    signer: SignerKey,
    open: Option<Open>,
}

/// The generation that is being written.
struct Open {
    head: Head,
    changes: File,
    hash: Context,
    /// Whether files of another generation may be there.
    has_before: bool,
}

impl Writer {
    /// A writer into `folder`, which is made when first needed.
    #[must_use]
    pub fn new(folder: &Path, signer: SignerKey) -> Self {
        Self { folder: folder.to_owned(), signer, open: None }
    }

    /// The number of the newest change that is written; none before the first [`Writer::follow`].
    #[must_use]
    pub fn position(&self) -> Option<u64> {
        self.open.as_ref().map(|open| open.head.position)
    }

    /// Brings the feed up to the store. `updated_at` is when the store's records were known to be complete. Gives how many changes were
    /// written.
    ///
    /// # Errors
    /// [`StoreFault::File`] if the folder cannot be written; a fault of the store.
    pub fn follow(&mut self, store: &Store, updated_at: Timestamp) -> Result<usize, StoreFault> {
        let last = store.read(publications::last)?;
        let open = match self.open.take().map_or_else(|| self.take_up(), |open| Ok(Some(open)))? {
            Some(open) if open.head.position <= last && !is_over(&open.head, updated_at) => open,
            _ => return self.begin(store, updated_at),
        };
        let (mut open, mut written) = (open, 0);
        if open.has_before && updated_at.duration_since(open.head.begun_at) >= READING {
            self.remove_others(&[Some(&open.head.generation)]);
            open.has_before = false;
        }
        loop {
            let (appended, count) = self.append(open, store, updated_at)?;
            (open, written) = (appended, written + count);
            if count < BATCH as usize {
                self.open = Some(open);
                return Ok(written);
            }
        }
    }

    /// Begins a generation and removes every other at once, with the records in it that are no more: a person was erased. A reader that is
    /// at the one before begins anew.
    ///
    /// # Errors
    /// As [`Writer::follow`].
    pub fn begin_alone(&mut self, store: &Store, updated_at: Timestamp) -> Result<usize, StoreFault> {
        let written = self.begin(store, updated_at)?;
        self.remove_others(&[self.open.as_ref().map(|open| &open.head.generation)]);
        Ok(written)
    }

    /// Goes on with the generation in the folder, if its files are what its head says.
    fn take_up(&self) -> Result<Option<Open>, StoreFault> {
        // A head of another key is as good as none: this is our folder.
        let Ok(Some(head)) = Head::read(&self.folder, self.signer.verifier()) else { return Ok(None) };
        let path = self.path(&head.generation, "changes");
        let Ok(bytes) = fs::read(&path) else { return Ok(None) };
        let Some(vouched) = usize::try_from(head.changes.bytes).ok().and_then(|length| bytes.get(..length)) else { return Ok(None) };
        let mut hash = Context::new(&SHA256);
        hash.update(vouched);
        if finish(&hash) != head.changes.hash || !self.path(&head.generation, "snapshot").exists() {
            return Ok(None);
        }
        let fault = |error| StoreFault::file(&path, error);
        let mut changes = File::options().write(true).open(&path).map_err(fault)?;
        // What was written after the last head is not vouched for; it is written again.
        changes.set_len(head.changes.bytes).and_then(|()| changes.seek(SeekFrom::End(0))).map_err(fault)?;
        Ok(Some(Open { head, changes, hash, has_before: true }))
    }

    /// A new generation: every record that there is.
    fn begin(&mut self, store: &Store, updated_at: Timestamp) -> Result<usize, StoreFault> {
        fs::create_dir_all(&self.folder).map_err(|error| StoreFault::file(&self.folder, error))?;
        let before = Head::read(&self.folder, self.signer.verifier()).ok().flatten().map(|head| head.generation);
        let generation = generation()?;
        let (position, records, snapshot) = self.write_snapshot(store, &generation)?;
        let path = self.path(&generation, "changes");
        let changes = File::create(&path).map_err(|error| StoreFault::file(&path, error))?;
        let hash = Context::new(&SHA256);
        let head =
            Head { generation, begun_at: updated_at, snapshot, changes: Extent { bytes: 0, hash: finish(&hash) }, position, updated_at };
        self.write_head(&head)?;
        self.remove_others(&[Some(&head.generation), before.as_ref()]);
        self.open = Some(Open { head, changes, hash, has_before: before.is_some() });
        Ok(records)
    }

    /// Gives the position that the snapshot is complete to, and how many records it has.
    fn write_snapshot(&self, store: &Store, generation: &str) -> Result<(u64, usize, Extent), StoreFault> {
        let path = self.path(generation, "snapshot");
        let fault = |error| StoreFault::file(&path, error);
        let mut file = BufWriter::new(File::create(&path).map_err(fault)?);
        let (mut hash, mut bytes, mut position, mut records) = (Context::new(&SHA256), 0, 0, 0);
        loop {
            let page = store.read(|tx| publications::list_changes(tx, position, BATCH))?;
            let Some(last) = page.last() else { break };
            position = last.seq;
            let mut frames = Vec::new();
            for change in &page {
                // A name that is gone is told too: it may have had a record on a page before this one.
                frame(change).write(&mut frames);
                records += usize::from(change.record.is_some());
            }
            hash.update(&frames);
            bytes += frames.len() as u64;
            file.write_all(&frames).map_err(fault)?;
        }
        file.into_inner().map_err(|error| fault(error.into_error()))?.sync_all().map_err(fault)?;
        Ok((position, records, Extent { bytes, hash: finish(&hash) }))
    }

    fn append(&self, mut open: Open, store: &Store, updated_at: Timestamp) -> Result<(Open, usize), StoreFault> {
        let after = open.head.position;
        let page = store.read(|tx| publications::list_changes(tx, after, BATCH))?;
        let mut frames = Vec::new();
        page.iter().for_each(|change| frame(change).write(&mut frames));
        let path = self.path(&open.head.generation, "changes");
        if !frames.is_empty() {
            let fault = |error| StoreFault::file(&path, error);
            open.changes.write_all(&frames).and_then(|()| open.changes.sync_data()).map_err(fault)?;
            open.hash.update(&frames);
        }
        open.head.changes = Extent { bytes: open.head.changes.bytes + frames.len() as u64, hash: finish(&open.hash) };
        open.head.position = page.last().map_or(after, |last| last.seq);
        // Behind the newest change, the time is that of the change itself.
        open.head.updated_at = match page.last() {
            Some(last) if page.len() == BATCH as usize => last.at,
            _ => updated_at,
        };
        self.write_head(&open.head)?;
        Ok((open, page.len()))
    }

    fn write_head(&self, head: &Head) -> Result<(), StoreFault> {
        whole_file::write(&self.folder.join("head"), head.sign(&self.signer).as_bytes())
    }

    /// Removes the files of generations that nobody reads any more; the one before stays for readers that are at it.
    fn remove_others(&self, kept: &[Option<&String>]) {
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        for entry in entries.flatten() {
            let name = entry.file_name();
            let generation = name.to_str().and_then(|name| name.strip_suffix(".snapshot").or_else(|| name.strip_suffix(".changes")));
            if generation.is_some_and(|generation| !kept.iter().flatten().any(|kept| *kept == generation)) {
                // It is tried again when the next generation has begun.
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    fn path(&self, generation: &str, kind: &str) -> PathBuf {
        self.folder.join(format!("{generation}.{kind}"))
    }
}

fn frame(change: &Change) -> Frame<'_> {
    match &change.record {
        Some(record) => Frame::Record(record),
        None => Frame::Removal(&change.name),
    }
}

/// Whether the changes have outgrown the snapshot, or are of a day before.
fn is_over(head: &Head, now: Timestamp) -> bool {
    let Head { changes, snapshot, begun_at, .. } = head;
    changes.bytes > snapshot.bytes.max(SMALL_BYTES) || (changes.bytes > 0 && now.duration_since(*begun_at) >= AGE)
}

/// The hash of what went in so far.
pub(super) fn finish(hash: &Context) -> Hash {
    let mut bytes = Hash::default();
    bytes.copy_from_slice(hash.clone().finish().as_ref());
    bytes
}

/// A word that no other generation has.
fn generation() -> Result<String, StoreFault> {
    let mut bytes = [0; 12];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|_| StoreFault::Feed { reason: "the system gave no randomness for its name".to_owned() })?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
