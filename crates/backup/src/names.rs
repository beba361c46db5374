//! Names of generations and objects: they sort in the order in which they were written, and say nothing of what is in them.

use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

/// What every object's name ends with.
const ENDING: &str = ".pgp";

/// The instant of a generation's id, in UTC.
const INSTANT: &str = "%Y%m%dT%H%M%SZ";

/// Characters of a generation's id.
const ID_LENGTH: usize = 21;

/// The id of a generation: the instant of its base, and four digits by chance.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct GenerationId(String);

impl GenerationId {
    /// A new one.
    #[must_use]
    pub fn new(at: Timestamp, chance: u16) -> Self {
        Self(format!("{}-{chance:04x}", at.strftime(INSTANT)))
    }

    /// When it began, to the second; none where the id says no instant.
    #[must_use]
    pub fn begun_at(&self) -> Option<Timestamp> {
        let (instant, _) = self.0.rsplit_once('-')?;
        Offset::UTC.to_timestamp(DateTime::strptime(INSTANT, instant).ok()?).ok()
    }
}

impl FromStr for GenerationId {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let is_one = text.len() == ID_LENGTH && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if is_one { Ok(Self(text.to_owned())) } else { Err(format!("`{text}` is no generation of backups, such as 20261201T042000Z-5f0c")) }
    }
}

impl TryFrom<String> for GenerationId {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<GenerationId> for String {
    fn from(id: GenerationId) -> Self {
        id.0
    }
}

impl fmt::Display for GenerationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What an object is, by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Name {
    /// A part of the base, from 1.
    Base(u32),
    /// A segment, from 1.
    Segment(u64),
    /// A part, from 1, of the manifest at the end of a segment, or of the base (0).
    Manifest(u64, u32),
}

impl Name {
    /// The whole name below the place.
    pub fn of(self, generation: &GenerationId) -> String {
        match self {
            Self::Base(part) => format!("{generation}/base-{part:06}{ENDING}"),
            Self::Segment(sequence) => format!("{generation}/segment-{sequence:012}{ENDING}"),
            Self::Manifest(sequence, part) => format!("{generation}/manifest-{sequence:012}-{part:06}{ENDING}"),
        }
    }

    /// Reads a name; none if it is nobody's of ours.
    pub fn parse(name: &str) -> Option<(GenerationId, Self)> {
        let (generation, rest) = name.split_once('/')?;
        let (generation, rest) = (generation.parse().ok()?, rest.strip_suffix(ENDING)?);
        let number = |digits: &str, count: usize| -> Option<u64> {
            (digits.len() == count && digits.bytes().all(|digit| digit.is_ascii_digit())).then(|| digits.parse().ok())?
        };
        let part = |digits: &str| number(digits, 6).and_then(|part| u32::try_from(part).ok());
        let name = match rest.split_once('-')? {
            ("base", digits) => Self::Base(part(digits)?),
            ("segment", digits) => Self::Segment(number(digits, 12)?),
            ("manifest", digits) => {
                let (sequence, digits) = digits.split_once('-')?;
                Self::Manifest(number(sequence, 12)?, part(digits)?)
            }
            _ => return None,
        };
        Some((generation, name))
    }
}
