//! The technical contact, where one was collected (RP 2.7.6).

use super::redaction::{Redaction, RemovalIds, ReplacementIds, judge_emptying, judge_removal, judge_replacement};
use super::registrant::has_voice_phone;
use crate::card::named;
use crate::document::Document;
use crate::finding::Findings;
use crate::form::roid::judge_roid;
use crate::node::Node;

/// ICANN's tool numbers these otherwise than the registrant's: "redacted and shown" comes first.
const HANDLE: RemovalIds = RemovalIds { required: Some(-65703), path: -65704, reached: -65705, method: -65706, shown: Some(-65702) };
const PHONE: RemovalIds = RemovalIds { required: Some(-65100), path: -65101, reached: -65102, method: -65103, shown: Some(-65104) };
const EMAIL: ReplacementIds = ReplacementIds {
    both: -65200,
    neither: -65201,
    method: -65202,
    post_path: [-65203, -65204],
    replacement_path: [-65205, -65207],
    pre_path: -65206,
};

/// Judges the technical contact, if there is one.
pub(crate) fn judge(found: &mut Findings, document: &Document<'_>) {
    for technical in document.entities_with_role("technical") {
        judge_handle(found, document, &technical);
        let names = named(&technical, "fn");
        if found.demand(!names.is_empty(), -65000, &technical, "The jCard of the technical contact has no `fn`.") {
            let is_shown = names.iter().any(|name| name.shown_text().is_some());
            judge_emptying(found, document, "Tech Name", [-65001, -65002, -65003, -65004, -65005], &technical, is_shown);
        }
        judge_removal(found, document, "Tech Phone", &PHONE, &technical, has_voice_phone(&technical));
        if let Some(redaction) = Redaction::find(document, "Tech Email") {
            judge_replacement(found, document, &redaction, &EMAIL, &technical);
        }
    }
}

/// The handle must be a ROID whether or not the registry knows the contact: the tool doesn't look.
fn judge_handle(found: &mut Findings, document: &Document<'_>, technical: &Node<'_>) {
    let handle = technical.member("handle");
    if let Some(handle) = &handle {
        judge_roid(found, -65700, -65701, handle);
    }
    judge_removal(found, document, "Registry Tech ID", &HANDLE, technical, handle.is_some());
}
