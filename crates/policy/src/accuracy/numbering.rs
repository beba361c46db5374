//! The numbering plans behind E.164: which country codes are in use, how long their numbers are and how they begin.
//!
//! An own table instead of a library: `phonenumber` 0.3.10 takes 52 s of processor time to build, brings some twenty crates more, several of
//! them long without a maintainer, and does not tell an impossible number from one that is not given out. Its data, reduced to what is asked
//! here, is 40 kB.

/// One row a country code; the head of the file explains the columns.
const TABLE: &str = include_str!("numbering.txt");

/// All the leading digits that the table knows.
const WHOLE: usize = usize::MAX;

/// How a number stands in a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// Numbers that begin so and are as long have been given out.
    Given,
    /// None that begin so have been given out, but their neighbours are as long.
    Unknown,
    /// Those that begin so, or their neighbours, are longer or shorter.
    Impossible,
}

/// The plan of one country code: groups such as `7,9-10: 800 845`, separated by `; `.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan(&'static str);

impl Plan {
    /// The plan of a country code; none where the code is not in use.
    pub(super) fn find(code: &str) -> Option<Self> {
        let row = rows().find(|row| row.split(' ').next() == Some(code))?;
        row.rsplit(" | ").next().map(Self)
    }

    /// How a national number stands in the plan. Its closest relatives decide: the numbers that begin as it does; if there are none, those
    /// that begin with the same digit, since a range may have been given out after the table was made; if there are none, all.
    pub(super) fn standing(self, number: &str) -> Standing {
        for digits in [WHOLE, 1, 0] {
            let is_relative = |starts: &str| starts.split(' ').any(|range| begins(number, range, digits));
            let mut relatives = self.groups().filter(|(_, starts)| is_relative(starts)).peekable();
            if relatives.peek().is_some() {
                return match (relatives.any(|(lengths, _)| is_among(lengths, number.len())), digits) {
                    (true, WHOLE) => Standing::Given,
                    (true, _) => Standing::Unknown,
                    (false, _) => Standing::Impossible,
                };
            }
        }
        Standing::Impossible
    }

    fn groups(self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.0.split("; ").filter_map(|group| group.split_once(": "))
    }
}

fn rows() -> impl Iterator<Item = &'static str> {
    TABLE.lines().filter(|line| !line.starts_with('#'))
}

/// The ends of `9-10`, or twice the same of `7`.
fn ends(range: &str) -> (&str, &str) {
    range.split_once('-').unwrap_or((range, range))
}

fn is_among(lengths: &str, digits: usize) -> bool {
    lengths.split(',').map(ends).any(|(least, most)| {
        let bound = |text: &str| text.parse::<usize>().ok();
        bound(least).is_some_and(|least| least <= digits) && bound(most).is_some_and(|most| digits <= most)
    })
}

/// Whether the number begins with one of a range such as `113-118`, looking at so many digits at most; both ends have the same number of
/// digits.
fn begins(number: &str, range: &str, digits: usize) -> bool {
    let (first, last) = ends(range);
    let digits = digits.min(first.len());
    match (number.get(..digits), first.get(..digits), last.get(..digits)) {
        (Some(number), Some(first), Some(last)) => first <= number && number <= last,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_can_be_read() {
        let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let mut codes = Vec::new();
        for row in rows() {
            let columns: Vec<&str> = row.split(" | ").collect();
            let [code, _, groups] = columns.as_slice() else { panic!("{row}") };
            assert!(is_number(code) && code.len() <= 3, "{row}");
            for group in groups.split("; ") {
                let (lengths, starts) = group.split_once(": ").unwrap_or_else(|| panic!("{group}"));
                for (least, most) in lengths.split(',').map(ends) {
                    assert!(least.parse::<usize>().unwrap() <= most.parse::<usize>().unwrap(), "{code} {lengths}");
                }
                for (first, last) in starts.split(' ').map(ends) {
                    assert!(is_number(first) && first.len() == last.len() && first <= last, "{code} {starts}");
                }
            }
            codes.push(*code);
        }
        assert!(codes.len() > 200 && codes.is_sorted_by(|a, b| a < b), "{}", codes.len());
    }

    /// No code begins with another, or one could not tell where it ends (E.164 section 6.1).
    #[test]
    fn codes_are_free_of_prefixes() {
        let codes: Vec<&str> = rows().filter_map(|row| row.split(' ').next()).collect();
        for code in &codes {
            assert!(!codes.iter().any(|other| other != code && other.starts_with(code)), "{code}");
        }
    }
}
