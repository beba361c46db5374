//! Public records: what the projection made of each name, in the order of its changes. Followers read them as a feed
//! ([`crate::feed`]) and never this table.

use jiff::Timestamp;
use model::DomainName;

use crate::fault::StoreFault;
use crate::sql::publications as sql;
use crate::tx::Tx;
use crate::value::values;

/// A name whose public record changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// Its place among all changes, from 1. Only the newest change of a name is kept.
    pub seq: u64,
    /// The name.
    pub name: String,
    /// Its record now; none if it is no longer answered for.
    pub record: Option<Vec<u8>>,
    /// When the projection was made.
    pub at: Timestamp,
}

/// The public record of a name now; none if it is not answered for.
///
/// # Errors
/// If the database cannot be read.
pub fn find(tx: &mut Tx<'_>, name: &DomainName) -> Result<Option<Vec<u8>>, StoreFault> {
    Ok(tx.find(&sql::FIND, values![name.as_str()], |row| Ok(row.opt_blob(0)?.map(<[u8]>::to_vec)))?.flatten())
}

/// Puts a record in the place of the one before, or takes it away, as the next change. One writer at a time: whoever publishes holds a
/// lease.
///
/// # Errors
/// If the database cannot be written.
pub fn put(tx: &mut Tx<'_>, name: &DomainName, record: Option<&[u8]>, now: Timestamp) -> Result<u64, StoreFault> {
    let seq = last(tx)? + 1;
    tx.execute(&sql::PUT, values![name.as_str(), seq, record, now])?;
    Ok(seq)
}

/// The number of the newest change; 0 if there was none.
///
/// # Errors
/// If the database cannot be read.
pub fn last(tx: &mut Tx<'_>) -> Result<u64, StoreFault> {
    Ok(tx.find(&sql::LAST, &[], |row| row.opt_int(0))?.flatten().and_then(|last| u64::try_from(last).ok()).unwrap_or(0))
}

/// Up to `limit` changes after number `after`, in their order.
///
/// # Errors
/// If the database cannot be read.
pub fn list_changes(tx: &mut Tx<'_>, after: u64, limit: u32) -> Result<Vec<Change>, StoreFault> {
    tx.list(&sql::LIST_CHANGES, values![after, limit], |row| {
        Ok(Change { seq: row.number(0)?, name: row.string(1)?, record: row.opt_blob(2)?.map(<[u8]>::to_vec), at: row.time(3)? })
    })
}

/// Forgets up to `limit` names that were gone by `before`: a follower that reads the feed from its beginning need not be told of them.
/// Gives how many.
///
/// # Errors
/// If the database cannot be written.
pub fn purge(tx: &mut Tx<'_>, before: Timestamp, limit: u32) -> Result<u64, StoreFault> {
    tx.execute(&sql::PURGE, values![before, limit])
}
