//! Reads the children of an element in schema order, and notices when they come in another.

use model::Timestamp;

use super::error::{Cx, DecodeError, DeviationKind, Fault};
use super::text::Handle;
use super::{read, time};
use crate::namespace::{Namespace, Ns};
use crate::xml::Element;

/// The child elements of one element, each to be taken once. Finish with [`Fields::finish`], which reports what nobody took.
pub(crate) struct Fields<'a> {
    parent: &'a Element,
    items: Vec<(&'a Element, bool)>,
    /// One past the furthest child taken so far: taking an earlier one later is the wrong order.
    furthest: usize,
}

impl<'a> Fields<'a> {
    pub(crate) fn of(parent: &'a Element) -> Fields<'a> {
        Fields { parent, items: parent.elements().map(|child| (child, false)).collect(), furthest: 0 }
    }

    /// Takes the next child of this name in the parent's own namespace.
    pub(crate) fn opt(&mut self, cx: &mut Cx, name: &str) -> Result<Option<&'a Element>, DecodeError> {
        let found = self.items.iter().position(|(child, taken)| !taken && child.name == name && child.ns == self.parent.ns);
        let found = match found {
            None if !cx.is_strict() => self.position_in_wrong_namespace(cx, name)?,
            found => found,
        };
        match found {
            Some(index) => self.take(cx, index).map(Some),
            None => Ok(None),
        }
    }

    /// Takes a child that must be there.
    pub(crate) fn req(&mut self, cx: &mut Cx, name: &str) -> Result<&'a Element, DecodeError> {
        match self.opt(cx, name)? {
            Some(child) => Ok(child),
            None => Err(self.missing(name)),
        }
    }

    /// Takes a child that should be there; a tolerant reader does without and counts it.
    pub(crate) fn wanted(&mut self, cx: &mut Cx, name: &str) -> Result<Option<&'a Element>, DecodeError> {
        let found = self.opt(cx, name)?;
        if found.is_none() {
            cx.deviate(DeviationKind::Missing, self.parent.label(), format!("the element `{name}` is missing"))?;
        }
        Ok(found)
    }

    /// Takes all children of this name in the parent's own namespace.
    pub(crate) fn many(&mut self, cx: &mut Cx, name: &str) -> Result<Vec<&'a Element>, DecodeError> {
        let mut found = Vec::new();
        for index in 0..self.items.len() {
            let (child, taken) = self.items[index];
            if !taken && child.name == name && child.ns == self.parent.ns {
                found.push(self.take(cx, index)?);
            }
        }
        Ok(found)
    }

    /// Takes all children of this name, of which there must be one at least.
    pub(crate) fn some(&mut self, cx: &mut Cx, name: &str) -> Result<Vec<&'a Element>, DecodeError> {
        let found = self.many(cx, name)?;
        if found.is_empty() { Err(self.missing(name)) } else { Ok(found) }
    }

    /// Takes every child of another namespace than the parent's, for the places where the schema lets any such element stand.
    pub(crate) fn foreign(&mut self, cx: &mut Cx, ns: Namespace) -> Result<Vec<&'a Element>, DecodeError> {
        let mut found = Vec::new();
        for index in 0..self.items.len() {
            let (child, taken) = self.items[index];
            if !taken && child.ns == ns {
                found.push(self.take(cx, index)?);
            }
        }
        Ok(found)
    }

    /// Every child, taken in order.
    pub(crate) fn all(&mut self) -> Vec<&'a Element> {
        self.furthest = self.items.len();
        let taken = |item: &mut (&'a Element, bool)| {
            item.1 = true;
            item.0
        };
        self.items.iter_mut().filter(|item| !item.1).map(taken).collect()
    }

    /// Reports children that nobody took.
    pub(crate) fn finish(self, cx: &mut Cx) -> Result<(), DecodeError> {
        for (child, _) in self.items.iter().filter(|(_, taken)| !taken) {
            let detail = format!("the element `{}` does not belong here", child.label());
            cx.deviate(DeviationKind::UnknownElement, self.parent.label(), detail)?;
        }
        Ok(())
    }

    pub(crate) fn missing(&self, name: &str) -> DecodeError {
        DecodeError::new(Fault::Missing, self.parent.label(), format!("the element `{name}` is missing"))
    }

    fn take(&mut self, cx: &mut Cx, index: usize) -> Result<&'a Element, DecodeError> {
        let child = self.items[index].0;
        self.items[index].1 = true;
        if index < self.furthest {
            let detail = format!("the element `{}` comes later than the schema has it", child.label());
            cx.deviate(DeviationKind::Order, self.parent.label(), detail)?;
        }
        self.furthest = self.furthest.max(index + 1);
        Ok(child)
    }

    fn position_in_wrong_namespace(&self, cx: &mut Cx, name: &str) -> Result<Option<usize>, DecodeError> {
        let is_candidate = |child: &Element| child.ns == Ns::None || child.ns == Namespace::Epp;
        let found = self.items.iter().position(|(child, taken)| !taken && child.name == name && is_candidate(child));
        if found.is_some() {
            let detail = format!("the element `{name}` is in another namespace than its parent");
            cx.deviate(DeviationKind::WrongNamespace, self.parent.label(), detail)?;
        }
        Ok(found)
    }
}

/// Values that many objects read by the same three steps.
impl Fields<'_> {
    pub(crate) fn token(&mut self, cx: &mut Cx, name: &str) -> Result<String, DecodeError> {
        self.req(cx, name).map(read::token)
    }

    pub(crate) fn opt_token(&mut self, cx: &mut Cx, name: &str) -> Result<Option<String>, DecodeError> {
        Ok(self.opt(cx, name)?.map(read::token))
    }

    pub(crate) fn handle(&mut self, cx: &mut Cx, name: &str) -> Result<Handle, DecodeError> {
        self.token(cx, name).map(Handle::from)
    }

    pub(crate) fn opt_handle(&mut self, cx: &mut Cx, name: &str) -> Result<Option<Handle>, DecodeError> {
        Ok(self.opt_token(cx, name)?.map(Handle::from))
    }

    pub(crate) fn date(&mut self, cx: &mut Cx, name: &str) -> Result<Timestamp, DecodeError> {
        let element = self.req(cx, name)?;
        time::read(cx, element)
    }

    pub(crate) fn opt_date(&mut self, cx: &mut Cx, name: &str) -> Result<Option<Timestamp>, DecodeError> {
        match self.opt(cx, name)? {
            // Some registries send an empty element where there is no date.
            Some(element) if !cx.is_strict() && element.children.is_empty() => {
                cx.deviate(DeviationKind::Value, element.label(), "the date is empty")?;
                Ok(None)
            }
            Some(element) => time::read(cx, element).map(Some),
            None => Ok(None),
        }
    }
}
