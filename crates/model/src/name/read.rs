//! Reading a name: splitting it, choosing the rules for each label, and the rules that span labels.

use super::{LabelFault, MAX_NAME_OCTETS, NameError};
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
