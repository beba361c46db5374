//! Whole contacts, one line a case.

mod addresses;
mod emails;
mod laws;
mod phones;
mod texts;

use model::{Contact, CountryCode, Email, LegalKind, Phone, PostalAddress};

use super::*;

/// A contact that passes without a doubt. The number is a freephone number's shape, nobody's own.
fn ada() -> Contact {
    Contact {
        kind: LegalKind::Natural,
        name: "Ada Lovelace".into(),
        organisation: None,
        address: PostalAddress {
            street: vec!["1 Canary Row".into()],
            city: "London".into(),
            province: None,
            postcode: Some("EC1A 1BB".into()),
            country: CountryCode::parse("GB").unwrap(),
        },
        phone: Some(Phone::parse("+44.8081234567", None).unwrap()),
        fax: None,
        email: Email::parse("ada@registrar.dev").unwrap(),
    }
}

/// What was found, as `! province: accuracy.province`; a fault has the exclamation mark. Empty where all passed.
fn found(contact: &Contact) -> String {
    let results = validate(contact).results;
    let findings = results.into_iter().filter_map(|result| result.finding.map(|finding| (result.field, finding)));
    let lines = findings.map(|(field, finding)| {
        let mark = if finding.level == Level::Fault { "!" } else { "?" };
        format!("{mark} {}: {}", serde_json::to_value(field).unwrap().as_str().unwrap(), finding.code.trim_start_matches("accuracy."))
    });
    lines.collect::<Vec<_>>().join(", ")
}

#[test]
fn a_good_contact_passes_every_field() {
    let validation = validate(&ada());
    assert_eq!(validation.results.iter().map(|result| result.field).collect::<Vec<_>>(), Field::ALL);
    assert!(validation.results.iter().all(FieldResult::is_passed));
    assert_eq!((validation.refusal(), validation.doubts().count()), (None, 0));
    assert_eq!(validation.finding(Field::City), None);
}

#[test]
fn what_is_not_there_is_missing() {
    type Change = fn(&mut Contact);
    let cases: [(Change, &str); 16] = [
        (|c| c.name = " ".into(), "! name: missing"),
        (|c| c.kind = LegalKind::Organisation, "! organisation: missing"),
        (|c| c.organisation = Some(String::new()), ""),
        (|c| c.address.street = vec![], "! street: missing"),
        (|c| c.address.street = vec![String::new(), "\t".into()], "! street: missing"),
        (|c| c.address.street = vec![String::new(), "1 Canary Row".into()], ""),
        (|c| c.address.city = String::new(), "! city: missing"),
        (|c| c.address.postcode = None, "! postcode: missing"),
        (|c| c.address.postcode = Some(" ".into()), "! postcode: missing"),
        (|c| c.phone = None, "! phone: missing"),
        (|c| c.fax = Phone::parse("+44.1", None).ok(), "! fax: phone-length"),
        (|c| c.address.country = CountryCode::parse("US").unwrap(), "! province: missing, ! postcode: postcode"),
        (|c| c.address.country = CountryCode::parse("BV").unwrap(), "? postcode: postcode-unused, ? country: uninhabited"),
        (|c| (c.address.country, c.address.postcode) = (CountryCode::parse("IE").unwrap(), None), "? postcode: left-out"),
        (|c| (c.address.country, c.address.postcode) = (CountryCode::parse("HK").unwrap(), None), ""),
        (|c| (c.name, c.phone) = (String::new(), None), "! name: missing, ! phone: missing"),
    ];
    for (index, (change, want)) in cases.into_iter().enumerate() {
        let mut contact = ada();
        change(&mut contact);
        assert_eq!(found(&contact), want, "case {index}");
    }
}

/// The city is asked for unless the country is one.
#[test]
fn city_states_have_no_city() {
    for (country, postcode, want) in
        [("SG", Some("546080"), ""), ("MC", Some("98000"), ""), ("VA", Some("00120"), ""), ("LU", Some("4750"), "! city: missing")]
    {
        let mut contact = ada();
        contact.address.country = CountryCode::parse(country).unwrap();
        (contact.address.city, contact.address.postcode) = (String::new(), postcode.map(Into::into));
        assert_eq!(found(&contact), want, "{country}");
    }
}

#[test]
fn the_refusal_speaks_of_the_first_fault_and_names_the_others() {
    let refused = |change: fn(&mut Contact)| {
        let mut contact = ada();
        change(&mut contact);
        let refusal = validate(&contact).refusal().unwrap();
        format!("{refusal}\nhint: {}", refusal.hint.as_deref().unwrap())
    };
    insta::assert_snapshot!(refused(|c| c.address.postcode = Some("CANARY".into())), @r"
    the postcode is not written as those of its country are (accuracy.postcode, ACY-1)
    hint: write it like `EC1A 1BB`
    ");
    insta::assert_snapshot!(refused(|c| (c.name, c.phone) = (String::new(), None)), @r"
    the name is missing; nor are these right: telephone number (accuracy.missing, RDP-1)
    hint: fill it in; no name is registered without it
    ");
}

#[test]
fn the_evidence_is_plain_and_names_its_version() {
    let mut contact = ada();
    contact.email = Email::parse("ada@holder.example").unwrap();
    let validation = validate(&contact);
    assert_eq!(validation.refusal(), None, "a doubt refuses nothing");
    let json = serde_json::to_value(&validation).unwrap();
    assert_eq!(json["validator"], VALIDATOR_VERSION);
    assert_eq!(json["results"][0], serde_json::json!({ "field": "name", "rule": "ACY-1" }));
    assert_eq!(
        json["results"][9],
        serde_json::json!({ "field": "email", "rule": "ACY-1", "finding": {
            "level": "doubt",
            "code": "accuracy.email-reserved",
            "sentence": "the e-mail address is in a domain that is reserved (RFC 6761) and receives no mail",
            "hint": "give an address that receives mail; a code is sent to it",
        } })
    );
}

/// Evidence names the tables by the version: who changes a table sets [`VALIDATOR_VERSION`] anew, and this sum with it.
#[test]
fn the_version_moves_with_the_tables() {
    let tables = [include_str!("../addresses.txt"), include_str!("../subdivisions.txt"), include_str!("../numbering.txt")];
    // FNV-1a.
    let sum = tables.concat().bytes().fold(0xcbf2_9ce4_8422_2325_u64, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    assert_eq!((VALIDATOR_VERSION, format!("{sum:016x}").as_str()), ("2026-11-30", "7aacc2f03f98f5a7"));
}

/// What is changed, and what is verified anew (ACY-5, ACY-6).
#[test]
fn every_datum_that_differs_is_verified_anew() {
    use Field as F;
    type Change = fn(&mut Contact);
    let cases: [(Change, &[Field]); 14] = [
        (|_| (), &[]),
        (|c| c.kind = LegalKind::Unknown, &[]),
        (|c| c.name = "Ada Lovelce".into(), &[F::Name]),
        (|c| c.name = "ada lovelace".into(), &[F::Name]),
        (|c| c.organisation = Some("Engines".into()), &[F::Organisation]),
        (|c| c.address.street.push("Flat 2".into()), &[F::Street]),
        (|c| c.address.city = "Leeds".into(), &[F::City]),
        (|c| c.address.province = Some("Kent".into()), &[F::Province]),
        (|c| c.address.postcode = None, &[F::Postcode]),
        (|c| c.address.country = CountryCode::parse("IE").unwrap(), &[F::Country]),
        (|c| c.phone = Phone::parse("+44.8081234567", Some("1")).ok(), &[F::Phone]),
        (|c| c.fax = c.phone.clone(), &[F::Fax]),
        (|c| c.email = Email::parse("Ada@registrar.dev").unwrap(), &[F::Email]),
        (|c| (c.name, c.address.city) = ("Ida".into(), "Leeds".into()), &[F::Name, F::City]),
    ];
    for (change, want) in cases {
        let mut after = ada();
        change(&mut after);
        assert_eq!(changed_fields(&ada(), &after).into_iter().collect::<Vec<_>>(), want);
        assert_eq!(changed_fields(&after, &ada()).into_iter().collect::<Vec<_>>(), want);
        assert_eq!(is_same_verified_data(&ada(), &after), want.is_empty());
    }
}
