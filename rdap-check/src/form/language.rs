//! Language tags (RFC 5646): the form only, not the registry of subtags.

/// Whether a text has the form of a language tag.
pub(crate) fn is_language_tag(text: &str) -> bool {
    let mut subtags = text.split('-');
    let primary = subtags.next().unwrap_or_default();
    let starts_well = match primary {
        "x" | "i" => text.len() > primary.len(),
        _ => (2..=8).contains(&primary.len()) && primary.bytes().all(|octet| octet.is_ascii_alphabetic()),
    };
    starts_well && subtags.all(|subtag| (1..=8).contains(&subtag.len()) && subtag.bytes().all(|octet| octet.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::is_language_tag;

    #[test]
    fn forms() {
        for good in ["en", "fr-CA", "zh-Hant-TW", "x-rar"] {
            assert!(is_language_tag(good), "{good}");
        }
        for bad in ["", "e", "en_GB", "en-", "x", "english language"] {
            assert!(!is_language_tag(bad), "{bad}");
        }
    }
}
