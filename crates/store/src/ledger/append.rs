//! Growing the ledger inside the transaction that changes the state, and sealing it before the commit.

use jiff::Timestamp;

use crate::fault::StoreFault;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::entry::Entry;
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
    frontier: Frontier,
    /// Size when the transaction began.
    sealed: u64,
}

impl Tail {
    /// Position of the entry that was appended last in this transaction.
    pub(crate) fn last_appended(&self) -> Option<u64> {
        (self.frontier.size() > self.sealed).then(|| self.frontier.size() - 1)
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
    let mut tail = take_tail(tx)?;
    let entry = Entry {
        seq: tail.frontier.size(),
        at: new.at,
        actor: new.actor.to_owned(),
        subject: new.subject.to_owned(),
        kind: new.kind.to_owned(),
        commitment: Entry::commit(&new.salt, new.body),
    };
    let result = entry.check().and_then(|()| store(tx, &mut tail, &entry, new));
    *tx.tail_mut() = Some(tail);
    result.map(|()| entry.seq)
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

/// Stores head and signed checkpoint, if anything was appended. Called once, before the commit.
pub(crate) fn seal(tx: &mut Tx<'_>) -> Result<(), StoreFault> {
    let Some(tail) = tx.tail_mut().take() else { return Ok(()) };
    let size = tail.frontier.size();
    if size == tail.sealed {
        return Ok(());
    }
    let signer = tx.signer().ok_or_else(no_signer)?;
    let root = tail.frontier.root();
    let note = Checkpoint { origin: tail.origin.clone(), size, root }.sign(signer).to_text();
    tx.execute(&sql::SET_HEAD, values![&tail.origin, size, tail.frontier.to_bytes()])?;
    tx.execute(&sql::ADD_CHECKPOINT, values![size, &root, note])?;
    Ok(())
}

fn store(tx: &mut Tx<'_>, tail: &mut Tail, entry: &Entry, new: &NewEntry<'_>) -> Result<(), StoreFault> {
    let leaf = entry.leaf();
    tx.execute(
        &sql::APPEND,
        values![entry.seq, entry.at, new.actor, new.subject, new.kind, new.body, &new.salt, &entry.commitment, &leaf],
    )?;
    tail.frontier.push(leaf);
    complete_tiles(tx, tail.frontier.size())
}

/// Stores every tile that the newest leaf completed, from the bottom up.
fn complete_tiles(tx: &mut Tx<'_>, size: u64) -> Result<(), StoreFault> {
    let (mut level, mut count) = (0_u8, size);
    while count > 0 && count.is_multiple_of(TILE_WIDTH) {
        let number = count / TILE_WIDTH - 1;
        let hashes = if level == 0 {
            tx.list(&sql::LEAVES, values![count - TILE_WIDTH, count], |row| row.bytes::<32>(0))?
        } else {
            tx.list(&sql::TILE_ROOTS, values![level - 1, count - TILE_WIDTH, count], |row| row.bytes::<32>(0))?
        };
        if hashes.len() as u64 != TILE_WIDTH {
            return Err(StoreFault::ledger(format!(
                "tile {level}/{number} cannot be completed because {} of its hashes are gone; run `namekeep ledger verify`",
                TILE_WIDTH - hashes.len() as u64
            )));
        }
        tx.execute(&sql::ADD_TILE, values![level, number, hashes.concat(), &perfect_root(&hashes)])?;
        (level, count) = (level + 1, count / TILE_WIDTH);
    }
    Ok(())
}

/// The tail of this transaction; read from the head when first needed.
fn take_tail(tx: &mut Tx<'_>) -> Result<Tail, StoreFault> {
    if let Some(tail) = tx.tail_mut().take() {
        return Ok(tail);
    }
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
    Ok(Tail { origin, sealed: frontier.size(), frontier })
}

fn no_signer() -> StoreFault {
    StoreFault::ledger("the store was opened without the key that signs it; open it with the ledger's key to change anything")
}
