//! Authorisation information: the secret that lets a name move to another registrar.

use thiserror::Error;

use crate::{Entropy, Secret};

/// Least strength of a generated authInfo, in bits (RFC 9154 section 4.1).
pub const MIN_AUTH_INFO_BITS: u32 = 128;

/// Shortest authInfo we take from a registrant, in characters; shorter ones are truncated pastes, not secrets.
pub const MIN_GIVEN_CHARS: usize = 6;

/// Longest authInfo we take from a registrant, in characters.
pub const MAX_GIVEN_CHARS: usize = 255;

/// The characters of a generated authInfo: printable ASCII without look-alikes (0 O o, 1 I l) and without the
/// characters that XML, shells and mail programs change. 64 of them, so each carries exactly six bits.
const ALPHABET: &[u8; 64] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789!#%+-=?@";

/// Characters a generated authInfo has: enough of the alphabet to reach [`MIN_AUTH_INFO_BITS`].
const GENERATED_CHARS: usize = MIN_AUTH_INFO_BITS.div_ceil(ALPHABET.len().ilog2()) as usize;

/// Draws until every class of character is present; each draw succeeds with about nine in ten.
const MAX_DRAWS: u32 = 64;

/// Authorisation information of a domain or contact (RFC 5731 section 2.6, RFC 9154). `Debug` prints `[secret]`.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthInfo(Secret);

impl AuthInfo {
    /// A fresh value of at least 128 bits, with upper case, lower case, digit and symbol, since registries ask for them.
    pub fn generate(entropy: &mut dyn Entropy) -> Self {
        let mut drawn = [0u8; GENERATED_CHARS];
        for _ in 0..MAX_DRAWS {
            entropy.fill(&mut drawn);
            drawn.iter_mut().for_each(|byte| *byte = ALPHABET[usize::from(*byte) % ALPHABET.len()]);
            if has_every_class(&drawn) {
                break;
            }
        }
        let text = drawn.iter().copied().map(char::from).collect::<String>();
        zeroize::Zeroize::zeroize(&mut drawn);
        Self(Secret::new(text))
    }

    /// What a gaining registrar was given. Blanks around it (from a copied mail) are dropped; inside, every visible
    /// character counts, since it was another registrar that chose them.
    pub fn from_registrant(text: &str) -> Result<Self, AuthInfoError> {
        let text = text.trim();
        let length = text.chars().count();
        if let Some(at) = text.chars().position(char::is_control) {
            return Err(AuthInfoError::Unprintable { position: at + 1 });
        }
        if length < MIN_GIVEN_CHARS {
            return Err(AuthInfoError::TooShort { length });
        }
        if length > MAX_GIVEN_CHARS {
            return Err(AuthInfoError::TooLong { length });
        }
        Ok(Self(Secret::new(text)))
    }

    /// A value that was checked before, read back from the vault.
    pub fn from_vault(secret: Secret) -> Self {
        Self(secret)
    }

    /// The secret, for the wire and the vault.
    pub fn secret(&self) -> &Secret {
        &self.0
    }
}

impl std::fmt::Debug for AuthInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[secret]")
    }
}

fn has_every_class(drawn: &[u8]) -> bool {
    let any = |class: fn(&u8) -> bool| drawn.iter().any(class);
    any(u8::is_ascii_uppercase) && any(u8::is_ascii_lowercase) && any(u8::is_ascii_digit) && any(u8::is_ascii_punctuation)
}

/// Why a given authInfo was refused. No variant repeats any part of it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AuthInfoError {
    /// Fewer than [`MIN_GIVEN_CHARS`].
    #[error("the transfer code has {length} characters, fewer than {MIN_GIVEN_CHARS}; copy it again from the current registrar")]
    TooShort {
        /// Characters given.
        length: usize,
    },
    /// More than [`MAX_GIVEN_CHARS`].
    #[error("the transfer code has {length} characters, more than {MAX_GIVEN_CHARS}; copy only the code itself")]
    TooLong {
        /// Characters given.
        length: usize,
    },
    /// A control character, usually a line break from a copied mail.
    #[error("the transfer code has a line break or control character at position {position}; copy it on one line")]
    Unprintable {
        /// Position of the character, counted from 1.
        position: usize,
    },
}

impl AuthInfoError {
    /// Stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            AuthInfoError::TooShort { .. } => "authinfo.too_short",
            AuthInfoError::TooLong { .. } => "authinfo.too_long",
            AuthInfoError::Unprintable { .. } => "authinfo.unprintable",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::SeededEntropy;

    #[test]
    fn the_alphabet_gives_the_bits_it_promises() {
        let distinct: BTreeSet<u8> = ALPHABET.iter().copied().collect();
        assert_eq!(distinct.len(), ALPHABET.len(), "no character twice");
        assert!(ALPHABET.iter().all(u8::is_ascii_graphic));
        assert!(!ALPHABET.iter().any(|c| b"0Oo1Il<>&'\"\\` ".contains(c)));
        assert_eq!(usize::from(u8::MAX) % ALPHABET.len(), ALPHABET.len() - 1, "every character is equally likely");
        assert_eq!(GENERATED_CHARS, 22);
        assert!(GENERATED_CHARS as u32 * ALPHABET.len().ilog2() > MIN_AUTH_INFO_BITS);
    }

    #[test]
    fn generated_values_are_composed_and_differ() {
        let mut entropy = SeededEntropy::new(1);
        let values: BTreeSet<String> = (0..500).map(|_| AuthInfo::generate(&mut entropy).secret().expose().to_owned()).collect();
        assert_eq!(values.len(), 500);
        for value in &values {
            assert_eq!(value.len(), GENERATED_CHARS);
            assert!(has_every_class(value.as_bytes()), "{value}");
            assert!(AuthInfo::from_registrant(value).is_ok());
        }
        let used: BTreeSet<u8> = values.iter().flat_map(|value| value.bytes()).collect();
        assert_eq!(used.len(), ALPHABET.len(), "all of the alphabet is used");
    }

    #[test]
    fn a_stuck_source_ends_all_the_same() {
        struct Stuck;
        impl Entropy for Stuck {
            fn fill(&mut self, out: &mut [u8]) {
                out.fill(0);
            }
        }
        assert_eq!(AuthInfo::generate(&mut Stuck).secret().expose(), "A".repeat(GENERATED_CHARS));
    }

    #[test]
    fn what_registrants_paste() {
        let long = "x".repeat(256);
        for (given, want) in [
            ("  s3cret!x \r\n", Ok("s3cret!x")),
            ("two words", Ok("two words")),
            ("пароль", Ok("пароль")),
            ("12345", Err("authinfo.too_short")),
            ("", Err("authinfo.too_short")),
            ("abc\ndef", Err("authinfo.unprintable")),
            (&long[..255], Ok(&long[..255])),
            (&long, Err("authinfo.too_long")),
        ] {
            let got = AuthInfo::from_registrant(given);
            assert_eq!(got.as_ref().map(|auth| auth.secret().expose()).map_err(AuthInfoError::code), want, "{given:?}");
        }
    }

    #[test]
    fn nothing_prints_it() {
        let auth = AuthInfo::from_registrant("canary-authinfo").unwrap();
        assert_eq!(format!("{auth:?}"), "[secret]");
        let refused = AuthInfo::from_registrant("canary\u{7}authinfo").unwrap_err();
        assert!(!format!("{refused} {refused:?}").contains("canary"));
    }
}
