//! `links` (RFC 9083 section 4.2).

use super::members::{judge_duplicates, judge_string, judge_unknown};
use crate::finding::Findings;
use crate::form::{language::is_language_tag, web_uri::judge_web_uri};
use crate::iana;
use crate::node::Node;

/// The media of a style sheet (CSS 2), which `media` borrows.
const MEDIA: [&str; 10] = ["all", "braille", "embossed", "handheld", "print", "projection", "screen", "speech", "tty", "tv"];

/// Judges the array.
pub(crate) fn judge(found: &mut Findings, node: &Node<'_>) {
    let is_array_of_objects = node.is_array() && node.items().iter().all(Node::is_object);
    found.demand(is_array_of_objects, -10600, node, "`links` isn't an array of objects.");
    for link in node.items().iter().filter(|item| item.is_object()) {
        judge_link(found, link);
    }
}

fn judge_link(found: &mut Findings, link: &Node<'_>) {
    judge_unknown(found, -10601, link, &["value", "rel", "href", "hreflang", "title", "media", "type"]);
    judge_duplicates(found, -10602, link);
    if let Some(media) = link.member("media") {
        found.demand(media.text().is_some_and(|text| MEDIA.contains(&text)), -10603, &media, "`media` isn't a medium of style sheets.");
    }
    if let Some(rel) = link.member("rel") {
        let is_listed = rel.text().is_some_and(iana::is_link_relation);
        found.demand(is_listed, -10604, &rel, "`rel` isn't listed in IANA's Link Relations.");
    }
    if let Some(media_type) = link.member("type") {
        let is_listed = media_type.text().is_some_and(iana::is_media_type);
        found.demand(is_listed, -10605, &media_type, "`type` isn't listed in IANA's Media Types.");
    }
    judge_string(found, -10606, link, "title");
    if let Some(languages) = link.member("hreflang") {
        judge_languages(found, &languages);
    }
    if let Some(value) = link.member("value") {
        found.roll_up(-10609, &value, |found| judge_web_uri(found, &value));
    }
    match link.member("href") {
        None => found.report(-10610, link, "The link has no `href`."),
        Some(href) => found.roll_up(-10611, &href, |found| judge_web_uri(found, &href)),
    }
}

fn judge_languages(found: &mut Findings, languages: &Node<'_>) {
    let given = if languages.is_array() { languages.items() } else { vec![languages.clone()] };
    for language in given {
        match language.text() {
            None => found.report(-10607, &language, "`hreflang` is neither a string nor an array of strings."),
            Some(text) => {
                found.demand(is_language_tag(text), -10608, &language, format!("`{text}` isn't a language tag."));
            }
        }
    }
}
