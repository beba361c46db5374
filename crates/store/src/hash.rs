//! SHA-256, as the ledger and the schema record use it.

use aws_lc_rs::digest::{Context, SHA256, digest};
use aws_lc_rs::hmac;

/// 32 bytes of SHA-256.
pub type Hash = [u8; 32];

/// Up to so many bytes are put together on the stack and hashed at once: a context costs more than hashing a tree's node.
const AT_ONCE: usize = 512;

/// SHA-256 over the concatenation of `parts`.
#[must_use]
pub fn sha256(parts: &[&[u8]]) -> Hash {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let digest = if length <= AT_ONCE {
        let mut whole = [0; AT_ONCE];
        let mut rest = whole.as_mut_slice();
        for part in parts {
            let (place, after) = rest.split_at_mut(part.len());
            place.copy_from_slice(part);
            rest = after;
        }
        digest(&SHA256, &whole[..length])
    } else {
        let mut context = Context::new(&SHA256);
        parts.iter().for_each(|part| context.update(part));
        context.finish()
    };
    let mut hash = [0; 32];
    hash.copy_from_slice(digest.as_ref());
    hash
}

/// HMAC-SHA-256 of the concatenation of `parts` (RFC 2104): who does not know the key can neither make it nor tell it from chance.
#[must_use]
pub fn hmac_sha256(key: &[u8], parts: &[&[u8]]) -> Hash {
    let mut context = hmac::Context::with_key(&hmac::Key::new(hmac::HMAC_SHA256, key));
    parts.iter().for_each(|part| context.update(part));
    let mut tag = [0; 32];
    tag.copy_from_slice(context.sign().as_ref());
    tag
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 4231, test case 2.
    #[test]
    fn a_tag_is_what_the_standard_says() {
        let hex: String = hmac_sha256(b"Jefe", &[b"what do ya want ", b"for nothing?"]).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    }

    /// Both ways give what the other gives, and what FIPS 180-4 says of "abc".
    #[test]
    fn parts_hash_as_their_concatenation_on_both_sides_of_the_limit() {
        let wanted = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let hex: String = sha256(&[b"a", b"", b"bc"]).iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, wanted);
        let bytes: Vec<u8> = (0..2 * AT_ONCE).map(|n| n as u8).collect();
        for length in [0, 1, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, 2 * AT_ONCE] {
            let (left, right) = bytes[..length].split_at(length / 3);
            let mut context = Context::new(&SHA256);
            context.update(&bytes[..length]);
            assert_eq!(sha256(&[left, right]).as_slice(), context.finish().as_ref(), "{length} bytes");
        }
    }
}
