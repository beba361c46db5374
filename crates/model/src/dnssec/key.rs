//! Key data: the child's public key itself, for registries that make the DS record.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use super::{DnssecError, check_algorithm};

/// Zone key bit (RFC 4034 section 2.1.1).
const ZONE: u16 = 0x0100;
/// Revoke bit (RFC 5011 section 7).
const REVOKE: u16 = 0x0080;
/// Secure entry point bit (RFC 4034 section 2.1.1).
const SEP: u16 = 0x0001;

/// A DNSKEY record's data (RFC 4034 section 2.1, RFC 5910 section 4.2).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct KeyData {
    /// Flags: 256 for a zone-signing key, 257 for a key-signing key.
    pub flags: u16,
    /// Always 3.
    pub protocol: u8,
    /// Algorithm number.
    pub algorithm: u8,
    /// The public key, as octets; base64 in serde.
    #[serde(with = "base64_text")]
    pub public_key: Vec<u8>,
}

impl KeyData {
    /// Key data that can be a zone key of its algorithm.
    pub fn new(flags: u16, protocol: u8, algorithm: u8, public_key: impl Into<Vec<u8>>) -> Result<Self, DnssecError> {
        let key = Self { flags, protocol, algorithm, public_key: public_key.into() };
        key.check()?;
        Ok(key)
    }

    /// Key data with its key in base64, blanks allowed, as zone files print it.
    pub fn from_base64(flags: u16, protocol: u8, algorithm: u8, key: &str) -> Result<Self, DnssecError> {
        let octets = decode(key).ok_or(DnssecError::Encoding { what: "public key", encoding: "base64" })?;
        Self::new(flags, protocol, algorithm, octets)
    }

    /// Judges data that came from elsewhere, such as a registry's answer.
    pub fn check(&self) -> Result<(), DnssecError> {
        check_algorithm(self.algorithm)?;
        if self.flags & ZONE == 0 || self.flags & !(ZONE | REVOKE | SEP) != 0 {
            return Err(DnssecError::Flags { flags: self.flags });
        }
        if self.protocol != 3 {
            return Err(DnssecError::Protocol { protocol: self.protocol });
        }
        let (range, want) = key_octets(self.algorithm);
        match self.public_key.len() {
            got if range.contains(&got) => Ok(()),
            got => Err(DnssecError::KeyLength { algorithm: self.algorithm, want, got }),
        }
    }

    /// The key tag (RFC 4034 appendix B, and B.1 for algorithm 1).
    pub fn key_tag(&self) -> u16 {
        if self.algorithm == 1 {
            return match self.public_key.as_slice() {
                [.., high, low, _] => u16::from_be_bytes([*high, *low]),
                _ => 0,
            };
        }
        let [flags_high, flags_low] = self.flags.to_be_bytes();
        let rdata = [flags_high, flags_low, self.protocol, self.algorithm].into_iter().chain(self.public_key.iter().copied());
        let sum = rdata
            .enumerate()
            .fold(0u32, |sum, (at, octet)| sum.wrapping_add(if at % 2 == 0 { u32::from(octet) << 8 } else { u32::from(octet) }));
        (sum.wrapping_add(sum >> 16) & 0xFFFF) as u16
    }

    /// Whether the secure entry point bit marks it as a key-signing key.
    pub fn is_key_signing(&self) -> bool {
        self.flags & SEP != 0
    }

    /// The key in base64, as EPP and zone files write it.
    pub fn public_key_base64(&self) -> String {
        STANDARD.encode(&self.public_key)
    }
}

impl fmt::Display for KeyData {
    /// The presentation form of a zone file: `257 3 13 mdss...`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {} {}", self.flags, self.protocol, self.algorithm, self.public_key_base64())
    }
}

/// Octets a public key of an algorithm has, and the same in words.
fn key_octets(algorithm: u8) -> (std::ops::RangeInclusive<usize>, &'static str) {
    match algorithm {
        13 | 17 | 23 | 12 => (64..=64, "64"), // ECDSA P-256 (RFC 6605), SM2 (9563), GOST (9558, 5933)
        14 => (96..=96, "96"),                // ECDSA P-384, RFC 6605
        15 => (32..=32, "32"),                // Ed25519, RFC 8080
        16 => (57..=57, "57"),                // Ed448, RFC 8080
        _ => (64..=1028, "64 to 1028"),       // RSA (RFC 3110) and DSA (RFC 2536)
    }
}

fn decode(text: &str) -> Option<Vec<u8>> {
    let compact: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    STANDARD.decode(compact).ok()
}

/// The serde form of the key.
mod base64_text {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(octets: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(octets))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        super::decode(&text).ok_or_else(|| serde::de::Error::custom("the public key is not base64"))
    }
}
