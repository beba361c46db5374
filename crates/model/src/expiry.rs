//! Expiry arithmetic: calendar years, the leap day, and the ten-year cap.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;
use thiserror::Error;

use crate::Period;

/// A registration never runs more than this many years ahead of now (gTLD Registry Agreement; `TRF-20`).
pub const MAX_YEARS_AHEAD: u8 = 10;

/// The expiry after `period` more years on top of `current_expiry`.
///
/// Refused when the result would lie more than ten calendar years after `now`.
pub fn extend(current_expiry: Timestamp, period: Period, now: Timestamp) -> Result<Timestamp, ExpiryError> {
    let latest = add_years(now, MAX_YEARS_AHEAD);
    let extended = add_years(current_expiry, period.get());
    if extended > latest {
        return Err(ExpiryError { period, extended, latest, most: most_years(current_expiry, latest) });
    }
    Ok(extended)
}

/// The expiry after a completed transfer: one more year, cut to ten years after `now` (`TRF-20`).
///
/// A transfer never shortens a registration: an expiry that already lies beyond the cap stays as it is.
pub fn extend_by_transfer(current_expiry: Timestamp, now: Timestamp) -> Timestamp {
    let latest = add_years(now, MAX_YEARS_AHEAD);
    add_years(current_expiry, Period::ONE_YEAR.get()).min(latest).max(current_expiry)
}

/// The same moment of the year, `years` later (UTC calendar); 29 February becomes 28 February in a common year.
///
/// Stops at the last moment the calendar knows (end of year 9999) rather than failing.
pub fn add_years(moment: Timestamp, years: u8) -> Timestamp {
    let from = Offset::UTC.to_datetime(moment);
    let (year, month, day) = (from.date().year().saturating_add(i16::from(years)), from.date().month(), from.date().day());
    Date::new(year, month, day)
        .or_else(|_| Date::new(year, month, 28))
        .and_then(|date| Offset::UTC.to_timestamp(date.to_datetime(from.time())))
        .unwrap_or(Timestamp::MAX)
}

/// The most whole years that still fit between `current_expiry` and `latest`.
fn most_years(current_expiry: Timestamp, latest: Timestamp) -> u8 {
    (1..=MAX_YEARS_AHEAD).rev().find(|&years| add_years(current_expiry, years) <= latest).unwrap_or(0)
}

/// The extension would pass the ten-year cap.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "{period} more would move the expiry to {}, past the limit of {} ({MAX_YEARS_AHEAD} years from now); {}",
    day(*extended), day(*latest), advice(*most)
)]
pub struct ExpiryError {
    /// What was asked for.
    pub period: Period,
    /// Where the expiry would have gone.
    pub extended: Timestamp,
    /// The latest expiry that is possible now.
    pub latest: Timestamp,
    /// How many years are possible now; 0 if none.
    pub most: u8,
}

impl ExpiryError {
    /// Stable code for programs.
    pub fn code(&self) -> &'static str {
        "expiry.cap"
    }
}

fn day(moment: Timestamp) -> Date {
    Offset::UTC.to_datetime(moment).date()
}

fn advice(most: u8) -> String {
    match most {
        0 => "no renewal is possible yet; try again when less than nine years remain".into(),
        1 => "ask for 1 year".into(),
        n => format!("ask for at most {n} years"),
    }
}
