//! Writes what `namekeep directory serve` needs to be judged from outside, into a folder: a feed with a name of each kind, a certificate,
//! a configuration, and a certificate of 127.0.0.1 for an authority that may stand beside.
//! Usage: `names_to_judge FOLDER HTTPS_PORT HTTP_PORT WHOIS_PORT METRICS_PORT`.
#![expect(clippy::unwrap_used, clippy::panic, reason = "an example for a judge: whatever goes wrong ends it")]

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use model::{
    Contact, CountryCode, DomainId, DomainName, DsData, Email, EppStatus, HostName, LegalKind, Period, Phone, PostalAddress,
    RegistrarHandle, RegistryId, RgpStatus, Roid, Timestamp,
};
use policy::publication::{Consent, PublicationRules, Subjects, project};
use policy::registration::{Actual, Phase};
use policy::{Event, Registration};
use store::{DatabaseUrl, SignerKey, Store, StoreFault, feed, publications};

const HOST: &str = "rdap.registrar.test";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, https, http, whois, metrics] = arguments.as_slice() else {
        panic!("usage: names_to_judge FOLDER HTTPS_PORT HTTP_PORT WHOIS_PORT METRICS_PORT")
    };
    let folder = PathBuf::from(folder);
    std::fs::create_dir_all(&folder).unwrap();
    let key = SignerKey::generate("judged.example/feed").unwrap();
    std::fs::write(folder.join("directory.toml"), configuration(&key.verifier().to_string(), [https, http, whois, metrics])).unwrap();
    certify(&folder, "rdap", HOST);
    certify(&folder, "authority", "127.0.0.1");
    let store = Store::open(&DatabaseUrl::sqlite(&folder.join("publications.db"))).unwrap();
    for (name, kind) in NAMES {
        let record = record(name, *kind);
        let name = DomainName::parse(name).unwrap();
        store.write::<_, StoreFault>(move |tx| publications::put(tx, &name, Some(&record), now())).unwrap();
    }
    feed::Writer::new(&folder.join("feed"), key).follow(&store, now()).unwrap();
    for (name, _) in NAMES {
        println!("{name}");
    }
}

/// What is special about a name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Redacted,
    Consented,
    PrivacyService,
    Signed,
    Locked,
    Expired,
}

const NAMES: &[(&str, Kind)] = &[
    ("redacted-name.com", Kind::Redacted),
    ("consented-name.com", Kind::Consented),
    ("private-name.com", Kind::PrivacyService),
    ("bücher-name.com", Kind::Redacted),
    ("signed-name.com", Kind::Signed),
    ("locked-name.com", Kind::Locked),
    ("expired-name.com", Kind::Expired),
];

fn now() -> Timestamp {
    "2026-11-30T12:00:00Z".parse().unwrap()
}

fn record(name: &str, kind: Kind) -> Vec<u8> {
    let registration = registration(name, kind);
    let contact = contact(if kind == Kind::PrivacyService { LegalKind::PrivacyService } else { LegalKind::Natural });
    let consent = if kind == Kind::Consented { Consent::all() } else { Consent::none() };
    let subjects = Subjects { registrant: Some((&contact, &consent)), technical: Some((&contact, &consent)) };
    project(&registration, subjects, &PublicationRules::default()).unwrap().to_bytes().unwrap()
}

fn registration(name: &str, kind: Kind) -> Registration {
    let begun = Event::DomainOrdered {
        id: DomainId::from_bytes([7; 16]),
        name: DomainName::parse(name).unwrap(),
        registry: RegistryId::parse("alpha").unwrap(),
        period: Period::ONE_YEAR,
        registrant: None,
        contacts: BTreeMap::new(),
        nameservers: BTreeMap::new(),
        ds: BTreeSet::new(),
        auto_renew: true,
        at: now(),
    };
    let (created, expires) = match kind {
        Kind::Expired => ("2024-11-20T10:00:00Z", "2026-11-20T10:00:00Z"),
        _ => ("2024-03-01T10:00:00Z", "2027-03-01T10:00:00Z"),
    };
    let mut registration = Registration::begin(&begun).unwrap();
    registration.phase = Phase::Registered;
    registration.created_at = Some(created.parse().unwrap());
    registration.expires_at = Some(expires.parse().unwrap());
    let statuses = match kind {
        Kind::Locked => [EppStatus::ClientTransferProhibited, EppStatus::ClientUpdateProhibited, EppStatus::ServerDeleteProhibited].into(),
        Kind::Expired => [EppStatus::ClientHold].into(),
        _ => [EppStatus::Ok].into(),
    };
    let is_renewed = kind == Kind::Expired;
    registration.actual = Some(Actual {
        roid: Some(Roid::parse("2336799_DOMAIN_COM-VRSN").unwrap()),
        sponsor: RegistrarHandle::parse("NAMEKEEP").unwrap(),
        created_by: None,
        created_at: registration.created_at,
        updated_at: Some("2025-08-02T02:17:33Z".parse().unwrap()),
        expires_at: if is_renewed { Some("2027-11-20T10:00:00Z".parse().unwrap()) } else { registration.expires_at },
        transferred_at: None,
        statuses,
        rgp: if is_renewed { [RgpStatus::AutoRenewPeriod].into() } else { BTreeSet::new() },
        nameservers: ["ns1.dnshost.net", "ns2.dnshost.net"].map(|host| (HostName::parse(host).unwrap(), BTreeSet::new())).into(),
        ds: if kind == Kind::Signed { [DsData::new(2371, 13, 2, [0x5A; 32]).unwrap()].into() } else { BTreeSet::new() },
        contacts: BTreeSet::new(),
        hosts: BTreeSet::new(),
        observed_at: now(),
        is_inferred: false,
    });
    registration
}

fn contact(kind: LegalKind) -> Contact {
    Contact {
        kind,
        name: "Ada Example".to_owned(),
        organisation: Some("Example Trust".to_owned()),
        address: PostalAddress {
            street: vec!["1 Main Street".to_owned(), "Floor 2".to_owned()],
            city: "Québec".to_owned(),
            province: Some("QC".to_owned()),
            postcode: Some("G1R 4S9".to_owned()),
            country: CountryCode::parse("CA").unwrap(),
        },
        phone: Some(Phone::parse("+1.4185550199", None).unwrap()),
        fax: None,
        email: Email::parse("ada@dnshost.net").unwrap(),
    }
}

/// Writes `NAME.pem` and `NAME.key` for a host.
fn certify(folder: &Path, name: &str, host: &str) {
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
    let certificate = rcgen::CertificateParams::new([host.to_owned()]).unwrap().self_signed(&key).unwrap();
    std::fs::write(folder.join(format!("{name}.pem")), certificate.pem()).unwrap();
    store::secret_file::write(&folder.join(format!("{name}.key")), key.serialize_pem().as_bytes()).unwrap();
}

fn configuration(key: &str, [https, http, whois, metrics]: [&String; 4]) -> String {
    format!(
        r#"schema = 1

[feed]
folder = "feed"
key = "{key}"

[registrar]
iana_id = 9999
name = "Judged Registrar"
url = "https://www.registrar.test/"
abuse_phone = "+1.4185550101"
abuse_email = "abuse@registrar.test"
terms_url = "https://www.registrar.test/rdap-terms"
terms = "Access to this registration data is provided for lawful purposes only."
contact_form_url = "https://www.registrar.test/contact"

[rdap]
base_url = "https://{HOST}:{https}/"
listen = ["127.0.0.1:{https}", "[::1]:{https}"]
redirect = ["127.0.0.1:{http}", "[::1]:{http}"]
certificate = "rdap.pem"
key = "rdap.key"

[whois]
host = "whois.registrar.test"
listen = ["127.0.0.1:{whois}", "[::1]:{whois}"]

[web]
disclosure_url = "https://www.registrar.test/disclosure"

[metrics]
address = "127.0.0.1:{metrics}"

[probe]
names = ["redacted-name.com", "bücher-name.com"]
interval_s = 10
book = "probe.json"
addresses = ["127.0.0.1", "::1"]
public_whois = "whois.registrar.test:{whois}"
trust = "rdap.pem"

[limits]
exempt = ["127.0.0.0/8", "::1/128"]
"#
    )
}
