//! What the tests of this room share.

use std::collections::BTreeSet;

use model::EppStatus;
use policy::publication::{Element, PublicAddress, PublicContact, PublicEmail, PublicRecord, PublicStatuses};

use crate::settings::{BaseUrl, Registrar, Settings};

/// A registrar whose hosts have two labels, as outside checkers want.
pub(crate) fn settings() -> Settings {
    Settings {
        registrar: Registrar {
            iana_id: 9999,
            name: "Example Registrar LLC".into(),
            url: "https://www.registrar.example/".into(),
            abuse_phone: "+1.2025550101".into(),
            abuse_email: "abuse@registrar.example".into(),
        },
        base_url: BaseUrl::parse("https://rdap.registrar.example/").unwrap(),
        terms_url: "https://www.registrar.example/rdap-terms".into(),
        terms: "Access to this registration data is provided for lawful purposes only.".into(),
        contact_form_url: "https://www.registrar.example/contact".into(),
        whois_host: Some("whois.registrar.example".into()),
    }
}

/// A contact of which everything is withheld.
pub(crate) fn withheld(is_registrant: bool) -> PublicContact<'static> {
    PublicContact {
        roid: Element::Withheld,
        name: Element::Withheld,
        organisation: Element::Absent,
        address: is_registrant.then_some(PublicAddress {
            street: Element::Withheld,
            city: Element::Withheld,
            province: Some("QC"),
            postcode: Element::Withheld,
            country: "CA",
        }),
        phone: Element::Withheld,
        phone_extension: Element::Absent,
        fax: Element::Absent,
        fax_extension: Element::Absent,
        email: PublicEmail::Form,
    }
}

/// A contact of which everything is shown.
pub(crate) fn shown() -> PublicContact<'static> {
    PublicContact {
        roid: Element::Shown("C77-ALPHA"),
        name: Element::Shown("Zoë \"Z\" O'Neil <b>"),
        organisation: Element::Shown("Bücher & Söhne"),
        address: Some(PublicAddress {
            street: Element::Shown(vec!["1 Main Street", "Floor 2"]),
            city: Element::Shown("Québec"),
            province: Some("QC"),
            postcode: Element::Shown("G1R 4S9"),
            country: "CA",
        }),
        phone: Element::Shown("+1.4185550199"),
        phone_extension: Element::Shown("77"),
        fax: Element::Shown("+1.4185550198"),
        fax_extension: Element::Absent,
        email: PublicEmail::Shown("zoe@example.net"),
    }
}

/// A record with its registrant withheld and nothing special.
pub(crate) fn record_of(name: &str) -> PublicRecord<'_> {
    PublicRecord {
        name,
        roid: Element::Shown("D42-ALPHA"),
        statuses: PublicStatuses::of(&BTreeSet::from([EppStatus::ClientTransferProhibited]), &BTreeSet::new(), true),
        created_at: 874_296_000,
        expires_at: 1_852_516_800,
        registrar_expires_at: 1_852_516_800,
        changed_at: None,
        transferred_at: None,
        nameservers: vec!["ns1.dnshost.example", "ns2.dnshost.example"],
        ds: Vec::new(),
        registrant: withheld(true),
        technical: None,
        reseller: None,
    }
}

/// Forms that put into `folder`, and the key that opens what they put there.
pub(crate) fn forms_in(folder: &std::path::Path, limits: store::intake::SpoolLimits) -> (crate::Forms, store::intake::IntakeKey) {
    let (spool, key) = crate::forms::tests::spool_in(folder, limits);
    let settings = crate::forms::FormSettings {
        registrar: "Example Registrar LLC".into(),
        url: "https://www.registrar.example/".into(),
        base_path: "/".into(),
        is_nis2: false,
    };
    (crate::Forms::new(settings, spool, crate::forms::tests::stamps()), key)
}
