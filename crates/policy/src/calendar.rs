//! Days, hours and dates as the rules count them: calendar days are 24 hours of UTC (obligations section 0).

use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{SignedDuration, Timestamp};

/// A registry's clock and ours may differ by so many minutes: what either dates is compared with this much room.
pub const CLOCK_SKEW_MINUTES: i64 = 5;

/// The instant `days` calendar days after `at`; negative days lie before it. Stops at the ends of the calendar.
#[must_use]
pub fn add_days(at: Timestamp, days: i32) -> Timestamp {
    add_hours(at, i64::from(days).saturating_mul(24))
}

/// The instant `hours` elapsed hours after `at`. Stops at the ends of the calendar.
#[must_use]
pub fn add_hours(at: Timestamp, hours: i64) -> Timestamp {
    add_seconds(at, hours.saturating_mul(3600))
}

/// The instant `minutes` elapsed minutes after `at`. Stops at the ends of the calendar.
#[must_use]
pub fn add_minutes(at: Timestamp, minutes: i64) -> Timestamp {
    add_seconds(at, minutes.saturating_mul(60))
}

fn add_seconds(at: Timestamp, seconds: i64) -> Timestamp {
    at.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(at)
}

/// The same moment of the month, `months` later (UTC calendar); the month's last day where it is shorter. Stops at the ends of the
/// calendar.
#[must_use]
pub fn add_months(at: Timestamp, months: i32) -> Timestamp {
    let moved = Offset::UTC.to_datetime(at).checked_add(jiff::Span::new().try_months(months).unwrap_or_default());
    moved.and_then(|moved| Offset::UTC.to_timestamp(moved)).unwrap_or(at)
}

/// The UTC date of an instant, as it stands in keys and messages.
#[must_use]
pub fn utc_date(at: Timestamp) -> Date {
    Offset::UTC.to_datetime(at).date()
}

/// The whole years between two ends of term, to the nearest year; negative when `to` lies before `from`.
///
/// Registries move an expiry by calendar years and may differ from us by seconds, so the nearest year is the year.
#[must_use]
pub fn years_between(from: Timestamp, to: Timestamp) -> i8 {
    const MEAN_YEAR_SECONDS: f64 = 365.2425 * 86_400.0;
    let seconds = to.as_second().saturating_sub(from.as_second());
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_precision_loss,
        reason = "bounded by the calendar (under 20,000 years); `as` saturates, and no term is longer than ten years"
    )]
    let years = (seconds as f64 / MEAN_YEAR_SECONDS).round() as i8;
    years
}

/// The same moment of the year, `years` earlier (UTC calendar); 29 February becomes 28 February in a common year.
#[must_use]
pub fn subtract_years(at: Timestamp, years: u8) -> Timestamp {
    let from = Offset::UTC.to_datetime(at);
    let (year, month, day) = (from.date().year().saturating_sub(i16::from(years)), from.date().month(), from.date().day());
    Date::new(year, month, day)
        .or_else(|_| Date::new(year, month, 28))
        .and_then(|date| Offset::UTC.to_timestamp(date.to_datetime(from.time())))
        .unwrap_or(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn days_and_years_are_counted_by_the_calendar() {
        assert_eq!(add_days(at("2026-11-01T12:00:00Z"), -32), at("2026-09-30T12:00:00Z"));
        assert_eq!(utc_date(at("2026-12-31T23:59:59Z")).to_string(), "2026-12-31");
        for (from, to, years) in [
            ("2026-03-01T00:00:00Z", "2027-03-01T00:00:00Z", 1),
            ("2024-02-29T10:00:00Z", "2025-02-28T10:00:00Z", 1),
            ("2026-03-01T00:00:00Z", "2036-03-01T00:00:07Z", 10),
            ("2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z", 0),
            ("2027-03-01T00:00:00Z", "2026-03-01T00:00:00Z", -1),
        ] {
            assert_eq!(years_between(at(from), at(to)), years, "{from} {to}");
        }
        assert_eq!(subtract_years(at("2028-02-29T01:02:03Z"), 1), at("2027-02-28T01:02:03Z"));
    }
}
