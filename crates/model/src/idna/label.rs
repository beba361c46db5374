//! One label between its forms: what was typed, the U-label, the A-label (RFC 5891 sections 4 and 5).

use unicode_general_category::{GeneralCategory as G, get_general_category};
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

use super::context;
use super::property::{Derived, derived_property};
use crate::name::{LabelFault, MAX_LABEL_OCTETS};

/// What an A-label starts with (RFC 5890 section 2.3.2.1).
const ACE_PREFIX: &str = "xn--";

/// Whether a label claims to be an A-label, in any case.
pub(crate) fn is_a_label(label: &str) -> bool {
    label.get(..ACE_PREFIX.len()).is_some_and(|start| start.eq_ignore_ascii_case(ACE_PREFIX))
}

/// The canonical form of a label that may be registered: lower-case LDH, or a proven A-label.
pub(crate) fn to_ascii(label: &str) -> Result<String, LabelFault> {
    if label.is_empty() {
        return Err(LabelFault::Empty);
    }
    let folded = label.to_ascii_lowercase();
    if let Some(at) = folded.chars().position(|c| !c.is_ascii()) {
        if is_a_label(&folded) {
            return Err(LabelFault::BadALabel { why: format!("it has a character beyond ASCII at position {}", at + 1) });
        }
        check_u_label(&folded)?;
        return encode(&folded);
    }
    let label = ldh_label(&folded)?;
    if is_a_label(&label) {
        decode(&label).map_err(|why| LabelFault::BadALabel { why })?;
    } else if label.get(2..4) == Some("--") {
        return Err(LabelFault::Hyphen { position: 3, rule: RESERVED_HYPHENS });
    }
    Ok(label)
}

/// A label of letters, digits and inner hyphens, folded to lower case; an A-label is not looked into.
pub(crate) fn ldh_label(label: &str) -> Result<String, LabelFault> {
    if label.is_empty() {
        return Err(LabelFault::Empty);
    }
    if let Some((at, c)) = label.chars().enumerate().find(|(_, c)| !c.is_ascii_alphanumeric() && *c != '-') {
        return Err(LabelFault::Character { what: named(c), position: at + 1, hint: None });
    }
    check_edge_hyphens(label)?;
    if label.len() > MAX_LABEL_OCTETS {
        return Err(LabelFault::TooLong { octets: label.len() });
    }
    Ok(label.to_ascii_lowercase())
}

/// The U-label of a valid A-label; any other label as it is.
pub(crate) fn to_unicode(label: &str) -> String {
    if is_a_label(label) { decode(label).unwrap_or_else(|_| label.into()) } else { label.into() }
}

/// Decodes a lower-case A-label and proves that it is the one encoding of a valid U-label.
fn decode(label: &str) -> Result<String, String> {
    let encoded = label.get(ACE_PREFIX.len()..).unwrap_or_default();
    let unicode = ::idna::punycode::decode_to_string(encoded).ok_or("it cannot be decoded (RFC 3492)")?;
    if unicode.is_ascii() {
        return Err("it encodes nothing beyond ASCII".into());
    }
    check_u_label(&unicode).map_err(|fault| format!("its Unicode form {}", fault.wrong()))?;
    match encode(&unicode) {
        Ok(again) if again == label => Ok(unicode),
        _ => Err("it is not the one encoding of its Unicode form".into()),
    }
}

fn encode(u_label: &str) -> Result<String, LabelFault> {
    let encoded = ::idna::punycode::encode_str(u_label).unwrap_or_default();
    let label = format!("{ACE_PREFIX}{encoded}");
    if encoded.is_empty() || label.len() > MAX_LABEL_OCTETS {
        return Err(LabelFault::TooLong { octets: label.len() });
    }
    Ok(label)
}

const EDGE_HYPHEN: &str = "a label cannot begin or end with one (RFC 5891 section 4.2.3.1)";
const RESERVED_HYPHENS: &str = "two of them in third and fourth place are reserved (RFC 5891 section 4.2.3.1)";

/// The conditions of RFC 5891 section 4.2 on a label beyond ASCII, but for the Bidi rule, which looks at whole names.
fn check_u_label(label: &str) -> Result<(), LabelFault> {
    let chars: Vec<char> = label.chars().collect();
    check_edge_hyphens(label)?;
    if chars.get(2..4) == Some(&['-', '-']) {
        return Err(LabelFault::Hyphen { position: 3, rule: RESERVED_HYPHENS });
    }
    check_characters(label, &chars)?;
    let composed: Vec<char> = label.nfc().collect();
    if composed != chars {
        let same = chars.iter().zip(&composed).take_while(|(a, b)| a == b).count();
        return Err(LabelFault::NotNfc { position: same + 1, composed: composed.into_iter().collect() });
    }
    Ok(())
}

fn check_characters(label: &str, chars: &[char]) -> Result<(), LabelFault> {
    for (at, &c) in chars.iter().enumerate() {
        let position = at + 1;
        match derived_property(c) {
            Derived::Valid if at == 0 && is_combining_mark(c) => {
                let rule = "a label cannot begin with a combining mark (RFC 5891 section 4.2.3.2)";
                return Err(LabelFault::Context { what: named(c), position, rule });
            }
            Derived::Valid => {}
            Derived::ContextJ | Derived::ContextO => {
                context::check(chars, at).map_err(|rule| LabelFault::Context { what: named(c), position, rule })?
            }
            Derived::Disallowed | Derived::Unassigned => {
                return Err(LabelFault::Character { what: named(c), position, hint: mapped(label) });
            }
        }
    }
    Ok(())
}

fn check_edge_hyphens(label: &str) -> Result<(), LabelFault> {
    let position = if label.starts_with('-') {
        1
    } else if label.ends_with('-') {
        label.chars().count()
    } else {
        return Ok(());
    };
    Err(LabelFault::Hyphen { position, rule: EDGE_HYPHEN })
}

/// The label as RFC 5895 section 2 would map it (lower case, width, composition, full stops), if valid labels come out: a
/// hint for the one who typed it, never applied.
fn mapped(label: &str) -> Option<String> {
    let mapped: String = label.nfkc().flat_map(char::to_lowercase).nfc().map(plain_full_stop).collect();
    let is_valid = mapped != label && mapped.split('.').all(|part| has_only_valid(part) && to_ascii(part).is_ok());
    is_valid.then_some(mapped)
}

/// The full stops of East Asian input methods (RFC 5895 section 2, step 4).
fn plain_full_stop(c: char) -> char {
    if matches!(c, '\u{3002}' | '\u{FF0E}' | '\u{FF61}') { '.' } else { c }
}

/// Whether no character is one that `mapped` would be asked about again.
fn has_only_valid(label: &str) -> bool {
    label.chars().all(|c| !matches!(derived_property(c), Derived::Disallowed | Derived::Unassigned))
}

/// A character for a message: itself where it can be seen, and its number.
fn named(c: char) -> String {
    let number = u32::from(c);
    match get_general_category(c) {
        _ if c == ' ' => "a blank".into(),
        G::Unassigned => format!("U+{number:04X} (no character of Unicode 16)"),
        G::Control | G::Format | G::PrivateUse | G::LineSeparator | G::ParagraphSeparator => {
            format!("U+{number:04X}")
        }
        _ if is_combining_mark(c) => format!("U+{number:04X}"),
        _ => format!("`{c}` (U+{number:04X})"),
    }
}
