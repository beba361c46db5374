//! Every kind of record, judged by every row of ICANN's list (`rdap-check`), without a wire.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use rdap_check::{Answer, Query, QueryKind, Registrar, check};

use super::specimen;
use crate::limit::Rate;
use crate::testing::settings;
use crate::{Database, Service};

/// Records judged in every run. With this variable set, so many instead.
const RECORDS: u64 = 1_000;
const RECORDS_VARIABLE: &str = "NAMEKEEP_RDAP_RECORDS";

const FROM: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

fn service(records: u64) -> Service {
    let database = Arc::new(Database::new());
    for number in 0..records {
        let name = specimen::name(number);
        database.put(&specimen::record(number, &name).to_bytes().unwrap()).unwrap();
    }
    database.set_position(1, 1_787_306_400);
    Service::new(&settings(), database, Rate { burst: u32::MAX / 4, ..Rate::default() })
}

fn registrar() -> Registrar {
    Registrar { iana_id: 9999, base_url: settings().base_url.as_str().to_owned() }
}

/// What the judge finds in the answer to a path; nothing, as one line.
fn judged(service: &Service, path: &str, kind: QueryKind) -> String {
    let answer = service.answer_rdap(path, FROM);
    let query = Query::of(kind, format!("https://rdap.registrar.example{path}"));
    let findings = check(&Answer::new(answer.status, answer.body), &query, &registrar());
    let relevant = findings.iter().filter(|finding| finding.level != rdap_check::Level::Ignored);
    relevant.map(|finding| format!("{} {}: {}", finding.id, finding.at, finding.message)).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_kind_of_record_is_without_a_finding() {
    let records = std::env::var(RECORDS_VARIABLE).ok().and_then(|records| records.parse().ok()).unwrap_or(RECORDS);
    let service = service(records);
    let judges = std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64);
    std::thread::scope(|scope| {
        for judge in 0..judges {
            let service = &service;
            scope.spawn(move || (judge..records).step_by(judges as usize).for_each(|number| is_without_a_finding(service, number)));
        }
    });
}

/// Asks for a record in one of the forms that people write.
fn is_without_a_finding(service: &Service, number: u64) {
    let name = specimen::name(number);
    let asked = match number % 3 {
        0 => name.clone(),
        1 => format!("{}.", name.to_uppercase()),
        _ => percent_encoding::utf8_percent_encode(
            &model::DomainName::parse(&name).unwrap().to_unicode(),
            percent_encoding::NON_ALPHANUMERIC,
        )
        .to_string(),
    };
    let found = judged(service, &format!("/domain/{asked}"), QueryKind::Domain);
    assert_eq!(found, "", "record {number}, {name}");
}

#[test]
fn help_and_unknown_names_are_without_a_finding() {
    let service = service(1);
    assert_eq!(judged(&service, "/help", QueryKind::Help), "");
    assert_eq!(judged(&service, "/domain/not-a-domain.invalid", QueryKind::UnknownName), "");
    assert_eq!(judged(&service, "/domain/unknown-name.com", QueryKind::UnknownName), "");
}

/// The judge sees what it is there for: a body with one letter off is not without a finding.
#[test]
fn the_judge_is_awake() {
    let service = service(1);
    let path = format!("/domain/{}", specimen::name(0));
    let body = String::from_utf8(service.answer_rdap(&path, FROM).body).unwrap();
    for (right, wrong) in
        [("icann_rdap_response_profile_1", "icann_rdap_response_profile_0"), ("https://icann.org/wicf", "https://icann.org/wicg")]
    {
        let query = Query::domain(format!("https://rdap.registrar.example{path}"));
        assert!(!check(&Answer::new(200, body.replace(right, wrong)), &query, &registrar()).is_empty(), "{wrong}");
    }
}

/// Where each row of ICANN's list is checked, or why it is not, as a page for readers.
#[test]
fn the_reference_says_where_each_row_is_checked() {
    const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reference/rdap-checks.md");
    const HEAD: &str = "# What `rdap-check` checks\n\nEvery row of ICANN's RDAP conformance list: where it is checked, or why it does not \
                        apply. This file is written by the test\nthat compares it: `NAMEKEEP_UPDATE_REFERENCE=1 cargo nextest run -p directory \
                        the_reference_says`.\n\n\
                        The list is kept as ICANN's tool has it, also where it says more than the standards do. One row does: -63601 takes every \
                        empty postal\ncode for a redacted one, and so reports registrants of countries that have no postal codes, consented or not. \
                        A redaction says that there\nis a value that is withheld (RFC 9537 section 3), and the Registration Data Policy asks for a \
                        postal code only where the country has\nthem; so the directory declares none there, and a finding of that row for such a \
                        country is no fault of the record. The specimens of\nthe tests all have postal codes. The ids -65702 to -65706 stand as the \
                        tool has them: otherwise than those of the registrant, \"redacted and\nshown\" comes first.\n\n";
    let reference = format!("{HEAD}{}", rdap_check::table_markdown());
    if std::env::var_os("NAMEKEEP_UPDATE_REFERENCE").is_some() {
        std::fs::write(FILE, &reference).unwrap();
    }
    let written = std::fs::read_to_string(FILE).unwrap_or_default();
    assert!(written == reference, "docs/reference/rdap-checks.md is out of date; write it anew as its head says");
}
