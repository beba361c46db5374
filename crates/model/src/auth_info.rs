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
