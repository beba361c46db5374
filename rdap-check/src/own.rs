//! Checks of our own, beyond ICANN's list, under ids above zero. Their rule: never trust the path, look at the data.

use crate::card::{Property, named, properties};
use crate::document::{Document, has_role};
use crate::finding::Findings;
use crate::node::Node;
use crate::profile::notices::terms_link;
use crate::profile::redaction::Redaction;
use crate::profile::registration::has_event;

/// Words that stand in for a value. RFC 9537 section 3 forbids them: what is redacted is removed, emptied or replaced.
const PLACEHOLDERS: [&str; 7] =
    ["redacted", "not disclosed", "non-public data", "gdpr masked", "data protected", "statutory masking", "masked for privacy"];

/// The redactions of phone numbers by role: element, role, whether it is the fax.
const NUMBERS: [(&str, &str, bool); 3] =
    [("Registrant Phone", "registrant", false), ("Registrant Fax", "registrant", true), ("Tech Phone", "technical", false)];

/// Judges the answer to a domain lookup.
pub(crate) fn judge_domain(found: &mut Findings, document: &Document<'_>) {
    let root = &document.root;
    let entities: Vec<Node<'_>> = root.everywhere("entities").iter().flat_map(Node::items).collect();
    judge_numbers(found, document, &entities);
    for property in entities.iter().flat_map(properties) {
        judge_placeholder(found, &property);
    }
    judge_first_role(found, root);
    found.demand(has_event(root, "expiration"), 105, root, "There is no event `expiration` (RP 2.3.1.2).");
}

/// A redacted number is gone from every entity of that role, whatever form its `type` has and wherever the role stands in `roles`:
/// the path that the profile suggests finds none of those.
fn judge_numbers(found: &mut Findings, document: &Document<'_>, entities: &[Node<'_>]) {
    for (element, role, is_fax) in NUMBERS {
        if Redaction::find(document, element).is_none() {
            continue;
        }
        for phone in entities.iter().filter(|entity| has_role(entity, role)).flat_map(|entity| named(entity, "tel")) {
            let types = phone.types();
            let has = |word: &str| types.iter().any(|given| given == word);
            let is_meant = if is_fax { has("fax") } else { has("voice") || !has("fax") };
            let id = if is_fax { 102 } else { 101 };
            found.demand(!is_meant, id, &phone.0, format!("`{element}` is redacted, and this number is still there."));
        }
    }
}

/// Addresses of mail and of forms have tests of their own, and may well have such a word in them.
fn judge_placeholder(found: &mut Findings, property: &Property<'_>) {
    let is_uri = property.0.item(2).and_then(|kind| kind.text()) == Some("uri");
    if is_uri || property.name() == Some("email") {
        return;
    }
    for text in property.value().iter().flat_map(Node::everything).filter_map(|node| node.text()) {
        let lower = text.to_lowercase();
        let stands_in = PLACEHOLDERS.iter().any(|placeholder| lower.contains(placeholder));
        found.demand(!stands_in, 103, &property.0, format!("`{text}` stands in for a value."));
    }
}

/// The profile's paths look at the first role only.
fn judge_first_role(found: &mut Findings, root: &Node<'_>) {
    for entity in root.member_items("entities") {
        let first = entity.member_items("roles").first().and_then(Node::text);
        for role in ["registrant", "technical"] {
            let is_first = !has_role(&entity, role) || first == Some(role);
            found.demand(
                is_first,
                104,
                &entity,
                format!("`{role}` isn't the first role of its entity, so no path of the profile finds it."),
            );
        }
    }
}

/// Judges the body of an error: the terms of service belong on every answer (TIG 1.2, 3.3).
pub(crate) fn judge_error(found: &mut Findings, root: &Node<'_>) {
    found.demand(terms_link(root).is_some(), 106, root, "The error has no notice that leads to the terms of service.");
}
