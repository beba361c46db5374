//! Contacts: sealed by the caller under the contact's own vault key, so that destroying that key is the erasure; and the
//! handles they have at registries.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use model::{ContactHandle, ContactId, RegistryId};

use crate::fault::StoreFault;
use crate::sql::contacts as sql;
use crate::tx::Tx;
use crate::value::{Row, values};

/// A contact as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactRow {
    /// Identity.
    pub id: ContactId,
    /// Counts changes, from 1; the sealed value is bound to it.
    pub revision: u64,
    /// The contact, sealed.
    pub sealed: Vec<u8>,
    /// When it was first saved.
    pub created_at: Timestamp,
    /// When it was last saved.
    pub changed_at: Timestamp,
    /// When it was erased; its data is gone then.
    pub erased_at: Option<Timestamp>,
}

/// Stores a new contact at revision 1.
///
/// # Errors
/// [`StoreFault::Constraint`] if its id is taken.
pub fn insert(tx: &mut Tx<'_>, id: ContactId, sealed: &[u8], now: Timestamp) -> Result<(), StoreFault> {
    tx.execute(&sql::INSERT, values![id.to_string(), sealed, now, now]).map(drop)
}

/// Stores `revision` of a contact.
///
/// # Errors
/// [`StoreFault::Outdated`] unless the row has the revision before.
pub fn update(tx: &mut Tx<'_>, id: ContactId, revision: u64, sealed: &[u8], now: Timestamp) -> Result<(), StoreFault> {
    let parameters = values![revision, sealed, now, id.to_string(), revision.saturating_sub(1)];
    tx.execute_one(&sql::UPDATE, parameters, || StoreFault::Outdated { what: format!("contact {id}") })
}

/// A contact by id.
///
/// # Errors
/// If the database cannot be read.
pub fn find(tx: &mut Tx<'_>, id: ContactId) -> Result<Option<ContactRow>, StoreFault> {
    tx.find(&sql::FIND, values![id.to_string()], read)
}

/// Whether there is such a contact, and its data with it.
///
/// # Errors
/// If the database cannot be read.
pub fn is_known(tx: &mut Tx<'_>, id: ContactId) -> Result<bool, StoreFault> {
    Ok(tx.find(&sql::IS_KNOWN, values![id.to_string()], |_| Ok(()))?.is_some())
}

/// The customer for whom a privacy service's contact stands (ESC-9); none if nobody was named.
///
/// # Errors
/// If the database cannot be read.
pub fn find_customer(tx: &mut Tx<'_>, id: ContactId) -> Result<Option<ContactId>, StoreFault> {
    Ok(tx.find(&sql::FIND_CUSTOMER, values![id.to_string()], |row| row.opt_text(0)?.map(|_| row.parse(0)).transpose())?.flatten())
}

/// Keeps for whom a privacy service's contact stands.
///
/// # Errors
/// [`StoreFault::Constraint`] if there is no such customer.
pub fn set_customer(tx: &mut Tx<'_>, id: ContactId, customer: ContactId) -> Result<(), StoreFault> {
    tx.execute(&sql::SET_CUSTOMER, values![customer.to_string(), id.to_string()]).map(drop)
}

/// Up to `limit` contacts by id, after `after`.
///
/// # Errors
/// If the database cannot be read.
pub fn list(tx: &mut Tx<'_>, after: Option<ContactId>, limit: u32) -> Result<Vec<ContactRow>, StoreFault> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    tx.list(&sql::LIST, values![after, limit], read)
}

/// Keeps the data that a contact has at `revision`, its present one, at least until `until`, whatever it is changed to. A revision kept
/// already is kept for the longer time. `false` if nothing changed: kept long enough already, or not the present revision.
///
/// # Errors
/// If the database cannot be written.
pub fn keep_revision(tx: &mut Tx<'_>, id: ContactId, revision: u64, until: Timestamp) -> Result<bool, StoreFault> {
    Ok(tx.execute(&sql::KEEP_REVISION, values![until, id.to_string(), revision])? > 0)
}

/// The sealed data of a revision that was kept.
///
/// # Errors
/// If the database cannot be read.
pub fn find_revision(tx: &mut Tx<'_>, id: ContactId, revision: u64) -> Result<Option<Vec<u8>>, StoreFault> {
    tx.find(&sql::FIND_REVISION, values![id.to_string(), revision], |row| Ok(row.blob(0)?.to_vec()))
}

/// The earliest revision from `revision` on that was kept.
///
/// # Errors
/// If the database cannot be read.
pub fn find_kept_since(tx: &mut Tx<'_>, id: ContactId, revision: u64) -> Result<Option<u64>, StoreFault> {
    tx.find(&sql::FIND_KEPT_SINCE, values![id.to_string(), revision], |row| row.number(0))
}

/// The revisions of a contact that were kept, each with the end of its time.
///
/// # Errors
/// If the database cannot be read.
pub fn list_revisions(tx: &mut Tx<'_>, id: ContactId) -> Result<Vec<(u64, Timestamp)>, StoreFault> {
    tx.list(&sql::LIST_REVISIONS, values![id.to_string()], |row| Ok((row.number(0)?, row.time(1)?)))
}

/// Lets go of up to `limit` kept revisions whose time was over at `now`; gives how many.
///
/// # Errors
/// If the database cannot be written.
pub fn purge_revisions(tx: &mut Tx<'_>, now: Timestamp, limit: u32) -> Result<u64, StoreFault> {
    tx.execute(&sql::PURGE_REVISIONS, values![now, limit])
}

/// Lets go of every kept revision of a contact.
///
/// # Errors
/// If the database cannot be written.
pub fn remove_revisions(tx: &mut Tx<'_>, id: ContactId) -> Result<(), StoreFault> {
    tx.execute(&sql::REMOVE_REVISIONS, values![id.to_string()]).map(drop)
}

/// The handles that contacts of `wanted` have at the registry.
///
/// # Errors
/// If the database cannot be read.
pub fn list_handles(
    tx: &mut Tx<'_>,
    registry: &RegistryId,
    wanted: &BTreeSet<ContactId>,
) -> Result<BTreeMap<ContactId, ContactHandle>, StoreFault> {
    let mut handles = BTreeMap::new();
    for contact in wanted {
        let handle = tx.find(&sql::FIND_HANDLE, values![registry.as_str(), contact.to_string()], |row| row.parse(0))?;
        handles.extend(handle.map(|handle| (*contact, handle)));
    }
    Ok(handles)
}

/// The contact that has this handle at the registry.
///
/// # Errors
/// If the database cannot be read.
pub fn find_by_handle(tx: &mut Tx<'_>, registry: &RegistryId, handle: &ContactHandle) -> Result<Option<ContactId>, StoreFault> {
    tx.find(&sql::FIND_BY_HANDLE, values![registry.as_str(), handle.as_str()], |row| row.parse(0))
}

/// Every handle of a contact, by registry.
///
/// # Errors
/// If the database cannot be read.
pub fn list_handles_of(tx: &mut Tx<'_>, contact: ContactId) -> Result<Vec<(RegistryId, ContactHandle)>, StoreFault> {
    tx.list(&sql::LIST_HANDLES_OF, values![contact.to_string()], |row| Ok((row.parse(0)?, row.parse(1)?)))
}

/// The contact exists at the registry under this handle.
///
/// # Errors
/// [`StoreFault::Constraint`] if another contact has the handle there, or the contact is not stored.
pub fn set_handle(
    tx: &mut Tx<'_>,
    registry: &RegistryId,
    contact: ContactId,
    handle: &ContactHandle,
    now: Timestamp,
) -> Result<(), StoreFault> {
    tx.execute(&sql::SET_HANDLE, values![registry.as_str(), contact.to_string(), handle.as_str(), now]).map(drop)
}

/// The handle no longer exists at the registry.
///
/// # Errors
/// If the database cannot be written.
pub fn remove_handle(tx: &mut Tx<'_>, registry: &RegistryId, handle: &ContactHandle) -> Result<(), StoreFault> {
    tx.execute(&sql::REMOVE_HANDLE, values![registry.as_str(), handle.as_str()]).map(drop)
}

fn read(row: &Row<'_>) -> Result<ContactRow, StoreFault> {
    Ok(ContactRow {
        id: row.parse(0)?,
        revision: row.number(1)?,
        sealed: row.blob(2)?.to_vec(),
        created_at: row.time(3)?,
        changed_at: row.time(4)?,
        erased_at: row.opt_time(5)?,
    })
}
