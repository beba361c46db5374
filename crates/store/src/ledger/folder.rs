//! A folder in C2SP `tlog-tiles` layout: what a stranger, a witness or an auditor gets, and how it follows the store.

use std::fs;
use std::path::{Path, PathBuf};

use crate::fault::StoreFault;
use crate::hash::Hash;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::note::Note;
use crate::ledger::read::{StoreTiles, find_last_checkpoint, list_entries};
use crate::ledger::tiles::{TILE_WIDTH, Tile, hashes_at, path, width_at};
use crate::ledger::tree::{TileSource, Tree};
use crate::store::Store;
use crate::tx::Tx;
use crate::whole_file;

/// A folder with `checkpoint` and `tile/`.
#[derive(Clone, Debug)]
pub struct Folder {
    root: PathBuf,
}

/// How far a folder came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Followed {
    /// Entries it held before.
    pub from: u64,
    /// Entries it holds now.
    pub to: u64,
}

impl Folder {
    /// The folder at `root`; made when first followed.
    #[must_use]
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// Brings the folder up to the store's newest checkpoint. The checkpoint is written last, so a reader never meets
    /// one whose tiles are missing.
    ///
    /// # Errors
    /// [`StoreFault::Ledger`] if the folder holds entries that the store lost or tells otherwise: that is evidence, so
    /// it is left as it is. [`StoreFault::File`] if it cannot be written.
    pub fn follow(&self, store: &Store) -> Result<Followed, StoreFault> {
        store.read(|tx| self.follow_in(tx))
    }

    /// The note in `checkpoint`; none if there is no such file.
    ///
    /// # Errors
    /// [`StoreFault::File`] if it is there and not a note of a checkpoint.
    pub fn find_checkpoint(&self) -> Result<Option<(Checkpoint, String)>, StoreFault> {
        let path = self.root.join("checkpoint");
        let note = match fs::read_to_string(&path) {
            Ok(note) => note,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StoreFault::file(&path, error)),
        };
        let checkpoint = Note::parse(&note).and_then(|note| Checkpoint::parse(&note.text));
        checkpoint.map(|checkpoint| Some((checkpoint, note))).ok_or_else(|| StoreFault::file(&path, "it is not a checkpoint"))
    }

    /// The entries of bundle `number` of a log of `size` entries, each as the bytes its leaf is made of.
    pub(crate) fn entries(&self, number: u64, size: u64) -> Result<Vec<Vec<u8>>, StoreFault> {
        let path = path(&self.root, Tile::Entries, number, width_at(size, 0, number));
        let bytes = fs::read(&path).map_err(|error| StoreFault::file(&path, error))?;
        let mut rest = bytes.as_slice();
        let mut entries = Vec::new();
        while let Some((length, tail)) = rest.split_first_chunk::<2>() {
            let (entry, tail) = tail
                .split_at_checked(usize::from(u16::from_be_bytes(*length)))
                .ok_or_else(|| StoreFault::file(&path, "it ends inside an entry"))?;
            entries.push(entry.to_vec());
            rest = tail;
        }
        if rest.is_empty() { Ok(entries) } else { Err(StoreFault::file(&path, "it ends inside an entry")) }
    }

    fn follow_in(&self, tx: &mut Tx<'_>) -> Result<Followed, StoreFault> {
        let before = self.find_checkpoint()?.map(|(checkpoint, _)| checkpoint);
        let from = before.as_ref().map_or(0, |checkpoint| checkpoint.size);
        let now = find_last_checkpoint(tx)?;
        let to = now.as_ref().map_or(0, |(checkpoint, _)| checkpoint.size);
        if let Some(before) = &before {
            self.check_same_history(tx, before, to)?;
        }
        let Some((_, note)) = now else { return Ok(Followed { from, to }) };
        if from == to && before.is_some() {
            return Ok(Followed { from, to });
        }
        for number in from / TILE_WIDTH..to.div_ceil(TILE_WIDTH) {
            self.write_entries(tx, number, to)?;
        }
        let mut level = 0;
        while hashes_at(to, level) > 0 {
            let last = hashes_at(to, level).div_ceil(TILE_WIDTH);
            for number in hashes_at(from, level) / TILE_WIDTH..last {
                let width = width_at(to, level, number);
                let hashes = StoreTiles { tx }.tile(level, number, width)?;
                whole_file::write(&path(&self.root, Tile::Hashes(level), number, width), &hashes.concat())?;
            }
            level += 1;
        }
        whole_file::write(&self.root.join("checkpoint"), note.as_bytes())?;
        self.remove_outgrown(from, to)?;
        Ok(Followed { from, to })
    }

    /// The folder's checkpoint must be a beginning of what the store holds.
    fn check_same_history(&self, tx: &mut Tx<'_>, before: &Checkpoint, to: u64) -> Result<(), StoreFault> {
        if before.size > to {
            return Err(StoreFault::ledger(format!(
                "the folder {} holds a checkpoint of {} entries, but the store has only {to}: the store's tail was cut or an \
                 older copy was put in place; keep the folder, it is the evidence",
                self.root.display(),
                before.size
            )));
        }
        let root = Tree::new(&mut StoreTiles { tx }, to).root_at(before.size)?;
        if root != before.root {
            return Err(StoreFault::ledger(format!(
                "the folder {} and the store tell different histories within the first {} entries; keep the folder and run \
                 `namekeep ledger verify`",
                self.root.display(),
                before.size
            )));
        }
        Ok(())
    }

    fn write_entries(&self, tx: &mut Tx<'_>, number: u64, size: u64) -> Result<(), StoreFault> {
        let width = width_at(size, 0, number);
        let rows = list_entries(tx, number * TILE_WIDTH, width as u32)?;
        let mut bundle = Vec::new();
        for row in &rows {
            let text = row.entry().to_text();
            let length = u16::try_from(text.len()).map_err(|_| StoreFault::ledger(format!("entry {} is too long", row.seq)))?;
            bundle.extend_from_slice(&length.to_be_bytes());
            bundle.extend_from_slice(text.as_bytes());
        }
        whole_file::write(&path(&self.root, Tile::Entries, number, width), &bundle)
    }

    /// Removes partial tiles that a wider one replaced.
    fn remove_outgrown(&self, from: u64, to: u64) -> Result<(), StoreFault> {
        let mut level = 0;
        while hashes_at(from, level) > 0 {
            let number = hashes_at(from, level) / TILE_WIDTH;
            let old = width_at(from, level, number);
            if old > 0 && old != width_at(to, level, number) {
                let kinds = if level == 0 { &[Tile::Hashes(0), Tile::Entries][..] } else { &[Tile::Hashes(level)][..] };
                for kind in kinds {
                    remove(&path(&self.root, *kind, number, old))?;
                }
            }
            level += 1;
        }
        Ok(())
    }
}

/// Removes a partial tile and, once empty, its folder.
fn remove(path: &Path) -> Result<(), StoreFault> {
    match fs::remove_file(path) {
        Ok(()) => {}
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(StoreFault::file(path, error)),
    }
    if let Some(parent) = path.parent() {
        // It stays while a wider partial tile is in it.
        drop(fs::remove_dir(parent));
    }
    Ok(())
}

impl TileSource for Folder {
    fn tile(&mut self, level: u8, number: u64, width: usize) -> Result<Vec<Hash>, StoreFault> {
        let path = path(&self.root, Tile::Hashes(level), number, width);
        let bytes = fs::read(&path).map_err(|error| StoreFault::file(&path, error))?;
        let (hashes, rest) = bytes.as_chunks::<32>();
        if !rest.is_empty() || hashes.len() != width {
            return Err(StoreFault::file(&path, format!("it does not hold {width} hashes of 32 bytes")));
        }
        Ok(hashes.to_vec())
    }
}
