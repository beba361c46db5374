//! OpenPGP as escrow agents want it: by RFC 9580 (version 6 certificates, Ed25519 and X25519, AES-256-OCB), which the designated agent takes
//! alone from 21 January 2027, and by the form of before (version 4, RSA of 3072 bits and more).
//!
//! The library below knows packets and ciphers. What it leaves to its caller is here: which key of a certificate may do what, until when,
//! and whether it was revoked ([`Certificate`]).

mod certificate;
mod fault;
mod open;
mod own_key;
mod seal;
mod standing;

pub use certificate::Certificate;
pub use fault::{OpenFault, PgpFault};
pub use open::{Opened, Recipient, open};
pub use own_key::OwnKey;
pub use seal::Sealer;

use std::fmt;
use std::str::FromStr;

use pgp::types::KeyVersion;
use serde::{Deserialize, Serialize};

/// Which OpenPGP a deposit is sealed by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Form {
    /// RFC 9580: version 6 certificates, AES-256-OCB.
    V6,
    /// RFC 4880: version 4 certificates, AES-256-CFB with a modification detection code.
    V4,
}

impl Form {
    /// As it is written in configurations.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::V6 => "v6",
            Self::V4 => "v4",
        }
    }

    pub(crate) fn of(version: KeyVersion) -> Option<Self> {
        match version {
            KeyVersion::V6 => Some(Self::V6),
            KeyVersion::V4 => Some(Self::V4),
            _ => None,
        }
    }
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

impl FromStr for Form {
    type Err = PgpFault;

    fn from_str(word: &str) -> Result<Self, PgpFault> {
        [Self::V6, Self::V4]
            .into_iter()
            .find(|form| form.word() == word)
            .ok_or_else(|| PgpFault::Refused { what: "the form of OpenPGP".to_owned(), reason: "it is v6 or v4".to_owned() })
    }
}
