//! What is compared with what: the store with itself, the store with a folder, a folder with itself.

use super::compare::{Candidate, Sides, Signed};
use crate::fault::StoreFault;
use crate::ledger::append::ERASURE_KIND;
use crate::ledger::entry::Entry;
use crate::ledger::folder::Folder;
use crate::ledger::read::{LedgerRow, StoreTiles, list_entries};
use crate::ledger::tiles::{TILE_WIDTH, hashes_at};
use crate::ledger::tree::{TileSource, leaf_hash};
use crate::tx::Tx;

/// The store's rows against the store's own tiles. Entries are recognised elsewhere by their stored leaf.
pub(super) struct StoreAlone<'t, 'c> {
    pub(super) tx: &'t mut Tx<'c>,
}

/// The store's rows against a folder. Entries are recognised elsewhere by all they say but their position.
pub(super) struct StoreAgainstFolder<'t, 'c> {
    pub(super) tx: &'t mut Tx<'c>,
    pub(super) folder: &'t Folder,
}

/// A folder's entries against its own tiles.
pub(super) struct FolderAlone<'f> {
    pub(super) folder: &'f Folder,
    pub(super) size: u64,
}

impl Sides for StoreAlone<'_, '_> {
    fn candidates(&mut self, from: u64, limit: u32) -> Result<Vec<Candidate>, StoreFault> {
        let rows = list_entries(self.tx, from, limit)?;
        Ok(rows
            .into_iter()
            .map(|row| {
                let key = row.leaf;
                // The stored leaf is part of the row: one that does not fit is a change as well.
                let mut candidate = from_row(row, |_| key);
                candidate.leaf = candidate.leaf.filter(|leaf| *leaf == key);
                candidate
            })
            .collect())
    }

    fn signed(&mut self, number: u64, width: usize) -> Result<Vec<Signed>, StoreFault> {
        let leaves = StoreTiles { tx: self.tx }.tile(0, number, width)?;
        Ok(leaves.into_iter().map(|leaf| Signed { leaf, key: leaf }).collect())
    }
}

impl Sides for StoreAgainstFolder<'_, '_> {
    fn candidates(&mut self, from: u64, limit: u32) -> Result<Vec<Candidate>, StoreFault> {
        let rows = list_entries(self.tx, from, limit)?;
        Ok(rows.into_iter().map(|row| from_row(row, Entry::content_digest)).collect())
    }

    fn signed(&mut self, number: u64, width: usize) -> Result<Vec<Signed>, StoreFault> {
        let leaves = self.folder.clone().tile(0, number, width)?;
        // The entries only help to name a difference; where they do not fit their leaves, the leaf stands for them.
        let entries = self.folder.entries(number, number * TILE_WIDTH + width as u64).unwrap_or_default();
        let mut entries = entries.into_iter();
        Ok(leaves
            .into_iter()
            .map(|leaf| {
                let entry = entries.next().filter(|bytes| leaf_hash(bytes) == leaf);
                let entry = entry.and_then(|bytes| Entry::parse(std::str::from_utf8(&bytes).ok()?));
                Signed { leaf, key: entry.map_or(leaf, |entry| entry.content_digest()) }
            })
            .collect())
    }
}

impl Sides for FolderAlone<'_> {
    fn candidates(&mut self, from: u64, _limit: u32) -> Result<Vec<Candidate>, StoreFault> {
        let number = from / TILE_WIDTH;
        if hashes_at(self.size, 0) <= from {
            return Ok(Vec::new());
        }
        let entries = self.folder.entries(number, self.size)?;
        let mut placed = (number * TILE_WIDTH..).zip(entries).filter(|(seq, _)| *seq >= from).peekable();
        if placed.peek().is_none() {
            let bundle = std::path::PathBuf::from(format!("tile/entries/{number}"));
            return Err(StoreFault::file(&bundle, format!("it ends before entry {from}")));
        }
        Ok(placed
            .map(|(seq, bytes)| {
                let leaf = leaf_hash(&bytes);
                let entry = std::str::from_utf8(&bytes).ok().and_then(Entry::parse);
                let is_in_place = entry.is_some_and(|entry| entry.seq == seq);
                Candidate { seq, leaf: is_in_place.then_some(leaf), key: leaf, erased_subject: None, records_erasure_of: None }
            })
            .collect())
    }

    fn signed(&mut self, number: u64, width: usize) -> Result<Vec<Signed>, StoreFault> {
        let leaves = self.folder.clone().tile(0, number, width)?;
        Ok(leaves.into_iter().map(|leaf| Signed { leaf, key: leaf }).collect())
    }
}

fn from_row(row: LedgerRow, key: impl FnOnce(&Entry) -> [u8; 32]) -> Candidate {
    let entry = row.entry();
    let leaf = row.keeps_its_commitment().then(|| entry.leaf());
    let key = key(&entry);
    let is_erased = row.body.is_none();
    Candidate {
        seq: row.seq,
        leaf,
        key,
        records_erasure_of: (row.kind == ERASURE_KIND).then(|| row.subject.clone()),
        erased_subject: is_erased.then_some(row.subject),
    }
}
