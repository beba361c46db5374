//! Domain names: lengths, number of labels, and each label an A-label, a U-label or an NR-LDH label (RFC 5890, UTS 46).

use super::context;
use crate::finding::Findings;
use crate::node::Node;
use idna::uts46::{AsciiDenyList, DnsLength, Hyphens, Uts46};

/// The longest label and the longest name, in octets of the A-label form (RFC 1035 section 2.3.4).
const LABEL_OCTETS: usize = 63;
const NAME_OCTETS: usize = 253;

/// What is wrong with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NameFault {
    LabelLength,
    NameLength,
    TooFewLabels,
    Invalid,
}

/// The ids under which the faults of a kind of name go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NameIds {
    label_length: i32,
    name_length: i32,
    too_few_labels: i32,
    invalid: i32,
}

/// A name wherever one may stand: the query, the host of a URI, `port43`.
pub(crate) const DOMAIN_NAME: NameIds = NameIds { label_length: -10300, name_length: -10301, too_few_labels: -10302, invalid: -10303 };
/// `unicodeName`.
pub(crate) const UNICODE_NAME: NameIds = NameIds { label_length: -11600, name_length: -11601, too_few_labels: -11602, invalid: -11603 };
/// `ldhName`, which RFC 9083 section 3 wants in letters, digits and hyphens: a U-label isn't one.
pub(crate) const LDH_NAME: NameIds = NameIds { label_length: -11700, name_length: -11701, too_few_labels: -11702, invalid: -11703 };

/// Judges a member that holds a name.
pub(crate) fn judge_name(found: &mut Findings, ids: NameIds, node: &Node<'_>) {
    match node.text() {
        None => found.report(ids.invalid, node, "The name isn't a string."),
        Some(text) if ids.invalid == LDH_NAME.invalid && !text.is_ascii() => {
            found.report(ids.invalid, node, format!("`{text}` isn't made of letters, digits and hyphens only."));
        }
        Some(text) => judge_name_text(found, ids, node.at(), text),
    }
}

/// Judges a name that stands somewhere.
pub(crate) fn judge_name_text(found: &mut Findings, ids: NameIds, at: &str, text: &str) {
    match name_fault(text) {
        None => {}
        Some(NameFault::LabelLength) => {
            found.report_at(ids.label_length, at, format!("`{text}` has a label that isn't of 1 to 63 octets."))
        }
        Some(NameFault::NameLength) => found.report_at(ids.name_length, at, format!("`{text}` is longer than 253 octets.")),
        Some(NameFault::TooFewLabels) => found.report_at(ids.too_few_labels, at, format!("`{text}` has fewer than two labels.")),
        Some(NameFault::Invalid) => {
            found.report_at(ids.invalid, at, format!("`{text}` has a label that is no A-label, U-label or NR-LDH label."));
        }
    }
}

/// What is wrong with a name, if anything. One trailing dot is fine.
pub(crate) fn name_fault(text: &str) -> Option<NameFault> {
    let name = text.strip_suffix('.').unwrap_or(text);
    let uts46 = Uts46::new();
    let ascii = uts46.to_ascii(name.as_bytes(), AsciiDenyList::STD3, Hyphens::Check, DnsLength::Ignore);
    let measured = ascii.as_deref().unwrap_or(name);
    if measured.split('.').any(|label| label.is_empty() || label.len() > LABEL_OCTETS) {
        return Some(NameFault::LabelLength);
    }
    if measured.len() > NAME_OCTETS {
        return Some(NameFault::NameLength);
    }
    if measured.split('.').count() < 2 {
        return Some(NameFault::TooFewLabels);
    }
    let (unicode, valid) = uts46.to_unicode(name.as_bytes(), AsciiDenyList::STD3, Hyphens::Check);
    let stands = ascii.is_ok() && valid.is_ok() && unicode.split('.').all(context::stands_in_context);
    (!stands).then_some(NameFault::Invalid)
}

/// Percent-encoding undone; octets that aren't UTF-8 become replacement characters.
pub(crate) fn percent_decoded(text: &str) -> String {
    let mut octets = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|pair| std::str::from_utf8(pair).ok()).and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match hex {
            Some(octet) if first == b'%' => {
                octets.push(octet);
                rest = &after[2..];
            }
            _ => {
                octets.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&octets).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, fault: Option<NameFault>) {
        assert_eq!(name_fault(name), fault, "{name}");
    }

    #[test]
    fn names() {
        check("nk-example-one.com", None);
        check("nk-example-one.com.", None);
        check("NK-Example-One.COM", None);
        check("xn--bcher-kva.example", None);
        check("bücher.example", None);
        check("faß.example", None);
        check("", Some(NameFault::LabelLength));
        check("a..example", Some(NameFault::LabelLength));
        check(&format!("{}.example", "a".repeat(64)), Some(NameFault::LabelLength));
        check(&["a".repeat(63), "b".repeat(63), "c".repeat(63), "d".repeat(63)].join("."), Some(NameFault::NameLength));
        check("localhost", Some(NameFault::TooFewLabels));
        check("under_score.example", Some(NameFault::Invalid));
        check("-a.example", Some(NameFault::Invalid));
        check("ab--c.example", Some(NameFault::Invalid));
        check("xn--a.example", Some(NameFault::Invalid));
        check("אa.example", Some(NameFault::Invalid));
        check("a\u{200d}b.example", Some(NameFault::Invalid));
        check("a·b.example", Some(NameFault::Invalid));
        check("l·l.example", None);
    }

    #[test]
    fn decoding() {
        assert_eq!(percent_decoded("b%C3%BCcher.example"), "bücher.example");
        assert_eq!(percent_decoded("100%"), "100%");
    }
}
