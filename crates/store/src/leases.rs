//! Leases: work that has one owner at a time, whose epoch fences a stale owner off.
//!
//! A lease lapses by time, but time alone never protects: an owner that slept through its lease still believes in it. So
//! every write done under a lease checks its [`Fence`] in the same transaction.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::fault::StoreFault;
use crate::sql::leases as sql;
use crate::tx::Tx;
use crate::value::{Row, values};

/// A lease as stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// What is owned, for example `poll/alpha/NAMEKEEP-1`.
    pub name: String,
    /// Who owns it: a process, unique per start.
    pub owner: String,
    /// Grows with every taking.
    pub epoch: u64,
    /// When it lapses.
    pub until: Timestamp,
}

/// The right to write as the owner of a lease, at one epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fence {
    name: String,
    epoch: u64,
}

impl Fence {
    /// The lease.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The epoch.
    #[must_use]
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Makes sure, inside the transaction that writes, that nobody took the lease since.
    ///
    /// # Errors
    /// [`StoreFault::LeaseLost`]: stop, close what you hold, and acquire anew.
    pub fn check(&self, tx: &mut Tx<'_>) -> Result<(), StoreFault> {
        tx.find(&sql::CHECK, values![&self.name, self.epoch], |_| Ok(()))?.ok_or_else(|| self.lost())
    }

    fn lost(&self) -> StoreFault {
        StoreFault::LeaseLost { name: self.name.clone(), epoch: self.epoch }
    }
}

/// Takes the lease `name` for `owner` until `now` + `length`, if it is free, lapsed, or the owner's already. None if
/// somebody else holds it.
///
/// # Errors
/// If the database cannot be written.
pub fn acquire(tx: &mut Tx<'_>, name: &str, owner: &str, now: Timestamp, length: Duration) -> Result<Option<Fence>, StoreFault> {
    let epoch = tx.find(&sql::ACQUIRE, values![name, owner, end(now, length), now], |row| row.number::<u64>(0))?;
    Ok(epoch.map(|epoch| Fence { name: name.to_owned(), epoch }))
}

/// Prolongs the lease until `now` + `length`.
///
/// # Errors
/// [`StoreFault::LeaseLost`] if somebody took it since.
pub fn renew(tx: &mut Tx<'_>, fence: &Fence, now: Timestamp, length: Duration) -> Result<(), StoreFault> {
    tx.execute_one(&sql::RENEW, values![end(now, length), &fence.name, fence.epoch], || fence.lost())
}

/// Gives the lease back. Not an error if it was lost already.
///
/// # Errors
/// If the database cannot be written.
pub fn release(tx: &mut Tx<'_>, fence: &Fence) -> Result<(), StoreFault> {
    tx.execute(&sql::RELEASE, values![&fence.name, fence.epoch]).map(drop)
}

/// Who holds the lease, lapsed or not.
///
/// # Errors
/// If the database cannot be read.
pub fn find(tx: &mut Tx<'_>, name: &str) -> Result<Option<Lease>, StoreFault> {
    tx.find(&sql::FIND, values![name], read)
}

/// Every lease.
///
/// # Errors
/// If the database cannot be read.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<Lease>, StoreFault> {
    tx.list(&sql::LIST, &[], read)
}

fn read(row: &Row<'_>) -> Result<Lease, StoreFault> {
    Ok(Lease { name: row.string(0)?, owner: row.string(1)?, epoch: row.number(2)?, until: row.time(3)? })
}

/// `now` + `length`, or the end of time.
pub(crate) fn end(now: Timestamp, length: Duration) -> Timestamp {
    SignedDuration::try_from(length).ok().and_then(|length| now.checked_add(length).ok()).unwrap_or(Timestamp::MAX)
}
