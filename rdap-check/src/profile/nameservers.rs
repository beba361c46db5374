//! The nameservers of a domain (RP 2.9, RFC 5732 section 2.3).

use super::status::{pending_count, prohibited_yet_pending, words};
use crate::document::Document;
use crate::finding::Findings;
use crate::form::roid::{ends_in_icannrst, judge_roid};
use crate::node::Node;

/// Judges them one by one and together.
pub(crate) fn judge(found: &mut Findings, document: &Document<'_>) {
    let nameservers = document.root.member_items("nameservers");
    for nameserver in &nameservers {
        found.demand(nameserver.member("ldhName").is_some(), -47200, nameserver, "The nameserver has no `ldhName`.");
        if let Some(handle) = nameserver.member("handle") {
            judge_roid(found, -47201, -47202, &handle);
            found.demand(!ends_in_icannrst(&handle), -47205, &handle, "The handle's repository is `ICANNRST`.");
        }
        judge_status(found, nameserver);
    }
    let all_or_none = |member: &str| {
        let count = nameservers.iter().filter(|nameserver| nameserver.member(member).is_some()).count();
        count == 0 || count == nameservers.len()
    };
    if !all_or_none("handle") || !all_or_none("status") {
        found.report_at(-47203, "/nameservers", "`handle` and `status` are on some nameservers only.");
    }
}

fn judge_status(found: &mut Findings, nameserver: &Node<'_>) {
    let Some(node) = nameserver.member("status") else { return };
    let mut given = words(nameserver);
    given.remove("associated");
    let is_contradictory = (given.contains("active") && given.len() > 1)
        || prohibited_yet_pending(&given, &["delete", "update"]).is_some()
        || pending_count(&given) > 1;
    found.demand(!is_contradictory, -47204, &node, "The statuses of the nameserver don't go together.");
}
