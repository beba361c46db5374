//! What is published, what is not, and that the bytes of a record hold nothing that it withholds.

use std::collections::BTreeSet;

use model::{Contact, CountryCode, Email, EppStatus, LegalKind, Phone, PostalAddress, RgpStatus};
use proptest::prelude::*;

use super::*;
use crate::registration::{Phase, Registration};
use crate::testing::at;

/// Every value of which begins with `canary`, so that one search finds any of them.
fn contact(kind: LegalKind) -> Contact {
    Contact {
        kind,
        name: "canary name".into(),
        organisation: Some("canary organisation".into()),
        address: PostalAddress {
            street: vec!["canary street".into(), "canary floor".into()],
            city: "canary city".into(),
            province: Some("Ontario".into()),
            postcode: Some("canary pc".into()),
            country: CountryCode::parse("CA").unwrap(),
        },
        phone: Some(Phone::parse("+1.6135550199", Some("77123")).unwrap()),
        fax: Some(Phone::parse("+1.6135550198", None).unwrap()),
        email: Email::parse("canary@canary.example").unwrap(),
    }
}

fn registration() -> Registration {
    let event = crate::Event::DomainOrdered {
        id: model::DomainId::from_bytes([7; 16]),
        name: model::DomainName::parse("bücher.alpha").unwrap(),
        registry: model::RegistryId::parse("alpha").unwrap(),
        period: model::Period::years(1).unwrap(),
        registrant: None,
        contacts: [].into(),
        nameservers: [].into(),
        ds: [].into(),
        auto_renew: true,
        at: at("2026-11-01T00:00:00Z"),
    };
    let mut registration = Registration::begin(&event).unwrap();
    registration.phase = Phase::Registered;
    registration.created_at = Some(at("2026-11-01T00:00:00Z"));
    registration.expires_at = Some(at("2027-11-01T00:00:00Z"));
    registration.actual = Some(crate::Actual {
        roid: Some(model::Roid::parse("D123-ALPHA").unwrap()),
        sponsor: model::RegistrarHandle::parse("ClientX").unwrap(),
        created_by: None,
        created_at: None,
        updated_at: None,
        expires_at: Some(at("2028-11-01T00:00:00Z")),
        transferred_at: None,
        statuses: BTreeSet::from([EppStatus::Ok]),
        rgp: BTreeSet::from([RgpStatus::AutoRenewPeriod]),
        nameservers: [("ns1.example.net", [])].map(|(host, none)| (model::HostName::parse(host).unwrap(), none.into())).into(),
        ds: BTreeSet::new(),
        contacts: BTreeSet::new(),
        hosts: BTreeSet::new(),
        observed_at: at("2026-11-02T00:00:00Z"),
        is_inferred: false,
    });
    registration
}

fn bytes(contact: &Contact, consent: &Consent, rules: &PublicationRules) -> Vec<u8> {
    let registration = registration();
    let subjects = Subjects { registrant: Some((contact, consent)), technical: Some((contact, consent)) };
    let record = project(&registration, subjects, rules).unwrap();
    let bytes = record.to_bytes().unwrap();
    assert_eq!(PublicRecord::from_bytes(&bytes).unwrap(), record);
    bytes
}

/// How many canaries the bytes hold.
fn canaries(bytes: &[u8]) -> usize {
    let values = ["canary", "6135550199", "77123", "6135550198"];
    values.iter().map(|value| bytes.windows(value.len()).filter(|window| *window == value.as_bytes()).count()).sum()
}

#[test]
fn without_consent_nothing_of_a_person_is_in_the_record() {
    for kind in [LegalKind::Natural, LegalKind::Unknown, LegalKind::Organisation] {
        assert_eq!(canaries(&bytes(&contact(kind), &Consent::none(), &PublicationRules::default())), 0, "{kind:?}");
    }
}

#[test]
fn a_privacy_service_is_published_in_full() {
    let found = canaries(&bytes(&contact(LegalKind::PrivacyService), &Consent::none(), &PublicationRules::default()));
    assert_eq!(found, canaries(&bytes(&contact(LegalKind::Natural), &Consent::all(), &PublicationRules::default())));
    assert!(found > 8, "{found}");
}

#[test]
fn legal_persons_and_cities_are_published_where_the_house_says_so() {
    let legal = PublicationRules { publishes_legal_persons: true, ..PublicationRules::default() };
    assert!(canaries(&bytes(&contact(LegalKind::Organisation), &Consent::none(), &legal)) > 8);
    assert_eq!(canaries(&bytes(&contact(LegalKind::Natural), &Consent::none(), &legal)), 0);
    let cities = PublicationRules { publishes_cities: true, ..PublicationRules::default() };
    assert_eq!(canaries(&bytes(&contact(LegalKind::Natural), &Consent::none(), &cities)), 1);
}

#[test]
fn what_was_never_given_is_absent_and_not_withheld() {
    let mut contact = contact(LegalKind::Natural);
    (contact.organisation, contact.fax, contact.address.postcode) = (None, None, None);
    let (registration, consent) = (registration(), Consent::none());
    let subjects = Subjects { registrant: Some((&contact, &consent)), technical: None };
    let registrant = project(&registration, subjects, &PublicationRules::default()).unwrap().registrant;
    assert_eq!((registrant.organisation, registrant.fax), (Element::Absent, Element::Absent));
    assert_eq!((registrant.name, registrant.phone), (Element::Withheld, Element::Withheld));
    let address = registrant.address.unwrap();
    assert_eq!((address.postcode, address.city, address.province), (Element::Absent, Element::Withheld, Some("Ontario")));
}

#[test]
fn a_name_that_is_not_ours_has_no_record() {
    let (contact, consent) = (contact(LegalKind::Natural), Consent::all());
    let subjects = Subjects { registrant: Some((&contact, &consent)), technical: None };
    for phase in [Phase::Ordered, Phase::TransferringIn, Phase::TransferredAway, Phase::Purged, Phase::Failed] {
        let registration = Registration { phase, ..registration() };
        assert_eq!(project(&registration, subjects, &PublicationRules::default()), None, "{phase:?}");
    }
    let erased = Subjects { registrant: None, technical: None };
    assert_eq!(project(&registration(), erased, &PublicationRules::default()), None);
}

#[test]
fn both_expiries_are_told() {
    let (contact, consent, registration) = (contact(LegalKind::Natural), Consent::none(), registration());
    let subjects = Subjects { registrant: Some((&contact, &consent)), technical: None };
    let record = project(&registration, subjects, &PublicationRules::default()).unwrap();
    assert_eq!(record.expires_at - record.registrar_expires_at, 366 * 86_400);
}

/// EPP statuses and grace periods as words, whether the name is delegated, and what the record shows.
#[test]
fn statuses_never_contradict_each_other() {
    let cases = [
        ("ok", "", true, "active"),
        ("", "", true, "active"),
        ("", "", false, "inactive"),
        ("inactive", "", false, "inactive"),
        ("ok", "addPeriod", true, "active|add period"),
        ("", "autoRenewPeriod", true, "active|auto renew period"),
        ("ok clientHold", "", true, "client hold"),
        ("ok inactive", "", false, "inactive"),
        ("clientTransferProhibited serverDeleteProhibited", "", true, "client transfer prohibited|server delete prohibited"),
        ("pendingDelete clientDeleteProhibited clientHold", "", true, "client hold|pending delete"),
        ("pendingTransfer pendingDelete", "", true, "pending delete"),
        ("pendingTransfer serverTransferProhibited", "transferPeriod", true, "pending transfer|transfer period"),
        ("pendingDelete", "redemptionPeriod", true, "pending delete|redemption period"),
        ("", "redemptionPeriod", true, "pending delete|redemption period"),
        ("pendingDelete", "redemptionPeriod pendingRestore", true, "pending delete|pending restore"),
        ("pendingDelete", "pendingDelete", true, "pending delete"),
        ("pendingUpdate clientUpdateProhibited", "", true, "pending update"),
    ];
    for (statuses, rgp, is_delegated, want) in cases {
        let statuses = statuses.split_whitespace().map(|word| word.parse().unwrap()).collect();
        let rgp = rgp.split_whitespace().map(|word| word.parse().unwrap()).collect();
        let got: Vec<_> = PublicStatuses::of(&statuses, &rgp, is_delegated).iter().map(|status| status.rdap).collect();
        assert_eq!(got.join("|"), want, "{statuses:?} {rgp:?}");
    }
}

#[test]
fn every_status_has_its_words() {
    for status in EppStatus::ALL {
        let shown = PublicStatuses::of(&BTreeSet::from([*status]), &BTreeSet::new(), true);
        assert!(shown.iter().any(|word| word.epp == status.as_str()), "{status:?}");
    }
    for status in RgpStatus::ALL {
        let shown = PublicStatuses::of(&BTreeSet::new(), &BTreeSet::from([*status]), true);
        assert!(shown.iter().any(|word| word.epp == status.as_str()), "{status:?}");
    }
}

proptest! {
    /// Whatever is consented to, each element is either whole in the record or not at all.
    #[test]
    fn consent_decides_each_element_alone(mask in any::<u8>()) {
        let consent: Consent = ConsentElement::ALL.into_iter().enumerate().filter(|(bit, _)| mask & (1 << bit) != 0).map(|(_, e)| e).collect();
        let contact = contact(LegalKind::Natural);
        let bytes = bytes(&contact, &consent, &PublicationRules::default());
        let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        let shown = |element| consent.covers(element);
        prop_assert_eq!(holds("canary name"), shown(ConsentElement::Name));
        prop_assert_eq!(holds("canary organisation"), shown(ConsentElement::Organisation));
        prop_assert_eq!(holds("canary street"), shown(ConsentElement::Street));
        prop_assert_eq!(holds("canary floor"), shown(ConsentElement::Street));
        prop_assert_eq!(holds("canary city"), shown(ConsentElement::City));
        prop_assert_eq!(holds("canary pc"), shown(ConsentElement::Postcode));
        prop_assert_eq!(holds("6135550199"), shown(ConsentElement::Phone));
        prop_assert_eq!(holds("77123"), shown(ConsentElement::Phone));
        prop_assert_eq!(holds("6135550198"), shown(ConsentElement::Fax));
        prop_assert_eq!(holds("canary@canary.example"), shown(ConsentElement::Email));
    }

    #[test]
    fn bytes_that_are_no_record_are_a_fault(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = PublicRecord::from_bytes(&bytes);
    }
}
