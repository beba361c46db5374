//! The entity object class (RFC 9083 section 5.1).

use super::members::{judge_class, judge_duplicates, judge_lang, judge_string, judge_unknown, roll_up_member};
use super::{conformance, events, jcard, links, notices, public_ids, words};
use crate::finding::Findings;
use crate::node::Node;

const MEMBERS: [&str; 17] = [
    "objectClassName",
    "handle",
    "vcardArray",
    "roles",
    "publicIds",
    "entities",
    "remarks",
    "links",
    "events",
    "asEventActor",
    "status",
    "port43",
    "networks",
    "autnums",
    "notices",
    "rdapConformance",
    "lang",
];

/// Judges `entities`.
pub(crate) fn judge_all(found: &mut Findings, node: &Node<'_>) {
    found.demand(node.is_array(), -11900, node, "`entities` isn't an array.");
    for entity in node.items() {
        found.roll_up(-11901, &entity, |found| judge(found, &entity));
    }
}

fn judge(found: &mut Findings, node: &Node<'_>) {
    if !found.demand(node.is_object(), -12300, node, "The entity isn't an object.") {
        return;
    }
    judge_unknown(found, -12301, node, &MEMBERS);
    judge_duplicates(found, -12302, node);
    judge_class(found, -12303, node, "entity");
    judge_string(found, -12304, node, "handle");
    judge_lang(found, node);
    if let Some(card) = node.member("vcardArray") {
        jcard::judge(found, &card);
    }
    roll_up_member(found, -12306, node, "roles", words::judge_roles);
    roll_up_member(found, -12307, node, "publicIds", public_ids::judge);
    roll_up_member(found, -12308, node, "entities", judge_all);
    roll_up_member(found, -12309, node, "remarks", notices::judge);
    roll_up_member(found, -12310, node, "links", links::judge);
    roll_up_member(found, -12311, node, "events", events::judge);
    roll_up_member(found, -12312, node, "asEventActor", events::judge_as_event_actor);
    roll_up_member(found, -12313, node, "status", words::judge_status);
    roll_up_member(found, -12314, node, "port43", words::judge_port43);
    roll_up_member(found, -12315, node, "notices", notices::judge);
    roll_up_member(found, -12317, node, "rdapConformance", conformance::judge);
    judge_numbers(found, -12318, node, "autnums", "autnum");
    judge_numbers(found, -12319, node, "networks", "ip network");
}

/// The objects of address registries, which a registrar has none of: an array of objects of the class is all that is asked.
fn judge_numbers(found: &mut Findings, id: i32, node: &Node<'_>, member: &str, class: &str) {
    if let Some(objects) = node.member(member) {
        let are_of_class = objects.items().iter().all(|object| object.member_text("objectClassName") == Some(class));
        found.demand(objects.is_array() && are_of_class, id, &objects, format!("`{member}` isn't an array of objects of class `{class}`."));
    }
}
