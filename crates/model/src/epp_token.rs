//! Identifiers that EPP schemas define as tokens with length limits: clTRID, svTRID, ROID, clIDType.

use std::fmt;
use std::str::FromStr;

use thiserror::Error;
use unicode_general_category::{GeneralCategory as G, get_general_category};

use crate::IntentId;
use crate::word::{quoted, serde_as_text};

/// Declares a string type that is an `xs:token` with a length range.
macro_rules! token_type {
    ($(#[$meta:meta])* $name:ident, $what:literal, $min:literal..=$max:literal) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Box<str>);

        impl $name {
            /// Fewest characters (schema facet).
            pub const MIN_CHARS: usize = $min;
            /// Most characters (schema facet).
            pub const MAX_CHARS: usize = $max;

            /// Reads the identifier by its schema facets; nothing is trimmed or folded.
            pub fn parse(text: &str) -> Result<Self, TokenError> {
                check_token(text, $what, $min, $max)?;
                Ok(Self(text.into()))
            }
        }

        token_type!(@text $name);
    };
    (@text $name:ident) => {
        impl $name {
            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = TokenError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                Self::parse(text)
            }
        }

        serde_as_text!($name);
    };
}

token_type!(
    /// Client transaction identifier (RFC 5730 section 2.5, `trIDStringType`). One per attempt, never used twice.
    ClTrid, "a clTRID", 3..=64
);
token_type!(
    /// Server transaction identifier (RFC 5730 section 2.6, `trIDStringType`).
    SvTrid, "an svTRID", 3..=64
);
token_type!(
    /// A registrar as a registry names it (`clIDType`), such as `NAMEKEEP-1`.
    RegistrarHandle, "a registrar handle", 3..=16
);
token_type!(
    /// A contact as a registry names it (`clIDType`).
    ContactHandle, "a contact handle", 3..=16
);

impl ClTrid {
    /// The identifier of one attempt of an intent; attempts count from 1.
    pub fn new(intent: &IntentId, attempt: u32) -> Self {
        Self(format!("{intent}-{attempt}").into())
    }

    /// The intent and attempt this identifier was made for; nothing if it is not one of ours.
    pub fn intent(&self) -> Option<(IntentId, u32)> {
        let (intent, attempt) = self.0.rsplit_once('-')?;
        let parsed = (intent.parse().ok()?, attempt.parse().ok()?);
        (*self == ClTrid::new(&parsed.0, parsed.1)).then_some(parsed)
    }
}

/// Repository object identifier (RFC 5730 section 2.8): up to 80 word characters, a hyphen, and the repository's
/// suffix of up to 8, such as `D1234-ALPHA`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Roid(Box<str>);

impl Roid {
    /// Reads a ROID by the schema's pattern `(\w|_){1,80}-\w{1,8}`.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        let fits = |part: &str, most: usize, also: fn(char) -> bool| {
            (1..=most).contains(&part.chars().count()) && part.chars().all(|c| is_schema_word_char(c) || also(c))
        };
        match text.split_once('-') {
            Some((object, suffix)) if fits(object, 80, |c| c == '_') && fits(suffix, 8, |_| false) => Ok(Self(text.into())),
            _ => Err(TokenError::Roid { text: quoted(text) }),
        }
    }

    /// The repository's suffix, after the hyphen.
    pub fn repository(&self) -> &str {
        self.0.rsplit_once('-').map_or("", |(_, suffix)| suffix)
    }
}

token_type!(@text Roid);

/// `\w` of XML Schema part 2: everything but punctuation, separators and other (control, format, unassigned).
fn is_schema_word_char(c: char) -> bool {
    !matches!(
        get_general_category(c),
        G::ConnectorPunctuation
            | G::DashPunctuation
            | G::OpenPunctuation
            | G::ClosePunctuation
            | G::InitialPunctuation
            | G::FinalPunctuation
            | G::OtherPunctuation
            | G::SpaceSeparator
            | G::LineSeparator
            | G::ParagraphSeparator
            | G::Control
            | G::Format
            | G::Surrogate
            | G::PrivateUse
            | G::Unassigned
    )
}

/// `xs:token`: no control characters, no blanks at the ends, no two blanks in a row.
fn check_token(text: &str, what: &'static str, min: usize, max: usize) -> Result<(), TokenError> {
    let length = text.chars().count();
    if !(min..=max).contains(&length) {
        return Err(TokenError::Length { what, length, min, max });
    }
    let mut before = ' ';
    for (at, c) in text.chars().enumerate() {
        let last = at + 1 == length;
        if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') || (c == ' ' && (before == ' ' || last)) {
            return Err(TokenError::Blank { what, text: quoted(text), position: at + 1 });
        }
        before = c;
    }
    Ok(())
}

/// Why an EPP identifier was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum TokenError {
    /// Too short or too long.
    #[error("{what} has {length} characters; it must have {min} to {max}")]
    Length {
        /// Which identifier, with its article.
        what: &'static str,
        /// Characters given.
        length: usize,
        /// Fewest allowed.
        min: usize,
        /// Most allowed.
        max: usize,
    },
    /// A control character, a blank at an end, or two blanks in a row.
    #[error("{what} `{text}` has a misplaced blank or a control character at position {position}; remove it")]
    Blank {
        /// Which identifier, with its article.
        what: &'static str,
        /// What was given.
        text: String,
        /// Position counted from 1.
        position: usize,
    },
    /// Not of the ROID pattern.
    #[error(
        "`{text}` is not a repository object id; it has up to 80 letters or digits, a hyphen and a suffix of up to 8, such as `D1234-ALPHA`"
    )]
    Roid {
        /// What was given.
        text: String,
    },
}

impl TokenError {
    /// Stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            TokenError::Length { .. } => "token.length",
            TokenError::Blank { .. } => "token.blank",
            TokenError::Roid { .. } => "token.roid",
        }
    }
}
