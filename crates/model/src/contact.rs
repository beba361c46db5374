//! People and organisations as registries ask for them. Everything personal prints `[personal data]` in `Debug`.

mod country;
mod email;
mod phone;

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

pub use country::{CountryCode, CountryError};
pub use email::{Email, EmailError};
pub use phone::{Phone, PhoneError};

use crate::word::words;

/// Longest postal line (name, organisation, street, city, province), in characters (contact-1.0 `postalLineType`).
pub const MAX_POSTAL_LINE_CHARS: usize = 255;

/// Longest postcode, in characters (contact-1.0 `pcType`).
pub const MAX_POSTCODE_CHARS: usize = 16;

/// Most street lines (contact-1.0 `addrType`).
pub const MAX_STREET_LINES: usize = 3;

words! {
    /// What a contact does for a domain (RFC 5731 section 2.2).
    pub enum ContactRole: "a contact role" {
        /// Holds the name.
        Registrant = "registrant",
        /// Decides about it.
        Admin = "admin",
        /// Runs it.
        Tech = "tech",
        /// Pays for it.
        Billing = "billing",
    }
}

words! {
    /// Whether a contact is a person or an organisation (Registration Data Policy: the distinction drives redaction).
    pub enum LegalKind: "a kind of contact" {
        /// A natural person.
        Natural = "natural",
        /// A legal person.
        Organisation = "organisation",
        /// Nobody has said; treated as a natural person.
        Unknown = "unknown",
        /// A privacy or proxy service that stands in for its customer; published in full, as the service's own data (RDP-14, PPX-4).
        PrivacyService = "privacy-service",
    }
}

/// A contact with its personal data (RFC 5733). `Debug` prints none of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Person or organisation.
    pub kind: LegalKind,
    /// Name of the person or role.
    pub name: String,
    /// Organisation, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organisation: Option<String>,
    /// Postal address.
    pub address: PostalAddress,
    /// Telephone, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// Fax, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fax: Option<Phone>,
    /// E-mail address.
    pub email: Email,
}

/// A postal address (contact-1.0 `addrType`). `Debug` prints none of it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostalAddress {
    /// Up to three lines.
    #[serde(default)]
    pub street: Vec<String>,
    /// City.
    pub city: String,
    /// State or province, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub province: Option<String>,
    /// Postcode, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postcode: Option<String>,
    /// Country.
    pub country: CountryCode,
}

impl Contact {
    /// Judges the texts by the schema's facets; the first fault is named by its field.
    pub fn check(&self) -> Result<(), ContactError> {
        line("name", &self.name)?;
        optional_line("organisation", self.organisation.as_deref())?;
        if matches!(self.kind, LegalKind::Organisation | LegalKind::PrivacyService) && self.organisation.is_none() {
            return Err(ContactError::Missing { field: "organisation" });
        }
        self.address.check()
    }

    /// Whether all of it is ASCII, as the `int` form of EPP wants (RFC 5733 section 2.4).
    pub fn fits_int_form(&self) -> bool {
        self.name.is_ascii() && self.organisation.as_deref().is_none_or(str::is_ascii) && self.address.is_ascii()
    }
}

impl PostalAddress {
    /// Judges the texts by the schema's facets.
    pub fn check(&self) -> Result<(), ContactError> {
        if self.street.len() > MAX_STREET_LINES {
            return Err(ContactError::TooManyStreetLines { count: self.street.len() });
        }
        self.street.iter().try_for_each(|street| line("street", street))?;
        line("city", &self.city)?;
        optional_line("province", self.province.as_deref())?;
        match self.postcode.as_deref() {
            Some(postcode) => limited("postcode", postcode, MAX_POSTCODE_CHARS),
            None => Ok(()),
        }
    }

    fn is_ascii(&self) -> bool {
        let optional = |text: &Option<String>| text.as_deref().is_none_or(str::is_ascii);
        self.street.iter().all(|street| street.is_ascii()) && self.city.is_ascii() && optional(&self.province) && optional(&self.postcode)
    }
}

impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[personal data]")
    }
}

impl fmt::Debug for PostalAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[personal data]")
    }
}

fn line(field: &'static str, text: &str) -> Result<(), ContactError> {
    limited(field, text, MAX_POSTAL_LINE_CHARS)
}

fn optional_line(field: &'static str, text: Option<&str>) -> Result<(), ContactError> {
    text.map_or(Ok(()), |text| line(field, text))
}

/// A line that says something, on one line, within its limit.
fn limited(field: &'static str, text: &str, max: usize) -> Result<(), ContactError> {
    let length = text.chars().count();
    if text.trim().is_empty() {
        return Err(ContactError::Missing { field });
    }
    if length > max {
        return Err(ContactError::TooLong { field, length, max });
    }
    match text.chars().position(char::is_control) {
        Some(at) => Err(ContactError::Unprintable { field, position: at + 1 }),
        None => Ok(()),
    }
}

/// Why a contact was refused. No variant repeats personal data.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ContactError {
    /// A field that must say something is empty or absent.
    #[error("the contact's {field} is empty; fill it in or leave the field out where it is optional")]
    Missing {
        /// The field.
        field: &'static str,
    },
    /// A field is longer than its schema allows.
    #[error("the contact's {field} has {length} characters, more than {max}; shorten it")]
    TooLong {
        /// The field.
        field: &'static str,
        /// Characters it has.
        length: usize,
        /// Characters it may have.
        max: usize,
    },
    /// A line break or control character.
    #[error("the contact's {field} has a line break or control character at position {position}; write it on one line")]
    Unprintable {
        /// The field.
        field: &'static str,
        /// Position counted from 1.
        position: usize,
    },
    /// More than three street lines.
    #[error("the contact's street has {count} lines; registries take at most {MAX_STREET_LINES}, join some of them")]
    TooManyStreetLines {
        /// Lines it has.
        count: usize,
    },
}

impl ContactError {
    /// Stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            ContactError::Missing { .. } => "contact.missing",
            ContactError::TooLong { .. } => "contact.too_long",
            ContactError::Unprintable { .. } => "contact.unprintable",
            ContactError::TooManyStreetLines { .. } => "contact.street",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ada() -> Contact {
        Contact {
            kind: LegalKind::Natural,
            name: "Ada Canary".into(),
            organisation: None,
            address: PostalAddress {
                street: vec!["1 Canary Row".into()],
                city: "Canaryton".into(),
                province: None,
                postcode: Some("CA1 1RY".into()),
                country: CountryCode::parse("GB").unwrap(),
            },
            phone: Some(Phone::parse("+44.2071234567", Some("12")).unwrap()),
            fax: None,
            email: Email::parse("ada.canary@canary.example").unwrap(),
        }
    }

    #[test]
    fn debug_shows_nothing_personal() {
        let contact = ada();
        assert_eq!(format!("{contact:?} {contact:#?}"), "[personal data] [personal data]");
        assert_eq!(
            format!("{:?}", (&contact.address, &contact.phone, &contact.email)),
            "([personal data], Some([personal data]), [personal data])"
        );
    }

    /// What is changed, and the code and field of the refusal.
    #[test]
    fn texts_keep_the_schema_facets() {
        type Change = fn(&mut Contact);
        let cases: [(Change, Option<&str>); 14] = [
            (|_| (), None),
            (|c| c.name = "x".repeat(255), None),
            (|c| c.name = "é".repeat(256), Some("contact.too_long: the contact's name")),
            (|c| c.name = " ".into(), Some("contact.missing: the contact's name")),
            (|c| c.name = "Ada\nCanary".into(), Some("contact.unprintable: the contact's name")),
            (|c| c.kind = LegalKind::Organisation, Some("contact.missing: the contact's organisation")),
            (|c| c.organisation = Some(String::new()), Some("contact.missing: the contact's organisation")),
            (|c| c.address.street = vec!["a".into(); 3], None),
            (|c| c.address.street = vec!["a".into(); 4], Some("contact.street: the contact's street")),
            (|c| c.address.street = vec![String::new()], Some("contact.missing: the contact's street")),
            (|c| c.address.city = String::new(), Some("contact.missing: the contact's city")),
            (|c| c.address.province = Some("x".repeat(256)), Some("contact.too_long: the contact's province")),
            (|c| c.address.postcode = Some("1".repeat(16)), None),
            (|c| c.address.postcode = Some("1".repeat(17)), Some("contact.too_long: the contact's postcode")),
        ];
        for (change, want) in cases {
            let mut contact = ada();
            change(&mut contact);
            let got = contact.check().err().map(|error| format!("{}: {error}", error.code()));
            match (got.as_deref(), want) {
                (None, None) => {}
                (Some(got), Some(want)) => {
                    assert!(got.starts_with(want), "{got}");
                    assert!(!got.contains("Canary"), "{got}");
                }
                (got, want) => panic!("{got:?}, wanted {want:?}"),
            }
        }
    }

    #[test]
    fn the_int_form_is_ascii() {
        let mut contact = ada();
        assert!(contact.fits_int_form());
        contact.address.city = "Köln".into();
        assert!(!contact.fits_int_form());
    }

    #[test]
    fn contacts_travel_whole() {
        let json = serde_json::to_string(&ada()).unwrap();
        assert_eq!(serde_json::from_str::<Contact>(&json).unwrap(), ada());
        assert!(serde_json::from_str::<Contact>(&json.replace("\"GB\"", "\"UK\"")).is_err());
    }
}
