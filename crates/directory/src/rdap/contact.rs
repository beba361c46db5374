//! A contact as an entity with its jCard (RFC 7095; TIG 3.8, RP 2.7).

use policy::publication::{Element, PublicAddress, PublicContact, PublicEmail};

use super::json::{escaped, raw, text};
use super::template::Template;

/// Writes the entity. The role stands first and alone, since the paths of redactions ask for the first role.
pub(super) fn write_contact(out: &mut Vec<u8>, template: &Template, name: &str, role: &str, contact: &PublicContact<'_>) {
    raw(out, &[r#"{"objectClassName":"entity""#]);
    if let Element::Shown(roid) = &contact.roid {
        raw(out, &[r#","handle":"#]);
        text(out, roid);
    }
    raw(out, &[r#","roles":[""#, role, r#""],"vcardArray":["vcard",[["version",{},"text","4.0"],["fn",{},"text","#]);
    text(out, contact.name.shown().copied().unwrap_or_default());
    raw(out, &["]"]);
    if let Element::Shown(organisation) = &contact.organisation {
        raw(out, &[r#",["org",{},"text","#]);
        text(out, organisation);
        raw(out, &["]"]);
    }
    if let Some(address) = &contact.address {
        write_address(out, address);
    }
    write_phone(out, "voice", &contact.phone, &contact.phone_extension);
    write_phone(out, "fax", &contact.fax, &contact.fax_extension);
    match contact.email {
        PublicEmail::Shown(email) => {
            raw(out, &[r#",["email",{},"text","#]);
            text(out, email);
        }
        PublicEmail::Form => {
            let role = if role == "technical" { "&role=technical" } else { "" };
            raw(out, &[r#",["contact-uri",{},"uri",""#, &template.contact_form, name, role, "\""]);
        }
    }
    raw(out, &["]]]}"]);
}

/// Seven parts, the last one always empty: the country is the parameter `cc` (RP 1.4, RFC 8605 section 3.1).
fn write_address(out: &mut Vec<u8>, address: &PublicAddress<'_>) {
    raw(out, &[r#",["adr",{"cc":""#, address.country, r#""},"text",["","","#]);
    match address.street.shown().map(Vec::as_slice) {
        None | Some([]) => raw(out, &["\"\""]),
        Some([line]) => text(out, line),
        Some(lines) => {
            let mut before = "[";
            for line in lines {
                raw(out, &[before]);
                text(out, line);
                before = ",";
            }
            raw(out, &["]"]);
        }
    }
    let shown = |element: &Element<&'_ str>| element.shown().map_or_else(String::new, |value| (*value).to_owned());
    for part in [shown(&address.city), address.province.unwrap_or_default().to_owned(), shown(&address.postcode)] {
        raw(out, &[","]);
        text(out, &part);
    }
    raw(out, &[r#",""]]"#]);
}

/// A telephone as a URI (RFC 3966).
fn write_phone(out: &mut Vec<u8>, kind: &str, number: &Element<&str>, extension: &Element<&str>) {
    if let Element::Shown(number) = number {
        raw(out, &[r#",["tel",{"type":""#, kind, r#""},"uri","tel:"#]);
        escaped(out, number);
        if let Element::Shown(extension) = extension {
            raw(out, &[";ext="]);
            escaped(out, extension);
        }
        raw(out, &["\"]"]);
    }
}
