//! Answers that are no domain: errors (RFC 9083 section 6) and the help (TIG 3.4). The conformance and the terms are in them too.

use super::CONFORMANCE;
use super::json::{escaped, raw, text};
use super::template::Template;

/// What went wrong, for whoever asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ErrorAnswer<'a> {
    /// The HTTP status.
    pub status: u16,
    /// A few words.
    pub title: &'a str,
    /// Sentences.
    pub description: &'a [&'a str],
}

/// Writes an error. `path` is what was asked, path and query exactly as they came.
#[must_use]
pub fn write_error(template: &Template, error: &ErrorAnswer<'_>, path: &str) -> Vec<u8> {
    let mut buffer = Vec::with_capacity(1024);
    let out = &mut buffer;
    raw(out, &[CONFORMANCE, r#"],"errorCode":"#, &error.status.to_string(), r#","title":"#]);
    text(out, error.title);
    raw(out, &[r#","description":["#]);
    let mut comma = "";
    for sentence in error.description {
        raw(out, &[comma]);
        text(out, sentence);
        comma = ",";
    }
    raw(out, &["]"]);
    write_terms(out, template, path, "");
    buffer
}

/// Writes the help.
#[must_use]
pub fn write_help(template: &Template, path: &str) -> Vec<u8> {
    let mut buffer = Vec::with_capacity(2048);
    raw(&mut buffer, &[CONFORMANCE, "]"]);
    write_terms(&mut buffer, template, path, &format!(",{}", template.help));
    buffer
}

/// The notices, and the end of the answer.
fn write_terms(out: &mut Vec<u8>, template: &Template, path: &str, more: &str) {
    let [head, tail] = &template.terms;
    raw(out, &[r#","notices":["#, head, &template.origin]);
    escaped(out, path);
    raw(out, &[tail, more, "]}"]);
}
