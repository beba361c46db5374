//! The pages for people tell what WHOIS tells: field by field, for a thousand names.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use super::specimen;
use crate::limit::Rate;
use crate::testing::settings;
use crate::{Database, Service, web};

const FROM: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// Labels of WHOIS that the pages have, by the heading and the label of the page.
const LABELS: [(&str, &str, &str); 35] = [
    ("", "Registry’s ID", "Registry Domain ID"),
    ("", "Registered", "Creation Date"),
    ("", "Expires by the registrar’s contract", "Registrar Registration Expiration Date"),
    ("", "Last changed", "Updated Date"),
    ("", "Status", "Domain Status"),
    ("", "Name servers", "Name Server"),
    ("", "DNSSEC", "DNSSEC"),
    ("Registrar", "Name", "Registrar"),
    ("Registrar", "IANA ID", "Registrar IANA ID"),
    ("Registrar", "Report abuse by e-mail", "Registrar Abuse Contact Email"),
    ("Registrar", "Report abuse by telephone", "Registrar Abuse Contact Phone"),
    ("Registrar", "Reseller", "Reseller"),
    ("Registrant", "Registry’s ID", "Registry Registrant ID"),
    ("Registrant", "Name", "Registrant Name"),
    ("Registrant", "Organisation", "Registrant Organization"),
    ("Registrant", "Street", "Registrant Street"),
    ("Registrant", "City", "Registrant City"),
    ("Registrant", "State or province", "Registrant State/Province"),
    ("Registrant", "Postcode", "Registrant Postal Code"),
    ("Registrant", "Country", "Registrant Country"),
    ("Registrant", "Telephone", "Registrant Phone"),
    ("Registrant", "extension", "Registrant Phone Ext"),
    ("Registrant", "Fax", "Registrant Fax"),
    ("Registrant", "E-mail", "Registrant Email"),
    ("Technical contact", "Registry’s ID", "Registry Tech ID"),
    ("Technical contact", "Name", "Tech Name"),
    ("Technical contact", "Telephone", "Tech Phone"),
    ("Technical contact", "extension", "Tech Phone Ext"),
    ("Technical contact", "E-mail", "Tech Email"),
    // What only one of the two has.
    ("", "", "Domain Name"),
    ("", "", "Registrar WHOIS Server"),
    ("", "", "Registrar URL"),
    ("", "", "URL of the ICANN RDDS Inaccuracy Complaint Form"),
    ("", "", "Registrant Fax Ext"),
    ("", "", ">>> Last update of WHOIS database"),
];

type Fields = BTreeMap<&'static str, Vec<String>>;

fn of_whois(text: &str) -> Fields {
    let mut fields = Fields::new();
    for line in text.split("\r\n").take_while(|line| !line.starts_with(">>>")) {
        let (label, value) = line.split_once(": ").unwrap_or((line.trim_end_matches(':'), ""));
        let (_, on_page, label) = LABELS.into_iter().find(|(_, _, whois)| *whois == label).unwrap_or_else(|| panic!("{label} is new"));
        if !on_page.is_empty() && !value.is_empty() {
            let word = if label == "Domain Status" { value.split(' ').next().unwrap() } else { value };
            fields.entry(label).or_default().push(word.to_owned());
        }
    }
    // A number that is withheld has no extension to speak of on a page.
    for (number, extension) in [("Registrant Phone", "Registrant Phone Ext"), ("Tech Phone", "Tech Phone Ext")] {
        if fields.get(number).is_some_and(|values| values == &["REDACTED"]) {
            fields.remove(extension);
        }
    }
    fields
}

fn of_page(page: &str) -> Fields {
    let mut fields = Fields::new();
    let mut heading = String::new();
    let end = page.find("<section").unwrap();
    for piece in page[..end].split("<h2>").enumerate() {
        let (at, piece) = piece;
        if at > 0 {
            heading = piece.split("</h2>").next().unwrap().to_owned();
        }
        for fact in piece.split("<dt>").skip(1) {
            let (label, rest) = fact.split_once("</dt><dd>").unwrap();
            let value = rest.split("</dd>").next().unwrap();
            put(&mut fields, &heading, label, value);
        }
    }
    fields
}

/// Takes one fact of a page as WHOIS would say it.
fn put(fields: &mut Fields, heading: &str, label: &str, value: &str) {
    let find =
        |wanted: &str| LABELS.into_iter().find(|(section, page, _)| *section == heading && *page == wanted).map(|(_, _, whois)| whois);
    let Some(whois) = find(label) else { return };
    let marked = value.replace("<br>", "\n").replace("</li>", "\n");
    for line in marked.split('\n').filter(|line| !line.is_empty()) {
        // A form stands for an address: its link is what WHOIS gives.
        let said = match line.split_once("; <a href=\"") {
            Some((_, link)) => link.split('"').next().unwrap().to_owned(),
            None => without_tags(line),
        };
        let said = said.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
        let (number, extension) = said.split_once(", extension ").map_or((said.as_str(), None), |(number, rest)| (number, Some(rest)));
        let said = match number {
            "withheld by policy" => "REDACTED",
            "signed delegation" => "signedDelegation",
            "" | "not given" | "none" => continue,
            said => said,
        };
        fields.entry(whois).or_default().push(said.to_owned());
        if let (Some(extension), Some(whois)) = (extension, find("extension")) {
            fields.entry(whois).or_default().push(extension.to_owned());
        }
    }
}

fn without_tags(text: &str) -> String {
    let mut is_tag = false;
    let is_text = |c: char| {
        let was_tag = is_tag;
        is_tag = if c == '<' { true } else { is_tag && c != '>' };
        !was_tag && !is_tag
    };
    let mut is_text = is_text;
    text.chars().filter(|c| is_text(*c)).collect()
}

#[test]
fn a_thousand_names_are_told_alike_to_people() {
    let database = Arc::new(Database::new());
    let names: Vec<String> = (0..1000).map(specimen::name).collect();
    for (number, name) in (0_u64..).zip(&names) {
        database.put(&specimen::record(number, name).to_bytes().unwrap()).unwrap();
    }
    database.set_position(1, 1_787_306_400);
    let pages = web::Template::new(&settings(), None);
    let service = Service::new(&settings(), database, Rate { exempt: vec![(FROM, 8)], ..Rate::default() }).with_pages(pages);
    for name in &names {
        let page = service.answer_web(&format!("/lookup?name={name}"), false, FROM).unwrap();
        assert_eq!(page.status, 200, "{name}");
        let whois = of_whois(&service.answer_whois(name.as_bytes(), FROM));
        assert!(whois.len() > 12, "{whois:?}");
        assert_eq!(of_page(&page.body), whois, "{name}");
    }
}
