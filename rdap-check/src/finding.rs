//! What a check has to say, and the place where findings are collected.

use crate::node::Node;
use crate::table;
use std::fmt;

/// How much weight a finding has in ICANN's shipped configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// The answer doesn't conform.
    Error,
    /// Worth a look; may be right.
    Warning,
    /// Not counted: a member the base protocol doesn't know, which an extension may have added.
    Ignored,
}

/// One assertion that didn't hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// ICANN's id (below zero) or one of our own (above zero).
    pub id: i32,
    /// Its weight.
    pub level: Level,
    /// Where: a JSON pointer into the body (RFC 6901; empty for the whole body), or a word for a thing outside it, such as `http`.
    pub at: String,
    /// What is wrong, as a sentence.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} at `{}`: {}", self.id, self.at, self.message)
    }
}

/// The findings of one run, in the order in which they were made.
#[derive(Debug, Default)]
pub(crate) struct Findings(Vec<Finding>);

impl Findings {
    /// Notes that an assertion about `node` doesn't hold.
    pub(crate) fn report(&mut self, id: i32, node: &Node<'_>, message: impl Into<String>) {
        self.report_at(id, node.at(), message);
    }

    /// Notes that an assertion about a place doesn't hold.
    pub(crate) fn report_at(&mut self, id: i32, at: &str, message: impl Into<String>) {
        self.0.push(Finding { id, level: table::level(id), at: at.to_owned(), message: message.into() });
    }

    /// Notes the finding unless the assertion holds, and says whether it does.
    pub(crate) fn demand(&mut self, holds: bool, id: i32, node: &Node<'_>, message: impl Into<String>) -> bool {
        if !holds {
            self.report(id, node, message);
        }
        holds
    }

    /// Runs the tests of a structure; if one of them finds an error, the structure as a whole has failed too, under its own id.
    pub(crate) fn roll_up(&mut self, id: i32, node: &Node<'_>, tests: impl FnOnce(&mut Self)) {
        let before = self.0.len();
        tests(self);
        let new = &self.0[before..];
        let is_said_already = new.iter().any(|finding| finding.id == id && finding.at == node.at());
        if !is_said_already && new.iter().any(|finding| finding.level == Level::Error) {
            self.report(id, node, "This part of the answer fails its own tests.");
        }
    }

    /// Whether an error has been noted.
    pub(crate) fn has_error(&self) -> bool {
        self.0.iter().any(|finding| finding.level == Level::Error)
    }

    /// Adds what another run has found.
    pub(crate) fn add(&mut self, others: Vec<Finding>) {
        self.0.extend(others);
    }

    /// The findings.
    pub(crate) fn into_vec(self) -> Vec<Finding> {
        self.0
    }
}
