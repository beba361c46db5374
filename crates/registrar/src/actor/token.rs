//! Operator tokens: `nk_live_<id>_<secret>_<crc32>`.
//!
//! The prefix lets secret scanners find a leaked token, the checksum keeps their false finds rare and tells a truncated
//! paste apart without a look at the database. Only the SHA-256 of the 256-bit secret is stored, which is enough to check
//! a token and useless to make one.

use aws_lc_rs::digest::{SHA256, digest};
use model::{ActorId, Entropy, Secret, SecretBytes};
use zeroize::Zeroizing;

/// What every token starts with.
const PREFIX: &str = "nk_live_";

/// Length of the secret part, in bytes (256 bits).
const SECRET_BYTES: usize = 32;

/// The polynomial of CRC-32 (ISO 3309, as in zip and PNG), bits reversed.
const CRC32_POLYNOMIAL: u32 = 0xEDB8_8320;

/// A token taken apart: who it speaks for and its secret.
#[derive(Debug)]
pub(crate) struct Token {
    pub(crate) id: ActorId,
    secret: SecretBytes,
}

impl Token {
    /// A new token for `id`.
    pub(crate) fn generate(id: ActorId, entropy: &mut dyn Entropy) -> Self {
        let mut secret = Zeroizing::new([0u8; SECRET_BYTES]);
        entropy.fill(secret.as_mut());
        Self { id, secret: SecretBytes::new(secret.to_vec()) }
    }

    /// Reads a token. `None` for everything that is not one, without saying why: the sentence is the same as for a token
    /// that was revoked.
    pub(crate) fn parse(text: &Secret) -> Option<Self> {
        let text = text.expose().trim();
        let (body, checksum) = text.rsplit_once('_')?;
        if checksum != format!("{:08x}", crc32(body.as_bytes())) {
            return None;
        }
        let (id, secret) = body.strip_prefix(PREFIX)?.split_once('_')?;
        let id = format!("{}_{id}", ActorId::PREFIX).parse().ok()?;
        Some(Self { id, secret: from_hex(secret)? })
    }

    /// The text to hand out, once.
    pub(crate) fn to_text(&self) -> Secret {
        let id = self.id.to_string();
        let id = id.split_once('_').map_or("", |(_, body)| body);
        let body = Zeroizing::new(format!("{PREFIX}{id}_{}", to_hex(self.secret.expose()).as_str()));
        Secret::new(format!("{}_{:08x}", body.as_str(), crc32(body.as_bytes())))
    }

    /// What is stored.
    pub(crate) fn sha256(&self) -> [u8; 32] {
        let mut stored = [0; 32];
        stored.copy_from_slice(digest(&SHA256, self.secret.expose()).as_ref());
        stored
    }

    /// Whether the stored digest is this token's. Takes the same time wherever they differ.
    pub(crate) fn matches(&self, stored: &[u8; 32]) -> bool {
        aws_lc_rs::constant_time::verify_slices_are_equal(&self.sha256(), stored).is_ok()
    }
}

fn to_hex(bytes: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(bytes.len() * 2));
    for byte in bytes {
        for nibble in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
    }
    text
}

fn from_hex(text: &str) -> Option<SecretBytes> {
    let nibble = |byte: &u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != SECRET_BYTES || !rest.is_empty() {
        return None;
    }
    let bytes: Option<Vec<u8>> = pairs.iter().map(|[high, low]| Some(nibble(high)? << 4 | nibble(low)?)).collect();
    bytes.map(SecretBytes::new)
}

/// CRC-32 bit by bit: eighty bytes a log-in do not need a table.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ CRC32_POLYNOMIAL } else { crc >> 1 })
    })
}

#[cfg(test)]
mod tests {
    use model::SeededEntropy;

    use super::*;

    fn token() -> Token {
        Token::generate(ActorId::from_bytes([7; 16]), &mut SeededEntropy::new(7))
    }

    /// The check value that every description of CRC-32 gives.
    #[test]
    fn crc32_matches_its_check_value() {
        assert_eq!(crc32(b"123456789"), 0xCBF4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn a_token_reads_back_and_matches_its_own_digest_only() {
        let token = token();
        let text = token.to_text();
        assert!(text.expose().starts_with("nk_live_070w3ge1r70w3ge1r70w3ge1r7_"), "the form changed");
        let read = Token::parse(&text).unwrap();
        assert_eq!(read.id, token.id);
        assert!(read.matches(&token.sha256()));
        let other = Token::generate(token.id, &mut SeededEntropy::new(8));
        assert!(!other.matches(&token.sha256()));
    }

    #[test]
    fn a_broken_token_is_not_one() {
        let text = token().to_text().expose().to_owned();
        let flipped = if text.ends_with('0') { "1" } else { "0" };
        let broken = [
            String::new(),
            "nk_live_".to_owned(),
            text[..text.len() - 1].to_owned(),
            format!("{}{flipped}", &text[..text.len() - 1]),
            text.replace("nk_live_", "nk_test_"),
            text.to_uppercase(),
            format!("{text}_"),
            text.replacen("070w", "070x", 1),
        ];
        for text in broken {
            assert!(Token::parse(&Secret::new(text.clone())).is_none(), "{text}");
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        assert_eq!(format!("{:?}", token()), "Token { id: act_070w3ge1r70w3ge1r70w3ge1r7, secret: [secret] }");
    }
}
