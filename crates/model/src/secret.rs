//! Values that must never be printed, logged or serialised by accident.

use std::fmt;
use std::hint::black_box;

use zeroize::{Zeroize, ZeroizeOnDrop};

/// A secret text (registry password, authInfo, token). It is wiped when dropped, compared in constant time, and has
/// no `Display` and no serde; `Debug` prints `[secret]`.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Secret(String);

impl Secret {
    /// Takes ownership of a secret text.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself. Every call site is a place to review: it may go to the wire or into encryption, nowhere else.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether there is no text at all (an empty `pw` under RFC 9154).
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        same_bytes(self.0.as_bytes(), other.0.as_bytes())
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// Secret bytes (keys, seeds), with the same rules as [`Secret`].
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SecretBytes(Vec<u8>);

impl SecretBytes {
    /// Takes ownership of secret bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Self {
        Self(bytes.into())
    }

    /// The bytes themselves; see [`Secret::expose`].
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Whether there are no bytes at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl PartialEq for SecretBytes {
    fn eq(&self, other: &Self) -> bool {
        same_bytes(&self.0, &other.0)
    }
}

impl Eq for SecretBytes {}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// Equality whose time depends on the lengths only, never on where the first difference is.
fn same_bytes(a: &[u8], b: &[u8]) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let difference = a.iter().zip(b).fold(0u8, |seen, (x, y)| black_box(seen | (x ^ y)));
    black_box(difference) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_never_shows_the_text() {
        let text = "hunter2-canary";
        assert_eq!(format!("{:?} {:#?}", Secret::new(text), Secret::new(text)), "[secret] [secret]");
        assert_eq!(format!("{:?}", Some(SecretBytes::new(text.as_bytes()))), "Some([secret])");
    }

    #[test]
    fn equality_is_that_of_the_text() {
        for (a, b, same) in
            [("", "", true), ("a", "a", true), ("a", "b", false), ("a", "ab", false), ("ab", "aa", false), ("ab", "bb", false)]
        {
            assert_eq!(Secret::new(a) == Secret::new(b), same, "{a:?} {b:?}");
            assert_eq!(SecretBytes::new(a) == SecretBytes::new(b), same, "{a:?} {b:?}");
        }
    }
}
