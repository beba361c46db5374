//! Every operation as the frame that leaves, in three flavours of registry.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use epp::extension::launch::EncodedSignedMark;
use model::{
    AllocationToken, ClTrid, Contact, ContactHandle, ContactId, ContactRole, CountryCode, Currency, DomainName, DsData, Email, EppStatus,
    HostName, LegalKind, Money, Period, Phone, PostalAddress, SeededEntropy,
};
use policy::profile::{Extension as Feature, FeeVersion, HostModel, RegistryProfile};
use policy::{ClaimsNotice, DomainChange, LaunchProof};

use super::*;
use crate::command::launch_papers::LaunchPapers;
use crate::gate::frame::query;
use crate::testing::profile;

fn handle(text: &str) -> ContactHandle {
    ContactHandle::parse(text).unwrap()
}

fn hosts(names: &[(&str, &[&str])]) -> BTreeMap<HostName, BTreeSet<IpAddr>> {
    let glue = |addresses: &[&str]| addresses.iter().map(|address| address.parse().unwrap()).collect();
    names.iter().map(|(name, addresses)| (HostName::parse(name).unwrap(), glue(addresses))).collect()
}

fn ds() -> BTreeSet<DsData> {
    BTreeSet::from([DsData::new(12345, 13, 2, vec![0xab; 32]).unwrap()])
}

fn money(text: &str) -> Option<Money> {
    Some(Money::parse(text, Currency::parse("USD").unwrap()).unwrap())
}

fn contact(name: &str) -> Contact {
    Contact {
        kind: LegalKind::Organisation,
        name: name.to_owned(),
        organisation: Some("Example Ltd".to_owned()),
        address: PostalAddress {
            street: vec!["1 Main Street".to_owned()],
            city: "Reykjavik".to_owned(),
            province: None,
            postcode: Some("101".to_owned()),
            country: CountryCode::parse("IS").unwrap(),
        },
        phone: Some(Phone::parse("+354.5551234", None).unwrap()),
        fax: None,
        email: Email::parse("holder@example.net").unwrap(),
    }
}

/// The registry as shipped: host objects, contacts, RFC 9154, fee-1.0.
fn thick() -> RegistryProfile {
    profile()
}

/// Host attributes, no RFC 9154, the oldest fee draft.
fn old() -> RegistryProfile {
    let mut profile = profile();
    profile.host_model = HostModel::Attributes;
    profile.namespaces.fee_version = Some(FeeVersion::V0_11);
    for tld in &mut profile.tlds {
        tld.authinfo.rfc9154 = false;
    }
    profile
}

/// Several products behind one account, with language tags.
fn products() -> RegistryProfile {
    let mut profile = profile();
    profile.namespaces.offered.extend([Feature::NamestoreExt, Feature::IdnLang]);
    profile.namespaces.offered.remove(&Feature::Idn);
    profile.tlds[0].namestore_product = Some("dotALPHA".to_owned());
    profile
}

/// Every operation on the objects of one name.
fn operations() -> Vec<(ObjectKey, Operation)> {
    let domain = ObjectKey::Domain(DomainName::parse("example.alpha").unwrap());
    let idn = ObjectKey::Domain(DomainName::parse("bücher.alpha").unwrap());
    let host = ObjectKey::Host(HostName::parse("ns1.example.alpha").unwrap());
    let person = ObjectKey::Contact(handle("NK-1001"));
    let id = ContactId::from_bytes([7; 16]);
    let at = |text: &str| text.parse().unwrap();
    let period = Period::years(2).unwrap();
    let address: IpAddr = "192.0.2.53".parse().unwrap();
    let create = Operation::CreateDomain {
        period,
        nameservers: hosts(&[("ns1.example.alpha", &["192.0.2.53", "2001:db8::53"]), ("ns.example.net", &[])]),
        contacts: BTreeMap::from([(ContactRole::Registrant, handle("NK-1001")), (ContactRole::Tech, handle("NK-1002"))]),
        ds: ds(),
        fee: money("16.00"),
        launch: None,
        has_token: false,
    };
    let least = |launch, has_token| Operation::CreateDomain {
        period,
        nameservers: BTreeMap::new(),
        contacts: BTreeMap::new(),
        ds: BTreeSet::new(),
        fee: None,
        launch,
        has_token,
    };
    let notice = ClaimsNotice {
        id: "370d0b7c9223372036854775807".to_owned(),
        validator: Some("tmch".to_owned()),
        not_after: at("2026-11-24T12:00:00Z"),
        accepted_at: at("2026-11-23T11:30:00Z"),
    };
    let mark = LaunchProof::Mark { id: "0000001751376056503931-65535".to_owned(), sha256: "5e".repeat(32) };
    let change = DomainChange {
        add_statuses: BTreeSet::from([EppStatus::ClientHold]),
        remove_statuses: BTreeSet::from([EppStatus::ClientTransferProhibited]),
        add_nameservers: hosts(&[("ns2.example.alpha", &["192.0.2.54"])]),
        remove_nameservers: BTreeSet::from([HostName::parse("ns.example.net").unwrap()]),
        add_ds: ds(),
        remove_ds: BTreeSet::from([DsData::new(1, 13, 2, vec![0xcd; 32]).unwrap()]),
        add_contacts: BTreeSet::from([(ContactRole::Tech, handle("NK-1003"))]),
        remove_contacts: BTreeSet::from([(ContactRole::Tech, handle("NK-1002"))]),
        registrant: Some(handle("NK-1004")),
    };
    vec![
        (domain.clone(), create),
        (idn, least(None, false)),
        (domain.clone(), least(Some(LaunchProof::NoClaim { asked_at: at("2026-11-23T11:59:00Z") }), false)),
        (domain.clone(), least(Some(LaunchProof::Notice(notice)), false)),
        (domain.clone(), least(Some(mark), true)),
        (domain.clone(), Operation::RenewDomain { current_expiry: at("2027-11-23T23:59:59Z"), period, fee: money("16.00") }),
        (domain.clone(), Operation::RequestTransfer { period: Period::ONE_YEAR, fee: money("8.00"), has_token: true }),
        (domain.clone(), Operation::CancelTransfer),
        (domain.clone(), Operation::ApproveTransfer),
        (domain.clone(), Operation::RejectTransfer),
        (domain.clone(), Operation::UpdateDomain { change }),
        (domain.clone(), Operation::SetAuthInfo { clear: false }),
        (domain.clone(), Operation::SetAuthInfo { clear: true }),
        (domain.clone(), Operation::DeleteDomain),
        (domain.clone(), Operation::RequestRestore { fee: money("40.00") }),
        (
            domain,
            Operation::ReportRestore {
                deleted_at: at("2026-11-01T10:00:00Z"),
                restored_at: at("2026-11-20T10:00:00Z"),
                reason: "Registrant error".to_owned(),
            },
        ),
        (host.clone(), Operation::CreateHost { addresses: BTreeSet::from([address]) }),
        (host.clone(), Operation::UpdateHost { add: BTreeSet::from(["2001:db8::1".parse().unwrap()]), remove: BTreeSet::from([address]) }),
        (host.clone(), Operation::RenameHost { to: HostName::parse("ns1.sacrificial.invalid").unwrap() }),
        (host, Operation::DeleteHost),
        (person.clone(), Operation::CreateContact { contact: id }),
        (person.clone(), Operation::UpdateContact { contact: id }),
        (person, Operation::DeleteContact),
    ]
}

fn around<'p>(registry: &'p RegistryProfile, object: &ObjectKey, person: &str) -> Surroundings<'p> {
    let tld = match object {
        ObjectKey::Domain(name) => registry.tld_of(name),
        ObjectKey::Host(host) => tld_of_host(registry, host),
        ObjectKey::Contact(_) => registry.tlds.first(),
    };
    Surroundings {
        registry,
        tld,
        auth_info: Some(AuthInfo::generate(&mut SeededEntropy::new(1))),
        unknown_auth_info: AuthInfo::generate(&mut SeededEntropy::new(2)),
        contact: Some(contact(person)),
        papers: LaunchPapers {
            mark: Some(EncodedSignedMark::new("PHNtZDpzaWduZWRNYXJrLz4=")),
            token: AllocationToken::from_holder("open-sesame-77").ok(),
        },
    }
}

fn cltrid() -> ClTrid {
    ClTrid::parse("nk-test-1").unwrap()
}

/// A frame as people read it: one element a line, secrets as they are redacted in logs.
fn shown(command: &Command) -> String {
    let frame = epp::conn::Prepared::new(command).unwrap().frame().redacted();
    frame.replace("><", ">\n<")
}

fn frames(registry: &RegistryProfile, is_wanted: impl Fn(&Operation) -> bool) -> String {
    let mut text = String::new();
    for (object, operation) in operations().into_iter().filter(|(_, operation)| is_wanted(operation)) {
        let command = build(&operation, &object, &around(registry, &object, "Jane Holder"), &cltrid()).unwrap();
        text.push_str(&format!("== {} {object}\n{}\n\n", operation.word(), shown(&command)));
    }
    text
}

#[test]
fn frames_for_a_thick_registry() {
    insta::assert_snapshot!(frames(&thick(), |_| true));
}

#[test]
fn frames_for_a_registry_with_host_attributes_and_an_old_fee_draft() {
    let is_different = |operation: &Operation| {
        matches!(
            operation,
            Operation::CreateDomain { .. } | Operation::RenewDomain { .. } | Operation::UpdateDomain { .. } | Operation::SetAuthInfo { .. }
        )
    };
    insta::assert_snapshot!(frames(&old(), is_different));
}

#[test]
fn frames_for_a_registry_with_products() {
    let is_different =
        |operation: &Operation| matches!(operation, Operation::CreateDomain { .. } | Operation::DeleteDomain | Operation::DeleteHost);
    insta::assert_snapshot!(frames(&products(), is_different));
}

#[test]
fn queries() {
    let name = DomainName::parse("example.alpha").unwrap();
    let all = [
        Query::Domain(name.clone()),
        Query::Transfer(name.clone()),
        Query::Host(HostName::parse("ns1.example.alpha").unwrap()),
        Query::Contact(handle("NK-1001")),
        Query::Names(vec![name.clone(), DomainName::parse("gold.alpha").unwrap()], None),
        Query::Names(vec![name.clone()], AllocationToken::from_holder("open-sesame-77").ok()),
        Query::Claims(vec![name.clone(), DomainName::parse("gold.alpha").unwrap()]),
        Query::Poll,
        Query::Acknowledge("-17".to_owned()),
    ];
    let registry = products();
    let mut text = String::new();
    for query in &all {
        let command = query::build(query, &around(&registry, &ObjectKey::Domain(name.clone()), "Jane Holder"), &cltrid());
        text.push_str(&format!("== {}\n{}\n\n", query.verb(), shown(&command)));
    }
    insta::assert_snapshot!(text);
}

/// RFC 9154: empty at creation, `null` when cleared; elsewhere a value that nobody knows. Redacted frames hide the difference.
#[test]
fn auth_info_is_empty_at_rest_where_the_registry_follows_rfc_9154() {
    let object = ObjectKey::Domain(name("example.alpha"));
    let create = |registry: &RegistryProfile| bytes(registry, &object, &operations()[0].1);
    let set = |registry: &RegistryProfile, clear| bytes(registry, &object, &Operation::SetAuthInfo { clear });
    let (presented, unknown) = (AuthInfo::generate(&mut SeededEntropy::new(1)), AuthInfo::generate(&mut SeededEntropy::new(2)));
    let (presented, unknown) = (presented.secret().expose(), unknown.secret().expose());
    assert!(create(&thick()).contains("<domain:authInfo><domain:pw/></domain:authInfo>"));
    assert!(create(&old()).contains(&format!("<domain:authInfo><domain:pw>{unknown}</domain:pw></domain:authInfo>")));
    assert!(set(&thick(), true).contains("<domain:authInfo><domain:null/></domain:authInfo>"));
    assert!(set(&old(), true).contains(&format!("<domain:pw>{unknown}</domain:pw>")));
    for registry in [thick(), old()] {
        assert!(set(&registry, false).contains(&format!("<domain:pw>{presented}</domain:pw>")));
    }
}

fn bytes(registry: &RegistryProfile, object: &ObjectKey, operation: &Operation) -> String {
    let command = build(operation, object, &around(registry, object, "Jane Holder"), &cltrid()).unwrap();
    String::from_utf8(epp::encode_command(&command).unwrap()).unwrap()
}

fn name(text: &str) -> DomainName {
    DomainName::parse(text).unwrap()
}

#[test]
fn a_contact_beyond_ascii_travels_in_the_local_form() {
    let registry = thick();
    let object = ObjectKey::Contact(handle("NK-1001"));
    let operation = Operation::CreateContact { contact: ContactId::from_bytes([7; 16]) };
    for (name, form) in [("Jane Holder", "type=\"int\""), ("Jón Þórðarson", "type=\"loc\"")] {
        let command = build(&operation, &object, &around(&registry, &object, name), &cltrid()).unwrap();
        let frame = epp::encode_command(&command).unwrap();
        assert!(String::from_utf8(frame).unwrap().contains(form), "{name}");
    }
}

#[test]
fn what_cannot_be_built_says_why_and_what_to_do() {
    let domain = ObjectKey::Domain(DomainName::parse("example.alpha").unwrap());
    let transfer = Operation::RequestTransfer { period: Period::ONE_YEAR, fee: None, has_token: false };
    let mut without_rgp = thick();
    without_rgp.namespaces.needed.remove(&Feature::Rgp);
    without_rgp.namespaces.offered.remove(&Feature::Rgp);
    let thick = thick();
    let mut bare = around(&thick, &domain, "Jane Holder");
    (bare.auth_info, bare.contact) = (None, None);
    let fault = |operation: &Operation, object: &ObjectKey, around: &Surroundings<'_>| {
        build(operation, object, around, &cltrid()).unwrap_err().to_string()
    };
    insta::assert_snapshot!(fault(&transfer, &domain, &bare), @"the authInfo of `example.alpha` is not in the vault; ask the registrant for it and order the transfer again");
    let restore = Operation::RequestRestore { fee: None };
    let around = around(&without_rgp, &domain, "Jane Holder");
    insta::assert_snapshot!(fault(&restore, &domain, &around), @"registry `alpha` does not offer `rgp`, which `request-restore` needs; correct its profile or ask for the extension");
    insta::assert_snapshot!(fault(&Operation::DeleteHost, &domain, &around), @"the operation `delete-host` is not one for `domain:example.alpha`; this is a defect of the rules");
}
