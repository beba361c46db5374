//! What is wrong with a field, or may be.

use serde::{Deserialize, Serialize};

use super::field::Field;

/// The rule for the form of a field.
pub(super) const FORM_RULE: &str = "ACY-1";

/// The rule for the presence of a field.
const PRESENCE_RULE: &str = "RDP-1";

/// How bad it is; a fault is worse than a doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// May be true: kept as evidence, refuses nothing.
    Doubt,
    /// Cannot be true: refuses.
    Fault,
}

/// A finding on one field. Neither sentence nor hint repeats what the contact said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// Stable code for programs, such as `accuracy.postcode`.
    pub code: &'static str,
    /// One sentence for people.
    pub sentence: String,
    /// What to do about it.
    pub hint: String,
    /// The obligation; [`super::FieldResult::rule`] writes it down.
    #[serde(skip)]
    pub(super) rule: &'static str,
}

impl Finding {
    /// A finding on the form of a field.
    pub(super) fn new(level: Level, code: &'static str, sentence: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { level, code, sentence: sentence.into(), hint: hint.into(), rule: FORM_RULE }
    }

    /// What cannot be true.
    pub(super) fn fault(code: &'static str, sentence: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(Level::Fault, code, sentence, hint)
    }

    /// What may be true.
    pub(super) fn doubt(code: &'static str, sentence: impl Into<String>, hint: impl Into<String>) -> Self {
        Self::new(Level::Doubt, code, sentence, hint)
    }
}

/// A field that must be there and is not (RDP-1).
pub(super) fn missing(field: Field) -> Finding {
    let sentence = format!("the {} is missing", field.phrase());
    Finding { rule: PRESENCE_RULE, ..Finding::fault("accuracy.missing", sentence, "fill it in; no name is registered without it") }
}

/// A field that the country has and its post can do without.
pub(super) fn left_out(field: Field) -> Finding {
    let sentence = format!("the {} is left out, although the country has them", field.phrase());
    Finding { rule: PRESENCE_RULE, ..Finding::doubt("accuracy.left-out", sentence, "fill it in if the address has one") }
}

/// The worst of several findings, the first among equals.
pub(super) fn worst(findings: impl IntoIterator<Item = Option<Finding>>) -> Option<Finding> {
    findings.into_iter().flatten().reduce(|worst, next| if next.level > worst.level { next } else { worst })
}
