//! `variants` of a domain (RFC 9083 section 5.3).

use super::members::{judge_registered, judge_string, judge_unknown, roll_up_member};
use crate::finding::Findings;
use crate::form::domain_name::{LDH_NAME, UNICODE_NAME, judge_name};
use crate::iana::JsonValue;
use crate::node::Node;

/// Judges the array.
pub(crate) fn judge(found: &mut Findings, node: &Node<'_>) {
    let is_array_of_objects = node.is_array() && node.items().iter().all(Node::is_object);
    found.demand(is_array_of_objects, -11500, node, "`variants` isn't an array of objects.");
    for variant in node.items() {
        judge_unknown(found, -11501, &variant, &["relation", "idnTable", "variantNames"]);
        if let Some(relations) = variant.member("relation") {
            found.demand(relations.is_array(), -11503, &relations, "`relation` isn't an array.");
            for relation in relations.items() {
                judge_registered(found, -11504, -11505, JsonValue::VariantRelation, &relation);
            }
        }
        judge_string(found, -11506, &variant, "idnTable");
        if let Some(names) = variant.member("variantNames") {
            found.demand(names.is_array(), -11507, &names, "`variantNames` isn't an array.");
            for name in names.items() {
                judge_unknown(found, -11508, &name, &["ldhName", "unicodeName"]);
                roll_up_member(found, -11510, &name, "ldhName", |found, node| judge_name(found, LDH_NAME, node));
                roll_up_member(found, -11511, &name, "unicodeName", |found, node| judge_name(found, UNICODE_NAME, node));
            }
        }
    }
}
