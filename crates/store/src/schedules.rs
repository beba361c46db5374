//! Schedules: what recurs. A schedule that came due is taken in the transaction that enqueues its work.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::fault::StoreFault;
use crate::sql::schedules as sql;
use crate::tx::Tx;
use crate::value::{Row, values};

/// Something that recurs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// What, for example `reconcile`.
    pub name: String,
    /// How often.
    pub every: Duration,
    /// When next.
    pub next_at: Timestamp,
}

/// Sets how often something recurs. The first time is `first_at`; if it was set before, its next time stays.
///
/// # Errors
/// [`StoreFault::Constraint`] for an interval below a second.
pub fn set(tx: &mut Tx<'_>, name: &str, every: Duration, first_at: Timestamp) -> Result<(), StoreFault> {
    tx.execute(&sql::SET, values![name, every.as_secs(), first_at]).map(drop)
}

/// Removes a schedule; `false` if there is none.
///
/// # Errors
/// If the database cannot be written.
pub fn remove(tx: &mut Tx<'_>, name: &str) -> Result<bool, StoreFault> {
    Ok(tx.execute(&sql::REMOVE, values![name])? > 0)
}

/// Takes every schedule that is due and moves each on to its first time after `now`: what was missed during an outage
/// comes once, not as often as it was missed.
///
/// # Errors
/// If the database cannot be written.
pub fn take_due(tx: &mut Tx<'_>, now: Timestamp) -> Result<Vec<Schedule>, StoreFault> {
    let due = tx.list(&sql::LIST_DUE, values![now], read)?;
    let mut taken = Vec::with_capacity(due.len());
    for schedule in due {
        if tx.execute(&sql::ADVANCE, values![after(&schedule, now), &schedule.name, schedule.next_at])? > 0 {
            taken.push(schedule);
        }
    }
    Ok(taken)
}

/// Takes one schedule if it is due, and moves it on as [`take_due`] does. Gives when it came due.
///
/// # Errors
/// If the database cannot be written.
pub fn take(tx: &mut Tx<'_>, name: &str, now: Timestamp) -> Result<Option<Timestamp>, StoreFault> {
    let Some(schedule) = find(tx, name)?.filter(|schedule| schedule.next_at <= now) else {
        return Ok(None);
    };
    let is_taken = tx.execute(&sql::ADVANCE, values![after(&schedule, now), name, schedule.next_at])? > 0;
    Ok(is_taken.then_some(schedule.next_at))
}

/// One schedule.
///
/// # Errors
/// If the database cannot be read.
pub fn find(tx: &mut Tx<'_>, name: &str) -> Result<Option<Schedule>, StoreFault> {
    tx.find(&sql::FIND, values![name], read)
}

/// Every schedule.
///
/// # Errors
/// If the database cannot be read.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<Schedule>, StoreFault> {
    tx.list(&sql::LIST, &[], read)
}

/// When the next schedule comes due: how long the clock's worker may sleep.
///
/// # Errors
/// If the database cannot be read.
pub fn find_next(tx: &mut Tx<'_>) -> Result<Option<Timestamp>, StoreFault> {
    tx.get(&sql::NEXT, &[], |row| row.opt_time(0))
}

/// The first time of the schedule's grid that is after `now`.
fn after(schedule: &Schedule, now: Timestamp) -> Timestamp {
    let every_s = i64::try_from(schedule.every.as_secs()).unwrap_or(i64::MAX).max(1);
    let missed = now.duration_since(schedule.next_at).as_secs() / every_s;
    let ahead = SignedDuration::from_secs(every_s.saturating_mul(missed.saturating_add(1)));
    schedule.next_at.checked_add(ahead).unwrap_or(Timestamp::MAX)
}

fn read(row: &Row<'_>) -> Result<Schedule, StoreFault> {
    Ok(Schedule { name: row.string(0)?, every: Duration::from_secs(row.number(1)?), next_at: row.time(2)? })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_missed_comes_once_and_the_grid_stays() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let schedule = Schedule { name: "poll".to_owned(), every: Duration::from_secs(3600), next_at: at("2026-01-01T00:10:00Z") };
        let cases = [
            ("2026-01-01T00:10:00Z", "2026-01-01T01:10:00Z"),
            ("2026-01-01T00:59:00Z", "2026-01-01T01:10:00Z"),
            ("2026-01-01T01:10:00Z", "2026-01-01T02:10:00Z"),
            ("2026-01-08T12:00:00Z", "2026-01-08T12:10:00Z"),
        ];
        for (now, next) in cases {
            assert_eq!(after(&schedule, at(now)), at(next), "{now}");
        }
    }
}
