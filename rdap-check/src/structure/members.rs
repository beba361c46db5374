//! The members of an object: known ones, none twice; and which class of object it says it is.

use crate::finding::Findings;
use crate::iana::{self, JsonValue};
use crate::node::Node;

/// Members that no structure here knows. ICANN's tool ignores them, since an extension may have added them.
pub(crate) fn judge_unknown(found: &mut Findings, id: i32, node: &Node<'_>, known: &[&str]) {
    for (name, member) in node.members() {
        found.demand(known.contains(&name), id, &member, format!("`{name}` isn't a member that RFC 9083 knows here."));
    }
}

/// Members given more than once (RFC 8259 section 4 leaves open which one counts).
pub(crate) fn judge_duplicates(found: &mut Findings, id: i32, node: &Node<'_>) {
    let members = node.members();
    for (index, (name, member)) in members.iter().enumerate() {
        let is_repeated = members[..index].iter().any(|(other, _)| other == name);
        found.demand(!is_repeated, id, member, format!("`{name}` is given more than once."));
    }
}

/// The class an object says it is of. Whether it says so at all is -13003's business.
pub(crate) fn judge_class(found: &mut Findings, id: i32, node: &Node<'_>, class: &str) {
    if let Some(given) = node.member("objectClassName") {
        found.demand(given.text() == Some(class), id, &given, format!("The object class isn't `{class}`."));
    }
}

/// A member that must be a string if it is there.
pub(crate) fn judge_string(found: &mut Findings, id: i32, node: &Node<'_>, member: &str) {
    if let Some(given) = node.member(member) {
        found.demand(given.text().is_some(), id, &given, format!("`{member}` isn't a string."));
    }
}

/// A value that must be a string (`string`) registered in RDAP JSON Values (`registered`).
pub(crate) fn judge_registered(found: &mut Findings, string: i32, registered: i32, kind: JsonValue, node: &Node<'_>) {
    match node.text() {
        None => found.report(string, node, "The value isn't a string."),
        Some(text) if !iana::is_json_value(kind, text) => {
            found.report(registered, node, format!("`{text}` isn't a value that IANA lists for this place."));
        }
        Some(_) => {}
    }
}

/// `lang`, a language tag (RFC 9083 section 4.4).
pub(crate) fn judge_lang(found: &mut Findings, node: &Node<'_>) {
    if let Some(lang) = node.member("lang") {
        let is_tag = lang.text().is_some_and(crate::form::language::is_language_tag);
        found.demand(is_tag, -10800, &lang, "`lang` isn't a language tag.");
    }
}

/// Runs the tests of a member, if the object has it, and rolls their errors up into the object's own id for it.
pub(crate) fn roll_up_member<'a>(
    found: &mut Findings,
    id: i32,
    object: &Node<'a>,
    member: &str,
    tests: impl FnOnce(&mut Findings, &Node<'a>),
) {
    if let Some(node) = object.member(member) {
        found.roll_up(id, &node, |found| tests(found, &node));
    }
}
