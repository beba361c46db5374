//! Until when the data of contacts and of names that ended is kept, what holds it beyond that, and which contacts were erased.
//!
//! A clock is a row with the rule it runs by; it begins when a name no longer names the contact and is taken away once it has ended and the
//! contact was looked at. How long each runs is decided in `policy::retention`.

use jiff::Timestamp;
use model::{ContactId, DomainId};

use crate::fault::StoreFault;
use crate::sql::custody as sql;
use crate::tx::Tx;
use crate::value::{Row, values};

/// How a contact stands, without its data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Counts changes, from 1.
    pub revision: u64,
    /// When it was first saved.
    pub created_at: Timestamp,
    /// When it was last saved.
    pub changed_at: Timestamp,
    /// An erasure that was ordered, whether or not it was carried out: when, and why.
    pub ordered: Option<(Timestamp, String)>,
    /// When it was erased.
    pub erased_at: Option<Timestamp>,
}

/// Why a contact's data is kept although no open name needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Clock {
    /// The name that named it, in the life that ended or went to another holder; none where it is about no single name.
    pub domain: Option<DomainId>,
    /// The rule.
    pub rule: String,
    /// Its end.
    pub keep_until: Timestamp,
}

/// What holds a contact's data beyond every clock.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hold {
    /// The file number of whoever asked for it.
    pub reference: String,
    /// Why, without personal data.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
}

/// How a contact stands; none if there is no such contact.
///
/// # Errors
/// If the database cannot be read.
pub fn find(tx: &mut Tx<'_>, id: ContactId) -> Result<Option<Standing>, StoreFault> {
    tx.find(&sql::FIND, values![id.to_string()], |row| {
        let ordered = row.opt_time(3)?.map(|at| Ok::<_, StoreFault>((at, row.opt_string(4)?.unwrap_or_default()))).transpose()?;
        Ok(Standing { revision: row.number(0)?, created_at: row.time(1)?, changed_at: row.time(2)?, ordered, erased_at: row.opt_time(5)? })
    })
}

/// Notes that a contact is to be erased as soon as it may be; `false` if that was ordered before, or it is erased.
///
/// # Errors
/// If the database cannot be written.
pub fn order_erasure(tx: &mut Tx<'_>, id: ContactId, reason: &str, now: Timestamp) -> Result<bool, StoreFault> {
    Ok(tx.execute(&sql::ORDER_ERASURE, values![now, reason, id.to_string()])? > 0)
}

/// Takes that back; `false` if nothing was ordered, or it is erased.
///
/// # Errors
/// If the database cannot be written.
pub fn cancel_erasure(tx: &mut Tx<'_>, id: ContactId) -> Result<bool, StoreFault> {
    Ok(tx.execute(&sql::CANCEL_ERASURE, values![id.to_string()])? > 0)
}

/// Empties the row of a contact whose key was destroyed; `false` if it was erased before.
///
/// # Errors
/// If the database cannot be written.
pub fn erase(tx: &mut Tx<'_>, id: ContactId, now: Timestamp) -> Result<bool, StoreFault> {
    let nothing: &[u8] = &[];
    let is_erased = tx.execute(&sql::ERASE, values![nothing, now, id.to_string()])? > 0;
    tx.execute(&sql::REMOVE_CLOCKS, values![id.to_string()])?;
    Ok(is_erased)
}

/// Up to `limit` contacts that wait to be erased, by id after `after`.
///
/// # Errors
/// If the database cannot be read.
pub fn list_ordered(tx: &mut Tx<'_>, after: Option<ContactId>, limit: u32) -> Result<Vec<ContactId>, StoreFault> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    tx.list(&sql::LIST_ORDERED, values![after, limit], |row| row.parse(0))
}

/// Keeps a contact's data by `rule` at least until `until`, for a name or for none in particular.
///
/// # Errors
/// [`StoreFault::Constraint`] if there is no such contact.
pub fn set_clock(tx: &mut Tx<'_>, id: ContactId, domain: Option<DomainId>, rule: &str, until: Timestamp) -> Result<(), StoreFault> {
    let domain = domain.map(|domain| domain.to_string()).unwrap_or_default();
    tx.execute(&sql::SET_CLOCK, values![id.to_string(), domain, rule, until]).map(drop)
}

/// The clocks of a contact, the last to end first.
///
/// # Errors
/// If the database cannot be read.
pub fn list_clocks(tx: &mut Tx<'_>, id: ContactId) -> Result<Vec<Clock>, StoreFault> {
    tx.list(&sql::LIST_CLOCKS, values![id.to_string()], |row| {
        let domain = if row.text(0)?.is_empty() { None } else { Some(row.parse(0)?) };
        Ok(Clock { domain, rule: row.string(1)?, keep_until: row.time(2)? })
    })
}

/// Takes up to `limit` clocks away that have ended by `now`; gives the contacts they were of, each once for every clock.
///
/// # Errors
/// If the database cannot be written.
pub fn take_ended(tx: &mut Tx<'_>, now: Timestamp, limit: u32) -> Result<Vec<ContactId>, StoreFault> {
    let ended = tx.list(&sql::LIST_ENDED, values![now, limit], |row| Ok((row.parse::<ContactId>(0)?, row.string(1)?, row.string(2)?)))?;
    for (contact, domain, rule) in &ended {
        tx.execute(&sql::REMOVE_CLOCK, values![contact.to_string(), domain, rule])?;
    }
    Ok(ended.into_iter().map(|(contact, ..)| contact).collect())
}

/// An open registration that names the contact, as registrant or in any role, or a privacy service's contact that stands for it.
///
/// # Errors
/// If the database cannot be read.
pub fn find_open_name(tx: &mut Tx<'_>, id: ContactId) -> Result<Option<DomainId>, StoreFault> {
    let id = id.to_string();
    let named = tx.find(&sql::FIND_LINK, values![&id], |row| row.parse(0))?;
    named.map_or_else(|| tx.find(&sql::FIND_LINK_OF_CUSTOMER, values![&id], |row| row.parse(0)), |domain| Ok(Some(domain)))
}

/// Holds a contact's data; `false` if it is held under this reference already.
///
/// # Errors
/// [`StoreFault::Constraint`] if there is no such contact.
pub fn hold(tx: &mut Tx<'_>, id: ContactId, hold: &Hold) -> Result<bool, StoreFault> {
    Ok(tx.execute(&sql::HOLD, values![id.to_string(), hold.reference.as_str(), hold.reason.as_str(), hold.since])? > 0)
}

/// Ends a hold; `false` if there is none under this reference.
///
/// # Errors
/// If the database cannot be written.
pub fn release(tx: &mut Tx<'_>, id: ContactId, reference: &str) -> Result<bool, StoreFault> {
    Ok(tx.execute(&sql::RELEASE, values![id.to_string(), reference])? > 0)
}

/// What holds a contact, oldest first.
///
/// # Errors
/// If the database cannot be read.
pub fn list_holds(tx: &mut Tx<'_>, id: ContactId) -> Result<Vec<Hold>, StoreFault> {
    tx.list(&sql::LIST_HOLDS, values![id.to_string()], read_hold)
}

/// A name ended: what was ordered and written for it is kept until `until`. The first end counts.
///
/// # Errors
/// If the database cannot be written.
pub fn set_name_clock(tx: &mut Tx<'_>, domain: DomainId, until: Timestamp) -> Result<(), StoreFault> {
    tx.execute(&sql::SET_NAME_CLOCK, values![domain.to_string(), until]).map(drop)
}

/// Takes the clocks of up to `limit` names away that have ended by `now`, and gives the names. One whose registrant is held stays.
///
/// # Errors
/// If the database cannot be written.
pub fn take_ended_names(tx: &mut Tx<'_>, now: Timestamp, limit: u32) -> Result<Vec<DomainId>, StoreFault> {
    let ended = tx.list(&sql::LIST_ENDED_NAMES, values![now, limit], |row| row.parse::<DomainId>(0))?;
    for domain in &ended {
        tx.execute(&sql::REMOVE_NAME_CLOCK, values![domain.to_string()])?;
    }
    Ok(ended)
}

fn read_hold(row: &Row<'_>) -> Result<Hold, StoreFault> {
    Ok(Hold { reference: row.string(0)?, reason: row.string(1)?, since: row.time(2)? })
}
