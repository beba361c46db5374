//! Names of hosts: name servers.

use std::fmt;
use std::str::FromStr;

use super::read::{self, Rules};
use super::{DomainName, NameError};
use crate::idna;

/// A host name (RFC 5732 section 2.1, RFC 952, RFC 1123): at least two LDH labels, lower case, no trailing dot.
///
/// U-labels are read by the rules for domain names. An A-label is taken as it is: name servers with labels from
/// before IDNA2008 exist, and a delegation to them must be representable.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostName(Box<str>);

impl HostName {
    /// Reads a host name, with or without one trailing dot.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        read::canonical(text, Rules::Host).map(Self)
    }

    /// The canonical text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The name as people read it; an A-label that is not valid IDNA2008 stays as it is.
    pub fn to_unicode(&self) -> String {
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

    /// Whether this host is named `domain` or lies below it.
    pub fn is_within(&self, domain: &DomainName) -> bool {
        read::is_within(&self.0, domain.as_str())
    }

    /// The host of the same name as a domain.
    pub fn is_named(&self, domain: &DomainName) -> bool {
        *self.0 == *domain.as_str()
    }
}

impl fmt::Display for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for HostName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for HostName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl AsRef<str> for HostName {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

crate::word::serde_as_text!(HostName);
