//! Texts as people mean them: the same however they were typed.

use unicode_normalization::UnicodeNormalization;

/// Letters and digits alone, without accents, in lower case.
#[must_use]
pub fn folded(text: &str) -> String {
    text.nfkd().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).nfd().filter(|c| c.is_alphanumeric()).collect()
}
