//! `rdapConformance` (RFC 9083 section 4.1).

use crate::finding::Findings;
use crate::iana;
use crate::node::Node;
use std::collections::HashSet;

/// Judges the array.
pub(crate) fn judge(found: &mut Findings, node: &Node<'_>) {
    let items = node.items();
    let texts: Vec<&str> = items.iter().filter_map(Node::text).collect();
    let is_distinct = texts.iter().collect::<HashSet<_>>().len() == texts.len();
    found.demand(node.is_array() && is_distinct, -10500, node, "`rdapConformance` isn't an array of distinct strings.");
    for item in &items {
        match item.text() {
            None => found.report(-10501, item, "An item of `rdapConformance` isn't a string."),
            Some(text) if !iana::is_rdap_extension(text) => {
                found.report(-10502, item, format!("`{text}` isn't listed in IANA's RDAP Extensions."));
            }
            Some(_) => {}
        }
    }
    if node.is_array() {
        found.demand(texts.contains(&"rdap_level_0"), -10503, node, "`rdapConformance` lacks `rdap_level_0`.");
    }
}
