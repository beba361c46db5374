//! `ipAddresses` of a nameserver (RFC 9083 section 5.2).

use super::members::judge_unknown;
use crate::finding::Findings;
use crate::form::address::{judge_ipv4, judge_ipv6};
use crate::node::Node;

/// Judges the object.
pub(crate) fn judge(found: &mut Findings, node: &Node<'_>) {
    if !found.demand(node.is_object(), -11400, node, "`ipAddresses` isn't an object.") {
        return;
    }
    judge_unknown(found, -11401, node, &["v4", "v6"]);
    let has_either = node.member("v4").is_some() || node.member("v6").is_some();
    found.demand(has_either, -11403, node, "`ipAddresses` has neither `v4` nor `v6`.");
    if let Some(addresses) = node.member("v4") {
        judge_family(found, [-11404, -11405, -11406], &addresses, judge_ipv4);
    }
    if let Some(addresses) = node.member("v6") {
        judge_family(found, [-11407, -11408, -11409], &addresses, judge_ipv6);
    }
}

fn judge_family(found: &mut Findings, [array, string, valid]: [i32; 3], node: &Node<'_>, judge_one: fn(&mut Findings, &str, &str)) {
    found.demand(node.is_array(), array, node, "Addresses come as an array.");
    for address in node.items() {
        match address.text() {
            None => found.report(string, &address, "The address isn't a string."),
            Some(text) => found.roll_up(valid, &address, |found| judge_one(found, address.at(), text)),
        }
    }
}
