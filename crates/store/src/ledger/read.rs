//! Reading the ledger: pages for people, the feed for followers, tiles for proofs.

use jiff::Timestamp;

use crate::fault::StoreFault;
use crate::hash::Hash;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::entry::Entry;
use crate::ledger::tiles::TILE_WIDTH;
use crate::ledger::tree::{TileSource, Tree};
use crate::sql::ledger as sql;
use crate::tx::Tx;
use crate::value::{Row, values};

/// One row of the ledger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerRow {
    /// Position, from 0.
    pub seq: u64,
    /// When it happened.
    pub at: Timestamp,
    /// Who did it, an id.
    pub actor: String,
    /// What it is about, an id.
    pub subject: String,
    /// What happened, a word.
    pub kind: String,
    /// The event as JSON; none once erased.
    pub body: Option<String>,
    /// The salt of the commitment; none once erased.
    pub salt: Option<[u8; 16]>,
    /// `SHA-256(salt || body)`.
    pub commitment: Hash,
    /// The leaf hash as stored.
    pub leaf: Hash,
}

impl LedgerRow {
    fn read(row: &Row<'_>) -> Result<Self, StoreFault> {
        Ok(Self {
            seq: row.number(0)?,
            at: row.time(1)?,
            actor: row.string(2)?,
            subject: row.string(3)?,
            kind: row.string(4)?,
            body: row.opt_string(5)?,
            salt: row.opt_bytes(6)?,
            commitment: row.bytes(7)?,
            leaf: row.bytes(8)?,
        })
    }

    /// What its leaf commits to.
    #[must_use]
    pub fn entry(&self) -> Entry {
        Entry {
            seq: self.seq,
            at: self.at,
            actor: self.actor.clone(),
            subject: self.subject.clone(),
            kind: self.kind.clone(),
            commitment: self.commitment,
        }
    }

    /// Whether body and salt, if still there, are what the commitment was made of.
    #[must_use]
    pub fn keeps_its_commitment(&self) -> bool {
        match (&self.salt, &self.body) {
            (Some(salt), Some(body)) => Entry::commit(salt, body) == self.commitment,
            _ => true,
        }
    }
}

/// Up to `limit` entries from position `from` on: the change feed.
///
/// # Errors
/// If the database cannot be read.
pub fn list_entries(tx: &mut Tx<'_>, from: u64, limit: u32) -> Result<Vec<LedgerRow>, StoreFault> {
    tx.list(&sql::LIST, values![from, limit], LedgerRow::read)
}

/// Up to `limit` entries before position `before`, newest first.
///
/// # Errors
/// If the database cannot be read.
pub fn list_newest_entries(tx: &mut Tx<'_>, before: u64, limit: u32) -> Result<Vec<LedgerRow>, StoreFault> {
    tx.list(&sql::LIST_NEWEST, values![before, limit], LedgerRow::read)
}

/// Up to `limit` entries about `subject` from position `from` on.
///
/// # Errors
/// If the database cannot be read.
pub fn list_subject_entries(tx: &mut Tx<'_>, subject: &str, from: u64, limit: u32) -> Result<Vec<LedgerRow>, StoreFault> {
    tx.list(&sql::LIST_OF_SUBJECT, values![subject, from, limit], LedgerRow::read)
}

/// The newest signed checkpoint as a note; none while the ledger is empty.
///
/// # Errors
/// If the database cannot be read.
pub fn find_last_checkpoint(tx: &mut Tx<'_>) -> Result<Option<(Checkpoint, String)>, StoreFault> {
    tx.find(&sql::LAST_CHECKPOINT, &[], read_checkpoint)
}

/// The signed checkpoint of exactly `size` entries, if a commit ended there.
///
/// # Errors
/// If the database cannot be read.
pub fn find_checkpoint(tx: &mut Tx<'_>, size: u64) -> Result<Option<(Checkpoint, String)>, StoreFault> {
    tx.find(&sql::CHECKPOINT, values![size], read_checkpoint)
}

/// Proof that the ledger of `old` entries is a beginning of that of `new` entries; see [`super::verify_consistency`].
///
/// # Errors
/// [`StoreFault::Ledger`] if `old` is larger than `new` or `new` larger than the ledger.
pub fn prove_consistency(tx: &mut Tx<'_>, old: u64, new: u64) -> Result<Vec<Hash>, StoreFault> {
    let end = tx.get(&sql::END, &[], |row| row.number::<u64>(0))?;
    if old > new || new > end {
        return Err(StoreFault::ledger(format!("there is no proof from {old} to {new} entries in a ledger of {end}")));
    }
    Tree::new(&mut StoreTiles { tx }, new).consistency(old)
}

/// A row of the checkpoint table, with what its note says.
pub(crate) fn read_checkpoint(row: &Row<'_>) -> Result<(Checkpoint, String), StoreFault> {
    let note = row.string(2)?;
    let text = note.split_once("\n\n").map_or(note.as_str(), |(text, _)| text);
    let checkpoint = Checkpoint::parse(text).ok_or_else(|| row.shape(2, "it is not a checkpoint".to_owned()))?;
    Ok((checkpoint, note))
}

/// The tiles of the store: complete ones as stored, the right edge from rows.
pub(crate) struct StoreTiles<'t, 'c> {
    pub(crate) tx: &'t mut Tx<'c>,
}

impl TileSource for StoreTiles<'_, '_> {
    fn tile(&mut self, level: u8, number: u64, width: usize) -> Result<Vec<Hash>, StoreFault> {
        let first = number * TILE_WIDTH;
        if width as u64 == TILE_WIDTH
            && let Some(hashes) = self.tx.find(&sql::TILE, values![level, number], |row| {
                let (hashes, rest) = row.blob(0)?.as_chunks::<32>();
                if !rest.is_empty() || hashes.len() as u64 != TILE_WIDTH {
                    return Err(row.shape(0, "it does not hold 256 hashes".to_owned()));
                }
                Ok(hashes.to_vec())
            })?
        {
            return Ok(hashes);
        }
        let end = first + width as u64;
        match level.checked_sub(1) {
            None => self.tx.list(&sql::LEAVES, values![first, end], |row| row.bytes(0)),
            Some(below) => self.tx.list(&sql::TILE_ROOTS, values![below, first, end], |row| row.bytes(0)),
        }
    }
}
