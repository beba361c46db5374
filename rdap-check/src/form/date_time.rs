//! RFC 3339 date-times.

/// Whether a text is a full date-time with an offset, such as `2026-08-21T10:00:00Z`.
pub(crate) fn is_date_time(text: &str) -> bool {
    read(text.as_bytes()).is_some()
}

fn read(octets: &[u8]) -> Option<()> {
    let (year, rest) = digits(octets, 4)?;
    let (month, rest) = digits(sign(rest, b"-")?, 2)?;
    let (day, rest) = digits(sign(rest, b"-")?, 2)?;
    let (hour, rest) = digits(sign(rest, b"Tt")?, 2)?;
    let (minute, rest) = digits(sign(rest, b":")?, 2)?;
    let (second, rest) = digits(sign(rest, b":")?, 2)?;
    let rest = fraction(rest)?;
    let days = match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        1..=12 => 31,
        _ => return None,
    };
    ((1..=days).contains(&day) && hour < 24 && minute < 60 && second <= 60 && is_offset(rest)).then_some(())
}

fn digits(octets: &[u8], count: usize) -> Option<(u32, &[u8])> {
    let (front, rest) = octets.split_at_checked(count)?;
    let all_digits = front.iter().all(u8::is_ascii_digit);
    all_digits.then(|| (front.iter().fold(0, |sum, digit| sum * 10 + u32::from(digit - b'0')), rest))
}

fn sign<'a>(octets: &'a [u8], allowed: &[u8]) -> Option<&'a [u8]> {
    octets.split_first().filter(|(first, _)| allowed.contains(first)).map(|(_, rest)| rest)
}

/// What follows a fraction of a second, if there is one.
fn fraction(octets: &[u8]) -> Option<&[u8]> {
    let Some(after) = octets.strip_prefix(b".") else { return Some(octets) };
    let length = after.iter().take_while(|octet| octet.is_ascii_digit()).count();
    (length > 0).then(|| &after[length..])
}

fn is_offset(octets: &[u8]) -> bool {
    if matches!(octets, b"Z" | b"z") {
        return true;
    }
    let numeric = || {
        let (hour, rest) = digits(sign(octets, b"+-")?, 2)?;
        let (minute, rest) = digits(sign(rest, b":")?, 2)?;
        Some(hour < 24 && minute < 60 && rest.is_empty())
    };
    numeric().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::is_date_time;

    #[test]
    fn forms() {
        for good in ["2026-08-21T10:00:00Z", "2024-02-29t23:59:60.123z", "1997-09-15T04:00:00+05:30"] {
            assert!(is_date_time(good), "{good}");
        }
        for bad in [
            "2026-08-21",
            "2026-08-21T10:00:00",
            "2023-02-29T00:00:00Z",
            "2026-13-01T00:00:00Z",
            "2026-08-21 10:00:00Z",
            "2026-08-21T10:00:00.Z",
        ] {
            assert!(!is_date_time(bad), "{bad}");
        }
    }
}
