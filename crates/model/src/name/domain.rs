//! Domain names that can be registered.

use std::fmt;
use std::str::FromStr;

use super::NameError;
use super::read::{self, Rules};
use crate::idna;

/// A domain name in canonical form: lower-case A-labels, no trailing dot. A TLD is one too.
///
/// Every label passed the rules of IDNA2008 (RFC 5890 to 5893) for registration, so [`DomainName::to_unicode`] and
/// [`DomainName::parse`] are exact inverses. Order and hash are those of the canonical text.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DomainName(Box<str>);

impl DomainName {
    /// Reads a name in A-labels or U-labels, with or without one trailing dot.
    ///
    /// ASCII letters are folded to lower case; nothing else is mapped in silence: where a mapping would help, the
    /// error offers it as a hint. A name that mixes A-labels and U-labels is refused, since it is usually a mistake or a trick.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        read::canonical(text, Rules::Domain).map(Self)
    }

    /// The canonical text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as people read it, A-labels shown as U-labels.
    pub fn to_unicode(&self) -> String {
        if !self.is_idn() {
            return self.0.to_string();
        }
        let labels: Vec<String> = self.labels().map(idna::to_unicode).collect();
        labels.join(".")
    }

    /// The canonical labels, from the left.
    pub fn labels(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.0.split('.')
    }

    /// The last label.
    pub fn tld(&self) -> &str {
        self.0.rsplit_once('.').map_or(&self.0, |(_, tld)| tld)
    }

    /// The name without its first label; nothing for a TLD.
    pub fn parent(&self) -> Option<DomainName> {
        self.0.split_once('.').map(|(_, parent)| DomainName(parent.into()))
    }

    /// Whether this name is `other` or lies below it.
    pub fn is_within(&self, other: &DomainName) -> bool {
        read::is_within(&self.0, &other.0)
    }

    /// Whether any label is internationalised.
    pub fn is_idn(&self) -> bool {
        self.labels().any(idna::is_a_label)
    }
}

impl fmt::Display for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for DomainName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for DomainName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl AsRef<str> for DomainName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

crate::word::serde_as_text!(DomainName);
