//! A refusal: the rules say no, and say which rule.

use std::fmt;

use model::Timestamp;
use serde::Serialize;

/// Why a command was refused. Nothing changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Refusal {
    /// Stable code for programs, such as `transfer.locked`.
    pub code: &'static str,
    /// One sentence for people: what is refused and why.
    pub sentence: String,
    /// The obligation id or RFC section that decides, such as `TRF-7` or `RFC 5731 2.3`.
    pub rule: &'static str,
    /// What to do about it, if something can be done.
    pub hint: Option<String>,
    /// The instant from which the command may succeed, if one is known.
    pub not_before: Option<Timestamp>,
}

impl Refusal {
    /// A refusal with its code, rule and sentence.
    #[must_use]
    pub fn new(code: &'static str, rule: &'static str, sentence: impl Into<String>) -> Self {
        Self { code, sentence: sentence.into(), rule, hint: None, not_before: None }
    }

    /// Adds what to do about it.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds the instant from which it may succeed.
    #[must_use]
    pub fn not_before(mut self, at: Timestamp) -> Self {
        self.not_before = Some(at);
        self
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}, {})", self.sentence, self.code, self.rule)
    }
}

impl std::error::Error for Refusal {}
