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

#[cfg(test)]
mod tests {
    use super::*;

    const ROOT_2017: &str = "E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D";

    #[test]
    fn ds_data_is_judged_by_type_and_length() {
        for (algorithm, digest_type, octets, want) in [
            (8, 2, 32, None),
            (13, 4, 48, None),
            (8, 1, 20, None),
            (23, 5, 32, None),
            (17, 6, 32, None),
            (8, 2, 31, Some("dnssec.digest_length")),
            (8, 4, 32, Some("dnssec.digest_length")),
            (8, 0, 32, Some("dnssec.digest_type")),
            (8, 7, 32, Some("dnssec.digest_type")),
            (0, 0, 1, Some("dnssec.algorithm")), // the delete sentinel of RFC 8078
            (2, 2, 32, Some("dnssec.algorithm")),
            (9, 2, 32, Some("dnssec.algorithm")),
            (253, 2, 32, Some("dnssec.algorithm")),
        ] {
            let got = DsData::new(1, algorithm, digest_type, vec![0; octets]).err().map(|error| error.code());
            assert_eq!(got, want, "{algorithm} {digest_type} {octets}");
        }
    }

    #[test]
    fn ds_data_prints_as_zone_files_do() {
        let ds = DsData::from_hex(20326, 8, 2, &ROOT_2017.to_lowercase()).unwrap();
        assert_eq!(ds.to_string(), format!("20326 8 2 {ROOT_2017}"));
        assert_eq!(DsData::from_hex(20326, 8, 2, &format!("{} {}", &ROOT_2017[..33], &ROOT_2017[33..])).unwrap(), ds);
        let json = serde_json::to_string(&ds).unwrap();
        assert_eq!(json, format!(r#"{{"key_tag":20326,"algorithm":8,"digest_type":2,"digest":"{ROOT_2017}"}}"#));
        assert_eq!(serde_json::from_str::<DsData>(&json).unwrap(), ds);
        assert!(!ds.is_outdated() && DsData::new(1, 8, 1, [0; 20]).unwrap().is_outdated());
        for digest in ["0", "0g", &ROOT_2017[1..], "é0"] {
            assert_eq!(DsData::from_hex(1, 8, 2, digest).unwrap_err().code(), "dnssec.encoding", "{digest}");
        }
    }

    /// Keys and key tags printed in RFC 4034 section 5.4, RFC 6605 section 6.1 and RFC 8080 section 6.1.
    #[test]
    fn key_tags_match_the_examples_of_the_rfcs() {
        let rsa = "AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZDRD99WYwYqUSdjMmmAphXdvx\
                   egXd/M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9XzcnOf+EPbtG9DMBmADjFDc2w/rljwvFw==";
        let p256 = "GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==";
        let ed25519 = "l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=";
        for (flags, algorithm, key, tag, signs_keys) in
            [(256, 5, rsa, 60485, false), (257, 13, p256, 55648, true), (257, 15, ed25519, 3613, true)]
        {
            let key = KeyData::from_base64(flags, 3, algorithm, key).unwrap();
            assert_eq!((key.key_tag(), key.is_key_signing()), (tag, signs_keys), "algorithm {algorithm}");
            assert_eq!(serde_json::from_str::<KeyData>(&serde_json::to_string(&key).unwrap()).unwrap(), key);
        }
    }

    #[test]
    fn key_data_is_judged_by_flags_protocol_and_length() {
        for (flags, protocol, algorithm, octets, want) in [
            (257, 3, 13, 64, None),
            (256, 3, 15, 32, None),
            (385, 3, 13, 64, None), // revoked, RFC 5011
            (257, 3, 8, 260, None),
            (0, 3, 13, 64, Some("dnssec.flags")),
            (1, 3, 13, 64, Some("dnssec.flags")),
            (0x8101, 3, 13, 64, Some("dnssec.flags")),
            (257, 2, 13, 64, Some("dnssec.protocol")),
            (257, 3, 13, 63, Some("dnssec.key_length")),
            (257, 3, 8, 0, Some("dnssec.key_length")),
            (257, 3, 16, 32, Some("dnssec.key_length")),
            (257, 3, 0, 1, Some("dnssec.algorithm")),
        ] {
            let got = KeyData::new(flags, protocol, algorithm, vec![1; octets]).err().map(|error| error.code());
            assert_eq!(got, want, "{flags} {protocol} {algorithm} {octets}");
        }
        insta::assert_snapshot!(KeyData::new(257, 3, 8, [1; 3]).unwrap_err(), @"a public key of algorithm 8 has 64 to 1028 octets, this one 3; copy the whole key");
        insta::assert_snapshot!(DsData::new(1, 8, 2, [1; 20]).unwrap_err(), @"a DS digest of type 2 has 32 octets, this one 20; copy the whole digest");
    }
}
