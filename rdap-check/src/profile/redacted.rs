//! The `redacted` array itself (RFC 9537 section 4.2), before anyone asks what it redacts.

use super::redaction::ELEMENTS;
use crate::document::Document;
use crate::finding::Findings;
use crate::node::Node;

/// Judges the form of every redaction.
pub(crate) fn judge(found: &mut Findings, document: &Document<'_>) {
    let Some(redacted) = document.root.member("redacted") else { return };
    let is_array_of_objects = redacted.is_array() && redacted.items().iter().all(Node::is_object);
    found.demand(is_array_of_objects, -62002, &redacted, "`redacted` isn't an array of objects.");
    for redaction in redacted.items().iter().filter(|item| item.is_object()) {
        judge_name(found, redaction);
        for member in ["prePath", "postPath", "replacementPath", "pathLang", "method"] {
            let is_string = redaction.member(member).is_none_or(|given| given.text().is_some());
            found.demand(is_string, -62004, redaction, format!("`{member}` isn't a string."));
        }
        if let Some(reason) = redaction.member("reason") {
            let is_member = |(name, value): &(&str, Node<'_>)| ["lang", "type", "description"].contains(name) && value.text().is_some();
            let is_reason = reason.is_object() && reason.members().iter().all(is_member);
            found.demand(is_reason, -62005, &reason, "`reason` isn't an object of the strings `lang`, `type` and `description`.");
        }
    }
}

fn judge_name(found: &mut Findings, redaction: &Node<'_>) {
    let Some(name) = redaction.member("name") else {
        found.report(-62003, redaction, "The redaction has no `name`.");
        return;
    };
    let given: Vec<_> = ["type", "description"].iter().filter_map(|member| name.member(member)).collect();
    let has_one_string = given.len() == 1 && given.iter().all(|value| value.text().is_some());
    found.demand(
        name.is_object() && has_one_string,
        -62003,
        &name,
        "`name` isn't an object with the string `type` or the string `description`.",
    );
    let description = name.member_text("description").map(str::trim);
    if let Some(index) = ELEMENTS.iter().position(|element| Some(*element) == description) {
        let id = -65800 - i32::try_from(index).unwrap_or_default();
        found.report(id, &name, format!("`{}` is named by `description`, where `type` would be understood.", ELEMENTS[index]));
    }
}
