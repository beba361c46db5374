//! The EPP journal: every command and its answer, sealed, from before the first byte is sent until retention ends.
//!
//! Frames are sealed under one key a month, and those that speak of a contact under the contact's own key. When the last frame of a month
//! is purged its key is destroyed, and when a person is erased theirs is; either reaches copies in backups too.

use std::collections::BTreeSet;

use jiff::Timestamp;
use model::{ClTrid, ContactId, DomainId, IntentId, RegistryId, SvTrid};
use zeroize::Zeroizing;

use crate::fault::StoreFault;
use crate::sql::journal as sql;
use crate::tx::Tx;
use crate::value::{Row, values};
use crate::vault::{Place, Vault};

/// Until when something is kept of which the end is not known yet: the latest whole second there is, at the end of the year 9999.
pub const WITHOUT_END: Timestamp = Timestamp::constant(253_402_207_200, 0);

/// What the keys of months begin with.
const MONTHS: &str = "journal/";

/// A command about to be sent.
#[derive(Clone, Debug)]
pub struct NewExchange<'a> {
    /// Our id of the command; a new attempt has a new one.
    pub cltrid: &'a ClTrid,
    /// The registry.
    pub registry: &'a RegistryId,
    /// The account, as its lease names it.
    pub account: &'a str,
    /// The intent it carries out; none for queries and sessions.
    pub intent: Option<IntentId>,
    /// Verb and object kind, for example `domain:create`.
    pub verb: &'a str,
    /// The object's name or handle.
    pub object: Option<&'a str>,
    /// The person whose data its frames hold: they are sealed under that person's key.
    pub person: Option<ContactId>,
    /// When it is sent.
    pub sent_at: Timestamp,
    /// Until when it is kept; [`WITHOUT_END`] while that is not known yet.
    pub keep_until: Timestamp,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer<'a> {
    /// When.
    pub received_at: Timestamp,
    /// The registry's id of the command, where it gave one.
    pub svtrid: Option<&'a SvTrid>,
    /// The result code.
    pub code: u16,
}

/// A row of the journal, without its frames.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// Our id of the command.
    pub cltrid: ClTrid,
    /// The registry.
    pub registry: RegistryId,
    /// The account.
    pub account: String,
    /// The intent it carried out.
    pub intent: Option<IntentId>,
    /// Verb and object kind.
    pub verb: String,
    /// The object's name or handle.
    pub object: Option<String>,
    /// The registry's id of the command.
    pub svtrid: Option<String>,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// When the answer came; none while unknown.
    pub received_at: Option<Timestamp>,
    /// The result code; none while unknown.
    pub code: Option<u16>,
    /// Until when it is kept.
    pub keep_until: Timestamp,
}

/// Both frames of an exchange in clear: they hold personal data and secrets, so they are neither printed nor logged.
pub struct Frames {
    /// What we sent.
    pub request: Zeroizing<Vec<u8>>,
    /// What came back, if it did.
    pub response: Option<Zeroizing<Vec<u8>>>,
}

/// Records a command before it is sent.
///
/// # Errors
/// [`StoreFault::Constraint`] if its clTRID was used before.
pub fn begin(tx: &mut Tx<'_>, vault: &Vault, new: &NewExchange<'_>, request: &[u8]) -> Result<(), StoreFault> {
    let owner = new.key_owner();
    let sealed = vault.seal_bytes(tx, &owner, &place("request", new.cltrid.as_str()), request)?;
    tx.execute(
        &sql::BEGIN,
        values![
            new.cltrid.as_str(),
            new.registry.as_str(),
            new.account,
            new.intent.map(|intent| intent.to_string()),
            new.verb,
            new.object,
            new.sent_at,
            &owner,
            sealed,
            new.keep_until,
        ],
    )
    .map(drop)
}

/// Records a command that changes nothing together with its answer, as one statement.
///
/// # Errors
/// As [`begin`].
pub fn record(
    tx: &mut Tx<'_>,
    vault: &Vault,
    new: &NewExchange<'_>,
    request: &[u8],
    answer: &Answer<'_>,
    response: &[u8],
) -> Result<(), StoreFault> {
    let (owner, cltrid) = (new.key_owner(), new.cltrid.as_str());
    let request = vault.seal_bytes(tx, &owner, &place("request", cltrid), request)?;
    let response = vault.seal_bytes(tx, &owner, &place("response", cltrid), response)?;
    tx.execute(
        &sql::RECORD,
        values![
            cltrid,
            new.registry.as_str(),
            new.account,
            new.intent.map(|intent| intent.to_string()),
            new.verb,
            new.object,
            new.sent_at,
            &owner,
            request,
            new.keep_until,
            answer.received_at,
            answer.svtrid.map(SvTrid::as_str),
            answer.code,
            response,
        ],
    )
    .map(drop)
}

/// Records the answer to a command.
///
/// # Errors
/// [`StoreFault::Missing`] if the command is not in the journal, or has its answer already.
pub fn complete(tx: &mut Tx<'_>, vault: &Vault, cltrid: &ClTrid, answer: &Answer<'_>, response: &[u8]) -> Result<(), StoreFault> {
    let missing = || StoreFault::Missing { what: format!("an open exchange `{}` in the journal", cltrid.as_str()) };
    let owner = tx.find(&sql::KEY_OWNER, values![cltrid.as_str()], |row| row.string(0))?.ok_or_else(missing)?;
    let sealed = vault.seal_bytes(tx, &owner, &place("response", cltrid.as_str()), response)?;
    let svtrid = answer.svtrid.map(SvTrid::as_str);
    tx.execute_one(&sql::COMPLETE, values![answer.received_at, svtrid, answer.code, sealed, cltrid.as_str()], missing)
}

/// One exchange, if it is still kept.
///
/// # Errors
/// If the database cannot be read.
pub fn find(tx: &mut Tx<'_>, cltrid: &ClTrid) -> Result<Option<Exchange>, StoreFault> {
    tx.find(&sql::FIND, values![cltrid.as_str()], read)
}

/// The frames of one exchange.
///
/// # Errors
/// [`StoreFault::Missing`] if it is not kept, [`StoreFault::Vault`] if its key was destroyed.
pub fn get_frames(tx: &mut Tx<'_>, vault: &Vault, cltrid: &ClTrid) -> Result<Frames, StoreFault> {
    let sealed = tx.find(&sql::FIND, values![cltrid.as_str()], |row| {
        Ok((row.string(11)?, row.blob(12)?.to_vec(), row.opt_blob(13)?.map(<[u8]>::to_vec)))
    })?;
    let (owner, request, response) =
        sealed.ok_or_else(|| StoreFault::Missing { what: format!("exchange `{}` in the journal", cltrid.as_str()) })?;
    let request = vault.open_bytes(tx, &owner, &place("request", cltrid.as_str()), &request)?;
    let response = response.map(|response| vault.open_bytes(tx, &owner, &place("response", cltrid.as_str()), &response)).transpose()?;
    Ok(Frames { request, response })
}

/// Whether the frames of an exchange were erased with the person they spoke of.
///
/// # Errors
/// [`StoreFault::Missing`] if it is not kept.
pub fn is_erased(tx: &mut Tx<'_>, vault: &Vault, cltrid: &ClTrid) -> Result<bool, StoreFault> {
    let owner = tx.find(&sql::KEY_OWNER, values![cltrid.as_str()], |row| row.string(0))?;
    let owner = owner.ok_or_else(|| StoreFault::Missing { what: format!("exchange `{}` in the journal", cltrid.as_str()) })?;
    vault.is_destroyed(tx, &owner)
}

/// The attempts at an intent, first first.
///
/// # Errors
/// If the database cannot be read.
pub fn list_of_intent(tx: &mut Tx<'_>, intent: IntentId) -> Result<Vec<Exchange>, StoreFault> {
    tx.list(&sql::LIST_OF_INTENT, values![intent.to_string()], read)
}

/// Up to `limit` exchanges about an object before `before`, newest first.
///
/// # Errors
/// If the database cannot be read.
pub fn list_of_object(tx: &mut Tx<'_>, object: &str, before: Timestamp, limit: u32) -> Result<Vec<Exchange>, StoreFault> {
    tx.list(&sql::LIST_OF_OBJECT, values![object, before, limit], read)
}

/// Up to `limit` exchanges of an account before `before`, newest first.
///
/// # Errors
/// If the database cannot be read.
pub fn list_of_account(tx: &mut Tx<'_>, account: &str, before: Timestamp, limit: u32) -> Result<Vec<Exchange>, StoreFault> {
    tx.list(&sql::LIST_OF_ACCOUNT, values![account, before, limit], read)
}

/// Up to `limit` exchanges of an account that have no answer, first first: after a restart these are the unknown outcomes.
///
/// # Errors
/// If the database cannot be read.
pub fn list_open(tx: &mut Tx<'_>, account: &str, limit: u32) -> Result<Vec<Exchange>, StoreFault> {
    tx.list(&sql::LIST_OPEN, values![account, limit], read)
}

/// Keeps what was submitted for a name no longer than until `until`. What ends earlier already stays so.
///
/// # Errors
/// If the database cannot be written.
pub fn end_keeping(tx: &mut Tx<'_>, domain: DomainId, until: Timestamp) -> Result<(), StoreFault> {
    tx.execute(&sql::END_KEEPING, values![until, domain.to_string()]).map(drop)
}

/// Removes up to `limit` exchanges whose retention ended, and destroys the keys of months that became empty. Gives how
/// many were removed.
///
/// # Errors
/// If the database cannot be written.
pub fn purge(tx: &mut Tx<'_>, vault: &Vault, now: Timestamp, limit: u32) -> Result<u64, StoreFault> {
    let owners = tx.list(&sql::PURGE, values![now, limit], |row| row.string(0))?;
    let count = owners.len() as u64;
    let this_month = key_owner(now);
    for owner in owners.into_iter().collect::<BTreeSet<_>>() {
        let is_used = tx.get(&sql::IS_KEY_USED, values![&owner], |row| row.flag(0))?;
        if !is_used && owner.starts_with(MONTHS) && owner < this_month {
            vault.destroy(tx, &owner, now)?;
        }
    }
    Ok(count)
}

/// The key of the month, for example `journal/2026-11`.
fn key_owner(at: Timestamp) -> String {
    format!("{MONTHS}{}", at.strftime("%Y-%m"))
}

impl NewExchange<'_> {
    fn key_owner(&self) -> String {
        self.person.map_or_else(|| key_owner(self.sent_at), |person| person.to_string())
    }
}

fn place<'a>(column: &'a str, cltrid: &'a str) -> Place<'a> {
    Place { table: "epp_journal", column, row: cltrid, version: 0 }
}

fn read(row: &Row<'_>) -> Result<Exchange, StoreFault> {
    let code = row.opt_int(9)?.map(u16::try_from).transpose();
    Ok(Exchange {
        cltrid: row.parse(0)?,
        registry: row.parse(1)?,
        account: row.string(2)?,
        intent: row.opt_parse(3)?,
        verb: row.string(4)?,
        object: row.opt_string(5)?,
        svtrid: row.opt_string(6)?,
        sent_at: row.time(7)?,
        received_at: row.opt_time(8)?,
        code: code.map_err(|error| row.shape(9, error.to_string()))?,
        keep_until: row.time(10)?,
    })
}
