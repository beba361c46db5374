//! URIs that a browser may follow: RFC 3986, `http` or `https`, and a host that passes the tests of names and addresses.

use super::address::judge_host;
use crate::finding::Findings;
use crate::node::Node;
use url::Url;

/// Judges a member that holds the URI of a web page or service.
pub(crate) fn judge_web_uri(found: &mut Findings, node: &Node<'_>) {
    let Some(text) = node.text() else {
        found.report(-10400, node, "The URI isn't a string.");
        return;
    };
    if !is_uri(text) {
        found.report(-10400, node, format!("`{text}` isn't a URI by RFC 3986."));
        return;
    }
    if !is_web_scheme(text) {
        found.report(-10401, node, format!("The scheme of `{text}` is neither `http` nor `https`."));
        return;
    }
    found.roll_up(-10402, node, |found| judge_host(found, node, host(text)));
}

/// Whether a text is a URI with a scheme.
pub(crate) fn is_uri(text: &str) -> bool {
    text.bytes().enumerate().all(|(index, octet)| match octet {
        b'%' => text.as_bytes().get(index + 1..index + 3).is_some_and(|pair| pair.iter().all(u8::is_ascii_hexdigit)),
        _ => octet.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=".contains(&octet),
    }) && !matches!(Url::parse(text), Err(fault) if fault != url::ParseError::InvalidIpv4Address && fault != url::ParseError::IdnaError)
}

/// Whether the URI is for `http` or `https`.
pub(crate) fn is_web_scheme(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https"))
}

/// Whether the URI is for `https`.
pub(crate) fn is_https(text: &str) -> bool {
    text.split_once("://").is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("https"))
}

/// The host as written, without user, port and brackets.
pub(crate) fn host(text: &str) -> &str {
    let after = text.split_once("://").map_or(text, |(_, after)| after);
    let authority = after.split(['/', '?', '#']).next().unwrap_or_default();
    let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
    match place.strip_prefix('[') {
        Some(bracketed) => bracketed.split(']').next().unwrap_or_default(),
        None => place.split(':').next().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms() {
        assert!(is_uri("https://www.registrar.example/contact?domain=a.com&role=tech"));
        assert!(is_uri("https://256.1.1.1/"), "the host has tests of its own");
        assert!(!is_uri("https://www.registrar.example/a b"));
        assert!(!is_uri("https://www.registrar.example/%2"));
        assert!(!is_uri("/relative"));
        assert_eq!(host("https://user@rdap.example:8443/x"), "rdap.example");
        assert_eq!(host("http://[2001:db8::1]:80/"), "2001:db8::1");
    }
}
