//! DNSSEC material that a registry holds for a delegation: DS data and key data (RFC 5910).

mod ds;
mod key;

use thiserror::Error;

pub use ds::DsData;
pub use key::KeyData;

/// Why DNSSEC material was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DnssecError {
    /// The algorithm does not sign zones.
    #[error("DNSSEC algorithm {algorithm} does not sign zones; use 13 (ECDSA P-256) or 15 (Ed25519), or what your signer says")]
    Algorithm {
        /// The number given.
        algorithm: u8,
    },
    /// The digest type is not assigned.
    #[error("DS digest type {digest_type} is not known; use 2 (SHA-256) or 4 (SHA-384)")]
    DigestType {
        /// The number given.
        digest_type: u8,
    },
    /// The digest does not have the length of its type.
    #[error("a DS digest of type {digest_type} has {want} octets, this one {got}; copy the whole digest")]
    DigestLength {
        /// The type.
        digest_type: u8,
        /// Octets it must have.
        want: usize,
        /// Octets it has.
        got: usize,
    },
    /// The key's flags do not make it a zone key.
    #[error("key flags {flags} do not mark a zone key; a key-signing key has 257, a zone-signing key 256")]
    Flags {
        /// The number given.
        flags: u16,
    },
    /// The key's protocol is not 3.
    #[error("key protocol {protocol} is not DNSSEC; it is always 3 (RFC 4034 section 2.1.2)")]
    Protocol {
        /// The number given.
        protocol: u8,
    },
    /// The public key does not fit its algorithm.
    #[error("a public key of algorithm {algorithm} has {want} octets, this one {got}; copy the whole key")]
    KeyLength {
        /// The algorithm.
        algorithm: u8,
        /// Octets it must have, in words.
        want: &'static str,
        /// Octets it has.
        got: usize,
    },
    /// Not hexadecimal or base64.
    #[error("the {what} is not {encoding}; copy it without other characters")]
    Encoding {
        /// "digest" or "public key".
        what: &'static str,
        /// "hexadecimal" or "base64".
        encoding: &'static str,
    },
}

impl DnssecError {
    /// Stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            DnssecError::Algorithm { .. } => "dnssec.algorithm",
            DnssecError::DigestType { .. } => "dnssec.digest_type",
            DnssecError::DigestLength { .. } => "dnssec.digest_length",
            DnssecError::Flags { .. } => "dnssec.flags",
            DnssecError::Protocol { .. } => "dnssec.protocol",
            DnssecError::KeyLength { .. } => "dnssec.key_length",
            DnssecError::Encoding { .. } => "dnssec.encoding",
        }
    }
}

/// Refuses algorithm numbers that sign no zone: the delete sentinel, reserved and unassigned numbers, Diffie-Hellman,
/// and the private ones, which no parent takes (IANA "DNS Security Algorithm Numbers").
fn check_algorithm(algorithm: u8) -> Result<(), DnssecError> {
    match algorithm {
        1 | 3 | 5..=8 | 10 | 12..=17 | 23 => Ok(()),
        _ => Err(DnssecError::Algorithm { algorithm }),
    }
}
