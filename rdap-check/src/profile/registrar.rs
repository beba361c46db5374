//! The registrar's own entity (RP 2.4, TIG 1.13).

use crate::card::named;
use crate::document::{Document, has_role};
use crate::finding::Findings;
use crate::form::web_uri::{is_https, judge_web_uri};
use crate::node::Node;

/// Judges that there is one, and what it says.
pub(crate) fn judge(found: &mut Findings, document: &Document<'_>) {
    let entities = document.entities_with_role("registrar");
    found.demand(!entities.is_empty(), -47300, &document.root, "There is no entity with the role `registrar`.");
    found.demand(entities.len() < 2, -47301, &document.root, "There is more than one entity with the role `registrar`.");
    for entity in &entities {
        found.demand(!named(entity, "fn").is_empty(), -47302, entity, "The jCard of the registrar has no `fn`.");
        judge_numbers(found, document, entity);
        judge_abuse_contact(found, entity);
        judge_about_link(found, document, entity);
    }
}

/// The IANA id, as `handle` and as public id.
fn judge_numbers(found: &mut Findings, document: &Document<'_>, entity: &Node<'_>) {
    let handle = entity.member_text("handle");
    let listed = document.registrar.iana_id;
    match handle.and_then(number) {
        None => found.report(-47402, entity, "The registrar's `handle` isn't a number."),
        Some(id) => {
            found.demand(id == listed, -47404, entity, format!("The registrar's `handle` {id} isn't its id at IANA, {listed}."));
        }
    }
    let public_ids = entity.member_items("publicIds");
    found.demand(!public_ids.is_empty(), -47400, entity, "The registrar has no `publicIds`.");
    for public_id in &public_ids {
        judge_public_id(found, document, public_id, handle);
    }
}

fn judge_public_id(found: &mut Findings, document: &Document<'_>, public_id: &Node<'_>, handle: Option<&str>) {
    let Some(identifier) = public_id.member("identifier") else {
        found.report(-26100, public_id, "The registrar's public id has no `identifier`.");
        return;
    };
    let text = identifier.text().unwrap_or_default();
    let registrar = document.registrar;
    if !found.demand(number(text).is_some(), -47401, &identifier, "The registrar's public id isn't a number.") {
        return;
    }
    found.demand(Some(text) == handle, -47403, &identifier, "The registrar's public id isn't its `handle`.");
    let is_listed = number(text) == Some(registrar.iana_id);
    found.demand(is_listed, -26101, &identifier, format!("The public id {text} isn't the registrar's id at IANA, {}.", registrar.iana_id));
    let is_secure = !is_listed || is_https(&registrar.base_url);
    found.demand(is_secure, -26102, &identifier, format!("The base URL that IANA lists, `{}`, isn't `https`.", registrar.base_url));
}

fn number(text: &str) -> Option<u32> {
    text.parse().ok().filter(|_| !text.starts_with('+'))
}

fn judge_abuse_contact(found: &mut Findings, registrar: &Node<'_>) {
    let can_be_reached =
        |entity: &Node<'_>| has_role(entity, "abuse") && ["tel", "email"].iter().all(|name| !named(entity, name).is_empty());
    let has_contact = registrar.member_items("entities").iter().any(can_be_reached);
    found.demand(has_contact, -47500, registrar, "Within the registrar there is no entity `abuse` with a phone number and a mail address.");
}

fn judge_about_link(found: &mut Findings, document: &Document<'_>, registrar: &Node<'_>) {
    let links = registrar.member_items("links");
    let Some(link) = links.iter().find(|link| link.member_text("rel") == Some("about")) else {
        found.report(-47700, registrar, "The registrar has no link with `rel` of `about`.");
        return;
    };
    let base_url = &document.registrar.base_url;
    let value = link.member_text("value").unwrap_or_default();
    found.demand(
        value == base_url,
        -47701,
        link,
        format!("The link's `value`, `{value}`, isn't the base URL that IANA lists, `{base_url}`."),
    );
    found.demand(is_https(value), -47702, link, format!("The link's `value`, `{value}`, isn't `https`."));
    match link.member("href") {
        None => found.report(-47703, link, "The link has no `href` to the registrar's web site."),
        Some(href) => {
            let mut tests = Findings::default();
            judge_web_uri(&mut tests, &href);
            found.demand(!tests.has_error(), -47703, &href, "The link's `href` isn't the URI of a web site.");
        }
    }
}
