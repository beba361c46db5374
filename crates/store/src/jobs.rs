//! Jobs: work to carry out, written in the transaction that wants it, claimed by lease, idempotent by (kind, key).
//!
//! ```text
//!             enqueue                claim                complete
//!   (nothing) ------> waiting ------------------> claimed ------> (gone)
//!                        ^  ^                      |  |
//!                        |  +--- retry, or lease --+  | park
//!                        |            lapsed          v
//!                        +---------- unpark -------- parked
//! ```

use std::time::Duration;

use jiff::Timestamp;
use model::JobId;

use crate::fault::StoreFault;
use crate::leases::end;
use crate::sql::jobs as sql;
use crate::tx::Tx;
use crate::value::{Row, values};

/// Longest error kept with a job, in characters.
const ERROR_LIMIT: usize = 2000;

/// A job to add.
#[derive(Clone, Debug)]
pub struct NewJob<'a> {
    /// Identity.
    pub id: JobId,
    /// What kind of work, for example `carry-intent`.
    pub kind: &'a str,
    /// What it is about; one job per kind and key waits at a time.
    pub key: &'a str,
    /// When it may be carried out first.
    pub ready_at: Timestamp,
    /// What the worker needs, as JSON without secrets or personal data.
    pub payload: &'a str,
}

/// A job that a worker holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    /// Identity.
    pub id: JobId,
    /// What kind of work.
    pub kind: String,
    /// What it is about.
    pub key: String,
    /// What the worker needs, as JSON.
    pub payload: String,
    /// Fences a stale worker off.
    pub epoch: u64,
    /// How often it was claimed, this time included.
    pub tries: u32,
}

/// A job as people see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobRow {
    /// Identity.
    pub id: JobId,
    /// What kind of work.
    pub kind: String,
    /// What it is about.
    pub key: String,
    /// What the worker needs, as JSON.
    pub payload: String,
    /// When a worker may take it next.
    pub ready_at: Timestamp,
    /// How often it was claimed.
    pub tries: u32,
    /// When it was given up.
    pub parked_at: Option<Timestamp>,
    /// What went wrong last.
    pub last_error: Option<String>,
}

impl Claim {
    fn lost(&self) -> StoreFault {
        StoreFault::LeaseLost { name: format!("job {} ({})", self.kind, self.key), epoch: self.epoch }
    }
}

/// Adds a job; `false` if one of its kind and key is there already, which then stays as it is.
///
/// # Errors
/// If the database cannot be written.
pub fn enqueue(tx: &mut Tx<'_>, job: &NewJob<'_>) -> Result<bool, StoreFault> {
    let added = tx.execute(&sql::ENQUEUE, values![job.id.to_string(), job.kind, job.key, job.payload, job.ready_at])?;
    Ok(added > 0)
}

/// Adds a job or takes the place of the one with its kind and key: a worker that carries the old one can no longer
/// complete it, so the work is done again with the new payload.
///
/// # Errors
/// If the database cannot be written.
pub fn replace(tx: &mut Tx<'_>, job: &NewJob<'_>) -> Result<(), StoreFault> {
    tx.execute(&sql::REPLACE, values![job.id.to_string(), job.kind, job.key, job.payload, job.ready_at]).map(drop)
}

/// Takes up to `limit` jobs of `kind` that are ready, for `owner` until `now` + `length`; earliest first. A worker that
/// dies loses them when that time is over.
///
/// # Errors
/// If the database cannot be written.
pub fn claim(tx: &mut Tx<'_>, kind: &str, owner: &str, now: Timestamp, length: Duration, limit: u32) -> Result<Vec<Claim>, StoreFault> {
    tx.list(&sql::CLAIM, values![owner, end(now, length), kind, now, limit], |row| {
        Ok(Claim {
            id: row.parse(0)?,
            kind: row.string(1)?,
            key: row.string(2)?,
            payload: row.string(3)?,
            epoch: row.number(4)?,
            tries: row.number(5)?,
        })
    })
}

/// Prolongs a claim until `now` + `length`.
///
/// # Errors
/// [`StoreFault::LeaseLost`] if the job was replaced, cancelled or taken over.
pub fn extend(tx: &mut Tx<'_>, claim: &Claim, now: Timestamp, length: Duration) -> Result<(), StoreFault> {
    tx.execute_one(&sql::EXTEND, values![end(now, length), claim.id.to_string(), claim.epoch], || claim.lost())
}

/// The work is done: the job goes, in the same transaction as its result.
///
/// # Errors
/// [`StoreFault::LeaseLost`] if the job was replaced, cancelled or taken over: undo the result.
pub fn complete(tx: &mut Tx<'_>, claim: &Claim) -> Result<(), StoreFault> {
    tx.execute_one(&sql::COMPLETE, values![claim.id.to_string(), claim.epoch], || claim.lost())
}

/// The work failed and is tried again at `ready_at`.
///
/// # Errors
/// [`StoreFault::LeaseLost`] if the job was replaced, cancelled or taken over.
pub fn retry(tx: &mut Tx<'_>, claim: &Claim, ready_at: Timestamp, error: &str) -> Result<(), StoreFault> {
    tx.execute_one(&sql::RETRY, values![ready_at, shorten(error), claim.id.to_string(), claim.epoch], || claim.lost())
}

/// The work failed too often: the job waits for a person.
///
/// # Errors
/// [`StoreFault::LeaseLost`] if the job was replaced, cancelled or taken over.
pub fn park(tx: &mut Tx<'_>, claim: &Claim, now: Timestamp, error: &str) -> Result<(), StoreFault> {
    tx.execute_one(&sql::PARK, values![now, shorten(error), claim.id.to_string(), claim.epoch], || claim.lost())
}

/// A person wants a parked job tried again, from `ready_at` on.
///
/// # Errors
/// [`StoreFault::Missing`] if there is no such parked job.
pub fn unpark(tx: &mut Tx<'_>, id: JobId, ready_at: Timestamp) -> Result<(), StoreFault> {
    tx.execute_one(&sql::UNPARK, values![ready_at, id.to_string()], || StoreFault::Missing { what: format!("a parked job `{id}`") })
}

/// Withdraws a job, whoever carries it; `false` if there is none.
///
/// # Errors
/// If the database cannot be written.
pub fn cancel(tx: &mut Tx<'_>, kind: &str, key: &str) -> Result<bool, StoreFault> {
    Ok(tx.execute(&sql::CANCEL, values![kind, key])? > 0)
}

/// Parked jobs, longest parked first.
///
/// # Errors
/// If the database cannot be read.
pub fn list_parked(tx: &mut Tx<'_>, limit: u32) -> Result<Vec<JobRow>, StoreFault> {
    tx.list(&sql::LIST_PARKED, values![limit], read)
}

/// Jobs of a kind that wait or are claimed, next first.
///
/// # Errors
/// If the database cannot be read.
pub fn list_waiting(tx: &mut Tx<'_>, kind: &str, limit: u32) -> Result<Vec<JobRow>, StoreFault> {
    tx.list(&sql::LIST_WAITING, values![kind, limit], read)
}

/// When the next job of a kind is ready: how long a worker may sleep.
///
/// # Errors
/// If the database cannot be read.
pub fn find_next_ready(tx: &mut Tx<'_>, kind: &str) -> Result<Option<Timestamp>, StoreFault> {
    tx.get(&sql::NEXT_READY, values![kind], |row| row.opt_time(0))
}

fn read(row: &Row<'_>) -> Result<JobRow, StoreFault> {
    Ok(JobRow {
        id: row.parse(0)?,
        kind: row.string(1)?,
        key: row.string(2)?,
        payload: row.string(3)?,
        ready_at: row.time(4)?,
        tries: row.number(5)?,
        parked_at: row.opt_time(6)?,
        last_error: row.opt_string(7)?,
    })
}

fn shorten(error: &str) -> String {
    error.chars().take(ERROR_LIMIT).collect()
}
