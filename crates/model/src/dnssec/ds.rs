//! Delegation signer data: the digest of a child's key in the parent.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{DnssecError, check_algorithm};

/// A DS record's data (RFC 4034 section 5.1, RFC 5910 section 4.1).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DsData {
    /// Key tag of the key it points to.
    pub key_tag: u16,
    /// Algorithm of that key.
    pub algorithm: u8,
    /// How the digest was made.
    pub digest_type: u8,
    /// The digest, as octets; hexadecimal in serde.
    #[serde(with = "hex")]
    pub digest: Vec<u8>,
}

impl DsData {
    /// DS data whose digest has the length of its type.
    pub fn new(key_tag: u16, algorithm: u8, digest_type: u8, digest: impl Into<Vec<u8>>) -> Result<Self, DnssecError> {
        let ds = Self { key_tag, algorithm, digest_type, digest: digest.into() };
        ds.check()?;
        Ok(ds)
    }

    /// DS data with its digest in hexadecimal, blanks allowed, as zone files print it.
    pub fn from_hex(key_tag: u16, algorithm: u8, digest_type: u8, digest: &str) -> Result<Self, DnssecError> {
        let digest = hex::decode(digest).ok_or(DnssecError::Encoding { what: "digest", encoding: "hexadecimal" })?;
        Self::new(key_tag, algorithm, digest_type, digest)
    }

    /// Judges data that came from elsewhere, such as a registry's answer.
    pub fn check(&self) -> Result<(), DnssecError> {
        check_algorithm(self.algorithm)?;
        let digest_type = self.digest_type;
        let want = digest_octets(digest_type).ok_or(DnssecError::DigestType { digest_type })?;
        match self.digest.len() {
            got if got == want => Ok(()),
            got => Err(DnssecError::DigestLength { digest_type, want, got }),
        }
    }

    /// The digest in upper-case hexadecimal, as EPP and zone files write it.
    pub fn digest_hex(&self) -> String {
        hex::encode(&self.digest)
    }

    /// Whether validators are told not to trust it any more (SHA-1 and GOST digests: RFC 8624, RFC 9904).
    pub fn is_outdated(&self) -> bool {
        matches!(self.digest_type, 1 | 3) || matches!(self.algorithm, 1 | 3 | 5 | 6 | 7 | 12)
    }
}

impl fmt::Display for DsData {
    /// The presentation form of a zone file: `12345 13 2 ABCD...`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} {}", self.key_tag, self.algorithm, self.digest_type, self.digest_hex())
    }
}

/// Octets of a digest (IANA "DS RR Type Digest Algorithms").
fn digest_octets(digest_type: u8) -> Option<usize> {
    match digest_type {
        1 => Some(20),     // SHA-1, RFC 3658
        2 => Some(32),     // SHA-256, RFC 4509
        3 | 5 => Some(32), // GOST R 34.11-94, RFC 5933; GOST R 34.11-2012, RFC 9558
        4 => Some(48),     // SHA-384, RFC 6605
        6 => Some(32),     // SM3, RFC 9563
        _ => None,
    }
}

/// Hexadecimal text for octets; also the serde form of the digest.
mod hex {
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn encode(octets: &[u8]) -> String {
        octets.iter().map(|octet| format!("{octet:02X}")).collect()
    }

    pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
        let digits: Vec<u8> =
            text.chars().filter(|c| !c.is_ascii_whitespace()).map(|c| c.to_digit(16).map(|d| d as u8)).collect::<Option<_>>()?;
        let (pairs, rest) = digits.as_chunks::<2>();
        rest.is_empty().then(|| pairs.iter().map(|[high, low]| high << 4 | low).collect())
    }

    pub(super) fn serialize<S: Serializer>(octets: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&encode(octets))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        decode(&text).ok_or_else(|| serde::de::Error::custom("the digest is not hexadecimal"))
    }
}
