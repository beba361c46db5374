//! Pages as people get them.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use super::*;
use crate::limit::Rate;
use crate::testing::{record_of, settings, shown, withheld};
use crate::{Database, Service};

const FROM: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn service() -> Service {
    let database = Arc::new(Database::new());
    let mut consented = record_of("consented.alpha");
    let digest = [0xAB; 32];
    consented.registrant = shown();
    consented.ds = vec![policy::publication::DelegationSigner { key_tag: 2371, algorithm: 13, digest_type: 2, digest: &digest }];
    consented.changed_at = Some(1_700_000_000);
    consented.reseller = Some("Reseller <i>");
    let mut technical = record_of("xn--bcher-kva.alpha");
    technical.technical = Some(withheld(false));
    for record in [record_of("example.alpha"), consented, technical] {
        database.put(&record.to_bytes().unwrap()).unwrap();
    }
    database.set_position(7, 1_787_306_400);
    let pages = Template::new(&settings(), Some("https://www.registrar.example/disclosure"));
    Service::new(&settings(), database, Rate { burst: 1000, ..Rate::default() }).with_pages(pages)
}

fn body(path: &str) -> String {
    service().answer_web(path, false, FROM).unwrap().body.replace("><", ">\n<")
}

#[test]
fn the_form_stands_alone() {
    insta::assert_snapshot!(body("/lookup"));
}

#[test]
fn a_withheld_name_in_u_labels_reads_in_words() {
    insta::assert_snapshot!(body("/lookup?name=B%C3%BCcher.ALPHA."));
}

#[test]
fn a_consented_name_shows_what_was_consented_to() {
    insta::assert_snapshot!(body("/lookup?name=consented.alpha"));
}

/// What is typed, the status, and a part of the page.
#[test]
fn whatever_is_typed_has_a_page_and_none_of_it_is_markup() {
    let long = format!("/lookup?name={}", "a".repeat(3000));
    let cases = [
        ("/lookup?name=other.alpha", 404, "This registrar does not sponsor other.alpha"),
        ("/lookup?name=example", 400, "Ask for a whole domain name with at least two labels"),
        ("/lookup?name=%FF", 400, "The query is not UTF-8"),
        ("/lookup?name=%22%3E%3Cscript%3Ealert(1)%3C/script%3E.alpha", 400, "&quot;&gt;&lt;script&gt;alert(1)"),
        ("/lookup?name='%20onfocus=x%20autofocus='", 400, "The query is not a domain name"),
        ("/lookup?name=*.alpha", 400, "Searches are not offered"),
        (long.as_str(), 400, "The query has 3000 bytes"),
    ];
    let service = service();
    for (path, status, part) in cases {
        let page = service.answer_web(path, false, FROM).unwrap();
        assert_eq!(page.status, status, "{path}: {}", page.body);
        assert!(page.body.contains(part) && !page.body.contains("<script"), "{path}: {}", page.body);
        assert!(!page.body.contains("onfocus=x autofocus=''\""), "{path}: {}", page.body);
    }
}

#[test]
fn who_asks_too_much_gets_a_page_that_says_so() {
    let database = Arc::new(Database::new());
    database.set_position(1, 1_787_306_400);
    let rate = Rate { per_second: 1, burst: 4, miss_cost: 4, exempt: Vec::new() };
    let service = Service::new(&settings(), database, rate).with_pages(Template::new(&settings(), None));
    let ask = || service.answer_web("/lookup?name=a.alpha", false, FROM).unwrap();
    assert_eq!(ask().status, 404);
    let page = ask();
    assert_eq!((page.status, page.retry_after.is_some()), (429, true));
    // The form and the style cost nothing.
    assert_eq!(service.answer_web("/lookup", false, FROM).unwrap().status, 200);
}

#[test]
fn pages_load_nothing_from_elsewhere_and_run_nothing() {
    for path in ["/lookup", "/lookup?name=consented.alpha", "/lookup?name=example.alpha"] {
        let body = body(path);
        for needle in ["<script", "<img", "<iframe", " style=", "@import", " on", "src="] {
            let is_in_tag =
                body.match_indices(needle).any(|(at, _)| body[..at].rfind('<') > body[..at].rfind('>') || needle.starts_with('<'));
            assert!(!is_in_tag, "{path}: {needle}");
        }
        assert_eq!(body.matches("<link").count(), 1, "{path}");
    }
    assert!(!STYLE.contains("url(") && !STYLE.contains("@import"));
}

#[test]
fn without_pages_there_are_none() {
    let service = Service::new(&settings(), Arc::new(Database::new()), Rate::default());
    assert_eq!(service.answer_web("/lookup", true, FROM), None);
    assert_eq!(service.answer_rdap("/lookup", FROM).status, 400);
}
