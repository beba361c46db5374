//! What a token does for the key file. A token keeps keys that never leave it: a smart card, a hardware module, a cluster of them.

use std::fmt;

use zeroize::Zeroizing;

use crate::fault::StoreFault;

/// Bytes of a token key's id.
const ID_BYTES: usize = 16;

/// Names a key on a token; random, so that nobody else's key has it. No secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenKeyId([u8; ID_BYTES]);

/// Whether a key is on the token, and whose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyStanding {
    /// There is none of this id.
    Missing,
    /// It bears our label.
    Ours,
    /// It bears another label: it seals the file of another node.
    Others {
        /// That label.
        label: String,
    },
}

/// A token that seals key files. Every key seals one thing in its life, so that nothing is sealed twice under one key.
pub trait KeyToken: Send + Sync {
    /// Looks whether the token can be used: it is there, opens with its PIN, and knows what is needed.
    ///
    /// # Errors
    /// [`StoreFault::Token`] that says what is wrong; [`StoreFault::File`] for the file of the PIN.
    fn check(&self) -> Result<(), StoreFault>;

    /// Makes a key that never leaves the token, under our label.
    ///
    /// # Errors
    /// [`StoreFault::Token`] if the token refuses, or makes a key that could leave it; then there is none.
    fn make(&self, id: &TokenKeyId) -> Result<(), StoreFault>;

    /// Seals under a key, bound to `binding`.
    ///
    /// # Errors
    /// [`StoreFault::Token`] if the token refuses.
    fn seal(&self, id: &TokenKeyId, binding: &[u8], plain: &[u8]) -> Result<Vec<u8>, StoreFault>;

    /// Opens what [`KeyToken::seal`] sealed with the same binding.
    ///
    /// # Errors
    /// [`StoreFault::Token`] if it was changed, or the token refuses.
    fn open(&self, id: &TokenKeyId, binding: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreFault>;

    /// Whether a key is there, and whose.
    ///
    /// # Errors
    /// [`StoreFault::Token`] if the token cannot be asked.
    fn find(&self, id: &TokenKeyId) -> Result<KeyStanding, StoreFault>;

    /// Destroys a key under our label. There is no search behind it: only keys that we know by their id are destroyed.
    ///
    /// # Errors
    /// [`StoreFault::Token`] if the token refuses, or the key is not there or not ours.
    fn destroy(&self, id: &TokenKeyId) -> Result<(), StoreFault>;
}

impl TokenKeyId {
    /// From its bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; ID_BYTES]) -> Self {
        Self(bytes)
    }

    /// Its bytes, as the token has them (`CKA_ID`).
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; ID_BYTES] {
        &self.0
    }

    /// From its 32 hexadecimal digits; none if it is something else.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_hex = text.len() == 2 * ID_BYTES && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let number = is_hex.then(|| u128::from_str_radix(text, 16).ok()).flatten()?;
        Some(Self(number.to_be_bytes()))
    }
}

impl fmt::Display for TokenKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", u128::from_be_bytes(self.0))
    }
}
