//! Which statuses of a domain go together (RFC 5731 section 2.3, RFC 3915 section 3.1, RP 2.6).

use crate::document::Document;
use crate::finding::Findings;
use crate::node::Node;
use std::collections::HashSet;

/// What a client or a server may prohibit.
const PROHIBITABLE: [&str; 4] = ["delete", "renew", "transfer", "update"];
/// What may be pending, one at a time.
const PENDING: [&str; 5] = ["pending create", "pending delete", "pending renew", "pending transfer", "pending update"];

/// Judges the topmost `status`.
pub(crate) fn judge(found: &mut Findings, document: &Document<'_>) {
    let root = &document.root;
    let status = root.member("status");
    let given = words(root);
    if given.is_empty() {
        found.report(-47100, root, "There is no status.");
    }
    let Some(node) = status else { return };
    if let Some(contradiction) = contradiction(&given) {
        found.report(-46900, &node, contradiction);
    }
    for (id, period) in [(-47001, "redemption period"), (-47002, "pending restore")] {
        let accompanied = !given.contains(period) || given.contains("pending delete");
        found.demand(accompanied, id, &node, format!("`{period}` stands without `pending delete`."));
    }
}

/// The statuses of an object.
pub(crate) fn words<'a>(object: &Node<'a>) -> HashSet<&'a str> {
    object.member_items("status").iter().filter_map(Node::text).collect()
}

/// Whether something is pending that a client or the server prohibits.
pub(crate) fn prohibited_yet_pending(given: &HashSet<&str>, operations: &[&'static str]) -> Option<&'static str> {
    operations.iter().copied().find(|operation| {
        let is_prohibited = ["client", "server"].iter().any(|by| given.contains(format!("{by} {operation} prohibited").as_str()));
        is_prohibited && given.contains(format!("pending {operation}").as_str())
    })
}

/// How many operations are pending.
pub(crate) fn pending_count(given: &HashSet<&str>) -> usize {
    PENDING.iter().filter(|pending| given.contains(*pending)).count()
}

fn contradiction(given: &HashSet<&str>) -> Option<String> {
    let restricts = |word: &&str| {
        let (by, what) = word.split_once(' ').unwrap_or((word, ""));
        let is_restriction = matches!(by, "client" | "server") && (what == "hold" || what.ends_with(" prohibited"));
        *word == "inactive" || is_restriction || PENDING.contains(word)
    };
    if given.contains("active") && given.iter().any(restricts) {
        return Some("`active` stands beside a status that says otherwise.".into());
    }
    if let Some(operation) = prohibited_yet_pending(given, &PROHIBITABLE) {
        return Some(format!("`pending {operation}` stands beside a status that prohibits it."));
    }
    if pending_count(given) > 1 {
        return Some("More than one operation is pending.".into());
    }
    let are_together = given.contains("redemption period") && given.contains("pending restore");
    are_together.then(|| "`redemption period` and `pending restore` stand together.".into())
}
