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
        0 => "no renewal is possible yet; try again when at most nine years remain".into(),
        1 => "ask for 1 year".into(),
        n => format!("ask for at most {n} years"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn years(n: u8) -> Period {
        Period::years(n).unwrap()
    }

    #[test]
    fn a_year_later_is_the_same_day_of_the_calendar() {
        for (from, years, want) in [
            ("2026-11-23T18:00:00Z", 1, "2027-11-23T18:00:00Z"),
            ("2027-02-28T00:00:00Z", 1, "2028-02-28T00:00:00Z"),
            ("2028-02-29T23:59:59.999999Z", 1, "2029-02-28T23:59:59.999999Z"),
            ("2028-02-29T12:00:00Z", 4, "2032-02-29T12:00:00Z"),
            ("2092-02-29T12:00:00Z", 8, "2100-02-28T12:00:00Z"),
            ("2028-12-31T23:59:60Z", 1, "2029-12-31T23:59:59Z"),
            ("2026-11-23T18:00:00Z", 0, "2026-11-23T18:00:00Z"),
        ] {
            assert_eq!(add_years(at(from), years), at(want), "{from} + {years}");
        }
        assert_eq!(add_years(Timestamp::MAX, 10), Timestamp::MAX);
    }

    /// Current expiry, years asked, what comes out; now is 2026-11-23T12:00:00Z.
    #[test]
    fn ten_years_ahead_is_the_limit_to_the_second() {
        let now = at("2026-11-23T12:00:00Z");
        for (current, ask, want) in [
            ("2026-11-23T12:00:00Z", 10, Some("2036-11-23T12:00:00Z")),
            ("2026-11-23T12:00:01Z", 10, None),
            ("2035-11-23T12:00:00Z", 1, Some("2036-11-23T12:00:00Z")),
            ("2035-11-23T12:00:01Z", 1, None),
            ("2026-10-01T00:00:00Z", 10, Some("2036-10-01T00:00:00Z")),
        ] {
            assert_eq!(extend(at(current), years(ask), now).ok(), want.map(at), "{current} + {ask}");
        }
        for (current, want) in [
            ("2027-05-05T00:00:00Z", "2028-05-05T00:00:00Z"),
            ("2035-11-23T12:00:00Z", "2036-11-23T12:00:00Z"),
            ("2036-06-01T00:00:00Z", "2036-11-23T12:00:00Z"),
            ("2036-11-23T12:00:00Z", "2036-11-23T12:00:00Z"),
        ] {
            assert_eq!(extend_by_transfer(at(current), now), at(want), "{current} by transfer");
        }
    }

    #[test]
    fn the_refusal_says_how_much_is_possible() {
        let now = at("2026-11-23T12:00:00Z");
        let sentence = |current, ask| extend(at(current), years(ask), now).unwrap_err().to_string();
        let sentences =
            [sentence("2030-01-01T00:00:00Z", 10), sentence("2035-01-01T00:00:00Z", 2), sentence("2036-01-01T00:00:00Z", 1)].join("\n");
        insta::assert_snapshot!(sentences, @r"
10 years more would move the expiry to 2040-01-01, past the limit of 2036-11-23 (10 years from now); ask for at most 6 years
2 years more would move the expiry to 2037-01-01, past the limit of 2036-11-23 (10 years from now); ask for 1 year
1 year more would move the expiry to 2037-01-01, past the limit of 2036-11-23 (10 years from now); no renewal is possible yet; try again when at most nine years remain
");
    }

    /// Any moment of 2000 to 2100, to the microsecond.
    fn moment() -> impl Strategy<Value = Timestamp> {
        (946_684_800_000_000i64..4_102_444_800_000_000).prop_map(|micros| Timestamp::from_microsecond(micros).unwrap())
    }

    proptest! {
        #[test]
        fn order_is_kept(a in moment(), b in moment(), n in 1u8..=10) {
            let (early, late) = (a.min(b), a.max(b));
            prop_assert!(add_years(early, n) <= add_years(late, n));
            prop_assert!(add_years(early, n) > early);
        }

        #[test]
        fn only_the_leap_day_moves(from in moment(), n in 1u8..=10) {
            let (before, after) = (Offset::UTC.to_datetime(from), Offset::UTC.to_datetime(add_years(from, n)));
            prop_assert_eq!(after.date().year(), before.date().year() + i16::from(n));
            prop_assert_eq!((after.date().month(), after.time()), (before.date().month(), before.time()));
            let was_leap_day = before.date().month() == 2 && before.date().day() == 29;
            let day = if was_leap_day && !after.date().in_leap_year() { 28 } else { before.date().day() };
            prop_assert_eq!(after.date().day(), day);
        }

        #[test]
        fn nothing_runs_more_than_ten_years_ahead(now in moment(), ahead_days in 0i64..3652, n in 1u8..=10) {
            let current = now + jiff::SignedDuration::from_hours(24 * ahead_days);
            let latest = add_years(now, 10);
            match extend(current, years(n), now) {
                Ok(extended) => {
                    prop_assert_eq!(extended, add_years(current, n));
                    prop_assert!(extended <= latest);
                }
                Err(refusal) => {
                    prop_assert!(add_years(current, n) > latest);
                    prop_assert!(refusal.most < n);
                    prop_assert!(refusal.most == 0 || extend(current, years(refusal.most), now).is_ok());
                    prop_assert!(extend(current, years(refusal.most + 1), now).is_err());
                }
            }
            prop_assume!(current <= latest);
            let moved = extend_by_transfer(current, now);
            prop_assert!(current <= moved && moved <= latest && moved <= add_years(current, 1));
        }
    }
}
