//! Allocation tokens: the secret that opens a reserved or specially priced name to its holder (RFC 8495).

use thiserror::Error;

use crate::Secret;

/// Longest token we take, in characters. The schema knows no upper bound; this one keeps a pasted file out.
pub const MAX_ALLOCATION_TOKEN_CHARS: usize = 512;

/// An allocation token (RFC 8495 section 2.1). `Debug` prints `[secret]`.
#[derive(Clone, PartialEq, Eq)]
pub struct AllocationToken(Secret);

impl AllocationToken {
    /// What the registry gave the name's future holder. Blanks around it are dropped; one inside would not survive XML's tokens.
    ///
    /// # Errors
    /// [`AllocationTokenError`], which repeats no part of the token.
    pub fn from_holder(text: &str) -> Result<Self, AllocationTokenError> {
        let text = text.trim();
        let length = text.chars().count();
        if length == 0 {
            return Err(AllocationTokenError::Empty);
        }
        if length > MAX_ALLOCATION_TOKEN_CHARS {
            return Err(AllocationTokenError::TooLong { length });
        }
        match text.chars().position(|letter| letter.is_control() || letter.is_whitespace()) {
            Some(at) => Err(AllocationTokenError::Blank { position: at + 1 }),
            None => Ok(Self(Secret::new(text))),
        }
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

impl std::fmt::Debug for AllocationToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("[secret]")
    }
}

/// Why a given token was refused. No variant repeats any part of it.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AllocationTokenError {
    /// Nothing at all.
    #[error("the allocation token is empty; copy it from the registry's letter")]
    Empty,
    /// More than [`MAX_ALLOCATION_TOKEN_CHARS`].
    #[error("the allocation token has {length} characters, more than {MAX_ALLOCATION_TOKEN_CHARS}; copy only the token itself")]
    TooLong {
        /// Characters given.
        length: usize,
    },
    /// A blank, a line break or a control character inside.
    #[error("the allocation token has a blank or control character at position {position}; copy it on one line, without blanks")]
    Blank {
        /// Position of the character, counted from 1.
        position: usize,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_one_word() {
        let kept = |text: &str| AllocationToken::from_holder(text).map(|token| token.secret().expose().to_owned());
        assert_eq!(kept(" open-sesame-77\n").unwrap(), "open-sesame-77");
        assert_eq!(kept(" \n"), Err(AllocationTokenError::Empty));
        assert_eq!(kept("open sesame"), Err(AllocationTokenError::Blank { position: 5 }));
        assert_eq!(kept(&"x".repeat(513)), Err(AllocationTokenError::TooLong { length: 513 }));
        assert!(kept(&"x".repeat(512)).is_ok());
    }

    #[test]
    fn nothing_printed_shows_the_token() {
        let token = AllocationToken::from_holder("canary-token-5").unwrap();
        assert_eq!(format!("{token:?}"), "[secret]");
        let error = AllocationToken::from_holder("canary token 5").unwrap_err();
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
}
