//! The results of a validation, as they are kept for evidence.

use serde::Serialize;

use super::field::Field;
use super::finding::{FORM_RULE, Finding, Level};
use crate::refusal::Refusal;

/// What a validation found (ACY-1). Holds nothing personal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Validation {
    /// By which rules and tables: [`super::VALIDATOR_VERSION`] of then.
    pub validator: &'static str,
    /// One result for each field, in the order of [`Field::ALL`].
    pub results: Vec<FieldResult>,
}

/// What was found on one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct FieldResult {
    /// Which.
    pub field: Field,
    /// The obligation that decided: `ACY-1` for the form, `RDP-1` for the presence.
    pub rule: &'static str,
    /// The worst that was found; none where the field passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finding: Option<Finding>,
}

impl Validation {
    /// The refusal, if a field cannot be true. It speaks of the first such field and names the others.
    #[must_use]
    pub fn refusal(&self) -> Option<Refusal> {
        let mut faults = self.findings(Level::Fault);
        let (result, finding) = faults.next()?;
        let others: Vec<&str> = faults.map(|(other, _)| other.field.phrase()).collect();
        let sentence = match others.as_slice() {
            [] => finding.sentence.clone(),
            others => format!("{}; nor are these right: {}", finding.sentence, others.join(", ")),
        };
        Some(Refusal::new(finding.code, result.rule, sentence).hint(finding.hint.clone()))
    }

    /// What may be false and was let pass.
    pub fn doubts(&self) -> impl Iterator<Item = &Finding> {
        self.findings(Level::Doubt).map(|(_, finding)| finding)
    }

    /// The finding on one field.
    #[must_use]
    pub fn finding(&self, field: Field) -> Option<&Finding> {
        self.results.iter().find(|result| result.field == field)?.finding.as_ref()
    }

    fn findings(&self, level: Level) -> impl Iterator<Item = (&FieldResult, &Finding)> {
        let found = self.results.iter().filter_map(|result| result.finding.as_ref().map(|finding| (result, finding)));
        found.filter(move |(_, finding)| finding.level == level)
    }
}

impl FieldResult {
    pub(super) fn new(field: Field, finding: Option<Finding>) -> Self {
        Self { field, rule: finding.as_ref().map_or(FORM_RULE, |finding| finding.rule), finding }
    }

    /// Whether nothing was found.
    #[must_use]
    pub fn is_passed(&self) -> bool {
        self.finding.is_none()
    }
}
