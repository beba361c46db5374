//! A small element tree with namespaces: what lies between bytes and the typed messages.
//!
//! Elements know their namespace by name, never by prefix; the serialiser chooses one fixed prefix per namespace. The parser refuses
//! what EPP has no use for (document types, entities, processing instructions) and everything without a bound.

mod parse;
mod write;

use std::borrow::Cow;
use std::fmt;

use crate::namespace::{Namespace, Ns};

pub use parse::{Document, DocumentNotes, Encoding, MAX_ATTRIBUTE_BYTES, MAX_ATTRIBUTES, MAX_DEPTH, MAX_NODES, XmlError, parse};
pub(crate) use write::to_masked;
pub use write::{WriteError, to_document, to_fragment};

/// One XML element.
///
/// `Debug` prints it in redacted form (see [`crate::redact()`]).
#[derive(Clone, PartialEq, Eq)]
pub struct Element {
    /// Namespace of the element.
    pub ns: Ns,
    /// Local name, without prefix.
    pub name: Cow<'static, str>,
    /// Attributes in document order, without namespace declarations.
    pub attrs: Vec<Attribute>,
    /// Elements and text in document order; white space between elements is not kept.
    pub children: Vec<Node>,
}

/// One attribute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Namespace, [`Ns::None`] for the usual unprefixed attribute.
    pub ns: Ns,
    /// Local name.
    pub name: Cow<'static, str>,
    /// Normalised value.
    pub value: String,
}

/// A child of an element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Node {
    /// A child element.
    Element(Element),
    /// Character data; neighbouring pieces are joined.
    Text(String),
}

impl Element {
    /// An empty element.
    pub fn new(ns: impl Into<Ns>, name: impl Into<Cow<'static, str>>) -> Element {
        Element { ns: ns.into(), name: name.into(), attrs: Vec::new(), children: Vec::new() }
    }

    /// Adds an unprefixed attribute.
    #[must_use]
    pub fn with_attr(mut self, name: &'static str, value: impl Into<String>) -> Element {
        self.attrs.push(Attribute { ns: Ns::None, name: name.into(), value: value.into() });
        self
    }

    /// Adds a child element.
    #[must_use]
    pub fn with_child(mut self, child: Element) -> Element {
        self.children.push(Node::Element(child));
        self
    }

    /// Adds character data.
    #[must_use]
    pub fn with_text(mut self, text: impl Into<String>) -> Element {
        let text = text.into();
        if !text.is_empty() {
            self.children.push(Node::Text(text));
        }
        self
    }

    /// Whether this is `name` in `ns`.
    pub fn is(&self, ns: Namespace, name: &str) -> bool {
        self.ns == ns && self.name == name
    }

    /// The child elements in order.
    pub fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }

    /// The first child element with this local name in this element's own namespace.
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.elements().find(|child| child.name == name && child.ns == self.ns)
    }

    /// The value of an unprefixed attribute.
    pub fn attr(&self, name: &str) -> Option<&str> {
        self.attrs.iter().find(|attr| attr.name == name && attr.ns == Ns::None).map(|attr| attr.value.as_str())
    }

    /// The character data directly inside this element, joined.
    pub fn text(&self) -> Cow<'_, str> {
        let mut pieces = self.children.iter().filter_map(|node| match node {
            Node::Text(text) => Some(text.as_str()),
            Node::Element(_) => None,
        });
        match (pieces.next(), pieces.next()) {
            (None, _) => Cow::Borrowed(""),
            (Some(only), None) => Cow::Borrowed(only),
            (Some(first), Some(second)) => {
                let mut joined = String::from(first);
                joined.push_str(second);
                joined.extend(pieces);
                Cow::Owned(joined)
            }
        }
    }

    /// `prefix:name` for messages to people; the prefix is the one we would write.
    pub fn label(&self) -> String {
        match &self.ns {
            Ns::Known(Namespace::Epp) | Ns::None => self.name.to_string(),
            Ns::Known(known) => format!("{}:{}", known.prefix(), self.name),
            Ns::Other(urn) => format!("{{{urn}}}{}", self.name),
        }
    }
}

impl fmt::Debug for Element {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&crate::redact::element(self))
    }
}

/// Whether `name` can stand as an element or attribute name after its prefix (an XML `NCName`, seen with some tolerance beyond ASCII).
pub(crate) fn is_ncname(name: &str) -> bool {
    let mut chars = name.chars();
    let first_fits = chars.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_' || c.is_alphabetic());
    first_fits && chars.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.') || c.is_alphanumeric())
}

/// Whether XML 1.0 allows the character in a document at all (production 2, `Char`).
pub(crate) fn is_xml_char(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | '\u{20}'..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}')
}
