//! The answer's body as the profile's checks see it, with the question and the registrar beside it.

use crate::answer::{Query, Registrar};
use crate::json::Value;
use crate::node::Node;
use serde_json_path::JsonPath;

/// A body that is JSON.
pub(crate) struct Document<'a> {
    /// The topmost value.
    pub(crate) root: Node<'a>,
    /// What was asked.
    pub(crate) query: &'a Query,
    /// Who answered.
    pub(crate) registrar: &'a Registrar,
    plain: serde_json::Value,
}

/// What a JSONPath leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reached {
    /// It isn't a JSONPath (RFC 9535).
    NotAPath,
    /// No place in this body.
    Nothing,
    /// At least one place.
    Something,
}

impl<'a> Document<'a> {
    /// Takes in a parsed body.
    pub(crate) fn new(value: &'a Value, query: &'a Query, registrar: &'a Registrar) -> Self {
        Self { root: Node::root(value), query, registrar, plain: value.to_plain() }
    }

    /// Follows a JSONPath.
    pub(crate) fn follow(&self, path: &str) -> Reached {
        match JsonPath::parse(path) {
            Err(_) => Reached::NotAPath,
            Ok(path) if path.query(&self.plain).is_empty() => Reached::Nothing,
            Ok(_) => Reached::Something,
        }
    }

    /// The topmost entities that have a role.
    pub(crate) fn entities_with_role(&self, role: &str) -> Vec<Node<'a>> {
        self.root.member_items("entities").into_iter().filter(|entity| has_role(entity, role)).collect()
    }

    /// Whether an extension or profile is declared.
    pub(crate) fn declares(&self, extension: &str) -> bool {
        self.root.member_items("rdapConformance").iter().any(|item| item.text() == Some(extension))
    }
}

/// Whether an entity has a role.
pub(crate) fn has_role(entity: &Node<'_>, role: &str) -> bool {
    entity.member_items("roles").iter().any(|item| item.text() == Some(role))
}
