//! Reading a name: splitting it, choosing the rules for each label, and the rules that span labels.

use super::{LabelFault, MAX_LABEL_OCTETS, MAX_NAME_OCTETS, NameError};
use crate::idna;
use crate::word::quoted;

/// Most octets of input we look at: every character of a full name written in four octets.
const MAX_INPUT_OCTETS: usize = 4 * MAX_NAME_OCTETS;

/// Whose rules a name is read by.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rules {
    /// IDNA2008 for every label, as at registration.
    Domain,
    /// LDH labels, U-labels by IDNA2008, at least two labels.
    Host,
}

/// The canonical text of a name.
pub(super) fn canonical(text: &str, rules: Rules) -> Result<Box<str>, NameError> {
    if text.len() > MAX_INPUT_OCTETS {
        return Err(NameError::TooLong { octets: text.len() });
    }
    if is_plain(text, rules) {
        return Ok(text.into());
    }
    by_label(text, rules)
}

/// The same, label by label.
fn by_label(text: &str, rules: Rules) -> Result<Box<str>, NameError> {
    let text = text.strip_suffix('.').unwrap_or(text);
    if text.is_empty() {
        return Err(NameError::Empty);
    }
    let given: Vec<&str> = text.split('.').collect();
    refuse_mixed(&given)?;
    let mut labels = Vec::with_capacity(given.len());
    for (at, label) in given.iter().enumerate() {
        labels.push(one_label(label, rules).map_err(|fault| at_label(at, label, fault))?);
    }
    if rules == Rules::Domain || !text.is_ascii() {
        check_bidi(&labels)?;
    }
    check_ending(&labels, rules)?;
    let name = labels.join(".");
    if name.len() > MAX_NAME_OCTETS {
        return Err(NameError::TooLong { octets: name.len() });
    }
    Ok(name.into())
}

/// Whether a name is canonical as it stands and nothing in it needs more than a look at each octet: lower-case LDH labels without two
/// hyphens in third and fourth place. Most names are, and every one is read back from the store many times.
fn is_plain(text: &str, rules: Rules) -> bool {
    let (mut labels, mut is_last_numeric) = (0, true);
    for label in text.as_bytes().split(|octet| *octet == b'.') {
        let is_ldh = label.iter().all(|octet| matches!(octet, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        let has_edge_hyphen = label.first() == Some(&b'-') || label.last() == Some(&b'-');
        if !is_ldh || has_edge_hyphen || label.is_empty() || label.len() > MAX_LABEL_OCTETS || label.get(2..4) == Some(b"--") {
            return false;
        }
        is_last_numeric = label.iter().all(u8::is_ascii_digit);
        labels += 1;
    }
    text.len() <= MAX_NAME_OCTETS && !is_last_numeric && (rules == Rules::Domain || labels > 1)
}

/// Whether `name` equals `zone` or ends with it at a label's edge; both canonical.
pub(super) fn is_within(name: &str, zone: &str) -> bool {
    name.strip_suffix(zone).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn one_label(label: &str, rules: Rules) -> Result<String, LabelFault> {
    match rules {
        Rules::Host if label.is_ascii() => idna::ldh_label(label),
        _ => idna::to_ascii(label),
    }
}

fn at_label(at: usize, label: &str, fault: LabelFault) -> NameError {
    NameError::Label { index: at + 1, label: quoted(label), fault }
}

/// RFC 5890 section 2.3.2.3 allows mixing; we do not, since in practice it hides what is registered.
fn refuse_mixed(labels: &[&str]) -> Result<(), NameError> {
    let a_label = labels.iter().find(|label| label.is_ascii() && idna::is_a_label(label));
    let u_label = labels.iter().find(|label| !label.is_ascii());
    match (a_label, u_label) {
        (Some(a), Some(u)) => Err(NameError::Mixed { a_label: quoted(a), u_label: quoted(u) }),
        _ => Ok(()),
    }
}

/// RFC 5893: once one label is right-to-left, every label of the name has to satisfy the Bidi rule.
fn check_bidi(labels: &[String]) -> Result<(), NameError> {
    if !labels.iter().any(|label| idna::is_a_label(label)) {
        return Ok(());
    }
    let shown: Vec<String> = labels.iter().map(|label| idna::to_unicode(label)).collect();
    if !shown.iter().any(|label| idna::is_right_to_left(label)) {
        return Ok(());
    }
    for (at, label) in shown.iter().enumerate() {
        idna::check_bidi(label).map_err(|fault| at_label(at, label, fault))?;
    }
    Ok(())
}

fn check_ending(labels: &[String], rules: Rules) -> Result<(), NameError> {
    let Some(last) = labels.last() else { return Err(NameError::Empty) };
    if last.bytes().all(|b| b.is_ascii_digit()) {
        return Err(NameError::Numeric { label: last.clone() });
    }
    if rules == Rules::Host && labels.len() < 2 {
        return Err(NameError::Unqualified { label: last.clone() });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The short way and the long way tell the same of every name.
        #[test]
        fn a_plain_name_is_what_the_rules_make_of_it(text in "[a-z0-9-]{0,5}(\\.[a-zA0-9-]{0,6}){0,3}\\.?", is_host: bool) {
            let rules = if is_host { Rules::Host } else { Rules::Domain };
            prop_assert_eq!(canonical(&text, rules), by_label(&text, rules));
        }
    }

    #[test]
    fn plain_names_are_found_plain_up_to_their_limits() {
        let label = "a".repeat(MAX_LABEL_OCTETS);
        let longest = [label.as_str(), &label, &label, &label[..61]].join(".");
        for (text, domain, host) in [
            ("example.com", true, true),
            ("com", true, false),
            ("a-b.1.c3", true, true),
            ("1.2", false, false),
            ("ab--cd.com", false, false),
            ("xn--bcher-kva.example", false, false),
            ("Example.com", false, false),
            ("example.com.", false, false),
            ("a..b", false, false),
            ("-a.com", false, false),
            (&longest, true, true),
            (&format!("a{label}.com"), false, false),
            (&format!("b.{longest}"), false, false),
        ] {
            assert_eq!((is_plain(text, Rules::Domain), is_plain(text, Rules::Host)), (domain, host), "{text}");
        }
    }
}
