//! The wire, for people to read: one frame of each command, response and extension as it is written today.
//!
//! A change here is a change for every registry; review it as one.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Commands of a registrar.
const COMMANDS: &[&str] = &[
    "hello",
    "login-new-password",
    "logout",
    "poll-request",
    "poll-acknowledge",
    "domain-check",
    "domain-info-auth-roid",
    "domain-create-thick",
    "domain-create-host-attributes",
    "domain-update-all",
    "domain-update-null-auth",
    "domain-delete",
    "domain-renew",
    "domain-transfer-request-period",
    "domain-transfer-approve",
    "host-check",
    "host-info",
    "host-create",
    "host-update-all",
    "host-delete",
    "contact-check",
    "contact-info-auth",
    "contact-create",
    "contact-update-all",
    "contact-delete",
    "contact-transfer-request",
    "maintenance-info-list",
    "maintenance-info-one",
];

/// Responses of a registry.
const RESPONSES: &[&str] = &[
    "greeting-policy-relative",
    "result-2303",
    "result-several",
    "logout-done",
    "poll-empty",
    "poll-acknowledged",
    "poll-message-transfer",
    "domain-check-data",
    "domain-create-data",
    "domain-info-data-thick",
    "domain-renew-data",
    "domain-transfer-data-expiry",
    "domain-pending-approved",
    "host-check-data",
    "host-create-data",
    "host-info-data",
    "host-pending",
    "contact-check-data",
    "contact-create-data",
    "contact-info-data",
    "contact-transfer-data",
    "contact-pending",
    "maintenance-list",
    "maintenance-poll-update",
];

/// Extensions, alone and together.
const EXTENSIONS: &[&str] = &[
    "secdns-create-key",
    "secdns-update-replace",
    "secdns-update-remove-ds",
    "rgp-restore-request",
    "rgp-restore-report-whole",
    "rgp-info",
    "fee-1.0-check",
    "fee-0.23-check",
    "fee-0.11-check",
    "fee-1.0-check-data",
    "fee-0.23-check-data",
    "fee-0.11-check-data",
    "fee-0.11-delete-data",
    "launch-check-claims",
    "launch-check-data-phase",
    "launch-create-claims",
    "launch-create-sunrise-encoded",
    "launch-create-sunrise-codes",
    "launch-info-data",
    "login-security-0",
    "login-security-events",
    "change-case-custom",
    "token-info",
    "ttl-info-data",
    "namestore-error",
    "sync-update",
    "unknown-create",
    "unhandled-object-and-extension",
    "together-check-1.0",
    "together-create-0.23",
    "together-update-1.0",
    "together-info-data",
];

fn shown(names: &[&str]) -> String {
    let samples: BTreeMap<String, Vec<u8>> = epp::samples::samples().unwrap().into_iter().collect();
    let mut text = String::new();
    for name in names {
        let frame = samples.get(*name).unwrap_or_else(|| panic!("no sample `{name}`"));
        let frame = String::from_utf8(frame.clone()).unwrap();
        writeln!(text, "=== {name}\n{}\n", indented(&frame)).unwrap();
    }
    text
}

/// One element a line, leaves with their text; for the eye only.
fn indented(frame: &str) -> String {
    let mut text = String::new();
    let mut depth = 0usize;
    for tag in frame.replace("><", ">\u{0}<").split('\u{0}') {
        let is_end = tag.starts_with("</");
        depth -= usize::from(is_end);
        writeln!(text, "{}{tag}", "  ".repeat(depth)).unwrap();
        let opens = !is_end && !tag.starts_with("<?") && !tag.ends_with("/>") && !tag.contains("</");
        depth += usize::from(opens);
    }
    text.trim_end().to_owned()
}

#[test]
fn commands() {
    insta::assert_snapshot!(shown(COMMANDS));
}

#[test]
fn responses() {
    insta::assert_snapshot!(shown(RESPONSES));
}

#[test]
fn extensions() {
    insta::assert_snapshot!(shown(EXTENSIONS));
}
