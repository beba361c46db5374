//! What a deposit holds, counted while it was written: the same numbers that the agent reports to ICANN (kind, watermark, names per TLD), so
//! that both can be compared, and the digests that tell whether a file arrived.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::iana_id::IanaId;
use crate::layout::Specification;
use crate::openpgp::Form;

/// The account of a deposit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Whose.
    pub registrar: IanaId,
    /// By which specification.
    pub specification: Specification,
    /// `full` or `inc`.
    pub kind: String,
    /// The instant of the state that it holds.
    pub watermark: Timestamp,
    /// By which OpenPGP it is sealed.
    pub form: Form,
    /// Fingerprint of the certificate that signed it.
    pub signer: String,
    /// Fingerprints of those it is encrypted for.
    pub recipients: Vec<String>,
    /// Names in it.
    pub names: u64,
    /// Names per TLD.
    pub names_by_tld: BTreeMap<String, u64>,
    /// People in the file of handles; 0 where there is none.
    pub people: u64,
    /// Its files, in the order in which they are sent; the file of hashes is the last.
    pub files: Vec<FileRecord>,
}

/// A file of a deposit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRecord {
    /// Its name as it is sent.
    pub name: String,
    /// The name of its plain text, as the file of hashes has it.
    pub plain_name: String,
    /// Rows below the header.
    pub rows: u64,
    /// Length of its plain text in bytes.
    pub plain_bytes: u64,
    /// SHA-256 of its plain text, in hexadecimal digits.
    pub plain_sha256: String,
    /// Length as it is sent, in bytes.
    pub bytes: u64,
    /// SHA-256 as it is sent, in hexadecimal digits.
    pub sha256: String,
}
