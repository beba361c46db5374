//! Growing the ledger inside the transaction that changes the state, and sealing it before the commit.
//!
//! An entry that is appended has its position at once. Its row, its leaf and the tiles it completes are written together with
//! those of the whole batch, before the seal: one statement looked up, one tree grown, one note signed for all.

use jiff::Timestamp;

use crate::fault::StoreFault;
use crate::hash::Hash;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::draft::Drafts;
use crate::ledger::edge::Edge;
use crate::ledger::entry::check_fields;
use crate::ledger::tiles::TILE_WIDTH;
use crate::ledger::tree::{Frontier, perfect_root};
use crate::sql::ledger as sql;
use crate::tx::Tx;
use crate::value::values;

/// Largest body in bytes; an event is far smaller, and evidence is stored elsewhere and referred to by hash.
const BODY_LIMIT: usize = 256 * 1024;

/// The kind of the entry that records an erasure of bodies of its subject.
pub const ERASURE_KIND: &str = "LedgerBodiesErased";

/// What is appended.
#[derive(Clone, Debug)]
pub struct NewEntry<'a> {
    /// When it happened.
    pub at: Timestamp,
    /// Who did it, an id.
    pub actor: &'a str,
    /// What it is about, an id.
    pub subject: &'a str,
    /// What happened, a word.
    pub kind: &'a str,
    /// The event as JSON, without personal data.
    pub body: &'a str,
    /// 128 random bits, so that a body cannot be guessed from its commitment after erasure.
    pub salt: [u8; 16],
}

/// The ledger's right edge inside a transaction.
#[derive(Clone, Debug)]
pub(crate) struct Tail {
    origin: String,
    /// What the tables hold.
    edge: Edge,
    /// Size when the transaction began.
    sealed: u64,
    /// What was appended and is not in the tables yet.
    drafts: Drafts,
}

impl Tail {
    /// Position of the entry that was appended last in this transaction.
    pub(crate) fn last_appended(&self) -> Option<u64> {
        (self.size() > self.sealed).then(|| self.size() - 1)
    }

    /// Entries that are not in the tables yet.
    pub(crate) fn drafts(&self) -> usize {
        self.drafts.count()
    }

    /// Takes back all entries that are not in the tables yet but the first `count`.
    pub(crate) fn forget_after(&mut self, count: usize) {
        self.drafts.truncate(count);
    }

    /// Entries, those that are not in the tables yet included.
    fn size(&self) -> u64 {
        self.edge.size() + self.drafts.count() as u64
    }
}

/// Appends an entry and gives its position. It is durable, signed and provable when the transaction commits.
///
/// # Errors
/// [`StoreFault::Ledger`] if the store was opened without the ledger's key, or a field would make the entry ambiguous.
pub fn append(tx: &mut Tx<'_>, new: &NewEntry<'_>) -> Result<u64, StoreFault> {
    if new.body.len() > BODY_LIMIT {
        return Err(StoreFault::ledger(format!("the body of an entry has at most {BODY_LIMIT} bytes")));
    }
    check_fields(new.actor, new.subject, new.kind)?;
    if tx.tail_mut().is_none() {
        *tx.tail_mut() = Some(begin_tail(tx)?);
    }
    let tail = tx.tail_mut().as_mut().ok_or_else(no_signer)?;
    let seq = tail.size();
    tail.drafts.add(new);
    Ok(seq)
}

/// Erases the bodies of all entries of `new.subject` and records that by appending `new`, whose kind becomes
/// [`ERASURE_KIND`]. The leaves stay, so the ledger verifies as before. Gives the number of bodies erased.
///
/// # Errors
/// As [`append`].
pub fn erase_bodies(tx: &mut Tx<'_>, new: &NewEntry<'_>) -> Result<u64, StoreFault> {
    let erased = tx.execute(&sql::ERASE_BODIES, values![new.subject])?;
    append(tx, &NewEntry { kind: ERASURE_KIND, ..new.clone() })?;
    Ok(erased)
}

/// Writes the entries that were appended and are not in the tables yet, with every tile that they complete.
pub(crate) fn write_drafts(tx: &mut Tx<'_>) -> Result<(), StoreFault> {
    // Taken out meanwhile: what runs here are statements about the ledger.
    let Some(mut tail) = tx.tail_mut().take() else { return Ok(()) };
    let drafts = std::mem::take(&mut tail.drafts);
    let result = drafts.each(tail.edge.size(), |draft| {
        let (entry, leaf) = (&draft.new, draft.leaf);
        tx.execute(
            &sql::APPEND,
            values![draft.seq, entry.at, entry.actor, entry.subject, entry.kind, entry.body, &entry.salt, &draft.commitment, &leaf],
        )?;
        match tail.edge.push(leaf) {
            Some(tile) => store_tiles(tx, &tile, tail.edge.size() / TILE_WIDTH),
            None => Ok(()),
        }
    });
    *tx.tail_mut() = Some(tail);
    result
}

/// Stores head and signed checkpoint, if anything was appended, and gives the right edge to remember once it is committed. Called
/// once, before the commit.
pub(crate) fn seal(tx: &mut Tx<'_>) -> Result<Option<Edge>, StoreFault> {
    write_drafts(tx)?;
    let Some(Tail { origin, edge, sealed, .. }) = tx.tail_mut().take() else { return Ok(tx.take_edge()) };
    if edge.size() > sealed {
        let signer = tx.signer().ok_or_else(no_signer)?;
        let (size, root) = (edge.size(), edge.root());
        tx.execute(&sql::SET_HEAD, values![&origin, size, edge.frontier_bytes()])?;
        let note = Checkpoint { origin, size, root }.sign(signer).to_text();
        tx.execute(&sql::ADD_CHECKPOINT, values![size, &root, note])?;
    }
    Ok(Some(edge))
}

/// Stores a complete tile of leaves, the last of `count`, and every tile above that it completes.
fn store_tiles(tx: &mut Tx<'_>, leaves: &[Hash], count: u64) -> Result<(), StoreFault> {
    tx.execute(&sql::ADD_TILE, values![0_u8, count - 1, leaves.concat(), &perfect_root(leaves)])?;
    let (mut level, mut count) = (1_u8, count);
    while count.is_multiple_of(TILE_WIDTH) {
        let number = count / TILE_WIDTH - 1;
        let hashes = tx.list(&sql::TILE_ROOTS, values![level - 1, count - TILE_WIDTH, count], |row| row.bytes::<32>(0))?;
        if hashes.len() as u64 != TILE_WIDTH {
            return Err(incomplete(level, number, TILE_WIDTH - hashes.len() as u64));
        }
        tx.execute(&sql::ADD_TILE, values![level, number, hashes.concat(), &perfect_root(&hashes)])?;
        (level, count) = (level + 1, count / TILE_WIDTH);
    }
    Ok(())
}

/// The tail of this transaction, from the head as it is stored.
fn begin_tail(tx: &mut Tx<'_>) -> Result<Tail, StoreFault> {
    let signer = tx.signer().ok_or_else(no_signer)?;
    let head = tx.find(&sql::HEAD, &[], |row| {
        let size = row.number::<u64>(1)?;
        let frontier = Frontier::from_bytes(size, row.blob(2)?)
            .ok_or_else(|| row.shape(2, format!("it is not the right edge of a tree of {size} entries")))?;
        Ok((row.string(0)?, frontier))
    })?;
    let (origin, frontier) = head.unwrap_or_else(|| (signer.name().to_owned(), Frontier::default()));
    if origin != signer.name() {
        return Err(StoreFault::ledger(format!(
            "it belongs to `{origin}`, but the key given is that of `{}`; use the key this ledger was begun with",
            signer.name()
        )));
    }
    let edge = match tx.take_edge().filter(|edge| edge.is_at(&frontier)) {
        Some(edge) => edge,
        None => read_edge(tx, frontier)?,
    };
    Ok(Tail { origin, sealed: edge.size(), edge, drafts: Drafts::default() })
}

/// The right edge with the leaves of the tile under way.
fn read_edge(tx: &mut Tx<'_>, frontier: Frontier) -> Result<Edge, StoreFault> {
    let size = frontier.size();
    let first = size - size % TILE_WIDTH;
    let leaves = tx.list(&sql::LEAVES, values![first, size], |row| row.bytes::<32>(0))?;
    let gone = size - first - leaves.len() as u64;
    Edge::new(frontier, leaves).ok_or_else(|| incomplete(0, first / TILE_WIDTH, gone))
}

fn incomplete(level: u8, number: u64, gone: u64) -> StoreFault {
    StoreFault::ledger(format!(
        "tile {level}/{number} cannot be completed because {gone} of its hashes are gone; run `namekeep ledger verify`"
    ))
}

fn no_signer() -> StoreFault {
    StoreFault::ledger("the store was opened without the key that signs it; open it with the ledger's key to change anything")
}
