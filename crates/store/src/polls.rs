//! Poll messages: stored before they are acknowledged to the registry, and processed exactly once.
//!
//! A registry sends a message again until it is acknowledged, so a crash between storing and acknowledging brings a
//! repeat. (account, msgID, hash of what identifies it) recognises it: msgIDs alone are reused by some registries, and the
//! frame of a repeat has another clTRID and svTRID (RFC 5730 section 2.9.2.3).

use jiff::Timestamp;
use model::{ContactId, MessageId};
use zeroize::Zeroizing;

use crate::fault::StoreFault;
use crate::hash::sha256;
use crate::sql::polls as sql;
use crate::tx::Tx;
use crate::value::{Row, values};
use crate::vault::{Place, Vault};

/// A message as it came.
#[derive(Clone, Debug)]
pub struct NewPollMessage<'a> {
    /// Our identity for it.
    pub id: MessageId,
    /// The registry account it came to.
    pub account: &'a str,
    /// The registry's `msgQ id`.
    pub msg_id: &'a str,
    /// What stays the same when it is sent again: id, date, text, content.
    pub identity: &'a [u8],
    /// The person whose data it holds: it is sealed under that person's key.
    pub person: Option<ContactId>,
    /// The registry's `qDate`.
    pub queued_at: Option<Timestamp>,
    /// When it came.
    pub received_at: Timestamp,
}

/// A stored message. Its frame is opened by [`open_frame`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PollMessage {
    /// Our identity for it.
    pub id: MessageId,
    /// The registry account it came to.
    pub account: String,
    /// The registry's `msgQ id`.
    pub msg_id: String,
    /// The registry's `qDate`.
    pub queued_at: Option<Timestamp>,
    /// When it came.
    pub received_at: Timestamp,
    /// When it became a command.
    pub processed_at: Option<Timestamp>,
    /// What became of it, a sentence.
    pub outcome: Option<String>,
    /// Whether nothing followed from it: it is kept for the operator.
    pub is_kept: bool,
    sealed: Vec<u8>,
}

/// Stores a message; `false` if it was stored before, which makes a repeat harmless.
///
/// # Errors
/// If the database cannot be written.
pub fn store(tx: &mut Tx<'_>, vault: &Vault, new: &NewPollMessage<'_>, frame: &[u8]) -> Result<bool, StoreFault> {
    let id = new.id.to_string();
    let person = new.person.map(|person| person.to_string());
    let sealed = vault.seal_bytes(tx, person.as_deref().unwrap_or(&key_owner(new.account)), &place(&id), frame)?;
    let hash = sha256(&[new.identity]);
    let parameters = values![&id, new.account, new.msg_id, &hash, new.queued_at, new.received_at, sealed];
    let is_new = tx.execute(&sql::ADD, parameters)? > 0;
    if let Some(person) = person.filter(|_| is_new) {
        tx.execute(&sql::ADD_PERSON, values![&id, person])?;
    }
    Ok(is_new)
}

/// Up to `limit` messages of an account that are not processed, in the order they came.
///
/// # Errors
/// If the database cannot be read.
pub fn list_open(tx: &mut Tx<'_>, account: &str, limit: u32) -> Result<Vec<PollMessage>, StoreFault> {
    tx.list(&sql::LIST_OPEN, values![account, limit], read)
}

/// Up to `limit` messages of an account received before `before`, newest first.
///
/// # Errors
/// If the database cannot be read.
pub fn list(tx: &mut Tx<'_>, account: &str, before: Timestamp, limit: u32) -> Result<Vec<PollMessage>, StoreFault> {
    tx.list(&sql::LIST, values![account, before, limit], read)
}

/// Up to `limit` messages of an account that were kept for the operator, received before `before`, newest first.
///
/// # Errors
/// If the database cannot be read.
pub fn list_kept(tx: &mut Tx<'_>, account: &str, before: Timestamp, limit: u32) -> Result<Vec<PollMessage>, StoreFault> {
    tx.list(&sql::LIST_KEPT, values![account, before, limit], read)
}

/// The frame of a message in clear.
///
/// # Errors
/// [`StoreFault::Vault`] if it cannot be opened.
pub fn open_frame(tx: &mut Tx<'_>, vault: &Vault, message: &PollMessage) -> Result<Zeroizing<Vec<u8>>, StoreFault> {
    let id = message.id.to_string();
    let person = tx.find(&sql::FIND_PERSON, values![&id], |row| row.string(0))?;
    vault.open_bytes(tx, person.as_deref().unwrap_or(&key_owner(&message.account)), &place(&id), &message.sealed)
}

/// Marks a message as processed, in the transaction of the command it became. Where nothing followed from it, it is kept for the
/// operator.
///
/// # Errors
/// [`StoreFault::Outdated`] if it was processed already: undo the command.
pub fn mark_processed(tx: &mut Tx<'_>, id: MessageId, now: Timestamp, outcome: &str, is_kept: bool) -> Result<(), StoreFault> {
    tx.execute_one(&sql::MARK_PROCESSED, values![now, outcome, is_kept, id.to_string()], || StoreFault::Outdated {
        what: format!("poll message {id}"),
    })
}

/// Opens what was kept of an account again, to be processed anew: the messages with this `msgQ id`, or all. Says how many.
///
/// # Errors
/// If the database cannot be written.
pub fn reopen(tx: &mut Tx<'_>, account: &str, msg_id: Option<&str>) -> Result<u64, StoreFault> {
    match msg_id {
        Some(msg_id) => tx.execute(&sql::REOPEN, values![account, msg_id]),
        None => tx.execute(&sql::REOPEN_ALL, values![account]),
    }
}

/// How many messages of an account wait to be processed, and since when.
///
/// # Errors
/// If the database cannot be read.
pub fn count_open(tx: &mut Tx<'_>, account: &str) -> Result<(u64, Option<Timestamp>), StoreFault> {
    tx.get(&sql::COUNT_OPEN, values![account], |row| Ok((row.number(0)?, row.opt_time(1)?)))
}

fn key_owner(account: &str) -> String {
    format!("poll/{account}")
}

fn place(id: &str) -> Place<'_> {
    Place { table: "poll_message", column: "frame", row: id, version: 0 }
}

fn read(row: &Row<'_>) -> Result<PollMessage, StoreFault> {
    Ok(PollMessage {
        id: row.parse(0)?,
        account: row.string(1)?,
        msg_id: row.string(2)?,
        queued_at: row.opt_time(3)?,
        received_at: row.time(4)?,
        sealed: row.blob(5)?.to_vec(),
        processed_at: row.opt_time(6)?,
        outcome: row.opt_string(7)?,
        is_kept: row.flag(8)?,
    })
}
