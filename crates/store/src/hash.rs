//! SHA-256, as the ledger and the schema record use it.

use aws_lc_rs::digest::{Context, SHA256};

/// 32 bytes of SHA-256.
pub type Hash = [u8; 32];

/// SHA-256 over the concatenation of `parts`.
#[must_use]
pub fn sha256(parts: &[&[u8]]) -> Hash {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(part);
    }
    let mut hash = [0; 32];
    hash.copy_from_slice(context.finish().as_ref());
    hash
}
