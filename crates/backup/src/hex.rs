//! Digests as lower-case hexadecimal digits.

use aws_lc_rs::digest::{SHA256, digest};

/// SHA-256 of some bytes.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    to_hex(digest(&SHA256, bytes).as_ref())
}

/// Two digits a byte.
pub(crate) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
