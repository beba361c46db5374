//! The handles of contacts (RP 2.7.3): every contact's, and in full those of contacts other than registrant and technical.

use crate::document::{Document, has_role};
use crate::finding::Findings;
use crate::form::roid::{ends_in_icannrst, judge_roid};
use crate::node::Node;

/// Judges them.
pub(crate) fn judge(found: &mut Findings, document: &Document<'_>) {
    let is_contact = |entity: &Node<'_>| !["registrar", "reseller"].iter().any(|role| has_role(entity, role));
    for contact in document.root.member_items("entities").iter().filter(|entity| is_contact(entity)) {
        let Some(handle) = contact.member("handle") else { continue };
        found.demand(!ends_in_icannrst(&handle), -52106, &handle, "The handle's repository is `ICANNRST`.");
        if !has_role(contact, "registrant") && !has_role(contact, "technical") {
            judge_if_known(found, document, -47600, -47601, &handle);
        }
    }
}

/// Judges a handle as a ROID, if the registry's own RDAP knows the contact: a thin registry's contacts have the registrar's numbers.
pub(crate) fn judge_if_known(found: &mut Findings, document: &Document<'_>, form: i32, repository: i32, handle: &Node<'_>) {
    if document.query.is_known_to_registry(handle.text().unwrap_or_default()) {
        judge_roid(found, form, repository, handle);
    }
}
