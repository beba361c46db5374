//! The readings of what people type as plain functions over bytes, for fuzzers and for the replay of their finds.
//!
//! A target must return for any input. That no finding repeats what was given holds by construction and is held by a property.

use model::{Contact, CountryCode, Email, LegalKind, Phone, PostalAddress};

use super::validate;

/// Bytes as a telephone number: `+44.2079460000`.
pub fn phone(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let Ok(number) = Phone::parse(&text, None) else { return };
    let Some(contact) = contact(CountryCode::parse("GB").ok(), &[]) else { return };
    let validation = validate(&Contact { phone: Some(number), ..contact.clone() });
    let again = Phone::parse(&text, Some("1")).map(|number| validate(&Contact { phone: Some(number), ..contact }));
    assert_eq!(again.as_ref(), Ok(&validation), "an extension does not matter");
}

/// Bytes as a country code and the lines of an address: city, province, postcode, organisation, name, then the street.
pub fn address(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let lines: Vec<&str> = text.split('\n').collect();
    let Some((country, lines)) = lines.split_first() else { return };
    let Some(contact) = contact(CountryCode::parse(country).ok(), lines) else { return };
    let validation = validate(&contact);
    assert_eq!(validation, validate(&contact), "the same contact is judged the same");
}

fn contact(country: Option<CountryCode>, lines: &[&str]) -> Option<Contact> {
    let line = |index: usize| lines.get(index).copied().map(str::to_owned);
    Some(Contact {
        kind: LegalKind::Unknown,
        name: line(4).unwrap_or_default(),
        organisation: line(3),
        address: PostalAddress {
            street: lines.iter().skip(5).copied().map(str::to_owned).collect(),
            city: line(0).unwrap_or_default(),
            province: line(1),
            postcode: line(2),
            country: country?,
        },
        phone: None,
        fax: None,
        email: Email::parse("fuzz@registrar.example").ok()?,
    })
}
