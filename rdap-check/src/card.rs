//! Reading a jCard (RFC 7095): the properties of an entity's `vcardArray`. Whether it is well formed is `structure::jcard`'s business.

use crate::node::Node;

/// One property: name, parameters, type, value.
#[derive(Debug, Clone)]
pub(crate) struct Property<'a>(pub(crate) Node<'a>);

impl<'a> Property<'a> {
    /// Its name, such as `tel`.
    pub(crate) fn name(&self) -> Option<&'a str> {
        self.0.item(0)?.text()
    }

    /// A parameter.
    pub(crate) fn parameter(&self, name: &str) -> Option<Node<'a>> {
        self.0.item(1)?.member(name)
    }

    /// The words of the `type` parameter, given singly or as an array, in lower case.
    pub(crate) fn types(&self) -> Vec<String> {
        let given = self.parameter("type").map(|node| node.one_or_more_texts()).unwrap_or_default();
        given.iter().map(|word| word.to_ascii_lowercase()).collect()
    }

    /// The (first) value.
    pub(crate) fn value(&self) -> Option<Node<'a>> {
        self.0.item(3)
    }

    /// The value, if it is a text with something in it.
    pub(crate) fn shown_text(&self) -> Option<&'a str> {
        self.value()?.text().filter(|text| !text.trim().is_empty())
    }

    /// Whether the value has any text in it, be it a string or a structure of strings.
    pub(crate) fn is_shown(&self) -> bool {
        self.value().is_some_and(|value| shows_text(&value))
    }

    /// A part of a structured value, such as the city of an `adr`, counted from 0.
    pub(crate) fn part(&self, index: usize) -> Option<Node<'a>> {
        self.value()?.item(index)
    }
}

/// Whether any text stands in a value or below it.
pub(crate) fn shows_text(node: &Node<'_>) -> bool {
    node.everything().iter().any(|part| part.text().is_some_and(|text| !text.trim().is_empty()))
}

/// All properties of an entity's jCard.
pub(crate) fn properties<'a>(entity: &Node<'a>) -> Vec<Property<'a>> {
    let card = entity.member("vcardArray").and_then(|card| card.item(1));
    card.map(|card| card.items().into_iter().map(Property).collect()).unwrap_or_default()
}

/// The properties of one name.
pub(crate) fn named<'a>(entity: &Node<'a>, name: &str) -> Vec<Property<'a>> {
    properties(entity).into_iter().filter(|property| property.name() == Some(name)).collect()
}

/// Every property of one name in any jCard of the body.
pub(crate) fn named_everywhere<'a>(root: &Node<'a>, name: &str) -> Vec<Property<'a>> {
    let mut all = Vec::new();
    root.walk(&mut |node| all.extend(named(node, name)));
    all
}
