//! Frames in a form that may be logged: secrets and personal data replaced, structure kept.

use crate::namespace::{Namespace, Ns};
use crate::xml::{self, Element};

/// Stands in place of a secret.
const SECRET: &str = "[secret]";
/// Stands in place of what identifies a person.
const PERSONAL: &str = "[personal data]";

/// Local names whose whole content is secret in any namespace, in lower case. Vendors invent their own namespaces for the same words.
const SECRET_NAMES: &[&str] = &[
    "pw",
    "newpw",
    "password",
    "newpassword",
    "authinfo",
    "authcode",
    "allocationtoken",
    "token",
    "secret",
    "encodedsignedmark",
    "signedmark",
    "verificationcode",
];

/// Local names of rgp-1.0 whose content is registration data.
const REPORT_NAMES: &[&str] = &["predata", "postdata", "other"];

/// Local names in contact-1.0 that identify a person.
const PERSONAL_NAMES: &[&str] = &["name", "org", "street", "city", "sp", "pc", "voice", "fax", "email"];

/// The document with the content of secret elements replaced by `[secret]` and of personal ones by `[personal data]`.
///
/// Bytes that cannot be read as XML are not shown at all: only their length and what is wrong with them.
pub fn redact(frame: &[u8]) -> String {
    match xml::parse(frame) {
        Ok(document) => element(&document.root),
        Err(error) => format!("[{} bytes not shown: {error}]", frame.len()),
    }
}

/// One element in redacted form.
pub(crate) fn element(element: &Element) -> String {
    xml::to_masked(element, mask).unwrap_or_else(|error| format!("[element not shown: {error}]"))
}

fn mask(element: &Element) -> Option<&'static str> {
    if element.children.is_empty() {
        return None;
    }
    let name = element.name.to_ascii_lowercase();
    let is_launch_code = element.ns == Namespace::Launch && name == "code";
    if is_launch_code || SECRET_NAMES.contains(&name.as_str()) {
        return Some(SECRET);
    }
    if element.ns == Namespace::Rgp && REPORT_NAMES.contains(&name.as_str()) {
        return Some(PERSONAL);
    }
    let is_contact = element.ns == Namespace::Contact || matches!(&element.ns, Ns::Other(urn) if urn.contains("contact"));
    (is_contact && PERSONAL_NAMES.contains(&name.as_str())).then_some(PERSONAL)
}
