//! One answer, judged: first as HTTP, then as JSON, then as what was asked for.

use crate::answer::{Answer, Query, QueryKind, Registrar};
use crate::document::Document;
use crate::finding::{Finding, Findings};
use crate::form::domain_name::{DOMAIN_NAME, judge_name_text};
use crate::form::web_uri::is_https;
use crate::json::Value;
use crate::node::Node;
use crate::{own, profile, structure};

/// Judges an answer: everything that can be said from the question, the answer and the registrar's row at IANA alone.
#[must_use]
pub fn check(answer: &Answer, query: &Query, registrar: &Registrar) -> Vec<Finding> {
    let mut found = Findings::default();
    judge_question(&mut found, query);
    let body = Value::parse(&answer.body).ok();
    judge_purpose(&mut found, answer, query, body.as_ref());
    if judge_http(&mut found, answer) {
        match &body {
            None => found.report_at(-13001, "", "The body isn't JSON."),
            Some(value) if answer.status == 404 => judge_error(&mut found, answer, query, &Node::root(value)),
            Some(value) => judge_object(&mut found, &Document::new(value, query, registrar)),
        }
    }
    found.into_vec()
}

fn judge_question(found: &mut Findings, query: &Query) {
    if query.kind == QueryKind::Domain {
        judge_name_text(found, DOMAIN_NAME, "query", &query.name());
    }
    if !is_https(&query.url) {
        found.report_at(-20100, "query", format!("The service is offered at `{}`, which isn't an `https` URL.", query.url));
    }
}

/// Whether the answer does what the question was put for, where that can be said in one sentence.
fn judge_purpose(found: &mut Findings, answer: &Answer, query: &Query, body: Option<&Value>) {
    let root = body.map(Node::root);
    let has = |member: &str| root.as_ref().is_some_and(|root| root.member(member).is_some());
    match query.kind {
        QueryKind::Domain => {}
        QueryKind::Help => {
            if answer.status != 200 || !has("rdapConformance") || !has("notices") {
                found.report_at(-20701, "", "`/help` isn't answered with status 200, `rdapConformance` and `notices`.");
            }
        }
        QueryKind::UnknownName => {
            let code = root.as_ref().and_then(|root| root.member("errorCode")).and_then(|code| code.whole_number());
            if answer.status != 404 || !has("rdapConformance") || code != Some(404) {
                found.report_at(-65300, "", "An unknown name isn't answered with status 404, `rdapConformance` and `errorCode` 404.");
            }
        }
    }
}

/// Judges status and headers, and says whether the body is to be judged.
fn judge_http(found: &mut Findings, answer: &Answer) -> bool {
    if !matches!(answer.status, 200 | 404) {
        found.report_at(-13002, "http", format!("The status is {}, neither 200 nor 404.", answer.status));
        return false;
    }
    let media_type = answer.header("content-type").and_then(|value| value.split(';').next()).unwrap_or_default();
    if !media_type.trim().eq_ignore_ascii_case("application/rdap+json") {
        found.report_at(-13000, "http", format!("The `Content-Type` is `{media_type}`, not `application/rdap+json`."));
    }
    if answer.header("access-control-allow-origin").map(str::trim) != Some("*") {
        found.report_at(-20500, "http", "There is no `Access-Control-Allow-Origin: *`.");
    }
    true
}

fn judge_error(found: &mut Findings, answer: &Answer, query: &Query, root: &Node<'_>) {
    structure::error::judge(found, root, answer.status);
    own::judge_error(found, root);
    if query.kind == QueryKind::Domain && !found.has_error() {
        found.report(-13020, root, "A well-formed 404: fine if the name really isn't sponsored here.");
    }
}

/// Judges a body with status 200. If it isn't even an object, one finding says so.
fn judge_object(found: &mut Findings, document: &Document<'_>) {
    let root = &document.root;
    let (not_an_object, kind) = match document.query.kind {
        QueryKind::UnknownName => return,
        QueryKind::Help => (-12500, "`/help`"),
        QueryKind::Domain => (-12200, "a domain lookup"),
    };
    if !found.demand(root.is_object(), not_an_object, root, format!("The answer to {kind} isn't an object.")) {
        return;
    }
    match document.query.kind {
        QueryKind::UnknownName => {}
        QueryKind::Help => structure::help::judge(found, root),
        QueryKind::Domain => {
            structure::domain::judge(found, root);
            structure::domain::judge_classes_given(found, root);
            profile::domain::judge(found, document);
            own::judge_domain(found, document);
        }
    }
    profile::judge_everywhere(found, document);
}
