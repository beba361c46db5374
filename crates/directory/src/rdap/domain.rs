//! The answer for a name (Response Profile section 2).

use policy::publication::{DelegationSigner, Element, PublicContact, PublicRecord};

use super::CONFORMANCE;
use super::contact::write_contact;
use super::json::{escaped, raw, text};
use super::redaction;
use super::template::Template;
use crate::instant::write_rfc3339;

/// Room for a usual answer, in bytes.
const ROOM: usize = 8192;

/// Writes the answer. `path` is what was asked, path and query exactly as they came; `updated_at` is the store's time in seconds since
/// 1970.
#[must_use]
pub fn write_domain(template: &Template, record: &PublicRecord<'_>, path: &str, updated_at: i64) -> Vec<u8> {
    let mut buffer = Vec::with_capacity(ROOM);
    let out = &mut buffer;
    let is_redacted = redaction::is_any(record);
    raw(out, &[CONFORMANCE, if is_redacted { r#","redacted"]"# } else { "]" }, r#","objectClassName":"domain""#]);
    if let Element::Shown(roid) = &record.roid {
        raw(out, &[r#","handle":"#]);
        text(out, roid);
    }
    write_names(out, record.name);
    write_statuses(out, record);
    raw(out, &[r#","links":[{"value":""#, &template.origin]);
    escaped(out, path);
    raw(out, &[r#"","rel":"self","href":""#, &template.base_url, "domain/", record.name, r#"","type":"application/rdap+json"}]"#]);
    write_events(out, record, updated_at);
    write_signers(out, &record.ds);
    write_nameservers(out, &record.nameservers);
    raw(out, &[&template.port43, r#","entities":["#, &template.registrar]);
    if let Some(reseller) = record.reseller {
        raw(
            out,
            &[r#",{"objectClassName":"entity","roles":["reseller"],"vcardArray":["vcard",[["version",{},"text","4.0"],["fn",{},"text","#],
        );
        text(out, reseller);
        raw(out, &["]]]}"]);
    }
    write_contacts(out, template, record);
    raw(out, &["]"]);
    if is_redacted {
        redaction::write(out, record);
    }
    write_notices(out, template, path);
    raw(out, &["}"]);
    buffer
}

/// A-labels always, U-labels besides where there are any: right for whichever was asked (RP 2.1).
fn write_names(out: &mut Vec<u8>, name: &str) {
    raw(out, &[r#","ldhName":""#, name, "\""]);
    if is_idn(name)
        && let Ok(parsed) = model::DomainName::parse(name)
    {
        raw(out, &[r#","unicodeName":"#]);
        text(out, &parsed.to_unicode());
    }
}

fn is_idn(name: &str) -> bool {
    name.split('.').any(|label| label.starts_with("xn--"))
}

fn write_statuses(out: &mut Vec<u8>, record: &PublicRecord<'_>) {
    raw(out, &[r#","status":["#]);
    let mut comma = "";
    for status in record.statuses.iter() {
        raw(out, &[comma, "\"", status.rdap, "\""]);
        comma = ",";
    }
    raw(out, &["]"]);
}

fn write_events(out: &mut Vec<u8>, record: &PublicRecord<'_>, updated_at: i64) {
    let events = [
        ("registration", Some(record.created_at)),
        ("expiration", Some(record.expires_at)),
        ("registrar expiration", Some(record.registrar_expires_at)),
        ("last changed", record.changed_at),
        ("transfer", record.transferred_at),
        ("last update of RDAP database", Some(updated_at)),
    ];
    raw(out, &[r#","events":["#]);
    let mut comma = "";
    for (action, at) in events {
        if let Some(at) = at {
            raw(out, &[comma, r#"{"eventAction":""#, action, r#"","eventDate":""#]);
            write_rfc3339(out, at);
            raw(out, &["\"}"]);
            comma = ",";
        }
    }
    raw(out, &["]"]);
}

fn write_signers(out: &mut Vec<u8>, signers: &[DelegationSigner<'_>]) {
    use std::io::Write;
    if signers.is_empty() {
        raw(out, &[r#","secureDNS":{"delegationSigned":false}"#]);
        return;
    }
    raw(out, &[r#","secureDNS":{"delegationSigned":true,"dsData":["#]);
    let mut comma = "";
    for ds in signers {
        let DelegationSigner { key_tag, algorithm, digest_type, digest } = ds;
        // Writing into memory does not fail.
        let _ = write!(out, r#"{comma}{{"keyTag":{key_tag},"algorithm":{algorithm},"digestType":{digest_type},"digest":""#);
        write_hex(out, digest);
        raw(out, &["\"}"]);
        comma = ",";
    }
    raw(out, &["]}"]);
}

fn write_hex(out: &mut Vec<u8>, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.extend(bytes.iter().flat_map(|byte| [DIGITS[usize::from(byte >> 4)], DIGITS[usize::from(byte & 15)]]));
}

fn write_nameservers(out: &mut Vec<u8>, hosts: &[&str]) {
    raw(out, &[r#","nameservers":["#]);
    let mut comma = "";
    for host in hosts {
        raw(out, &[comma, r#"{"objectClassName":"nameserver","ldhName":""#, host, "\"}"]);
        comma = ",";
    }
    raw(out, &["]"]);
}

fn write_contacts(out: &mut Vec<u8>, template: &Template, record: &PublicRecord<'_>) {
    let mut write = |role: &str, contact: &PublicContact<'_>| {
        raw(out, &[","]);
        write_contact(out, template, record.name, role, contact);
    };
    write("registrant", &record.registrant);
    if let Some(technical) = &record.technical {
        write("technical", technical);
    }
}

fn write_notices(out: &mut Vec<u8>, template: &Template, path: &str) {
    let [first, second, third, last] = &template.notices;
    raw(out, &[r#","notices":["#]);
    for piece in [first, second, third] {
        raw(out, &[piece, &template.origin]);
        escaped(out, path);
    }
    raw(out, &[last, "]"]);
}
