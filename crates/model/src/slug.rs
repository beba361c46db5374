//! Short lower-case names that people choose: registries, and the TLDs a registry runs.

use std::fmt;

use thiserror::Error;

use crate::name::{DomainName, NameError};
use crate::word::{quoted, serde_as_text};

/// Longest registry id, in characters: it is a column in tables and part of file names.
pub const MAX_REGISTRY_ID_CHARS: usize = 32;

/// A registry as the configuration names it, such as `alpha`: `a-z`, `0-9` and inner hyphens.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegistryId(Box<str>);

impl RegistryId {
    /// Reads a registry id; it starts with a letter and is at most 32 characters long.
    pub fn parse(text: &str) -> Result<Self, SlugError> {
        let well_formed = text.starts_with(|c: char| c.is_ascii_lowercase())
            && !text.ends_with('-')
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
        if well_formed && text.len() <= MAX_REGISTRY_ID_CHARS { Ok(Self(text.into())) } else { Err(SlugError { text: quoted(text) }) }
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A zone under which names are registered: `com`, or `co.uk` where a registry runs the second level.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TldName(DomainName);

impl TldName {
    /// Reads a TLD by the rules of [`DomainName::parse`].
    pub fn parse(text: &str) -> Result<Self, NameError> {
        DomainName::parse(text).map(Self)
    }

    /// The canonical (A-label) text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }

    /// The TLD as a domain name.
    pub fn as_domain(&self) -> &DomainName {
        &self.0
    }

    /// Whether `name` is exactly one label below this TLD.
    pub fn is_parent_of(&self, name: &DomainName) -> bool {
        name.parent().as_ref() == Some(&self.0)
    }
}

impl From<DomainName> for TldName {
    fn from(name: DomainName) -> Self {
        Self(name)
    }
}

impl fmt::Display for RegistryId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Display for TldName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl std::str::FromStr for RegistryId {
    type Err = SlugError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl std::str::FromStr for TldName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

serde_as_text!(RegistryId);
serde_as_text!(TldName);

/// A registry id that cannot be one.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "`{text}` is not a registry id; use 1 to {MAX_REGISTRY_ID_CHARS} lower-case letters, digits and inner hyphens, \
     starting with a letter, such as `alpha`"
)]
pub struct SlugError {
    /// What was given.
    pub text: String,
}

impl SlugError {
    /// Stable code for programs.
    pub fn code(&self) -> &'static str {
        "registry.id"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registry_ids_are_short_and_plain() {
        let longest = "a".repeat(32);
        for text in ["alpha", "a", "beta-2", "x1", &longest] {
            assert_eq!(RegistryId::parse(text).unwrap().to_string(), text);
        }
        let too_long = "a".repeat(33);
        for text in ["", "Alpha", "1a", "-a", "a-", "a b", "a_b", "ä", &too_long] {
            assert!(RegistryId::parse(text).is_err(), "{text}");
        }
        insta::assert_snapshot!(RegistryId::parse("Alpha!").unwrap_err(), @"`Alpha!` is not a registry id; use 1 to 32 lower-case letters, digits and inner hyphens, starting with a letter, such as `alpha`");
    }

    #[test]
    fn tlds_are_names_with_registrable_names_one_label_below() {
        let name = |text| DomainName::parse(text).unwrap();
        for (tld, below, registrable) in [
            ("com", "example.com", true),
            ("com", "a.example.com", false),
            ("com", "com", false),
            ("co.uk", "example.co.uk", true),
            ("uk", "example.co.uk", false),
            ("рф", "пример.рф", true),
        ] {
            assert_eq!(TldName::parse(tld).unwrap().is_parent_of(&name(below)), registrable, "{below} in {tld}");
        }
        assert_eq!(serde_json::to_string(&TldName::parse("РФ".to_lowercase().as_str()).unwrap()).unwrap(), "\"xn--p1ai\"");
    }
}
