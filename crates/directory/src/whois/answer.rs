//! The text of an answer.

use policy::publication::{Element, PublicContact, PublicEmail, PublicRecord};

use crate::instant::instant;
use crate::settings::Settings;

/// What stands where a value is withheld. RFC 9537 forbids it in RDAP only.
const WITHHELD: &str = "REDACTED";

/// The parts of answers that never change while the directory runs.
#[derive(Clone, Debug)]
pub struct Template {
    /// Labels and values that say who the registrar's servers are.
    servers: String,
    /// Labels and values that say who the registrar is.
    registrar: String,
    /// The form that reaches a contact, up to the name.
    contact_form: String,
    /// The disclaimer.
    terms: String,
}

impl Template {
    /// Writes the pieces.
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        let registrar = &settings.registrar;
        let host = settings.whois_host.as_deref().unwrap_or_default();
        Self {
            servers: format!("Registrar WHOIS Server: {host}\r\nRegistrar URL: {}\r\n", registrar.url),
            registrar: format!(
                "Registrar: {}\r\nRegistrar IANA ID: {}\r\nRegistrar Abuse Contact Email: {}\r\nRegistrar Abuse Contact Phone: {}\r\n",
                registrar.name, registrar.iana_id, registrar.abuse_email, registrar.abuse_phone
            ),
            contact_form: format!("{}?domain=", settings.contact_form_url),
            terms: format!(
                "For more information on domain status codes, please visit https://icann.org/epp\r\n\r\n{}\r\n{}\r\n",
                settings.terms, settings.terms_url
            ),
        }
    }

    /// The last lines of every answer.
    pub(crate) fn write_end(&self, out: &mut String, updated_at: i64) {
        out.push_str(">>> Last update of WHOIS database: ");
        push_time(out, updated_at);
        out.push_str(" <<<\r\n\r\n");
        out.push_str(&self.terms);
    }
}

/// Writes the answer for a record; `updated_at` is the store's time in seconds since 1970.
#[must_use]
pub fn write_answer(template: &Template, record: &PublicRecord<'_>, updated_at: i64) -> String {
    let mut text = String::with_capacity(4096);
    let out = &mut text;
    line(out, "Domain Name", record.name);
    line(out, "Registry Domain ID", word(&record.roid));
    out.push_str(&template.servers);
    match record.changed_at {
        Some(at) => time(out, "Updated Date", at),
        None => line(out, "Updated Date", ""),
    }
    time(out, "Creation Date", record.created_at);
    time(out, "Registrar Registration Expiration Date", record.registrar_expires_at);
    out.push_str(&template.registrar);
    if let Some(reseller) = record.reseller {
        line(out, "Reseller", reseller);
    }
    for status in record.statuses.iter() {
        for piece in ["Domain Status: ", status.epp, " https://icann.org/epp#", status.epp, "\r\n"] {
            out.push_str(piece);
        }
    }
    write_contact(out, template, record.name, "Registrant", "", &record.registrant);
    if let Some(technical) = &record.technical {
        write_contact(out, template, record.name, "Tech", "&role=technical", technical);
    }
    for host in &record.nameservers {
        line(out, "Name Server", host);
    }
    line(out, "DNSSEC", if record.ds.is_empty() { "unsigned" } else { "signedDelegation" });
    out.push_str("URL of the ICANN RDDS Inaccuracy Complaint Form: https://icann.org/wicf\r\n");
    template.write_end(out, updated_at);
    text
}

/// A contact under the label of its role; `form` is what its role adds to the address of the form.
fn write_contact(out: &mut String, template: &Template, name: &str, role: &str, form: &str, contact: &PublicContact<'_>) {
    for piece in ["Registry ", role, " ID: ", word(&contact.roid), "\r\n"] {
        out.push_str(piece);
    }
    let mut field = |label: &str, value: &str| {
        for piece in [role, " ", label, ": ", value, "\r\n"] {
            out.push_str(piece);
        }
    };
    field("Name", word(&contact.name));
    if let Some(address) = &contact.address {
        field("Organization", word(&contact.organisation));
        match &address.street {
            Element::Shown(lines) => lines.iter().for_each(|line| field("Street", line)),
            Element::Withheld => field("Street", WITHHELD),
            Element::Absent => field("Street", ""),
        }
        field("City", word(&address.city));
        field("State/Province", address.province.unwrap_or_default());
        field("Postal Code", word(&address.postcode));
        field("Country", address.country);
    }
    field("Phone", word(&contact.phone));
    field("Phone Ext", word(&contact.phone_extension));
    if contact.address.is_some() {
        field("Fax", word(&contact.fax));
        field("Fax Ext", word(&contact.fax_extension));
    }
    match contact.email {
        PublicEmail::Shown(email) => field("Email", email),
        PublicEmail::Form => field("Email", &[&template.contact_form, name, form].concat()),
    }
}

fn word<'a>(element: &Element<&'a str>) -> &'a str {
    match element {
        Element::Shown(value) => value,
        Element::Withheld => WITHHELD,
        Element::Absent => "",
    }
}

fn line(out: &mut String, label: &str, value: &str) {
    for piece in [label, ": ", value, "\r\n"] {
        out.push_str(piece);
    }
}

fn time(out: &mut String, label: &str, second: i64) {
    out.push_str(label);
    out.push_str(": ");
    push_time(out, second);
    out.push_str("\r\n");
}

fn push_time(out: &mut String, second: i64) {
    use std::fmt::Write;
    // Writing into memory does not fail.
    let _ = write!(out, "{}", instant(second));
}
