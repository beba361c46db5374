//! The instants that records hold, as seconds.

use jiff::Timestamp;

/// The instant of a second since 1970. One that no calendar has is taken for the nearest that one has.
pub(crate) fn instant(second: i64) -> Timestamp {
    let limit = if second < 0 { Timestamp::MIN } else { Timestamp::MAX };
    Timestamp::from_second(second).unwrap_or(limit)
}

/// Seconds of a day.
const DAY: i64 = 86_400;

/// Days from 1 March of the year 0 to 1 January 1970.
const MARCH_0: i64 = 719_468;

/// Days of 400 years, after which the calendar repeats.
const ERA: i64 = 146_097;

/// The first second of the year 0, and the first of the year 10000.
const FOUR_DIGITS: std::ops::Range<i64> = -62_167_219_200..253_402_300_800;

/// Appends an instant by RFC 3339 in UTC, as its `Display` writes it: half a dozen stand in every answer.
pub(crate) fn write_rfc3339(out: &mut Vec<u8>, second: i64) {
    if !FOUR_DIGITS.contains(&second) {
        return out.extend_from_slice(instant(second).to_string().as_bytes());
    }
    let (day, time) = (second.div_euclid(DAY) + MARCH_0, second.rem_euclid(DAY));
    // Years that begin in March have the leap day last, so the lengths of their months are a straight line.
    let (era, day) = (day.div_euclid(ERA), day.rem_euclid(ERA));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let march_month = (5 * day + 2) / 153;
    let day = day - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    let year = year + era * 400 + i64::from(month <= 2);
    let mut text = *b"0000-00-00T00:00:00Z";
    let parts = [(0, year / 100), (2, year % 100), (5, month), (8, day), (11, time / 3600), (14, time / 60 % 60), (17, time % 60)];
    for (at, number) in parts {
        // Two digits each, since the year has four.
        let number = u8::try_from(number).unwrap_or_default();
        text[at] += number / 10;
        text[at + 1] += number % 10;
    }
    out.extend_from_slice(&text);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(second: i64) -> String {
        let mut out = Vec::new();
        write_rfc3339(&mut out, second);
        String::from_utf8(out).unwrap()
    }

    proptest! {
        #[test]
        fn an_instant_reads_as_the_calendar_writes_it(second in -80_000_000_000i64..300_000_000_000) {
            prop_assert_eq!(written(second), instant(second).to_string());
        }
    }

    #[test]
    fn every_day_of_four_centuries_reads_as_the_calendar_writes_it() {
        for day in -1..=ERA {
            assert_eq!(written(day * DAY + DAY - 1), instant(day * DAY + DAY - 1).to_string());
        }
        assert_eq!(written(i64::MAX), instant(i64::MAX).to_string());
    }
}
