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

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use proptest::prelude::*;

    use super::*;
    use crate::SeededEntropy;

    #[test]
    fn tokens_keep_their_facets() {
        let code = |result: Result<RegistrarHandle, TokenError>| result.map(|handle| handle.to_string()).map_err(|error| error.code());
        for (text, want) in [
            ("NAMEKEEP-1", Ok("NAMEKEEP-1".to_owned())),
            ("abc", Ok("abc".into())),
            ("a b c", Ok("a b c".into())),
            ("1234567890123456", Ok("1234567890123456".into())),
            ("ab", Err("token.length")),
            ("12345678901234567", Err("token.length")),
            (" abc", Err("token.blank")),
            ("abc ", Err("token.blank")),
            ("a  b", Err("token.blank")),
            ("a\tb", Err("token.blank")),
            ("a\u{85}b", Err("token.blank")),
        ] {
            assert_eq!(code(RegistrarHandle::parse(text)), want, "{text:?}");
        }
        assert!(SvTrid::parse(&"x".repeat(64)).is_ok() && SvTrid::parse(&"x".repeat(65)).is_err());
        assert!(serde_json::from_str::<ContactHandle>("\"ab\"").is_err());
        insta::assert_snapshot!(ContactHandle::parse("ab").unwrap_err(), @"a contact handle has 2 characters; it must have 3 to 16");
        insta::assert_snapshot!(SvTrid::parse("abc ").unwrap_err(), @"an svTRID `abc ` has a misplaced blank or a control character at position 4; remove it");
    }

    #[test]
    fn roids_follow_the_schema_pattern() {
        let longest = format!("{}-{}", "x".repeat(80), "y".repeat(8));
        for text in ["D1234-ALPHA", "a-b", "D_1-REP", "_-A", "é-中", &longest] {
            assert_eq!(Roid::parse(text).unwrap().as_str(), text);
        }
        let long = format!("{}-A", "x".repeat(81));
        for text in ["", "D1234", "D1234-", "-ALPHA", "D-A-B", "D 1-A", "D1-A_B", "D1-ABCDEFGHI", "D.1-A", "D1-A ", &long] {
            assert!(Roid::parse(text).is_err(), "{text}");
        }
        assert_eq!(Roid::parse("D1234-ALPHA").unwrap().repository(), "ALPHA");
        insta::assert_snapshot!(Roid::parse("D1234").unwrap_err(), @"`D1234` is not a repository object id; it has up to 80 letters or digits, a hyphen and a suffix of up to 8, such as `D1234-ALPHA`");
    }

    proptest! {
        #[test]
        fn a_cltrid_tells_its_intent_and_attempt(seed: u64, attempt: u32) {
            let intent = IntentId::new(Timestamp::UNIX_EPOCH, &mut SeededEntropy::new(seed));
            let made = ClTrid::new(&intent, attempt);
            prop_assert_eq!(ClTrid::parse(made.as_str()), Ok(made.clone()));
            prop_assert_eq!(made.intent(), Some((intent, attempt)));
        }

        #[test]
        fn a_foreign_cltrid_tells_nothing(text in "[ -~]{3,64}") {
            if let Ok(parsed) = ClTrid::parse(&text) {
                prop_assert!(parsed.intent().is_none_or(|(intent, attempt)| ClTrid::new(&intent, attempt) == parsed));
            }
        }
    }

    #[test]
    fn an_attempt_is_written_in_one_way_only() {
        let intent = IntentId::from_bytes([1; 16]);
        assert_eq!(ClTrid::parse(&format!("{intent}-007")).unwrap().intent(), None);
        assert_eq!(ClTrid::parse(&format!("{intent}-7")).unwrap().intent(), Some((intent, 7)));
    }
}
