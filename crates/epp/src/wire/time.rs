//! Dates as EPP writes them (RFC 5730 section 2.8: UTC, `T` and `Z`), and as registries do.

use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use model::Timestamp;

use super::error::{Cx, DecodeError, DeviationKind, Fault};
use super::read;
use crate::xml::Element;

/// Years a four-digit `dateTime` can carry.
const YEARS: std::ops::RangeInclusive<i16> = 1..=9999;

/// `2026-11-23T18:30:00Z`, with a fraction only where there is one; `None` outside the years 1 to 9999.
pub(crate) fn write(instant: Timestamp) -> Option<String> {
    let year = TimeZone::UTC.to_datetime(instant).year();
    YEARS.contains(&year).then(|| instant.to_string())
}

/// `2026-11-23`; `None` outside the years 1 to 9999.
pub(crate) fn write_date(date: Date) -> Option<String> {
    YEARS.contains(&date.year()).then(|| date.to_string())
}

/// Reads the text of an element as an instant, truncated to microseconds.
pub(crate) fn read(cx: &mut Cx, element: &Element) -> Result<Timestamp, DecodeError> {
    parse(cx, &element.label(), &read::token(element))
}

/// Reads an instant from text.
pub(crate) fn parse(cx: &mut Cx, at: &str, text: &str) -> Result<Timestamp, DecodeError> {
    let instant = match text.parse::<Timestamp>() {
        Ok(instant) => {
            let is_usual = text.ends_with('Z') && !text.contains('.') && text.as_bytes().get(10) == Some(&b'T');
            if !is_usual {
                cx.deviate(DeviationKind::DateForm, at, "the date has a fraction, an offset, or no `T`")?;
            }
            instant
        }
        Err(_) => {
            let civil: DateTime = text.parse().map_err(|_| DecodeError::new(Fault::Value, at, "is not a date and time"))?;
            cx.deviate(DeviationKind::DateForm, at, "the date has no time zone; taken as UTC")?;
            TimeZone::UTC.to_timestamp(civil).map_err(|_| DecodeError::new(Fault::Range, at, "is beyond the dates we can hold"))?
        }
    };
    Timestamp::from_microsecond(instant.as_microsecond()).map_err(|_| DecodeError::new(Fault::Range, at, "is beyond the dates we can hold"))
}

/// Reads the text of an element as a calendar day.
pub(crate) fn read_date(cx: &mut Cx, element: &Element) -> Result<Date, DecodeError> {
    let text = read::token(element);
    if let Some(date) = parse_date(&text) {
        return Ok(date);
    }
    let day = text.get(..10).and_then(parse_date);
    let Some(day) = day else {
        return Err(DecodeError::new(Fault::Value, element.label(), "is not a date of the form 2026-11-23"));
    };
    cx.deviate(DeviationKind::DateForm, element.label(), "the date has a time or a time zone; only the day is used")?;
    Ok(day)
}

fn parse_date(text: &str) -> Option<Date> {
    let has_form = text.len() == 10 && text.bytes().enumerate().all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
    if has_form { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_seen_in_the_field() {
        let table = [
            ("1999-04-03T22:00:00Z", "1999-04-03T22:00:00Z", 0),
            ("1999-04-03T22:00:00.0Z", "1999-04-03T22:00:00Z", 1),
            ("1999-04-03T22:00:00.123456789Z", "1999-04-03T22:00:00.123456Z", 1),
            ("2026-11-23T18:30:00+02:00", "2026-11-23T16:30:00Z", 1),
            ("2026-11-23T18:30:00", "2026-11-23T18:30:00Z", 1),
            ("2026-11-23 18:30:00Z", "2026-11-23T18:30:00Z", 1),
        ];
        for (text, expected, deviations) in table {
            let mut cx = Cx::tolerant();
            let instant = parse(&mut cx, "domain:exDate", text).unwrap();
            assert_eq!((write(instant).unwrap().as_str(), cx.deviations.len()), (expected, deviations), "{text}");
        }
        for text in ["", "soon", "2026-13-01T00:00:00Z", "2026-11-23"] {
            let outcome = parse(&mut Cx::tolerant(), "domain:exDate", text);
            assert!(outcome.is_err() || text == "2026-11-23", "{text}");
        }
    }

    #[test]
    fn a_day_is_read_from_what_servers_accept_as_one() {
        let table = [("2026-11-23", Some(0)), ("2026-11-23Z", Some(1)), ("2026-11-23T00:00:00Z", Some(1)), ("23.11.2026", None)];
        for (text, expected) in table {
            let mut cx = Cx::tolerant();
            let element = Element::new(crate::namespace::Namespace::Domain, "curExpDate").with_text(text);
            let read = read_date(&mut cx, &element).ok().map(|_| cx.deviations.len());
            assert_eq!(read, expected, "{text}");
        }
    }
}
