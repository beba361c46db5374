//! People, names and keys for tests.

use jiff::Timestamp;
use model::{Contact, DomainName, Email, LegalKind, Phone, PostalAddress};

use crate::deposit::{Entry, Person};
use crate::iana_id::IanaId;
use crate::openpgp::{Form, OwnKey};

/// The instant of every deposit in tests: keys are certified by the machine's clock, so it lies behind that.
pub fn watermark() -> Timestamp {
    "2100-11-30T12:00:00Z".parse().unwrap()
}

/// Whose deposits they are.
pub fn registrar() -> IanaId {
    IanaId::new(9999).unwrap()
}

/// A key that is in force at that instant.
pub fn key(name: &str) -> OwnKey {
    OwnKey::generate(Form::V6, name, "2025-11-30T12:00:00Z".parse().unwrap()).unwrap()
}

/// A person whose name and street hold whatever a cell may hold.
pub fn person(number: usize) -> Person {
    const NAMES: &[&str] = &["Zoë \"Zed\" O'Neill", "Łukasz, Jr.", "山田 太郎", "Ан\u{301}на", "backslash \\\" quote", "Ünal & Söhne"];
    Person {
        handle: format!("con_{number:04}"),
        contact: Contact {
            kind: LegalKind::Natural,
            name: NAMES[number % NAMES.len()].to_owned(),
            organisation: None,
            address: PostalAddress {
                street: vec![format!("{number} Rue de l'Église"), "Bât. \"B\"".to_owned()],
                city: "Zürich".to_owned(),
                province: number.is_multiple_of(2).then(|| "ZH".to_owned()),
                postcode: number.is_multiple_of(3).then(|| "8001".to_owned()),
                country: "CH".parse().unwrap(),
            },
            phone: Some(Phone::parse("+41.446681800", None).unwrap()),
            fax: None,
            email: Email::parse(&format!("person{number}@holder.example")).unwrap(),
        },
    }
}

/// The `number`th name, in ascending order.
pub fn name(number: usize) -> DomainName {
    DomainName::parse(&format!("name-{number:07}.alpha")).unwrap()
}

/// A name held by a person, delegated to two hosts.
pub fn entry<'a>(name: &'a DomainName, holder: &'a Person, name_servers: &'a [String]) -> Entry<'a> {
    Entry {
        name,
        expires_at: Some("2027-05-01T23:59:59Z".parse().unwrap()),
        name_servers,
        holder: Some(holder),
        customer: None,
        tech: None,
        admin: None,
        billing: None,
    }
}
