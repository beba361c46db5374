//! The nameserver object class (RFC 9083 section 5.2).

use super::members::{judge_class, judge_duplicates, judge_lang, judge_string, judge_unknown, roll_up_member};
use super::{conformance, entity, events, ip_addresses, links, notices, words};
use crate::finding::Findings;
use crate::form::domain_name::{LDH_NAME, UNICODE_NAME, judge_name};
use crate::node::Node;

const MEMBERS: [&str; 14] = [
    "objectClassName",
    "handle",
    "ldhName",
    "unicodeName",
    "ipAddresses",
    "entities",
    "status",
    "remarks",
    "links",
    "port43",
    "events",
    "notices",
    "rdapConformance",
    "lang",
];

/// Judges one nameserver.
pub(crate) fn judge(found: &mut Findings, node: &Node<'_>) {
    if !found.demand(node.is_object(), -12400, node, "The nameserver isn't an object.") {
        return;
    }
    judge_unknown(found, -12401, node, &MEMBERS);
    judge_duplicates(found, -12402, node);
    judge_class(found, -12403, node, "nameserver");
    judge_string(found, -12404, node, "handle");
    judge_lang(found, node);
    roll_up_member(found, -12405, node, "ldhName", |found, name| judge_name(found, LDH_NAME, name));
    roll_up_member(found, -12406, node, "unicodeName", |found, name| judge_name(found, UNICODE_NAME, name));
    roll_up_member(found, -12407, node, "ipAddresses", ip_addresses::judge);
    roll_up_member(found, -12408, node, "entities", entity::judge_all);
    roll_up_member(found, -12409, node, "status", words::judge_status);
    roll_up_member(found, -12410, node, "remarks", notices::judge);
    roll_up_member(found, -12411, node, "links", links::judge);
    roll_up_member(found, -12412, node, "port43", words::judge_port43);
    roll_up_member(found, -12413, node, "events", events::judge);
    roll_up_member(found, -12414, node, "notices", notices::judge);
    roll_up_member(found, -12416, node, "rdapConformance", conformance::judge);
}
