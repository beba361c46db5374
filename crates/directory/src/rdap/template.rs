//! The parts of answers that never change while the directory runs.

use super::json;
use crate::settings::{Registrar, Settings};

/// The pieces, as JSON.
#[derive(Clone, Debug)]
pub struct Template {
    /// Scheme and host: what stands before the path of every request.
    pub(super) origin: String,
    /// The base as registered at IANA.
    pub(super) base_url: String,
    /// The entity of the registrar with its abuse desk (RP 2.4).
    pub(super) registrar: String,
    /// The three notices; the address that was asked goes between the pieces (TIG 3.3, RP 2.6.3, RP 2.10).
    pub(super) notices: [String; 4],
    /// The notice of the terms alone: before and after the address.
    pub(super) terms: [String; 2],
    /// What the help says besides.
    pub(super) help: String,
    /// The member that names the WHOIS host, or nothing.
    pub(super) port43: String,
    /// The form that reaches a contact, up to the name.
    pub(super) contact_form: String,
}

impl Template {
    /// Writes the pieces.
    #[must_use]
    pub fn new(settings: &Settings) -> Self {
        let terms = notice("Terms of Service", &settings.terms, "terms-of-service", &settings.terms_url);
        let statuses = notice(
            "Status Codes",
            "For more information on domain status codes, please visit https://icann.org/epp",
            "glossary",
            "https://icann.org/epp",
        );
        let inaccuracy = notice(
            "RDDS Inaccuracy Complaint Form",
            "URL of the ICANN RDDS Inaccuracy Complaint Form: https://icann.org/wicf",
            "help",
            "https://icann.org/wicf",
        );
        let [terms_head, terms_tail] = terms;
        let [statuses_head, statuses_tail] = statuses;
        let [inaccuracy_head, inaccuracy_tail] = inaccuracy;
        let notices =
            [terms_head.clone(), format!("{terms_tail},{statuses_head}"), format!("{statuses_tail},{inaccuracy_head}"), inaccuracy_tail];
        Self {
            origin: settings.base_url.origin().to_owned(),
            base_url: settings.base_url.as_str().to_owned(),
            registrar: registrar(&settings.registrar, settings.base_url.as_str()),
            notices,
            terms: [terms_head, terms_tail],
            help: help(settings),
            port43: settings.whois_host.as_deref().map_or_else(String::new, |host| format!(r#","port43":{}"#, quoted(host))),
            contact_form: escaped(&format!("{}?domain=", settings.contact_form_url)),
        }
    }
}

/// A notice with one link, in two pieces: the value of the link, the address that was asked, goes between them.
fn notice(title: &str, description: &str, rel: &str, href: &str) -> [String; 2] {
    let head = format!(r#"{{"title":{},"description":[{}],"links":[{{"value":""#, quoted(title), quoted(description));
    let tail = format!(r#"","rel":{},"href":{},"type":"text/html"}}]}}"#, quoted(rel), quoted(href));
    [head, tail]
}

fn registrar(registrar: &Registrar, base_url: &str) -> String {
    let id = quoted(&registrar.iana_id.to_string());
    let phone = quoted(&format!("tel:{}", registrar.abuse_phone));
    format!(
        r#"{{"objectClassName":"entity","handle":{id},"roles":["registrar"],"publicIds":[{{"type":"IANA Registrar ID","identifier":{id}}}],"vcardArray":["vcard",[["version",{{}},"text","4.0"],["fn",{{}},"text",{name}]]],"links":[{{"value":{base},"rel":"about","href":{url},"type":"text/html"}}],"entities":[{{"objectClassName":"entity","roles":["abuse"],"vcardArray":["vcard",[["version",{{}},"text","4.0"],["fn",{{}},"text","Abuse Desk"],["tel",{{"type":"voice"}},"uri",{phone}],["email",{{}},"text",{email}]]]}}]}}"#,
        name = quoted(&registrar.name),
        base = quoted(base_url),
        url = quoted(&registrar.url),
        email = quoted(&registrar.abuse_email),
    )
}

/// What the service answers and what it does not (TIG 3.4).
fn help(settings: &Settings) -> String {
    let lines = [
        format!("This service answers for the domain names that {} sponsors.", settings.registrar.name),
        format!("Ask for a name with GET or HEAD {}domain/NAME, in A-labels or in percent-encoded U-labels.", settings.base_url.as_str()),
        "Lookups of entities, name servers, addresses and searches are not offered.".to_owned(),
        "Clients that ask too much get 429 with Retry-After; names that are not found count more than names that are.".to_owned(),
    ];
    let lines: Vec<String> = lines.iter().map(|line| quoted(line)).collect();
    format!(r#"{{"title":"About this service","description":[{}]}}"#, lines.join(","))
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

fn escaped(text: &str) -> String {
    let mut out = Vec::with_capacity(text.len());
    json::escaped(&mut out, text);
    // Escaping keeps UTF-8 what it is.
    String::from_utf8(out).unwrap_or_default()
}
