//! The body of an error (RFC 9083 section 6), and what the profile adds to it.

use super::members::judge_duplicates;
use crate::finding::Findings;
use crate::node::Node;

/// Judges the topmost object of an answer with an HTTP status that is an error.
pub(crate) fn judge(found: &mut Findings, node: &Node<'_>, status: u16) {
    if !found.demand(node.is_object(), -12100, node, "The body of the error isn't an object.") {
        return;
    }
    judge_duplicates(found, -12102, node);
    match node.member("errorCode") {
        None => found.report(-12101, node, "The error has no `errorCode`."),
        Some(code) => {
            if found.demand(code.is_number(), -12103, &code, "`errorCode` isn't a number.") {
                let is_status = code.whole_number() == Some(i64::from(status));
                found.demand(is_status, -12108, &code, format!("`errorCode` isn't the HTTP status, {status}."));
            }
        }
    }
    super::members::judge_string(found, -12104, node, "title");
    if let Some(description) = node.member("description") {
        found.demand(description.is_array(), -12105, &description, "`description` isn't an array.");
        for line in description.items() {
            found.demand(line.text().is_some(), -12106, &line, "A line of the `description` isn't a string.");
        }
    }
    let conformance = node.member("rdapConformance");
    let is_array_of_strings = conformance.is_some_and(|array| array.is_array() && array.items().iter().all(|item| item.text().is_some()));
    found.demand(is_array_of_strings, -12107, node, "The error has no `rdapConformance`, an array of strings.");
}
