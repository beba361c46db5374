//! Whether registration data can be true: the validation of the RDDS Accuracy Program, section 1 (a) to (d), as a pure function
//! (ACY-1), with the fields that must be there (RDP-1).
//!
//! [`validate`] looks at a [`Contact`] alone and answers with one result per field. A [`Level::Fault`] cannot be true and refuses; a
//! [`Level::Doubt`] may be true and is kept as evidence only, for a person to look at and for the verification by e-mail or telephone to
//! settle (ACY-3). What a finding says never repeats what the contact said. [`Validation`] carries [`VALIDATOR_VERSION`], so that one
//! knows later by which rules and tables a contact passed.
//!
//! | to find | look in |
//! | --- | --- |
//! | what is asked of texts, e-mail addresses | `accuracy/text.rs`, `accuracy/email.rs` |
//! | which fields a country has, and how they are written | [`AddressForm`], over `accuracy/addresses.txt` and `subdivisions.txt` |
//! | the numbering plans | `accuracy/numbering.rs`, over `numbering.txt`; numbers kept for fiction in `accuracy/fiction.rs` |
//! | which fields a change verifies anew | [`changed_fields`], [`is_same_verified_data`] |
//!
//! Whether the street is in the city and the city in the province (ACY-2) is not asked: no registrar does, and none is obliged to.
//!
//! The tables are facts of the Universal Postal Union's templates, ISO 3166-2 and the national numbering plans, carried over from the data
//! of libaddressinput (Google, CC BY 4.0) and libphonenumber (Google, Apache-2.0); each file names its source and what was changed.

mod address_form;
mod change;
mod email;
mod fiction;
mod field;
mod finding;
mod fold;
pub mod fuzz;
mod mask;
mod numbering;
mod phone;
mod postal;
mod subdivision;
#[cfg(test)]
mod tests;
mod text;
mod validation;

use model::{Contact, LegalKind};

pub use address_form::{AddressForm, Listing, Presence};
pub use change::{changed_fields, is_same_verified_data};
pub use field::Field;
pub use finding::{Finding, Level};
pub use fold::folded;
pub use subdivision::Subdivision;
pub use validation::{FieldResult, Validation};

use finding::{missing, worst};

/// Which rules and tables decide: the day on which one of them last changed. Kept with every result (ACY-1).
pub const VALIDATOR_VERSION: &str = "2026-11-30";

/// Validates every field of a contact (ACY-1, RDP-1).
#[must_use]
pub fn validate(contact: &Contact) -> Validation {
    let form = AddressForm::of(contact.address.country);
    let results = Field::ALL.iter().map(|&field| FieldResult::new(field, look_at(contact, &form, field))).collect();
    Validation { validator: VALIDATOR_VERSION, results }
}

/// The finding on one field, if there is one.
fn look_at(contact: &Contact, form: &AddressForm, field: Field) -> Option<Finding> {
    let address = &contact.address;
    match field {
        Field::Name => name(contact),
        Field::Organisation => organisation(contact),
        Field::Street => postal::street(&address.street),
        Field::City => postal::city(form, &address.city),
        Field::Province => postal::province(form, address.province.as_deref()),
        Field::Postcode => postal::postcode(form, address.postcode.as_deref()),
        Field::Country => postal::country(address.country),
        Field::Phone => match &contact.phone {
            Some(number) => phone::look_at(field, number),
            None => Some(missing(field)),
        },
        Field::Fax => contact.fax.as_ref().and_then(|number| phone::look_at(field, number)),
        Field::Email => email::look_at(&contact.email),
    }
}

/// A person's name has letters; what else stands there, a role or a company, may be written in digits.
fn name(contact: &Contact) -> Option<Finding> {
    if contact.name.trim().is_empty() {
        return Some(missing(Field::Name));
    }
    let level = if contact.kind == LegalKind::Natural { Level::Fault } else { Level::Doubt };
    worst([text::look_at(Field::Name, &contact.name), text::letters(Field::Name, &contact.name, level)])
}

/// Optional (RDP-2), but an organisation has a name.
fn organisation(contact: &Contact) -> Option<Finding> {
    match contact.organisation.as_deref().filter(|text| !text.trim().is_empty()) {
        Some(text) => text::look_at(Field::Organisation, text),
        None if contact.kind == LegalKind::Organisation => Some(missing(Field::Organisation)),
        None => None,
    }
}
