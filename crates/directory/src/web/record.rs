//! A record as a person reads it: the facts of RDAP's answer, in the same order, in words.

use maud::{Markup, html};
use policy::publication::{Element, PublicAddress, PublicContact, PublicEmail, PublicRecord};

use super::page::{STATUS_CODES, Template};
use crate::instant::instant;

/// Stands for a value that the public does not get.
pub(super) const WITHHELD: &str = "withheld by policy";

/// Stands for a value that nobody gave.
pub(super) const ABSENT: &str = "not given";

/// A name as its owner writes it: in U-labels.
pub(super) fn displayed(name: &str) -> String {
    model::DomainName::parse(name).map_or_else(|_| name.to_owned(), |name| name.to_unicode())
}

/// Writes the record.
pub(super) fn write(template: &Template, record: &PublicRecord<'_>, updated_at: i64) -> Markup {
    let rdap = format!("{}domain/{}", template.settings.base_url.as_str(), record.name);
    html! {
        (name(record))
        (registrar(template, record))
        (contact(template, record.name, "registrant", "Registrant", &record.registrant))
        @if let Some(technical) = &record.technical {
            (contact(template, record.name, "technical", "Technical contact", technical))
        }
        p { "This is how the records stood at " (time(updated_at)) ". " a href=(rdap) { "The same as RDAP, for programs" } "." }
    }
}

fn name(record: &PublicRecord<'_>) -> Markup {
    let unicode = displayed(record.name);
    html! {
        dl {
            @if unicode != record.name { (fact("Name in A-labels", &html! { code { (record.name) } })) }
            (fact("Registry’s ID", &element(&record.roid)))
            (fact("Status", &html! {
                ul { @for status in record.statuses.iter() {
                    li { a href=(format!("{STATUS_CODES}#{}", status.epp)) { (status.epp) } }
                } }
            }))
            (fact("Registered", &time(record.created_at)))
            (fact("Expires at the registry", &time(record.expires_at)))
            (fact("Expires by the registrar’s contract", &time(record.registrar_expires_at)))
            @if let Some(at) = record.changed_at { (fact("Last changed", &time(at))) }
            @if let Some(at) = record.transferred_at { (fact("Last transferred", &time(at))) }
            (fact("Name servers", &html! {
                @if record.nameservers.is_empty() { "none" } @else { ul { @for host in &record.nameservers { li { (host) } } } }
            }))
            (fact("DNSSEC", &html! { @if record.ds.is_empty() { "unsigned" } @else { "signed delegation" } }))
            @for ds in &record.ds {
                (fact("Delegation signer", &html! { code {
                    (ds.key_tag) " " (ds.algorithm) " " (ds.digest_type) " " (hex(ds.digest))
                } }))
            }
        }
    }
}

fn registrar(template: &Template, record: &PublicRecord<'_>) -> Markup {
    let registrar = &template.settings.registrar;
    html! {
        h2 { "Registrar" }
        dl {
            (fact("Name", &html! { a href=(registrar.url) { (registrar.name) } }))
            (fact("IANA ID", &html! { (registrar.iana_id) }))
            (fact("Report abuse by e-mail", &html! { a href=(format!("mailto:{}", registrar.abuse_email)) { (registrar.abuse_email) } }))
            (fact("Report abuse by telephone", &html! { a href=(format!("tel:{}", dialled(&registrar.abuse_phone))) { (registrar.abuse_phone) } }))
            @if let Some(reseller) = record.reseller { (fact("Reseller", &html! { (reseller) })) }
        }
    }
}

fn contact(template: &Template, name: &str, role: &str, heading: &str, contact: &PublicContact<'_>) -> Markup {
    html! {
        h2 { (heading) }
        dl {
            (fact("Registry’s ID", &element(&contact.roid)))
            (fact("Name", &element(&contact.name)))
            @if let Some(address) = &contact.address {
                (fact("Organisation", &element(&contact.organisation)))
                (self::address(address))
            }
            (fact("Telephone", &with_extension(&contact.phone, &contact.phone_extension)))
            @if contact.address.is_some() { (fact("Fax", &with_extension(&contact.fax, &contact.fax_extension))) }
            (fact("E-mail", &email(template, name, role, contact.email)))
        }
    }
}

fn address(address: &PublicAddress<'_>) -> Markup {
    let street = match &address.street {
        Element::Shown(lines) => html! { @for (index, line) in lines.iter().enumerate() { @if index > 0 { br; } (line) } },
        Element::Withheld => withheld(),
        Element::Absent => absent(),
    };
    html! {
        (fact("Street", &street))
        (fact("City", &element(&address.city)))
        (fact("State or province", &address.province.map_or_else(absent, |province| html! { (province) })))
        (fact("Postcode", &element(&address.postcode)))
        (fact("Country", &html! { (address.country) }))
    }
}

/// The address, or the form that reaches the contact and does not reveal it (RDP-12).
fn email(template: &Template, name: &str, role: &str, email: PublicEmail<'_>) -> Markup {
    match email {
        PublicEmail::Shown(email) => html! { a href=(format!("mailto:{email}")) { (email) } },
        PublicEmail::Form => {
            let role = if role == "technical" { "&role=technical" } else { "" };
            let form = format!("{}?domain={name}{role}", template.settings.contact_form_url);
            html! { (withheld()) "; " a href=(form) { "write to the contact through our form" } }
        }
    }
}

/// A number with its extension. One that is not there has none to speak of.
fn with_extension(number: &Element<&str>, extension: &Element<&str>) -> Markup {
    html! {
        (element(number))
        @match extension {
            Element::Shown(extension) => { ", extension " (extension) },
            Element::Withheld if number.shown().is_some() => { ", extension " (withheld()) },
            Element::Withheld | Element::Absent => {},
        }
    }
}

fn element(element: &Element<&str>) -> Markup {
    match element {
        Element::Shown(value) => html! { (value) },
        Element::Withheld => withheld(),
        Element::Absent => absent(),
    }
}

fn withheld() -> Markup {
    html! { span.withheld { (WITHHELD) } }
}

fn absent() -> Markup {
    html! { span.absent { (ABSENT) } }
}

fn fact(label: &str, value: &Markup) -> Markup {
    html! { div { dt { (label) } dd { (value) } } }
}

fn time(second: i64) -> Markup {
    let at = instant(second).to_string();
    html! { time datetime=(at) { (at) } }
}

/// A telephone number as it is dialled: EPP's form has a full stop behind the country's code.
fn dialled(phone: &str) -> String {
    phone.replace('.', "")
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02X}")).collect()
}
