//! Postal addresses, field by field, against the form of their country (the templates of the Universal Postal Union).

use model::CountryCode;

use super::address_form::{AddressForm, Listing, Presence};
use super::field::Field;
use super::finding::{Finding, Level, left_out, missing, worst};
use super::text;

/// Countries of ISO 3166-1 in which nobody lives.
const UNINHABITED: &[&str] = &["BV", "HM"];

/// The street: at least one line that says something.
pub(super) fn street(lines: &[String]) -> Option<Finding> {
    let lines: Vec<&String> = lines.iter().filter(|line| !line.trim().is_empty()).collect();
    match lines.as_slice() {
        [] => Some(missing(Field::Street)),
        lines => worst(lines.iter().map(|line| text::look_at(Field::Street, line))),
    }
}

/// The city: no place on Earth is written without a letter.
pub(super) fn city(form: &AddressForm, city: &str) -> Option<Finding> {
    if city.trim().is_empty() {
        return absent(Field::City, form.city);
    }
    worst([text::look_at(Field::City, city), text::letters(Field::City, city, Level::Fault)])
}

/// The state or province: one of the list, where we have the list.
pub(super) fn province(form: &AddressForm, province: Option<&str>) -> Option<Finding> {
    match said(province) {
        Some(province) => worst([text::look_at(Field::Province, province), unlisted(form, province)]),
        None => absent(Field::Province, form.province),
    }
}

/// The postcode: as the country writes them.
pub(super) fn postcode(form: &AddressForm, postcode: Option<&str>) -> Option<Finding> {
    match (said(postcode), form.postcode) {
        (None, presence) => absent(Field::Postcode, presence),
        (Some(_), Presence::Unused) => {
            let sentence = "the address has a postcode, although its country has none";
            Some(Finding::doubt("accuracy.postcode-unused", sentence, "leave the postcode out"))
        }
        (Some(postcode), _) => misshapen(form, postcode),
    }
}

/// The country: one in which people live.
pub(super) fn country(country: CountryCode) -> Option<Finding> {
    let finding = || Finding::doubt("accuracy.uninhabited", "nobody lives in the country of the address", "choose the country again");
    UNINHABITED.contains(&country.as_str()).then(finding)
}

fn unlisted(form: &AddressForm, province: &str) -> Option<Finding> {
    let level = match form.listing {
        Listing::None => return None,
        Listing::Known => Level::Doubt,
        Listing::Firm => Level::Fault,
    };
    if form.find_subdivision(province).is_some() {
        return None;
    }
    let hint = match form.subdivisions().next() {
        Some(first) => format!("write its name or its code, such as `{}` or `{}`", first.name, first.code),
        None => "write its name or its code".to_owned(),
    };
    Some(Finding::new(level, "accuracy.province", "the state or province is none that we know of its country", hint))
}

fn misshapen(form: &AddressForm, postcode: &str) -> Option<Finding> {
    if form.takes_postcode(postcode) {
        return None;
    }
    let hint = match form.example {
        Some(example) => format!("write it like `{example}`"),
        None => "write it as the post of the country does".to_owned(),
    };
    Some(Finding::fault("accuracy.postcode", "the postcode is not written as those of its country are", hint))
}

fn absent(field: Field, presence: Presence) -> Option<Finding> {
    match presence {
        Presence::Must => Some(missing(field)),
        Presence::Should => Some(left_out(field)),
        Presence::May | Presence::Unused => None,
    }
}

/// The text, if it says anything.
fn said(text: Option<&str>) -> Option<&str> {
    text.filter(|text| !text.trim().is_empty())
}
