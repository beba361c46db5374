//! WHOIS and RDAP tell the same: field by field, for a thousand names.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use serde_json::Value;

use super::specimen;
use crate::limit::Rate;
use crate::testing::settings;
use crate::{Database, Service};

const FROM: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Label to its values, in order, empty ones left out.
type Fields = BTreeMap<String, Vec<String>>;

fn put(fields: &mut Fields, label: &str, value: impl Into<String>) {
    let value = value.into();
    if !value.is_empty() {
        fields.entry(label.to_owned()).or_default().push(value);
    }
}

/// The fields of a WHOIS answer, up to the line that says how old it is.
fn of_whois(text: &str) -> Fields {
    let mut fields = Fields::new();
    for line in text.split("\r\n").take_while(|line| !line.starts_with(">>>")) {
        let (label, value) = line.split_once(": ").unwrap_or_else(|| (line.trim_end_matches(':'), ""));
        put(&mut fields, label, value);
    }
    fields
}

/// The same fields from an RDAP answer: what it withholds reads as WHOIS says it.
fn of_rdap(answer: &Value) -> Fields {
    let mut fields = Fields::new();
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let event = |action: &str| {
        let events = answer["events"].as_array().unwrap();
        events.iter().find(|event| event["eventAction"] == action).map(|event| word(&event["eventDate"])).unwrap_or_default()
    };
    let redacted: Vec<String> =
        answer["redacted"].as_array().into_iter().flatten().map(|redaction| word(&redaction["name"]["type"])).collect();
    let or_redacted =
        |name: &str, value: String| if redacted.iter().any(|redacted| redacted == name) { "REDACTED".to_owned() } else { value };
    put(&mut fields, "Domain Name", word(&answer["ldhName"]));
    put(&mut fields, "Registry Domain ID", or_redacted("Registry Domain ID", word(&answer["handle"])));
    put(&mut fields, "Registrar WHOIS Server", word(&answer["port43"]));
    put(&mut fields, "Updated Date", event("last changed"));
    put(&mut fields, "Creation Date", event("registration"));
    put(&mut fields, "Registrar Registration Expiration Date", event("registrar expiration"));
    for status in answer["status"].as_array().unwrap() {
        let epp = camel(&word(status));
        put(&mut fields, "Domain Status", format!("{epp} https://icann.org/epp#{epp}"));
    }
    for host in answer["nameservers"].as_array().unwrap() {
        put(&mut fields, "Name Server", word(&host["ldhName"]));
    }
    let is_signed = answer["secureDNS"]["delegationSigned"] == true;
    put(&mut fields, "DNSSEC", if is_signed { "signedDelegation" } else { "unsigned" });
    put(&mut fields, "URL of the ICANN RDDS Inaccuracy Complaint Form", "https://icann.org/wicf");
    for entity in answer["entities"].as_array().unwrap() {
        let card = Card(entity["vcardArray"][1].as_array().unwrap());
        match entity["roles"][0].as_str().unwrap() {
            "registrar" => {
                put(&mut fields, "Registrar", card.text("fn"));
                put(&mut fields, "Registrar IANA ID", word(&entity["handle"]));
                put(&mut fields, "Registrar URL", word(&entity["links"][0]["href"]));
                let abuse = Card(entity["entities"][0]["vcardArray"][1].as_array().unwrap());
                put(&mut fields, "Registrar Abuse Contact Email", abuse.text("email"));
                put(&mut fields, "Registrar Abuse Contact Phone", abuse.phone("voice").0);
            }
            "reseller" => put(&mut fields, "Reseller", card.text("fn")),
            "registrant" => contact(&mut fields, "Registrant", entity, &card, &or_redacted),
            "technical" => contact(&mut fields, "Tech", entity, &card, &or_redacted),
            other => panic!("an entity that nobody expects: {other}"),
        }
    }
    fields
}

fn contact(fields: &mut Fields, role: &str, entity: &Value, card: &Card<'_>, or_redacted: &impl Fn(&str, String) -> String) {
    let handle = entity["handle"].as_str().unwrap_or_default().to_owned();
    let id = format!("Registry {role} ID");
    put(fields, &id, or_redacted(&id, handle));
    let mut field = |label: &str, value: String| {
        let name = format!("{role} {label}");
        put(fields, &name, or_redacted(&name, value));
    };
    field("Name", card.text("fn"));
    field("Organization", card.text("org"));
    let (phone, extension) = card.phone("voice");
    field("Phone", phone);
    field("Phone Ext", extension);
    let reached = [card.text("email"), card.text("contact-uri")].concat();
    // The mail is never a bare word: what stands for it is told.
    put(fields, &format!("{role} Email"), reached);
    if let Some(address) = card.address() {
        for line in address[2].as_array().cloned().unwrap_or_else(|| vec![address[2].clone()]) {
            let name = format!("{role} Street");
            put(fields, &name, or_redacted(&name, line.as_str().unwrap().to_owned()));
        }
        let mut field = |label: &str, value: &Value| {
            let name = format!("{role} {label}");
            put(fields, &name, or_redacted(&name, value.as_str().unwrap().to_owned()));
        };
        field("City", &address[3]);
        field("State/Province", &address[4]);
        field("Postal Code", &address[5]);
        field("Country", &card.parameter("adr", "cc"));
    }
}

struct Card<'a>(&'a [Value]);

impl Card<'_> {
    fn find(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|property| property[0] == name)
    }

    fn text(&self, name: &str) -> String {
        self.find(name).map(|property| property[3].as_str().unwrap().to_owned()).unwrap_or_default()
    }

    fn parameter(&self, name: &str, parameter: &str) -> Value {
        self.find(name).map(|property| property[1][parameter].clone()).unwrap_or_default()
    }

    fn address(&self) -> Option<&Vec<Value>> {
        self.find("adr").and_then(|property| property[3].as_array())
    }

    fn phone(&self, kind: &str) -> (String, String) {
        let tel = self.0.iter().find(|property| property[0] == "tel" && property[1]["type"] == kind);
        let uri = tel.and_then(|tel| tel[3].as_str()).unwrap_or_default().trim_start_matches("tel:").to_owned();
        uri.split_once(";ext=").map(|(number, extension)| (number.to_owned(), extension.to_owned())).unwrap_or((uri, String::new()))
    }
}

/// EPP's word for RDAP's words (RFC 8056).
fn camel(words: &str) -> String {
    match words {
        "active" => "ok".to_owned(),
        words => {
            let mut out = String::new();
            for (at, word) in words.split(' ').enumerate() {
                let (first, rest) = word.split_at(1);
                out.push_str(&if at == 0 { first.to_owned() } else { first.to_uppercase() });
                out.push_str(rest);
            }
            out
        }
    }
}

#[test]
fn a_thousand_names_are_told_alike() {
    let database = Arc::new(Database::new());
    let names: Vec<String> = (0..1_000).map(specimen::name).collect();
    for (number, name) in names.iter().enumerate() {
        database.put(&specimen::record(number as u64, name).to_bytes().unwrap()).unwrap();
    }
    database.set_position(1, 1_787_306_400);
    let service = Service::new(&settings(), database, Rate { burst: u32::MAX / 4, ..Rate::default() });
    for name in names {
        let whois = service.answer_whois(name.as_bytes(), FROM);
        let rdap: Value = serde_json::from_slice(&service.answer_rdap(&format!("/domain/{name}"), FROM).body).unwrap();
        let (whois_fields, rdap_fields) = (of_whois(&whois), of_rdap(&rdap));
        assert_eq!(whois_fields, rdap_fields, "{name}\n{whois}");
        let event = rdap["events"].as_array().unwrap().last().unwrap();
        assert!(whois.contains(&format!(">>> Last update of WHOIS database: {} <<<", event["eventDate"].as_str().unwrap())));
    }
}
