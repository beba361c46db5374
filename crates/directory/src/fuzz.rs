//! What the public sends as plain functions over bytes, for fuzzers and for the replay of a corpus.
//!
//! A target must return for any input, and hold what every answer has to hold.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::{Arc, LazyLock};

use crate::database::Database;
use crate::limit::Rate;
use crate::rdap;
use crate::service::Service;
use crate::settings::{BaseUrl, BaseUrlFault, Registrar, Settings};
use crate::web;

const FROM: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A question that is answered with a page of one sentence.
const PAGE_OF_A_SENTENCE: &str = "/lookup?name=x";

/// A directory that answers and knows no name.
static SERVICE: LazyLock<Option<Service>> = LazyLock::new(|| service().ok());

fn service() -> Result<Service, BaseUrlFault> {
    let settings = Settings {
        registrar: Registrar {
            iana_id: 9999,
            name: "Example Registrar".to_owned(),
            url: "https://www.registrar.example/".to_owned(),
            abuse_phone: "+1.2025550101".to_owned(),
            abuse_email: "abuse@registrar.example".to_owned(),
        },
        base_url: BaseUrl::parse("https://rdap.registrar.example/")?,
        terms_url: "https://www.registrar.example/rdap-terms".to_owned(),
        terms: "For lawful purposes only.".to_owned(),
        contact_form_url: "https://www.registrar.example/contact".to_owned(),
        whois_host: None,
    };
    let database = Arc::new(Database::new());
    database.set_position(1, 1);
    let pages = web::Template::new(&settings, None);
    Ok(Service::new(&settings, database, Rate { exempt: vec![(FROM, 8)], ..Rate::default() }).with_pages(pages))
}

/// Bytes as the path of an RDAP question. Every answer is JSON of a known status that says its status, and no script is in it.
pub fn rdap_path(bytes: &[u8]) {
    let (Some(service), Ok(path)) = (SERVICE.as_ref(), std::str::from_utf8(bytes)) else { return };
    let answer = service.answer_rdap(path, FROM);
    assert!(matches!(answer.status, 200 | 400 | 404 | 501), "{}", answer.status);
    assert!(rdap::is_json(&answer.body), "an answer is JSON");
    assert!(!answer.body.contains(&b'<'), "an answer holds no tag");
}

/// Bytes as a line of WHOIS. Every answer ends with the terms and is in proportion to the question.
pub fn whois_line(bytes: &[u8]) {
    let Some(service) = SERVICE.as_ref() else { return };
    let answer = service.answer_whois(bytes, FROM);
    assert!(answer.contains(">>> Last update of WHOIS database: "), "an answer says how old it is");
    assert!(answer.len() <= bytes.len().saturating_mul(4) + 2048, "an answer stays in proportion");
}

/// Bytes as what somebody types into the page: every answer is a page of a known status, and nothing that was typed is markup in it.
pub fn page_query(bytes: &[u8]) {
    let Some(service) = SERVICE.as_ref() else { return };
    let typed: String = percent_encoding::percent_encode(bytes, percent_encoding::NON_ALPHANUMERIC).collect();
    let Some(page) = service.answer_web(&format!("/lookup?name={typed}"), false, FROM) else { return };
    assert!(matches!(page.status, 200 | 400 | 404), "a page has a known status");
    // This directory knows no name: every answer is a sentence on the same page.
    let tags = |page: &web::Page| page.body.matches('<').count();
    let other = service.answer_web(PAGE_OF_A_SENTENCE, false, FROM);
    let is_form = bytes.iter().all(u8::is_ascii_whitespace);
    assert!(is_form || other.as_ref().map(tags) == Some(tags(&page)), "what was typed opens no tag");
}

/// Bytes as a record of the feed: a record that is read is written as the same bytes' meaning, and can be answered.
pub fn record(bytes: &[u8]) {
    let Ok(record) = policy::publication::PublicRecord::from_bytes(bytes) else { return };
    let Ok(written) = record.to_bytes() else { return };
    assert_eq!(policy::publication::PublicRecord::from_bytes(&written).as_ref(), Ok(&record), "a written record is read back as it was");
}

/// Bytes as the body of each form: they are read or refused, and a page shows nothing of them that is not escaped.
pub fn form_body(bytes: &[u8]) {
    let Ok(fields) = crate::forms::decode(bytes) else { return };
    for kind in policy::desk::FormKind::ALL {
        let faults = policy::desk::Form::read(kind, &fields).err().unwrap_or_default();
        let page = crate::forms::render(kind, &fields, &faults);
        assert!(!page.contains("<script"), "a page holds no script");
        assert_eq!(page.matches("<form ").count(), 1, "a page holds one form");
        assert!(page.ends_with("</html>"), "a page is whole");
    }
}

/// Bytes as a file of the spool: what nobody sealed does not open.
pub fn spool_file(bytes: &[u8]) {
    let Some(key) = INTAKE_KEY.as_ref() else { return };
    assert!(key.open("contact/rcp_0", bytes).is_none(), "bytes that nobody sealed were opened");
}

/// A key of this process.
static INTAKE_KEY: LazyLock<Option<store::intake::IntakeKey>> = LazyLock::new(|| store::intake::IntakeKey::generate().ok());

#[cfg(test)]
mod tests {
    use super::*;

    /// Questions of every kind.
    const CORPUS: [&[u8]; 12] = [
        b"/domain/example.alpha",
        b"/domain/b%C3%BCcher.alpha?x=<script>",
        b"/domain/%00%FF",
        b"/help",
        b"/entity/x",
        b"domain/\"\\",
        b"/domain/xn--a-ecp.ru",
        b"-T dn,ace example.alpha",
        b"*.alpha",
        b"",
        b"\xFF\xFE\x00",
        b"\x01\x0dexample.alpha\x00",
    ];

    #[test]
    fn the_corpus_is_answered() {
        for bytes in CORPUS {
            rdap_path(bytes);
            whois_line(bytes);
            page_query(bytes);
            record(bytes);
            form_body(bytes);
            spool_file(bytes);
        }
        for body in [&b"domain=%3Cscript%3E&name=<form a=b>&message=\"'&element=name"[..], b"a=b&&=&%zz=%", b"NKINTAKE1"] {
            form_body(body);
            spool_file(body);
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_answered(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300)) {
            rdap_path(&bytes);
            whois_line(&bytes);
            page_query(&bytes);
            record(&bytes);
        }

        #[test]
        fn any_path_is_answered(name in "\\PC{0,60}") {
            rdap_path(format!("/domain/{name}").as_bytes());
            whois_line(name.as_bytes());
            page_query(format!("<{name}>").as_bytes());
        }
    }
}
