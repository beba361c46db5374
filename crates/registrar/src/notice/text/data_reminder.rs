//! The yearly letter with the data on record (Registration Data Reminder Policy; ACY-10).

use model::Phone;

use super::{Letter, Material};

/// The data, one datum a line, and what false data can cost.
pub(super) fn reminder(material: &Material<'_>) -> Letter {
    let name = material.shown_name();
    let intro = format!(
        "once a year we show you the data that we hold for {name}. Please check them: false or outdated data can cost you the domain name."
    );
    let correct = format!(
        "If something is wrong, go to {} or answer this message. If all is right, you need not do anything.",
        material.settings.portal
    );
    material.letter(format!("Please check the data of {name}"), [intro, data(material), correct].map(Some))
}

/// What is on record, without what is not.
fn data(material: &Material<'_>) -> String {
    let holder = material.holder;
    let address = &holder.address;
    let line = |what: &str, value: Option<String>| value.filter(|value| !value.trim().is_empty()).map(|value| format!("{what}: {value}"));
    [
        line("Registrant", Some(holder.name.clone())),
        line("Organisation", holder.organisation.clone()),
        line("Street", Some(address.street.join(", "))),
        line("City", Some(address.city.clone())),
        line("State or province", address.province.clone()),
        line("Postcode", address.postcode.clone()),
        line("Country", Some(address.country.to_string())),
        line("Telephone", holder.phone.as_ref().map(number)),
        line("Fax", holder.fax.as_ref().map(number)),
        line("E-mail", Some(holder.email.as_str().to_owned())),
    ]
    .into_iter()
    .flatten()
    .collect::<Vec<_>>()
    .join("\n")
}

fn number(phone: &Phone) -> String {
    match phone.extension() {
        Some(extension) => format!("{} ext. {extension}", phone.number()),
        None => phone.number().to_owned(),
    }
}
