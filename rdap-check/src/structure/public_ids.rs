//! `publicIds` (RFC 9083 section 4.8).

use super::members::{judge_string, judge_unknown};
use crate::finding::Findings;
use crate::node::Node;

/// Judges the array.
pub(crate) fn judge(found: &mut Findings, node: &Node<'_>) {
    let is_array_of_objects = node.is_array() && node.items().iter().all(Node::is_object);
    found.demand(is_array_of_objects, -11200, node, "`publicIds` isn't an array of objects.");
    for public_id in node.items().iter().filter(|item| item.is_object()) {
        judge_unknown(found, -11201, public_id, &["type", "identifier"]);
        let is_complete = public_id.member("type").is_some() && public_id.member("identifier").is_some();
        found.demand(is_complete, -11203, public_id, "A public id needs both `type` and `identifier`.");
        judge_string(found, -11204, public_id, "type");
        judge_string(found, -11205, public_id, "identifier");
    }
}
