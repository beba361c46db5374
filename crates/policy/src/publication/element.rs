//! One element of a public record: shown, withheld, or never given.

use serde::{Deserialize, Serialize};

/// What the public learns of one element.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Element<T> {
    /// Nobody gave it: it is left out, and that is no redaction (RFC 9537 section 3).
    #[default]
    Absent,
    /// There is one, and the public does not get it.
    Withheld,
    /// The public gets it.
    Shown(T),
}

impl<T> Element<T> {
    /// An element that was perhaps given, and that may be shown or not.
    pub fn of(given: Option<T>, is_shown: bool) -> Self {
        match given {
            None => Self::Absent,
            Some(_) if !is_shown => Self::Withheld,
            Some(value) => Self::Shown(value),
        }
    }

    /// The value, if the public gets it.
    pub fn shown(&self) -> Option<&T> {
        match self {
            Self::Shown(value) => Some(value),
            Self::Absent | Self::Withheld => None,
        }
    }

    /// Whether there is one that the public does not get.
    pub fn is_withheld(&self) -> bool {
        matches!(self, Self::Withheld)
    }
}
