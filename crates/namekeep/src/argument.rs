//! What people type, into the model's types, with sentences for what does not fit.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::net::IpAddr;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::Offset;
use model::{DomainName, DsData, Email, HostName, Period, Timestamp};

use crate::failure::Failure;

/// A domain name, in any script.
pub fn domain(text: &str) -> Result<DomainName, Failure> {
    DomainName::parse(text).map_err(|error| wrong("name", text, &error))
}

/// A host name.
pub fn host(text: &str) -> Result<HostName, Failure> {
    HostName::parse(text).map_err(|error| wrong("host name", text, &error))
}

/// An id or a word of the model, such as `con_...`.
pub fn parse<T>(what: &str, text: &str) -> Result<T, Failure>
where
    T: FromStr,
    T::Err: Display,
{
    text.parse().map_err(|error: T::Err| wrong(what, text, &error))
}

/// A term in years.
pub fn period(years: u8) -> Result<Period, Failure> {
    Period::years(years).map_err(|error| wrong("term", &years.to_string(), &error))
}

/// Nameservers, each `HOST` or `HOST=ADDRESS,ADDRESS`.
pub fn nameservers(texts: &[String]) -> Result<BTreeMap<HostName, BTreeSet<IpAddr>>, Failure> {
    let mut nameservers = BTreeMap::new();
    for text in texts {
        let (name, addresses) = text.split_once('=').unwrap_or((text, ""));
        let addresses = addresses.split(',').filter(|address| !address.is_empty()).map(address).collect::<Result<_, _>>()?;
        if nameservers.insert(host(name)?, addresses).is_some() {
            return Err(Failure::usage(format!("The nameserver `{name}` is given twice.")).hint("give it once, with all its addresses"));
        }
    }
    Ok(nameservers)
}

/// An IP address.
fn address(text: &str) -> Result<IpAddr, Failure> {
    text.parse().map_err(|_| {
        Failure::usage(format!("`{text}` is not an IP address.")).hint("glue is written `ns1.name=192.0.2.1,2001:db8::1`, without spaces")
    })
}

/// DS records, each `TAG ALGORITHM TYPE DIGEST` as in a zone file.
pub fn ds_records(texts: &[String]) -> Result<BTreeSet<DsData>, Failure> {
    texts.iter().map(|text| ds_record(text)).collect()
}

fn ds_record(text: &str) -> Result<DsData, Failure> {
    let malformed = || {
        Failure::usage(format!("`{text}` is not a DS record."))
            .hint("write key tag, algorithm, digest type and digest in one argument, such as \"12345 13 2 49FD...\" (RFC 4034 section 5.3)")
    };
    let mut fields = text.split_whitespace();
    let mut next = || fields.next().ok_or_else(malformed);
    let key_tag = next()?.parse().map_err(|_| malformed())?;
    let algorithm = next()?.parse().map_err(|_| malformed())?;
    let digest_type = next()?.parse().map_err(|_| malformed())?;
    let digest = hexadecimal(&fields.collect::<String>()).ok_or_else(malformed)?;
    DsData::new(key_tag, algorithm, digest_type, digest).map_err(|error| wrong("DS record", text, &error))
}

fn hexadecimal(text: &str) -> Option<Vec<u8>> {
    if text.is_empty() || !text.len().is_multiple_of(2) || !text.is_ascii() {
        return None;
    }
    (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).ok()).collect()
}

/// The first instant of a date, UTC.
pub fn midnight(date: Date) -> Result<Timestamp, Failure> {
    Offset::UTC.to_timestamp(date.at(0, 0, 0, 0)).map_err(|error| wrong("date", &date.to_string(), &error))
}

/// An e-mail address.
pub fn email(text: &str) -> Result<Email, Failure> {
    Email::parse(text).map_err(|error| wrong("address", text, &error))
}

fn wrong(what: &str, text: &str, error: &impl Display) -> Failure {
    Failure::usage(format!("The {what} `{text}` cannot be used: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said<T: std::fmt::Debug>(result: Result<T, Failure>) -> String {
        match result {
            Ok(value) => format!("{value:?}"),
            Err(failure) => failure.to_string(),
        }
    }

    #[test]
    fn nameservers_carry_their_glue() {
        let typed = |texts: &[&str]| said(nameservers(&texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>()));
        assert!(typed(&["ns1.example.org=192.0.2.1,2001:db8::1", "NS2.example.net"]).contains("2001:db8::1"));
        insta::assert_snapshot!(typed(&["ns1.example.org=192.0.2"]), @r"
        `192.0.2` is not an IP address.
        hint: glue is written `ns1.name=192.0.2.1,2001:db8::1`, without spaces
        ");
        insta::assert_snapshot!(typed(&["ns1.example.org", "ns1.example.org"]), @r"
        The nameserver `ns1.example.org` is given twice.
        hint: give it once, with all its addresses
        ");
    }

    #[test]
    fn ds_records_are_read_as_in_zone_files() {
        let digest = "49FD46E6C4B45C55D4AC49FD46E6C4B45C55D4AC49FD46E6C4B45C55D4AC1234";
        assert_eq!(ds_records(&[format!("12345 13 2 {digest}")]).unwrap().len(), 1);
        insta::assert_snapshot!(said(ds_records(&["12345 13 2".to_owned()])), @r#"
        `12345 13 2` is not a DS record.
        hint: write key tag, algorithm, digest type and digest in one argument, such as "12345 13 2 49FD..." (RFC 4034 section 5.3)
        "#);
        insta::assert_snapshot!(said(ds_records(&["12345 13 2 49FD".to_owned()])), @"The DS record `12345 13 2 49FD` cannot be used: a DS digest of type 2 has 32 octets, this one 2; copy the whole digest");
        insta::assert_snapshot!(said(ds_records(&["x y z 49FD".to_owned()])), @r#"
        `x y z 49FD` is not a DS record.
        hint: write key tag, algorithm, digest type and digest in one argument, such as "12345 13 2 49FD..." (RFC 4034 section 5.3)
        "#);
    }
}
