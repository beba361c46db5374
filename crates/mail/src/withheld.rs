//! Text of mail that may hold personal data: an address, what a server said of it.

use std::fmt;

/// A text that `Debug` does not show. It goes into the vault or before an operator's eyes, never into a log.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Withheld(String);

impl Withheld {
    /// Takes a text, cut to `limit` characters, control characters made blanks.
    #[must_use]
    pub fn new(text: &str, limit: usize) -> Self {
        Self(text.chars().take(limit).map(|c| if c.is_control() { ' ' } else { c }).collect())
    }

    /// The text itself. Every call site is a place to review.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Withheld {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[personal data]")
    }
}
