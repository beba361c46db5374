//! Element tree to text, with one fixed prefix per known namespace.

use super::{Attribute, Element, MAX_DEPTH, Node, is_ncname, is_xml_char};
use crate::namespace::{Namespace, Ns};

/// What every document starts with.
const DECLARATION: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="no"?>"#;

/// Why a tree cannot be written as XML.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// Text or an attribute holds a character XML 1.0 cannot carry.
    #[error("`{element}` holds a control character that XML cannot carry")]
    Character {
        /// The element.
        element: String,
    },
    /// A name that is not an XML name.
    #[error("an element or attribute inside `{element}` has a name that XML does not allow")]
    Name {
        /// The element, or its parent when its own name is at fault.
        element: String,
    },
    /// Deeper than any receiver accepts.
    #[error("the document nests elements deeper than {MAX_DEPTH} levels")]
    Depth,
}

/// Decides what a masked document shows in place of the content of an element; `None` shows the content.
pub(crate) type Mask = fn(&Element) -> Option<&'static str>;

/// The bytes of a whole document: XML declaration and root element.
///
/// # Errors
/// [`WriteError`] when the tree holds what XML cannot carry.
pub fn to_document(root: &Element) -> Result<Vec<u8>, WriteError> {
    let mut out = String::with_capacity(1024);
    out.push_str(DECLARATION);
    Writer { out: &mut out, scope: Vec::new(), mask: None }.element(root, 0)?;
    Ok(out.into_bytes())
}

/// One element as text, without XML declaration.
///
/// # Errors
/// [`WriteError`] when the tree holds what XML cannot carry.
pub fn to_fragment(element: &Element) -> Result<String, WriteError> {
    let mut out = String::new();
    Writer { out: &mut out, scope: Vec::new(), mask: None }.element(element, 0)?;
    Ok(out)
}

/// One element as text with the masked contents replaced.
pub(crate) fn to_masked(element: &Element, mask: Mask) -> Result<String, WriteError> {
    let mut out = String::new();
    Writer { out: &mut out, scope: Vec::new(), mask: Some(mask) }.element(element, 0)?;
    Ok(out)
}

/// A namespace declaration in force; an empty prefix is the default namespace.
struct Binding {
    prefix: String,
    ns: Ns,
}

struct Writer<'o> {
    out: &'o mut String,
    scope: Vec<Binding>,
    mask: Option<Mask>,
}

impl Writer<'_> {
    fn element(&mut self, element: &Element, depth: usize) -> Result<(), WriteError> {
        if depth >= MAX_DEPTH {
            return Err(WriteError::Depth);
        }
        if !is_ncname(&element.name) {
            return Err(WriteError::Name { element: "the document".into() });
        }
        let outer = self.scope.len();
        let prefix = self.prefix_for_element(&element.ns);
        let attribute_prefixes: Vec<String> = element.attrs.iter().map(|attr| self.prefix_for_attribute(&attr.ns)).collect();

        self.out.push('<');
        let tag_at = self.out.len();
        self.qualified(&prefix, &element.name);
        let tag = tag_at..self.out.len();
        self.declarations(outer);
        for (attr, prefix) in element.attrs.iter().zip(&attribute_prefixes) {
            self.attribute(element, attr, prefix)?;
        }
        let masked = self.mask.and_then(|mask| mask(element));
        if masked.is_none() && element.children.is_empty() {
            self.out.push_str("/>");
        } else {
            self.out.push('>');
            match masked {
                Some(instead) => self.out.push_str(instead),
                None => self.children(element, depth)?,
            }
            self.out.push_str("</");
            self.out.extend_from_within(tag);
            self.out.push('>');
        }
        self.scope.truncate(outer);
        Ok(())
    }

    fn children(&mut self, element: &Element, depth: usize) -> Result<(), WriteError> {
        for node in &element.children {
            match node {
                Node::Element(child) => self.element(child, depth + 1)?,
                Node::Text(text) => self.escaped(text, element, Quote::Text)?,
            }
        }
        Ok(())
    }

    fn attribute(&mut self, element: &Element, attr: &Attribute, prefix: &str) -> Result<(), WriteError> {
        if !is_ncname(&attr.name) {
            return Err(WriteError::Name { element: element.label() });
        }
        self.out.push(' ');
        self.qualified(prefix, &attr.name);
        self.out.push_str("=\"");
        self.escaped(&attr.value, element, Quote::Attribute)?;
        self.out.push('"');
        Ok(())
    }

    /// Finds or makes the binding of an element's namespace. EPP itself is the default namespace, as servers expect it.
    fn prefix_for_element(&mut self, ns: &Ns) -> String {
        match ns {
            Ns::None => {
                if self.default_ns().is_some_and(|ns| *ns != Ns::None) {
                    self.scope.push(Binding { prefix: String::new(), ns: Ns::None });
                }
                String::new()
            }
            Ns::Known(Namespace::Epp) => {
                if self.default_ns() != Some(ns) {
                    self.scope.push(Binding { prefix: String::new(), ns: ns.clone() });
                }
                String::new()
            }
            other => self.named_prefix(other),
        }
    }

    fn prefix_for_attribute(&mut self, ns: &Ns) -> String {
        if *ns == Ns::None { String::new() } else { self.named_prefix(ns) }
    }

    fn named_prefix(&mut self, ns: &Ns) -> String {
        if let Ns::Known(Namespace::Xml) = ns {
            return Namespace::Xml.prefix().to_owned();
        }
        if let Some(binding) = self.scope.iter().rev().find(|binding| binding.ns == *ns && !binding.prefix.is_empty()) {
            let innermost = self.scope.iter().rev().find(|other| other.prefix == binding.prefix);
            if innermost.is_some_and(|innermost| innermost.ns == *ns) {
                return binding.prefix.clone();
            }
        }
        let prefix = match ns {
            Ns::Known(known) => known.prefix().to_owned(),
            _ => format!("ns{}", self.scope.len() + 1),
        };
        self.scope.push(Binding { prefix: prefix.clone(), ns: ns.clone() });
        prefix
    }

    fn default_ns(&self) -> Option<&Ns> {
        self.scope.iter().rev().find(|binding| binding.prefix.is_empty()).map(|binding| &binding.ns)
    }

    fn declarations(&mut self, outer: usize) {
        for index in outer..self.scope.len() {
            let binding = &self.scope[index];
            self.out.push_str(" xmlns");
            if !binding.prefix.is_empty() {
                self.out.push(':');
                self.out.push_str(&binding.prefix);
            }
            self.out.push_str("=\"");
            escape_into(self.out, binding.ns.urn(), Quote::Attribute);
            self.out.push('"');
        }
    }

    fn qualified(&mut self, prefix: &str, name: &str) {
        if !prefix.is_empty() {
            self.out.push_str(prefix);
            self.out.push(':');
        }
        self.out.push_str(name);
    }

    fn escaped(&mut self, text: &str, element: &Element, quote: Quote) -> Result<(), WriteError> {
        if !text.chars().all(is_xml_char) {
            return Err(WriteError::Character { element: element.label() });
        }
        escape_into(self.out, text, quote);
        Ok(())
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Quote {
    Text,
    Attribute,
}

fn escape_into(out: &mut String, text: &str, quote: Quote) {
    let mut from = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escaped = match byte {
            b'&' => "&amp;",
            b'<' => "&lt;",
            b'>' => "&gt;",
            b'\r' => "&#13;",
            b'"' if quote == Quote::Attribute => "&quot;",
            b'\n' if quote == Quote::Attribute => "&#10;",
            b'\t' if quote == Quote::Attribute => "&#9;",
            _ => continue,
        };
        out.push_str(&text[from..at]);
        out.push_str(escaped);
        from = at + 1;
    }
    out.push_str(&text[from..]);
}
