//! What each cell has to be.

use jiff::civil::DateTime;
use model::{CountryCode, DomainName, Email, Phone};

use super::expect::Expect;
use super::finding::Findings;
use crate::iana_id::IanaId;
use crate::layout::{Column, Element, Field, Person};

/// What judges a row.
pub(super) struct Checker<'c, 'f> {
    pub expect: &'c Expect<'c>,
    /// Of the file's name.
    pub registrar: IanaId,
    pub place: &'c str,
    pub findings: &'f mut Findings,
}

/// Judges every cell of a row.
pub(super) fn check(checker: &mut Checker<'_, '_>, columns: &[Column], cells: &[&str]) {
    for (column, cell) in columns.iter().zip(cells) {
        if let Err((code, what)) = check_cell(checker, column, cell) {
            let place = format!("{} column {}", checker.place, column.name);
            checker.findings.add(code, &place, what);
        }
    }
}

type Fault = (&'static str, String);

fn fault<T>(code: &'static str, what: impl Into<String>) -> Result<T, Fault> {
    Err((code, what.into()))
}

fn check_cell(checker: &Checker<'_, '_>, column: &Column, cell: &str) -> Result<(), Fault> {
    if cell.chars().any(char::is_control) {
        return fault("field.control", "it has a line break or control character in it");
    }
    if !unicode_normalization::is_nfc(cell) {
        return fault("field.not-nfc", "it is not in Unicode's normalisation form C");
    }
    match column.element {
        Element::Domain => check_domain(checker.expect, cell),
        Element::Expiration => check_time(cell),
        Element::RegistrarId if cell.parse() == Ok(checker.registrar) => Ok(()),
        Element::RegistrarId => fault("iana.differs", format!("it is not {}, which the file's name says", checker.registrar)),
        Element::NameServer(_) if cell.is_empty() => Ok(()),
        Element::NameServer(_) => check_host(cell),
        Element::Of(Person::Customer, Field::Handle) => Ok(()),
        Element::Of(_, field) => check_field(checker.expect, field, cell),
    }
}

fn check_domain(expect: &Expect<'_>, cell: &str) -> Result<(), Fault> {
    if !cell.is_ascii() {
        return fault("domain.u-label", "it is not written in A-labels");
    }
    let canonical = match DomainName::parse(cell) {
        Ok(name) => name,
        Err(error) => return fault("domain.syntax", error.to_string()),
    };
    if canonical.as_str() != cell {
        return fault("domain.syntax", "it is not written in lower case without a final dot");
    }
    let Some((_, tld)) = cell.rsplit_once('.') else { return fault("domain.syntax", "it has no label below its top-level domain") };
    if tld.len() == 2 {
        return fault("domain.cctld", "it is below a country's top-level domain, and only generic ones are deposited with ICANN's agent");
    }
    match expect.tlds {
        Some(tlds) if !tlds.contains(tld) => {
            fault("domain.tld", "it is not below a generic top-level domain that the registrar is accredited for")
        }
        _ => Ok(()),
    }
}

/// `2027-01-31T23:59:59Z`, and a day that there is (Q9).
fn check_time(cell: &str) -> Result<(), Fault> {
    const PATTERN: &[u8; 20] = b"0000-00-00T00:00:00Z";
    let fits = |(byte, pattern): (u8, &u8)| if *pattern == b'0' { byte.is_ascii_digit() } else { byte == *pattern };
    if cell.len() != PATTERN.len() || !cell.bytes().zip(PATTERN).all(fits) {
        return fault("date.form", "it is not written as YYYY-MM-DDThh:mm:ssZ");
    }
    match cell.trim_end_matches('Z').parse::<DateTime>() {
        // 60 seconds are read as 59, and no registry writes them.
        Ok(time) if format!("{:02}", time.second()) == cell[17..19] => Ok(()),
        _ => fault("date.calendar", "there is no such day or time"),
    }
}

fn check_host(cell: &str) -> Result<(), Fault> {
    match model::HostName::parse(cell) {
        Ok(host) if host.as_str() == cell => Ok(()),
        _ => fault("host.syntax", "it is no name of a host in A-labels and lower case"),
    }
}

fn check_field(expect: &Expect<'_>, field: Field, cell: &str) -> Result<(), Fault> {
    let is_needed = match field {
        Field::State | Field::Postcode | Field::Fax => false,
        Field::Handle | Field::Name | Field::Street | Field::City | Field::Country | Field::Phone | Field::Email => true,
    };
    if cell.trim().is_empty() {
        let needs_placeholder = match field {
            Field::State => expect.placeholders.state.is_some(),
            Field::Postcode => expect.placeholders.postcode.is_some(),
            _ => is_needed,
        };
        return if needs_placeholder { fault("field.empty", "it is empty") } else { Ok(()) };
    }
    match field {
        Field::Country if cell.bytes().any(|byte| byte.is_ascii_lowercase()) => {
            fault("country.form", "it is not written in capital letters")
        }
        Field::Country if cell.parse::<CountryCode>().is_err() => fault("country.form", "it is no code of ISO 3166-1 with two letters"),
        Field::Phone | Field::Fax if Phone::parse(cell, None).is_err() => fault("phone.form", "it is not written as +CC.NUMBER"),
        Field::Email if Email::parse(cell).is_err() => fault("email.form", "it is no e-mail address"),
        _ => Ok(()),
    }
}
