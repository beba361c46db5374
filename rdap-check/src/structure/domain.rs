//! The domain object class (RFC 9083 section 5.3).

use super::members::{judge_class, judge_duplicates, judge_lang, judge_string, judge_unknown, roll_up_member};
use super::{conformance, entity, events, links, nameserver, notices, public_ids, secure_dns, variants, words};
use crate::finding::Findings;
use crate::form::domain_name::{LDH_NAME, UNICODE_NAME, judge_name};
use crate::node::Node;

const MEMBERS: [&str; 19] = [
    "objectClassName",
    "handle",
    "ldhName",
    "unicodeName",
    "variants",
    "nameservers",
    "secureDNS",
    "entities",
    "status",
    "publicIds",
    "remarks",
    "links",
    "port43",
    "events",
    "network",
    "notices",
    "rdapConformance",
    "lang",
    "redacted",
];

/// Judges the topmost object of a domain lookup.
pub(crate) fn judge(found: &mut Findings, node: &Node<'_>) {
    judge_unknown(found, -12201, node, &MEMBERS);
    judge_duplicates(found, -12202, node);
    judge_class(found, -12203, node, "domain");
    judge_string(found, -12204, node, "handle");
    judge_lang(found, node);
    roll_up_member(found, -12205, node, "ldhName", |found, name| judge_name(found, LDH_NAME, name));
    roll_up_member(found, -12206, node, "unicodeName", |found, name| judge_name(found, UNICODE_NAME, name));
    roll_up_member(found, -12207, node, "variants", variants::judge);
    roll_up_member(found, -12208, node, "nameservers", judge_nameservers);
    roll_up_member(found, -12209, node, "secureDNS", secure_dns::judge);
    roll_up_member(found, -12210, node, "entities", entity::judge_all);
    roll_up_member(found, -12211, node, "status", words::judge_status);
    roll_up_member(found, -12212, node, "publicIds", public_ids::judge);
    roll_up_member(found, -12213, node, "remarks", notices::judge);
    roll_up_member(found, -12214, node, "links", links::judge);
    roll_up_member(found, -12215, node, "port43", words::judge_port43);
    roll_up_member(found, -12216, node, "events", events::judge);
    roll_up_member(found, -12217, node, "notices", notices::judge);
    roll_up_member(found, -12219, node, "rdapConformance", conformance::judge);
    for notices in node.everywhere("notices").iter().filter(|notices| notices.at() != "/notices") {
        found.report(-12218, notices, "`notices` stand elsewhere than in the topmost object.");
    }
}

fn judge_nameservers(found: &mut Findings, node: &Node<'_>) {
    found.demand(node.is_array(), -12208, node, "`nameservers` isn't an array.");
    for nameserver in node.items() {
        nameserver::judge(found, &nameserver);
    }
}

/// Every object that must say which class it is of, and doesn't (-13003).
pub(crate) fn judge_classes_given(found: &mut Findings, root: &Node<'_>) {
    let nested = ["entities", "nameservers"].map(|name| root.everywhere(name)).concat();
    let objects = nested.iter().flat_map(Node::items).filter(Node::is_object);
    for object in std::iter::once(root.clone()).chain(objects) {
        let is_given = object.member_text("objectClassName").is_some();
        found.demand(is_given, -13003, &object, "The object doesn't say its `objectClassName`.");
    }
}
