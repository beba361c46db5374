//! Contacts: sealed at rest, whole when read, named by id in the ledger.

use std::collections::BTreeMap;

use model::{Contact, ContactId, ContactRole, CountryCode, Email, LegalKind, Phone, PostalAddress};
use policy::accuracy::VALIDATOR_VERSION;
use store::ledger;

use super::world::order;
use crate::command::RegisterDomain;
use crate::contact::{ListContacts, ReadContact, SaveContact};
use crate::testing::each;
use crate::{PageRequest, Question};

/// A person whose every field is a word that occurs nowhere else.
pub(crate) fn ada() -> Contact {
    Contact {
        kind: LegalKind::Natural,
        name: "Canaria Namefield".to_owned(),
        organisation: Some("Canary Orgfield".to_owned()),
        address: PostalAddress {
            street: vec!["7 Canary Streetfield".to_owned()],
            city: "Canarycity".to_owned(),
            province: Some("Canaryprovince".to_owned()),
            postcode: Some("CA9 7NY".to_owned()),
            country: CountryCode::parse("GB").unwrap(),
        },
        phone: Some(Phone::parse("+44.1632960987", None).unwrap()),
        fax: None,
        email: Email::parse("canarymail@canary.example").unwrap(),
    }
}

#[test]
fn a_contact_is_read_back_whole_and_changes_in_place() {
    each(|house| {
        let id = house.act(SaveContact { id: None, contact: ada() }).unwrap();
        assert_eq!(house.ask(ReadContact { id }).unwrap(), ada());
        let moved = Contact { address: PostalAddress { city: "Akureyri".to_owned(), ..ada().address }, ..ada() };
        assert_eq!(house.act(SaveContact { id: Some(id), contact: moved.clone() }).unwrap(), id);
        assert_eq!(house.ask(ReadContact { id }).unwrap(), moved);
        let kinds: Vec<String> = house
            .registrar
            .store()
            .read::<_, crate::Failure>(|tx| Ok(ledger::list_subject_entries(tx, &id.to_string(), 0, 10)?))
            .unwrap()
            .into_iter()
            .map(|row| format!("{} {}", row.kind, row.body.unwrap_or_default().replace(&id.to_string(), "con")))
            .collect();
        let noted = |kind: &str, revision: u64| {
            let doubts = r#"["accuracy.phone-fiction","accuracy.email-reserved"]"#;
            format!(r#"{kind} {{"contact":"con","revision":{revision},"validator":"{VALIDATOR_VERSION}","doubts":{doubts}}}"#)
        };
        assert_eq!(kinds, [noted("contact-saved", 1), noted("contact-changed", 2)], "what was validated, and what in it may be wrong");
    });
}

#[test]
fn a_faulty_or_unknown_contact_is_refused_by_its_field() {
    each(|house| {
        let nameless = Contact { name: "  ".to_owned(), ..ada() };
        assert_eq!(house.act(SaveContact { id: None, contact: nameless }).unwrap_err().code(), "contact.missing");
        let nobody = ContactId::from_bytes([9; 16]);
        assert_eq!(house.act(SaveContact { id: Some(nobody), contact: ada() }).unwrap_err().code(), "contact.unknown");
        assert_eq!(house.ask(ReadContact { id: nobody }).unwrap_err().code(), "contact.unknown");
    });
}

#[test]
fn contacts_are_listed_page_by_page() {
    each(|house| {
        let saved: Vec<ContactId> = (0..5)
            .map(|number| house.act(SaveContact { id: None, contact: Contact { name: format!("Person {number}"), ..ada() } }).unwrap())
            .collect();
        let mut seen = Vec::new();
        let mut page = PageRequest { after: None, limit: 2 };
        loop {
            let answer: <ListContacts as Question>::Answer = house.ask(ListContacts { page }).unwrap();
            seen.extend(answer.items.iter().map(|line| line.id));
            match answer.next {
                Some(next) => page.after = Some(next),
                None => break,
            }
        }
        let mut expected = saved;
        expected.sort();
        assert_eq!(seen, expected);
    });
}

/// RDP: registrar and registry show the same data, so a change travels to every registry that holds the contact.
#[test]
fn a_change_reaches_the_registries_that_hold_the_contact() {
    each(|house| {
        let holder = house.holder();
        let receipt = house.act(order("held.alpha", holder)).unwrap();
        let moved = Contact { email: Email::parse("moved@canary.example").unwrap(), ..ada() };
        house.act(SaveContact { id: Some(holder), contact: moved.clone() }).unwrap();
        let waits = house.intents_of(&receipt).lines().filter(|line| *line == "Waiting update-contact contact:* after 1").count();
        assert_eq!(waits, 1, "the creation under way may carry the old data");
        house.settle(&receipt);
        for contact in [ada(), moved] {
            house.act(SaveContact { id: Some(holder), contact }).unwrap();
        }
        let updates = house.intents_of(&receipt).lines().filter(|line| *line == "Ready update-contact contact:* after 0").count();
        assert_eq!(updates, 2);
        house.settle(&receipt);
        assert!(!house.intents_of(&receipt).contains("Ready"));
    });
}

/// A contact that holds no name and only runs one is an object of the registry all the same.
#[test]
fn a_change_of_a_technical_contact_reaches_the_registry() {
    each(|house| {
        let tech = house.act(SaveContact { id: None, contact: ada() }).unwrap();
        let contacts = BTreeMap::from([(ContactRole::Tech, tech)]);
        let receipt = house.act(RegisterDomain { contacts, ..order("run.alpha", house.holder()) }).unwrap();
        house.settle(&receipt);
        house.act(SaveContact { id: Some(tech), contact: ada() }).unwrap();
        assert!(house.intents_of(&receipt).ends_with("Ready update-contact contact:* after 0"), "{}", house.intents_of(&receipt));
    });
}
