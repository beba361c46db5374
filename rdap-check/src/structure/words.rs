//! Lists of registered words, and the one host name: `status`, `roles`, `port43` (RFC 9083 sections 4.6, 5.1, 4.7).

use super::members::judge_registered;
use crate::finding::Findings;
use crate::form::address::judge_host;
use crate::iana::JsonValue;
use crate::node::Node;
use std::collections::HashSet;

/// Judges `status`: the words of RDAP with spaces, not EPP's.
pub(crate) fn judge_status(found: &mut Findings, node: &Node<'_>) {
    found.demand(node.is_array(), -11000, node, "`status` isn't an array.");
    for item in node.items() {
        judge_registered(found, -11001, -11002, JsonValue::Status, &item);
    }
}

/// Judges `roles`.
pub(crate) fn judge_roles(found: &mut Findings, node: &Node<'_>) {
    found.demand(node.is_array(), -11800, node, "`roles` isn't an array.");
    for item in node.items() {
        judge_registered(found, -11801, -11802, JsonValue::Role, &item);
    }
    found.demand(!has_repetition(node), -11803, node, "A role is given more than once.");
}

/// Judges `port43`.
pub(crate) fn judge_port43(found: &mut Findings, node: &Node<'_>) {
    match node.text() {
        None => found.report(-11100, node, "`port43` isn't a string."),
        Some(host) => found.roll_up(-11100, node, |found| judge_host(found, node, host)),
    }
}

/// Whether an array has a string twice.
pub(crate) fn has_repetition(node: &Node<'_>) -> bool {
    let mut seen = HashSet::new();
    node.items().iter().filter_map(Node::text).any(|text| !seen.insert(text))
}
