//! `notices` and `remarks` (RFC 9083 section 4.3).

use super::links;
use super::members::{judge_duplicates, judge_lang, judge_registered, judge_string, judge_unknown, roll_up_member};
use crate::finding::Findings;
use crate::iana::JsonValue;
use crate::node::Node;

/// Judges the array.
pub(crate) fn judge(found: &mut Findings, node: &Node<'_>) {
    found.demand(node.is_array(), -10700, node, "Notices and remarks come as an array.");
    for notice in node.items() {
        if found.demand(notice.is_object(), -10700, &notice, "A notice or remark is an object.") {
            judge_notice(found, &notice);
        }
    }
}

fn judge_notice(found: &mut Findings, notice: &Node<'_>) {
    judge_unknown(found, -10701, notice, &["title", "type", "description", "links", "lang"]);
    judge_duplicates(found, -10702, notice);
    judge_lang(found, notice);
    judge_string(found, -10703, notice, "title");
    roll_up_member(found, -10704, notice, "links", links::judge);
    if let Some(kind) = notice.member("type") {
        judge_registered(found, -10705, -10706, JsonValue::NoticeAndRemark, &kind);
    }
    match notice.member("description") {
        None => found.report(-10707, notice, "There is no `description`."),
        Some(description) => {
            found.demand(description.is_array(), -10708, &description, "`description` isn't an array.");
            for line in description.items() {
                found.demand(line.text().is_some(), -10709, &line, "A line of the `description` isn't a string.");
            }
        }
    }
}
