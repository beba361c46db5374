//! The three notices: terms of service, status codes, and the complaint form (TIG 3.3, RP 2.6.3 and 2.10).

use crate::document::Document;
use crate::finding::Findings;
use crate::form::web_uri::{is_uri, is_web_scheme};
use crate::node::Node;

/// A notice whose words ICANN fixes.
struct FixedNotice {
    title: &'static str,
    description: &'static str,
    href: &'static str,
    rel: &'static str,
    /// Ids in the order: present, description, links, `href`, `rel`, `value`.
    ids: [i32; 6],
}

const STATUS_CODES: FixedNotice = FixedNotice {
    title: "Status Codes",
    description: "For more information on domain status codes, please visit https://icann.org/epp",
    href: "https://icann.org/epp",
    rel: "glossary",
    ids: [-46601, -46602, -46603, -46604, -46605, -46606],
};

const COMPLAINT_FORM: FixedNotice = FixedNotice {
    title: "RDDS Inaccuracy Complaint Form",
    description: "URL of the ICANN RDDS Inaccuracy Complaint Form: https://icann.org/wicf",
    href: "https://icann.org/wicf",
    rel: "help",
    ids: [-46701, -46702, -46703, -46704, -46705, -46706],
};

/// Judges the two notices with fixed words.
pub(crate) fn judge_fixed_texts(found: &mut Findings, document: &Document<'_>) {
    for rule in [STATUS_CODES, COMPLAINT_FORM] {
        judge_fixed(found, document, &rule);
    }
}

fn judge_fixed(found: &mut Findings, document: &Document<'_>, rule: &FixedNotice) {
    let [present, description, links, href, rel, value] = rule.ids;
    let notices = document.root.member_items("notices");
    let Some(notice) = notices.iter().find(|notice| notice.member_text("title") == Some(rule.title)) else {
        found.report(present, &document.root, format!("There is no notice `{}`.", rule.title));
        return;
    };
    let lines: Vec<&str> = notice.member_items("description").iter().filter_map(Node::text).collect();
    found.demand(lines == [rule.description], description, notice, format!("The description isn't, exactly, `{}`.", rule.description));
    let given = notice.member_items("links");
    let Some(link) = given.iter().find(|link| link.member_text("href") == Some(rule.href)).or(given.first()) else {
        found.report(links, notice, "The notice has no link.");
        return;
    };
    found.demand(link.member_text("href") == Some(rule.href), href, link, format!("The link's `href` isn't `{}`.", rule.href));
    found.demand(link.member_text("rel") == Some(rule.rel), rel, link, format!("The link's `rel` isn't `{}`.", rule.rel));
    judge_value(found, document, value, link);
}

/// Judges the notice that leads to the terms of service, whatever its words.
pub(crate) fn judge_terms(found: &mut Findings, document: &Document<'_>) {
    let Some(link) = terms_link(&document.root) else {
        found.report(-61200, &document.root, "No notice has a link with `rel` of `terms-of-service`.");
        return;
    };
    let leads_somewhere = link.member_text("href").is_some_and(|href| is_uri(href) && is_web_scheme(href));
    found.demand(leads_somewhere, -61201, &link, "The link to the terms of service has no `href` that is a web address.");
    judge_value(found, document, -61202, &link);
}

/// The link to the terms of service among the topmost notices.
pub(crate) fn terms_link<'a>(root: &Node<'a>) -> Option<Node<'a>> {
    let links = root.member_items("notices").into_iter().flat_map(|notice| notice.member_items("links"));
    links.into_iter().find(|link| link.member_text("rel") == Some("terms-of-service"))
}

fn judge_value(found: &mut Findings, document: &Document<'_>, id: i32, link: &Node<'_>) {
    let repeats_the_query = link.member_text("value") == Some(document.query.url.as_str());
    found.demand(repeats_the_query, id, link, format!("The link's `value` isn't the URL that was asked, `{}`.", document.query.url));
}
