//! `vcardArray`: a jCard (RFC 7095) with the properties of RFC 6350 and its extensions. All faults go under one id.

use super::jcard_value::{is_registered_property, value_fault};
use crate::card::Property;
use crate::finding::Findings;
use crate::node::Node;

const ID: i32 = -12305;

/// Judges the array.
pub(crate) fn judge(found: &mut Findings, card: &Node<'_>) {
    let items = card.items();
    let (Some(head), Some(properties), 2) = (items.first(), items.get(1), items.len()) else {
        found.report(ID, card, "A jCard is an array of `vcard` and an array of properties.");
        return;
    };
    found.demand(head.text() == Some("vcard"), ID, head, "A jCard starts with `vcard`.");
    if !found.demand(properties.is_array(), ID, properties, "The properties of a jCard are an array.") {
        return;
    }
    let properties: Vec<Property<'_>> = properties.items().into_iter().map(Property).collect();
    let version = properties.first().filter(|first| first.name() == Some("version"));
    let is_version_4 = version.and_then(Property::value).and_then(|value| value.text()) == Some("4.0");
    found.demand(is_version_4, ID, card, "The first property of a jCard is `version`, and it is 4.0.");
    let has_name = properties.iter().any(|property| property.name() == Some("fn"));
    found.demand(has_name, ID, card, "A jCard has an `fn`.");
    for property in &properties {
        judge_property(found, property);
    }
}

fn judge_property(found: &mut Findings, property: &Property<'_>) {
    let node = &property.0;
    let (Some(name), Some(kind)) = (property.name(), node.item(2).and_then(|kind| kind.text())) else {
        found.report(ID, node, "A property is an array of a name, parameters, a type and values.");
        return;
    };
    if !found.demand(is_registered_property(name), ID, node, format!("`{name}` isn't a property of vCard.")) {
        return;
    }
    let are_parameters =
        node.item(1).is_some_and(|parameters| parameters.is_object() && parameters.members().iter().all(|(_, value)| is_parameter(value)));
    found.demand(are_parameters, ID, node, format!("The parameters of `{name}` aren't an object of strings or arrays of strings."));
    let values = node.items().split_off(3.min(node.items().len()));
    found.demand(!values.is_empty(), ID, node, format!("`{name}` has no value."));
    for value in &values {
        if let Some(fault) = value_fault(name, kind, value) {
            found.report(ID, value, format!("`{name}`: {fault}"));
        }
    }
}

fn is_parameter(value: &Node<'_>) -> bool {
    value.text().is_some() || (value.is_array() && value.items().iter().all(|item| item.text().is_some()))
}
