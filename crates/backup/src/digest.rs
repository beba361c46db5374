//! Digests of objects, by which their successors name them.

use aws_lc_rs::digest::{SHA256, digest};
use escrow::hex::to_hex;

/// SHA-256 of some bytes, in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    to_hex(digest(&SHA256, bytes).as_ref())
}
