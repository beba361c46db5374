//! How the files of a deposit are called: `<IANA id>_RDE_<date>_<what>_<part>.csv.gz.gpg`. The date is UTC and is the day of the state
//! that is deposited. Others number parts from 0, write `handle` for `hdl`, or leave endings away; all of that is read.

use std::fmt;

use jiff::civil::Date;
use thiserror::Error;

use crate::iana_id::IanaId;

/// What a file of a deposit holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holds {
    /// Every name.
    Full,
    /// The names that are new or changed since the last full deposit.
    Incremental,
    /// The people behind the handles of a deposit of 2007.
    Handles,
    /// The SHA-256 of every other file's plain text.
    Hashes,
}

impl Holds {
    /// The word in the file's name.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Full => "full",
            Self::Incremental => "inc",
            Self::Handles => "hdl",
            Self::Hashes => "hash",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        match word {
            "full" => Some(Self::Full),
            "inc" => Some(Self::Incremental),
            "hdl" | "handle" => Some(Self::Handles),
            "hash" => Some(Self::Hashes),
            _ => None,
        }
    }
}

/// A file of a deposit, without the endings that say how it is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileName {
    /// Whose deposit.
    pub registrar: IanaId,
    /// The day of the state that is deposited, in UTC.
    pub day: Date,
    /// What it holds.
    pub holds: Holds,
    /// Which part; ours count from 1. The file of hashes has none.
    pub part: Option<u32>,
}

/// How a file is packed, as its name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packing {
    /// It is compressed with gzip.
    pub is_compressed: bool,
    /// It is an OpenPGP message.
    pub is_sealed: bool,
}

impl FileName {
    /// Reads a name without folders, with any of the endings in use.
    ///
    /// # Errors
    /// [`FileNameError`] if it is not the name of a deposit's file.
    pub fn parse(name: &str) -> Result<(Self, Packing), FileNameError> {
        let wrong = |reason| FileNameError { name: shortened(name), reason };
        let (rest, is_sealed) = strip_any(name, &[".gpg", ".pgp", ".asc"]);
        let (rest, is_compressed) = strip_any(rest, &[".gz"]);
        let (rest, _) = strip_any(rest, &[".csv", ".txt"]);
        let mut words = rest.split('_');
        let mut next = |reason| words.next().ok_or_else(|| wrong(reason));
        let registrar = next("it has no registrar id")?.parse().map_err(|_| wrong("it does not begin with a registrar id"))?;
        if next("`RDE` does not follow the registrar id")? != "RDE" {
            return Err(wrong("`RDE` does not follow the registrar id"));
        }
        let day = next("it has no date")?;
        let day = (day.len() == 10).then(|| day.parse().ok()).flatten().ok_or_else(|| wrong("its date is not written as YYYY-MM-DD"))?;
        let holds =
            Holds::parse(next("it does not say what it holds")?).ok_or_else(|| wrong("it holds neither full, inc, hdl nor hash"))?;
        let part = match words.next() {
            Some(part) if part.len() <= 6 && part.bytes().all(|byte| byte.is_ascii_digit()) => {
                Some(part.parse().map_err(|_| wrong("its part is no number"))?)
            }
            Some(_) => return Err(wrong("its part is no number")),
            None => None,
        };
        if words.next().is_some() {
            return Err(wrong("something follows the number of the part"));
        }
        if part.is_none() && holds != Holds::Hashes {
            return Err(wrong("it has no number of a part"));
        }
        Ok((Self { registrar, day, holds, part }, Packing { is_compressed, is_sealed }))
    }

    /// The name that stands in the file of hashes: of the plain text, before it is packed.
    #[must_use]
    pub fn plain(&self) -> String {
        let ending = if self.holds == Holds::Hashes { "txt" } else { "csv" };
        format!("{self}.{ending}")
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}_RDE_{}_{}", self.registrar, self.day, self.holds.word())?;
        self.part.map_or(Ok(()), |part| write!(f, "_{part}"))
    }
}

/// `name` without the first ending that fits, and whether one did.
fn strip_any<'n>(name: &'n str, endings: &[&str]) -> (&'n str, bool) {
    endings.iter().find_map(|ending| name.strip_suffix(ending)).map_or((name, false), |rest| (rest, true))
}

/// Enough of a foreign name to find it by.
fn shortened(name: &str) -> String {
    name.chars().take(80).map(|c| if c.is_control() { '?' } else { c }).collect()
}

/// A file that is not called as a deposit's file is.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{name}` is no name of a deposit's file: {reason}; names look like 9999_RDE_2026-11-30_full_1.csv.gz.gpg")]
pub struct FileNameError {
    /// Its beginning.
    pub name: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, wanted: &str) {
        let read = match FileName::parse(name) {
            Ok((name, packing)) => format!("{name} compressed={} sealed={}", packing.is_compressed, packing.is_sealed),
            Err(error) => error.reason.to_owned(),
        };
        assert_eq!(read, wanted, "{name}");
    }

    #[test]
    fn names_are_read_as_they_are_seen_in_the_wild() {
        check("9999_RDE_2026-11-30_full_1.csv.gz.gpg", "9999_RDE_2026-11-30_full_1 compressed=true sealed=true");
        check("9999_RDE_2026-11-30_hdl_12.csv.gz.asc", "9999_RDE_2026-11-30_hdl_12 compressed=true sealed=true");
        check("1_RDE_2026-02-28_handle_0", "1_RDE_2026-02-28_hdl_0 compressed=false sealed=false");
        check("1_RDE_2026-02-28_inc_1.csv", "1_RDE_2026-02-28_inc_1 compressed=false sealed=false");
        check("1_RDE_2026-02-28_hash.txt", "1_RDE_2026-02-28_hash compressed=false sealed=false");
        check("1_RDE_2026-02-28_hash", "1_RDE_2026-02-28_hash compressed=false sealed=false");
    }

    #[test]
    fn other_names_are_refused_with_what_is_wrong() {
        check("", "it does not begin with a registrar id");
        check("full.csv", "it does not begin with a registrar id");
        check("0_RDE_2026-02-28_full_1.csv", "it does not begin with a registrar id");
        check("9999", "`RDE` does not follow the registrar id");
        check("9999_rde_2026-02-28_full_1.csv", "`RDE` does not follow the registrar id");
        check("9999_RDE_2026-02-31_full_1.csv", "its date is not written as YYYY-MM-DD");
        check("9999_RDE_20260228_full_1.csv", "its date is not written as YYYY-MM-DD");
        check("9999_RDE_2026-02-28_all_1.csv", "it holds neither full, inc, hdl nor hash");
        check("9999_RDE_2026-02-28_full.csv", "it has no number of a part");
        check("9999_RDE_2026-02-28_full_x.csv", "its part is no number");
        check("9999_RDE_2026-02-28_full_1_2.csv", "something follows the number of the part");
        check("9999_RDE_2026-02-28_full_1.csv.partial", "its part is no number");
    }

    #[test]
    fn the_plain_name_stands_in_the_file_of_hashes() {
        let (name, _) = FileName::parse("9999_RDE_2026-11-30_full_1.csv.gz.gpg").unwrap();
        assert_eq!(name.plain(), "9999_RDE_2026-11-30_full_1.csv");
    }
}
