//! Closed lists of protocol words: one macro, so that every such enum parses, prints and serialises the same way.

use thiserror::Error;
use unicode_general_category::{GeneralCategory as G, get_general_category};
use unicode_normalization::char::is_combining_mark;

/// A word that is not in the closed list it was looked up in.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("`{word}` is not {list}; use one of {}", known.join(", "))]
pub struct UnknownWord {
    /// The word as it was given, cut to a printable length.
    pub word: String,
    /// What the list holds, with its article: "an EPP status".
    pub list: &'static str,
    /// Every word that would have been accepted.
    pub known: &'static [&'static str],
}

impl UnknownWord {
    /// Stable code for programs.
    pub fn code(&self) -> &'static str {
        "word.unknown"
    }
}

/// `text` made safe to quote in a message: control and invisible characters escaped, at most 80 characters.
pub(crate) fn quoted(text: &str) -> String {
    const MAX_QUOTED_CHARS: usize = 80;
    let mut out = String::new();
    for (count, c) in text.chars().enumerate() {
        if count == MAX_QUOTED_CHARS {
            out.push('…');
            break;
        }
        if c.is_control() || is_invisible(c) || (count == 0 && is_combining_mark(c)) {
            out.push_str(&format!("<U+{:04X}>", u32::from(c)));
        } else {
            out.push(c);
        }
    }
    out
}

/// Format characters, private use and line separators: they would reorder or hide what a message says.
fn is_invisible(c: char) -> bool {
    matches!(get_general_category(c), G::Format | G::LineSeparator | G::ParagraphSeparator | G::PrivateUse | G::Unassigned)
}

/// Declares an enum whose variants are protocol words: `as_str`, `ALL`, `FromStr`, `Display`, serde as the word.
macro_rules! words {
    (
        $(#[$meta:meta])*
        pub enum $name:ident: $list:literal {
            $( $(#[$vmeta:meta])* $variant:ident = $word:literal, )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $( $(#[$vmeta])* $variant, )+
        }

        impl $name {
            /// Every value, in declaration order.
            pub const ALL: &'static [$name] = &[ $( $name::$variant, )+ ];

            const WORDS: &'static [&'static str] = &[ $( $word, )+ ];

            /// The word exactly as the protocol spells it.
            pub fn as_str(self) -> &'static str {
                match self {
                    $( $name::$variant => $word, )+
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownWord;

            fn from_str(word: &str) -> Result<Self, Self::Err> {
                match word {
                    $( $word => Ok($name::$variant), )+
                    _ => Err($crate::UnknownWord {
                        word: $crate::word::quoted(word),
                        list: $list,
                        known: Self::WORDS,
                    }),
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        $crate::word::serde_as_display!($name);
    };
}

/// Serde as one string for a type with `as_str` and a checking `parse`.
macro_rules! serde_as_text {
    ($name:ident) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                $name::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

/// Serde as one string for a type with `Display` and `FromStr`.
macro_rules! serde_as_display {
    ($name:ident) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

pub(crate) use serde_as_display;
pub(crate) use serde_as_text;
pub(crate) use words;
