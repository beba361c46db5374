//! Builds elements in schema order and checks the facets of their values on the way.

use model::Timestamp;

use super::error::EncodeError;
use crate::namespace::Namespace;
use crate::xml::Element;

/// The white space rule and length of a schema type. Lengths count characters.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Facet {
    space: Space,
    min: usize,
    max: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Space {
    /// `token`: no line breaks or tabs, no space at the ends, no double space.
    Collapsed,
    /// `normalizedString`: no line breaks or tabs.
    Replaced,
    /// `string`.
    Kept,
}

const UNBOUNDED: usize = usize::MAX;

impl Facet {
    /// `eppcom:labelType`: a name.
    pub(crate) const LABEL: Facet = Facet::token(1, 255);
    /// `eppcom:clIDType`: a registrar or contact identifier.
    pub(crate) const HANDLE: Facet = Facet::token(3, 16);
    /// `epp:trIDStringType`.
    pub(crate) const TRANSACTION_ID: Facet = Facet::token(3, 64);
    /// `eppcom:minTokenType`.
    pub(crate) const MIN_TOKEN: Facet = Facet::token(1, UNBOUNDED);
    /// `token` without limits.
    pub(crate) const TOKEN: Facet = Facet::token(0, UNBOUNDED);
    /// `normalizedString` without limits.
    pub(crate) const NORMALIZED: Facet = Facet::normalized(0, UNBOUNDED);
    /// `language`, seen as a short token.
    pub(crate) const LANGUAGE: Facet = Facet::token(1, 35);
    /// `string` without limits.
    pub(crate) const STRING: Facet = Facet { space: Space::Kept, min: 0, max: UNBOUNDED };

    pub(crate) const fn token(min: usize, max: usize) -> Facet {
        Facet { space: Space::Collapsed, min, max }
    }

    pub(crate) const fn normalized(min: usize, max: usize) -> Facet {
        Facet { space: Space::Replaced, min, max }
    }

    /// Checks a value; the sentence of the error does not quote it.
    pub(crate) fn check(self, at: &str, value: &str) -> Result<(), EncodeError> {
        let has_breaks = value.contains(['\t', '\n', '\r']);
        let form = match self.space {
            Space::Kept => None,
            Space::Replaced => has_breaks.then_some("holds line breaks or tabs"),
            Space::Collapsed if has_breaks => Some("holds line breaks or tabs"),
            Space::Collapsed if value.starts_with(' ') || value.ends_with(' ') => Some("begins or ends with a space"),
            Space::Collapsed => value.contains("  ").then_some("holds two spaces in a row"),
        };
        if let Some(detail) = form {
            return Err(EncodeError::form(at, format!("{detail}, which the schema does not allow")));
        }
        let length = value.chars().count();
        if length < self.min || length > self.max {
            let allowed = match (self.min, self.max) {
                (min, UNBOUNDED) => format!("at least {min}"),
                (min, max) => format!("{min} to {max}"),
            };
            return Err(EncodeError::form(at, format!("has {length} characters; the schema allows {allowed}")));
        }
        Ok(())
    }
}

/// An element under construction; children go into its own namespace unless they bring one.
pub(crate) struct Out {
    ns: Namespace,
    element: Element,
}

impl Out {
    pub(crate) fn new(ns: Namespace, name: &'static str) -> Out {
        Out { ns, element: Element::new(ns, name) }
    }

    /// `prefix:name` of a child, for messages.
    pub(crate) fn at(&self, name: &str) -> String {
        if self.ns == Namespace::Epp { name.to_owned() } else { format!("{}:{name}", self.ns.prefix()) }
    }

    /// A child with text.
    pub(crate) fn leaf(&mut self, name: &'static str, value: &str, facet: Facet) -> Result<&mut Out, EncodeError> {
        facet.check(&self.at(name), value)?;
        self.push(Element::new(self.ns, name).with_text(value));
        Ok(self)
    }

    /// A child with text, if there is a value.
    pub(crate) fn opt_leaf(&mut self, name: &'static str, value: Option<&str>, facet: Facet) -> Result<&mut Out, EncodeError> {
        match value {
            Some(value) => self.leaf(name, value, facet),
            None => Ok(self),
        }
    }

    /// A child with text that needs no check.
    pub(crate) fn plain(&mut self, name: &'static str, value: impl ToString) -> &mut Out {
        self.push(Element::new(self.ns, name).with_text(value.to_string()));
        self
    }

    /// An empty child.
    pub(crate) fn empty(&mut self, name: &'static str) -> &mut Out {
        self.push(Element::new(self.ns, name));
        self
    }

    /// A child with an instant.
    pub(crate) fn date(&mut self, name: &'static str, value: Timestamp) -> Result<&mut Out, EncodeError> {
        let text = super::time::write(value).ok_or_else(|| EncodeError::range(self.at(name), "lies outside the years 1 to 9999"))?;
        self.push(Element::new(self.ns, name).with_text(text));
        Ok(self)
    }

    /// A child with an instant, if there is one.
    pub(crate) fn opt_date(&mut self, name: &'static str, value: Option<Timestamp>) -> Result<&mut Out, EncodeError> {
        match value {
            Some(value) => self.date(name, value),
            None => Ok(self),
        }
    }

    /// A finished child.
    pub(crate) fn push(&mut self, child: Element) -> &mut Out {
        self.element.children.push(crate::xml::Node::Element(child));
        self
    }

    /// A finished child, if there is one.
    pub(crate) fn opt(&mut self, child: Option<Element>) -> &mut Out {
        self.element.children.extend(child.map(crate::xml::Node::Element));
        self
    }

    /// Text of this element itself.
    pub(crate) fn text(&mut self, value: &str, facet: Facet) -> Result<&mut Out, EncodeError> {
        facet.check(&self.element.label(), value)?;
        if !value.is_empty() {
            self.element.children.push(crate::xml::Node::Text(value.to_owned()));
        }
        Ok(self)
    }

    /// An attribute.
    pub(crate) fn attr(&mut self, name: &'static str, value: &str, facet: Facet) -> Result<&mut Out, EncodeError> {
        facet.check(&format!("{}@{name}", self.element.label()), value)?;
        self.element = std::mem::replace(&mut self.element, Element::new(self.ns, "")).with_attr(name, value);
        Ok(self)
    }

    /// An attribute, if there is a value.
    pub(crate) fn opt_attr(&mut self, name: &'static str, value: Option<&str>, facet: Facet) -> Result<&mut Out, EncodeError> {
        match value {
            Some(value) => self.attr(name, value, facet),
            None => Ok(self),
        }
    }

    /// An attribute of type `boolean`.
    pub(crate) fn flag(&mut self, name: &'static str, value: bool) -> &mut Out {
        self.element = std::mem::replace(&mut self.element, Element::new(self.ns, "")).with_attr(name, if value { "1" } else { "0" });
        self
    }

    /// Whether no child has been added.
    pub(crate) fn is_empty(&self) -> bool {
        self.element.children.is_empty()
    }

    pub(crate) fn done(self) -> Element {
        self.element
    }
}

/// Refuses a list shorter or longer than the schema allows.
pub(crate) fn count(at: &str, length: usize, min: usize, max: usize) -> Result<(), EncodeError> {
    if length < min {
        return Err(EncodeError::form(at, format!("is given {length} times; the schema asks for at least {min}")));
    }
    if length > max {
        return Err(EncodeError::form(at, format!("is given {length} times; the schema allows at most {max}")));
    }
    Ok(())
}
