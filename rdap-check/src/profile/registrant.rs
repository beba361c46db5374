//! The registrant: what is shown of it, and how the rest is redacted (RP 2.7.2 to 2.7.5, 2.7.7 to 2.7.9).

use super::contacts::judge_if_known;
use super::redaction::{Redaction, RemovalIds, ReplacementIds, judge_emptying, judge_removal, judge_replacement};
use crate::card::{named, shows_text};
use crate::document::Document;
use crate::finding::Findings;
use crate::form::email::is_email;
use crate::node::Node;

/// The parts of an `adr` that may be emptied: ids from "there is such a part" to "redacted and shown", element, index.
const ADDRESS_PARTS: [(i32, &str, usize); 3] =
    [(-63400, "Registrant Street", 2), (-63500, "Registrant City", 3), (-63600, "Registrant Postal Code", 5)];

const HANDLE: RemovalIds = RemovalIds { required: Some(-63102), path: -63103, reached: -63104, method: -63105, shown: Some(-63106) };
const ORGANISATION: RemovalIds = RemovalIds { required: None, path: -63301, reached: -63302, method: -63303, shown: Some(-63304) };
const PHONE: RemovalIds = RemovalIds { required: Some(-63700), path: -63701, reached: -63702, method: -63703, shown: Some(-63704) };
/// Elements that are redacted by removal if they were given at all.
const OPTIONAL_NUMBERS: [(&str, i32); 3] = [("Registrant Phone Ext", -63800), ("Registrant Fax", -63900), ("Registrant Fax Ext", -64000)];

const EMAIL: ReplacementIds = ReplacementIds {
    both: -64100,
    neither: -64101,
    method: -64102,
    post_path: [-64103, -64104],
    replacement_path: [-64105, -64107],
    pre_path: -64106,
};

/// Judges the registrant.
pub(crate) fn judge(found: &mut Findings, document: &Document<'_>) {
    let registrants = document.entities_with_role("registrant");
    let Some(registrant) = registrants.first() else {
        found.report(-63000, &document.root, "There is no entity with the role `registrant`.");
        return;
    };
    judge_handle(found, document, registrant);
    judge_name(found, document, registrant);
    let has_organisation = named(registrant, "org").iter().any(|property| property.is_shown());
    judge_removal(found, document, "Registrant Organization", &ORGANISATION, registrant, has_organisation);
    judge_address(found, document, registrant);
    judge_numbers(found, document, registrant);
    judge_email(found, document, registrant);
}

fn judge_handle(found: &mut Findings, document: &Document<'_>, registrant: &Node<'_>) {
    let handle = registrant.member("handle");
    if let Some(handle) = &handle {
        judge_if_known(found, document, -63100, -63101, handle);
    }
    judge_removal(found, document, "Registry Registrant ID", &HANDLE, registrant, handle.is_some());
}

fn judge_name(found: &mut Findings, document: &Document<'_>, registrant: &Node<'_>) {
    let names = named(registrant, "fn");
    if found.demand(!names.is_empty(), -63200, registrant, "The jCard of the registrant has no `fn`.") {
        let is_shown = names.iter().any(|name| name.shown_text().is_some());
        judge_emptying(found, document, "Registrant Name", [-63201, -63202, -63203, -63204, -63205], registrant, is_shown);
    }
}

fn judge_address(found: &mut Findings, document: &Document<'_>, registrant: &Node<'_>) {
    let address = named(registrant, "adr").into_iter().next();
    for (first, element, index) in ADDRESS_PARTS {
        match address.as_ref().and_then(|address| address.part(index)) {
            None => found.report(first, registrant, format!("The address has no place for `{element}`.")),
            Some(part) => {
                let ids = [first - 1, first - 2, first - 3, first - 4, first - 5];
                judge_emptying(found, document, element, ids, registrant, shows_text(&part));
            }
        }
    }
}

fn judge_numbers(found: &mut Findings, document: &Document<'_>, registrant: &Node<'_>) {
    judge_removal(found, document, "Registrant Phone", &PHONE, registrant, has_voice_phone(registrant));
    for (element, first) in OPTIONAL_NUMBERS {
        let ids = RemovalIds { required: None, path: first, reached: first - 1, method: first - 2, shown: None };
        judge_removal(found, document, element, &ids, registrant, false);
    }
}

/// Whether a jCard shows a phone number for the voice.
pub(crate) fn has_voice_phone(entity: &Node<'_>) -> bool {
    named(entity, "tel").iter().any(|phone| phone.types().iter().any(|word| word == "voice"))
}

fn judge_email(found: &mut Findings, document: &Document<'_>, registrant: &Node<'_>) {
    match Redaction::find(document, "Registrant Email") {
        Some(redaction) => judge_replacement(found, document, &redaction, &EMAIL, registrant),
        None => {
            let is_shown = named(registrant, "email").iter().any(|email| email.shown_text().is_some_and(is_email));
            found.demand(is_shown, -64108, registrant, "The registrant's mail address is neither shown nor redacted.");
        }
    }
}
