//! What the public may read follows what happens, and nothing else gets out.

use std::path::PathBuf;

use policy::publication::{ConsentElement, Element, PublicRecord, PublicationRules};
use store::feed::{Follower, Frame};
use store::testing::{TestDatabase, TestDatabases};
use store::{SignerKey, VerifierKey};

use crate::command::{ChangeNameservers, DeleteDomain};
use crate::contact::{ReadConsent, SaveContact, SetConsent};
use crate::gate::testing::{Rig, holder, name};
use crate::publish::Publisher;

/// A publisher, its feed, and what a follower read of it.
struct Stage {
    publisher: Publisher,
    follower: Follower,
    names: std::collections::BTreeMap<String, Vec<u8>>,
}

impl Stage {
    fn new(rig: &Rig, database: &TestDatabase) -> Self {
        let (folder, key, verifier) = feed(database);
        let publisher = Publisher::new(&rig.registrar, PublicationRules::default(), &folder, key);
        Self { publisher, follower: Follower::new(&folder, verifier), names: Default::default() }
    }

    /// Publishes until nothing is left, and reads it; gives how many records changed.
    fn publish(&mut self) -> usize {
        let mut changes = 0;
        for _ in 0..20 {
            changes += self.publisher.step().unwrap();
        }
        let names = std::cell::RefCell::new(std::mem::take(&mut self.names));
        let take = |frame: Frame<'_>| {
            match frame {
                Frame::Record(record) => {
                    let name = PublicRecord::from_bytes(record).unwrap().name.to_owned();
                    names.borrow_mut().insert(name, record.to_vec());
                }
                Frame::Removal(name) => drop(names.borrow_mut().remove(name)),
            }
            Ok(())
        };
        self.follower.step(|| names.borrow_mut().clear(), take).unwrap();
        self.names = names.into_inner();
        changes
    }

    fn record(&self, name: &str) -> Option<PublicRecord<'_>> {
        self.names.get(name).map(|bytes| PublicRecord::from_bytes(bytes).unwrap())
    }
}

fn feed(database: &TestDatabase) -> (PathBuf, SignerKey, VerifierKey) {
    let key = SignerKey::generate("feed.test").unwrap();
    let verifier = key.verifier().clone();
    (database.folder().join("feed"), key, verifier)
}

#[test]
fn a_name_is_public_from_its_registration_to_its_end() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 61);
        let mut stage = Stage::new(&rig, database);
        rig.order("public.alpha");
        stage.publish();
        assert_eq!(stage.record("public.alpha"), None, "it is only ordered");
        rig.settle(database);
        assert_eq!(stage.publish(), 1);
        let record = stage.record("public.alpha").unwrap();
        assert_eq!((record.nameservers.as_slice(), record.changed_at), (&["ns1.elsewhere.example"][..], None));
        assert_eq!(stage.publish(), 0, "nothing happened since");
        let nameservers = [(model::HostName::parse("ns2.elsewhere.example").unwrap(), [].into())].into();
        rig.act(ChangeNameservers { name: name("public.alpha"), nameservers }).unwrap();
        rig.settle(database);
        stage.publish();
        let record = stage.record("public.alpha").unwrap();
        assert_eq!((record.nameservers.as_slice(), record.changed_at.is_some()), (&["ns2.elsewhere.example"][..], true));
        rig.act(DeleteDomain { name: name("public.alpha"), cause: policy::DeletionCause::Registrant }).unwrap();
        rig.settle(database);
        stage.publish();
        assert_eq!(stage.record("public.alpha"), None, "deleted in its add grace, it is gone");
    });
}

#[test]
fn consent_and_other_data_of_a_holder_reach_all_its_names() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 62);
        rig.order("one.alpha");
        rig.order("two.alpha");
        rig.settle(database);
        let mut stage = Stage::new(&rig, database);
        stage.publish();
        assert!(stage.names.values().all(|bytes| !bytes.windows(7).any(|window| window == b"Canaria")));
        let elements = vec![ConsentElement::Name, ConsentElement::City];
        let contact = rig.holder;
        let say = |is_given| SetConsent { contact, elements: elements.clone(), is_given, source: "form v1".to_owned() };
        rig.act(say(true)).unwrap();
        assert_eq!(stage.publish(), 2);
        for name in ["one.alpha", "two.alpha"] {
            let registrant = stage.record(name).unwrap().registrant;
            assert_eq!(registrant.name, Element::Shown("Canaria Holdername"));
            assert_eq!(
                registrant.address.map(|address| (address.city, address.street)),
                Some((Element::Shown("Canarytown"), Element::Withheld))
            );
        }
        let moved = model::Contact { address: model::PostalAddress { city: "Akureyri".to_owned(), ..holder().address }, ..holder() };
        rig.act(SaveContact { id: Some(contact), contact: moved }).unwrap();
        assert_eq!(stage.publish(), 2);
        let city = |stage: &Stage| stage.record("two.alpha").unwrap().registrant.address.map(|address| format!("{:?}", address.city));
        assert_eq!(city(&stage).as_deref(), Some("Shown(\"Akureyri\")"));
        rig.act(say(false)).unwrap();
        assert_eq!(stage.publish(), 2);
        assert_eq!(city(&stage).as_deref(), Some("Withheld"));
        let (consent, words) = rig.ask(ReadConsent { contact }).unwrap();
        assert_eq!((consent.elements().count(), words.len(), words[0].source.as_str()), (0, 2, "form v1"));
    });
}

#[test]
fn a_consent_says_to_what_and_how_it_was_given() {
    TestDatabases::each(|database| {
        let rig = Rig::new(database, 63);
        let contact = rig.holder;
        let refused = |elements: Vec<ConsentElement>, source: &str| {
            rig.act(SetConsent { contact, elements, is_given: true, source: source.to_owned() }).unwrap_err().to_string()
        };
        assert!(refused(vec![], "form").contains("no element is named"));
        assert!(refused(vec![ConsentElement::Name], " ").contains("the source of a consent"));
        assert!(refused(vec![ConsentElement::Name], &"x".repeat(201)).contains("the source of a consent"));
    });
}

/// Other rules, or a publisher that begins with a portfolio in place, project every name.
#[test]
fn a_change_of_the_rules_projects_every_name_anew() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 64);
        rig.order("one.alpha");
        rig.order("two.alpha");
        rig.settle(database);
        let (folder, key, verifier) = feed(database);
        key.write_new(&database.folder().join("feed.key")).unwrap();
        let again = || SignerKey::read(&database.folder().join("feed.key")).unwrap();
        let cities = PublicationRules { publishes_cities: true, ..PublicationRules::default() };
        let mut counts = Vec::new();
        for rules in [PublicationRules::default(), PublicationRules::default(), cities] {
            let mut publisher = Publisher::new(&rig.registrar, rules, &folder, again());
            counts.push((0..5).map(|_| publisher.step().unwrap()).sum::<usize>());
        }
        assert_eq!(counts, [2, 0, 2]);
        let mut records = 0;
        let mut follower = Follower::new(&folder, verifier);
        follower
            .step(
                || (),
                |_| {
                    records += 1;
                    Ok(())
                },
            )
            .unwrap();
        assert!(records >= 2, "{records}");
    });
}
