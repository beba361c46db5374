//! The registration itself: its name, its handle, its dates, its delegation (RP 2.1, 2.2, 2.3, 2.9).

use super::redaction::{Redaction, judge_removal_method};
use crate::document::Document;
use crate::finding::Findings;
use crate::form::roid::{ends_in_icannrst, judge_roid};
use crate::node::Node;
use crate::structure::secure_dns::is_signed_without_data;

/// Events that the topmost object must have.
const EVENTS: [(i32, &str); 3] = [(-46300, "registration"), (-65600, "registrar expiration"), (-43100, "last update of RDAP database")];

/// Judges these parts.
pub(crate) fn judge(found: &mut Findings, document: &Document<'_>) {
    let root = &document.root;
    judge_name_form(found, document);
    judge_handle(found, document);
    for (id, action) in EVENTS {
        found.demand(has_event(root, action), id, root, format!("There is no event `{action}`."));
    }
    judge_delegation(found, root);
}

/// Whether the topmost object has an event of that action.
pub(crate) fn has_event(root: &Node<'_>, action: &str) -> bool {
    root.member_items("events").iter().any(|event| event.member_text("eventAction") == Some(action))
}

/// The answer names the domain in the form in which it was asked for.
fn judge_name_form(found: &mut Findings, document: &Document<'_>) {
    let root = &document.root;
    let (id, member) = if document.query.is_by_u_label() { (-46101, "unicodeName") } else { (-46100, "ldhName") };
    found.demand(root.member_text(member).is_some(), id, root, format!("The form of the query asks for a `{member}`."));
}

fn judge_handle(found: &mut Findings, document: &Document<'_>) {
    let root = &document.root;
    let redaction = Redaction::find(document, "Registry Domain ID");
    let handle = root.member("handle");
    if let Some(handle) = &handle {
        judge_roid(found, -46200, -46201, handle);
        found.demand(!ends_in_icannrst(handle), -46205, handle, "The handle's repository is `ICANNRST`.");
    }
    match redaction {
        None => {
            found.demand(handle.is_some(), -46202, root, "There is neither a `handle` nor a redaction of `Registry Domain ID`.");
        }
        Some(redaction) => {
            let node = redaction.node();
            let is_path = redaction.is_by_jsonpath() && node.member("prePath").is_none_or(|path| path.text() == Some("$.handle"));
            found.demand(is_path, -46203, node, "The path to the redacted domain id isn't `$.handle`.");
            judge_removal_method(found, -46204, &redaction);
            found.demand(handle.is_none(), -46206, node, "The domain id is redacted and shown.");
        }
    }
}

fn judge_delegation(found: &mut Findings, root: &Node<'_>) {
    let Some(secure_dns) = root.member("secureDNS") else {
        found.report(-46800, root, "There is no `secureDNS`.");
        return;
    };
    found.demand(secure_dns.member("delegationSigned").is_some(), -46801, &secure_dns, "`secureDNS` has no `delegationSigned`.");
    let is_complete = !is_signed_without_data(&secure_dns);
    found.demand(is_complete, -46802, &secure_dns, "The delegation is signed, but there is neither `dsData` nor `keyData`.");
}
