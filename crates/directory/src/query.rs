//! Which name was asked for: the same reading for a path segment of RDAP and a line of WHOIS.

use std::borrow::Cow;

use model::{DomainName, NameError};
use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

/// Longest name we read, in bytes as it was asked: 253 characters of up to four bytes, and a trailing dot (RFC 1035, RFC 9082 3.1.3).
pub const MAX_NAME_BYTES: usize = 4 * 253 + 1;

/// Reads a name in A-labels or U-labels, in any case, with or without one trailing dot; gives it in lower-case A-labels.
///
/// # Errors
/// [`QueryFault`], with a sentence for whoever asked.
pub fn read(text: &str) -> Result<Cow<'_, str>, QueryFault> {
    if text.len() > MAX_NAME_BYTES {
        return Err(QueryFault::TooLong { bytes: text.len() });
    }
    if text.contains('*') {
        return Err(QueryFault::Wildcard);
    }
    if text.parse::<std::net::IpAddr>().is_ok() || text.contains([':', '/']) {
        return Err(QueryFault::Address);
    }
    if is_canonical(text) {
        return Ok(Cow::Borrowed(text));
    }
    let name = match DomainName::parse(text) {
        Ok(name) => name,
        // Upper case and composition beyond ASCII: what a person types is mapped the way RFC 5895 section 2 says.
        Err(error) if text.is_ascii() => return Err(QueryFault::Name(error)),
        Err(_) => {
            let mapped: String = text.to_lowercase().nfc().collect();
            DomainName::parse(&mapped).map_err(QueryFault::Name)?
        }
    };
    if name.parent().is_none() {
        return Err(QueryFault::Single);
    }
    Ok(Cow::Owned(name.as_str().to_owned()))
}

/// Whether the text is a name of at least two labels as we keep it, without any that would need a closer look: no A-label, no hyphens in
/// the places that are reserved for such.
fn is_canonical(text: &str) -> bool {
    let is_label = |label: &str| {
        let bytes = label.as_bytes();
        (1..=63).contains(&bytes.len())
            && bytes.iter().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-')
            && bytes[0] != b'-'
            && bytes[bytes.len() - 1] != b'-'
            && bytes.get(2..4) != Some(b"--")
    };
    let is_numeric = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    text.len() <= 253 && text.contains('.') && text.split('.').all(is_label) && !text.rsplit('.').take(1).any(is_numeric)
}

/// Why a query is not answered. The sentences repeat nothing of what was asked.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum QueryFault {
    /// Longer than any name.
    #[error("the query has {bytes} bytes; a domain name has at most 253 characters")]
    TooLong {
        /// How long it is.
        bytes: usize,
    },
    /// Not text.
    #[error("the query is not UTF-8; send A-labels, or U-labels as percent-encoded UTF-8")]
    NotText,
    /// A search.
    #[error("searches are not offered; ask for one whole domain name")]
    Wildcard,
    /// An address of the network.
    #[error("this service answers for domain names; ask the registry of the address for an address or a range")]
    Address,
    /// One label.
    #[error("ask for a whole domain name with at least two labels, such as `example.com`")]
    Single,
    /// Not a name.
    #[error("the query is not a domain name: {0}")]
    Name(#[source] NameError),
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is asked, and the name or the beginning of the sentence.
    #[test]
    fn names_are_read_in_every_form_people_write() {
        let long = format!("{}.alpha", "a".repeat(64));
        let cases = [
            ("example.alpha", "example.alpha"),
            ("EXAMPLE.Alpha", "example.alpha"),
            ("example.alpha.", "example.alpha"),
            ("xn--bcher-kva.alpha", "xn--bcher-kva.alpha"),
            ("XN--BCHER-KVA.alpha", "xn--bcher-kva.alpha"),
            ("bücher.alpha", "xn--bcher-kva.alpha"),
            ("BÜCHER.alpha", "xn--bcher-kva.alpha"),
            ("bu\u{308}cher.alpha", "xn--bcher-kva.alpha"),
            ("example", "ask for a whole domain name"),
            ("", "the query is not a domain name"),
            (".", "the query is not a domain name"),
            ("example..alpha", "the query is not a domain name"),
            ("example.alpha..", "the query is not a domain name"),
            ("-a.alpha", "the query is not a domain name"),
            ("xn--a.alpha", "the query is not a domain name"),
            ("bücher.xn--bcher-kva.alpha", "the query is not a domain name"),
            ("a b.alpha", "the query is not a domain name"),
            ("' or 1=1--.alpha", "the query is not a domain name"),
            ("ex*.alpha", "searches are not offered"),
            ("192.0.2.1", "this service answers for domain names"),
            ("2001:db8::1", "this service answers for domain names"),
            ("192.0.2.0/24", "this service answers for domain names"),
            (long.as_str(), "the query is not a domain name"),
        ];
        for (text, want) in cases {
            let got = match read(text) {
                Ok(name) => name.into_owned(),
                Err(fault) => fault.to_string(),
            };
            assert!(got.starts_with(want), "{text:?}: {got}");
        }
        assert_eq!(read(&"a".repeat(2000)), Err(QueryFault::TooLong { bytes: 2000 }));
    }

    proptest! {
        #[test]
        fn whatever_is_asked_is_a_name_or_a_sentence(text in "\\PC{0,80}") {
            if let Ok(name) = read(&text) {
                let parsed = DomainName::parse(&name).unwrap();
                prop_assert_eq!(parsed.as_str(), name.as_ref());
            }
        }

        #[test]
        fn the_short_way_and_the_long_way_agree(text in "[a-z0-9.-]{1,30}") {
            if is_canonical(&text) {
                prop_assert_eq!(DomainName::parse(&text).map(|name| name.as_str().to_owned()), Ok(text));
            }
        }
    }
}
