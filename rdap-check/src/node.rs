//! A value together with the place where it stands.

use crate::json::Value;

/// A JSON value and its JSON pointer.
#[derive(Debug, Clone)]
pub(crate) struct Node<'a> {
    at: String,
    value: &'a Value,
}

impl<'a> Node<'a> {
    /// The topmost value.
    pub(crate) fn root(value: &'a Value) -> Self {
        Self { at: String::new(), value }
    }

    /// Its JSON pointer.
    pub(crate) fn at(&self) -> &str {
        &self.at
    }

    /// The member of that name, if this is an object that has one (the last, should it be given twice).
    pub(crate) fn member(&self, name: &str) -> Option<Node<'a>> {
        let Value::Object(members) = self.value else { return None };
        let (given, value) = members.iter().rev().find(|(given, _)| given == name)?;
        Some(Node { at: format!("{}/{}", self.at, escape(given)), value })
    }

    /// The text of the member of that name.
    pub(crate) fn member_text(&self, name: &str) -> Option<&'a str> {
        self.member(name)?.text()
    }

    /// All members, in order; none if this isn't an object.
    pub(crate) fn members(&self) -> Vec<(&'a str, Node<'a>)> {
        let Value::Object(members) = self.value else { return Vec::new() };
        members.iter().map(|(name, value)| (name.as_str(), Node { at: format!("{}/{}", self.at, escape(name)), value })).collect()
    }

    /// The items of the member of that name; none if it is absent or no array.
    pub(crate) fn member_items(&self, name: &str) -> Vec<Node<'a>> {
        self.member(name).map(|node| node.items()).unwrap_or_default()
    }

    /// All items, in order; none if this isn't an array.
    pub(crate) fn items(&self) -> Vec<Node<'a>> {
        let Value::Array(items) = self.value else { return Vec::new() };
        items.iter().enumerate().map(|(index, value)| Node { at: format!("{}/{index}", self.at), value }).collect()
    }

    /// The item at an index.
    pub(crate) fn item(&self, index: usize) -> Option<Node<'a>> {
        let Value::Array(items) = self.value else { return None };
        items.get(index).map(|value| Node { at: format!("{}/{index}", self.at), value })
    }

    /// The text, if this is a string.
    pub(crate) fn text(&self) -> Option<&'a str> {
        match self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number, if this is a whole one.
    pub(crate) fn whole_number(&self) -> Option<i64> {
        match self.value {
            Value::Number(number) => number.as_i64(),
            _ => None,
        }
    }

    /// The truth value, if this is one.
    pub(crate) fn boolean(&self) -> Option<bool> {
        match self.value {
            Value::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// Whether this is an object.
    pub(crate) fn is_object(&self) -> bool {
        matches!(self.value, Value::Object(_))
    }

    /// Whether this is an array.
    pub(crate) fn is_array(&self) -> bool {
        matches!(self.value, Value::Array(_))
    }

    /// Whether this is a number.
    pub(crate) fn is_number(&self) -> bool {
        matches!(self.value, Value::Number(_))
    }

    /// The strings in this array, or the one string that stands in its place.
    pub(crate) fn one_or_more_texts(&self) -> Vec<&'a str> {
        match self.text() {
            Some(text) => vec![text],
            None => self.items().iter().filter_map(Node::text).collect(),
        }
    }

    /// Visits this value and everything below it, outermost first.
    pub(crate) fn walk(&self, visit: &mut impl FnMut(&Node<'a>)) {
        visit(self);
        self.items().iter().for_each(|item| item.walk(visit));
        self.members().iter().for_each(|(_, member)| member.walk(visit));
    }

    /// This value and everything below it, outermost first.
    pub(crate) fn everything(&self) -> Vec<Node<'a>> {
        let mut all = Vec::new();
        self.walk(&mut |node| all.push(node.clone()));
        all
    }

    /// Every member of that name, at any depth.
    pub(crate) fn everywhere(&self, name: &str) -> Vec<Node<'a>> {
        let mut all = Vec::new();
        self.walk(&mut |node| all.extend(node.member(name)));
        all
    }
}

/// A member's name as a reference token (RFC 6901 section 3).
fn escape(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
