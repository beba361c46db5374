//! The answer to `/help` (RFC 9083 section 7).

use super::members::{judge_duplicates, judge_lang, judge_unknown, roll_up_member};
use super::{conformance, notices};
use crate::finding::Findings;
use crate::node::Node;

/// Judges the topmost object.
pub(crate) fn judge(found: &mut Findings, node: &Node<'_>) {
    judge_unknown(found, -12501, node, &["rdapConformance", "notices", "lang"]);
    judge_duplicates(found, -12502, node);
    judge_lang(found, node);
    roll_up_member(found, -12503, node, "notices", notices::judge);
    roll_up_member(found, -12505, node, "rdapConformance", conformance::judge);
}
