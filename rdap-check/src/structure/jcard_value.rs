//! The properties that vCard knows, the types they may have, and the form of each type's values.

use crate::form::{language::is_language_tag, web_uri::is_uri};
use crate::node::Node;

/// Property names (IANA vCard Elements: RFC 6350, 6474, 6715, 8605, 9554, 9555) with the types besides `unknown` they may have.
const PROPERTIES: [(&str, &[&str]); 50] = [
    ("adr", &["text"]),
    ("anniversary", &["date-and-or-time", "date", "date-time", "text"]),
    ("bday", &["date-and-or-time", "date", "date-time", "text"]),
    ("birthplace", &["text", "uri"]),
    ("caladruri", &["uri"]),
    ("caluri", &["uri"]),
    ("categories", &["text"]),
    ("clientpidmap", &["text"]),
    ("contact-uri", &["uri"]),
    ("created", &["timestamp"]),
    ("deathdate", &["date-and-or-time", "date", "date-time", "text"]),
    ("deathplace", &["text", "uri"]),
    ("email", &["text"]),
    ("expertise", &["text"]),
    ("fburl", &["uri"]),
    ("fn", &["text"]),
    ("gender", &["text"]),
    ("geo", &["uri"]),
    ("gramgender", &["text"]),
    ("hobby", &["text"]),
    ("impp", &["uri"]),
    ("interest", &["text"]),
    ("jsprop", &["text"]),
    ("key", &["uri", "text"]),
    ("kind", &["text"]),
    ("lang", &["language-tag", "text"]),
    ("language", &["language-tag", "text"]),
    ("logo", &["uri"]),
    ("member", &["uri"]),
    ("n", &["text"]),
    ("nickname", &["text"]),
    ("note", &["text"]),
    ("org", &["text"]),
    ("org-directory", &["uri"]),
    ("photo", &["uri"]),
    ("prodid", &["text"]),
    ("pronouns", &["text"]),
    ("related", &["uri", "text"]),
    ("rev", &["timestamp"]),
    ("role", &["text"]),
    ("socialprofile", &["uri", "text"]),
    ("sound", &["uri"]),
    ("source", &["uri"]),
    ("tel", &["text", "uri"]),
    ("title", &["text"]),
    ("tz", &["text", "uri", "utc-offset"]),
    ("uid", &["uri", "text"]),
    ("url", &["uri"]),
    ("version", &["text"]),
    ("xml", &["text"]),
];

/// Whether a name, in lower case as RFC 7095 section 3.3 has it, is a vCard property or a private one.
pub(crate) fn is_registered_property(name: &str) -> bool {
    name.starts_with("x-") || PROPERTIES.iter().any(|(known, _)| *known == name)
}

/// What is wrong with a value of a property, if anything.
pub(crate) fn value_fault(name: &str, kind: &str, value: &Node<'_>) -> Option<String> {
    let allowed = PROPERTIES.iter().find(|(known, _)| *known == name).map(|(_, kinds)| *kinds);
    if allowed.is_some_and(|kinds| kind != "unknown" && !kinds.contains(&kind)) {
        return Some(format!("a value of type `{kind}` isn't one that it may have."));
    }
    let text = value.text();
    let is_fine = match kind {
        "text" => is_text_or_structure(value),
        "uri" => text.is_some_and(|text| if name == "tel" { is_phone(text) } else { is_uri(text) }),
        "language-tag" => text.is_some_and(is_language_tag),
        "integer" => value.whole_number().is_some(),
        "float" => value.is_number(),
        "boolean" => value.boolean().is_some(),
        "date" | "time" | "date-time" | "date-and-or-time" | "timestamp" | "utc-offset" => text.is_some_and(is_date_like),
        _ => true,
    };
    (!is_fine).then(|| format!("the value isn't of type `{kind}`."))
}

/// A string, or the parts of a structured value, each a string or several (RFC 7095 section 3.3.1.3).
fn is_text_or_structure(value: &Node<'_>) -> bool {
    let is_part = |part: &Node<'_>| part.text().is_some() || (part.is_array() && part.items().iter().all(|item| item.text().is_some()));
    value.text().is_some() || (value.is_array() && value.items().iter().all(is_part))
}

/// A `tel:` URI (RFC 3966): a number in global form or a local one, with parameters.
fn is_phone(text: &str) -> bool {
    let Some(subscriber) = text.strip_prefix("tel:") else { return false };
    let (number, parameters) = subscriber.split_once(';').unwrap_or((subscriber, ""));
    let digits = number.strip_prefix('+').unwrap_or(number);
    digits.bytes().any(|octet| octet.is_ascii_digit())
        && digits.bytes().all(|octet| octet.is_ascii_digit() || b"-.()*#".contains(&octet))
        && parameters.bytes().all(|octet| octet.is_ascii_graphic())
}

/// The characters of RFC 6350's dates, times and offsets, extended format.
fn is_date_like(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|octet| octet.is_ascii_digit() || b"-:.+TZ".contains(&octet))
}

#[cfg(test)]
mod tests {
    use super::is_phone;

    #[test]
    fn phones() {
        for good in ["tel:+1.2025550101", "tel:+44-20-7946-0000;ext=12", "tel:(030)1234"] {
            assert!(is_phone(good), "{good}");
        }
        for bad in ["+1.2025550101", "tel:", "tel:REDACTED", "tel:+1 202"] {
            assert!(!is_phone(bad), "{bad}");
        }
    }
}
