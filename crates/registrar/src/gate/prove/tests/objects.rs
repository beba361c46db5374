//! The rows of hosts and contacts.

use std::collections::BTreeSet;
use std::net::IpAddr;

use epp::contact::Person;
use model::{Contact, ContactHandle, ContactId, HostName, RegistrarHandle};
use policy::{ObjectKey, Operation};

use super::{host_key, other, person, us, word};
use crate::gate::frame::Query;
use crate::gate::prove::finding::{ContactFound, HostFound};
use crate::gate::prove::{Finding, questions};

#[test]
fn hosts_are_proven_by_what_they_are() {
    let address: IpAddr = "192.0.2.1".parse().unwrap();
    let found = |sponsor: RegistrarHandle, addresses: &[&str]| {
        Finding::Host(HostFound { sponsor: Some(sponsor), addresses: addresses.iter().map(|text| text.parse().unwrap()).collect() })
    };
    let glue = Operation::CreateHost { addresses: BTreeSet::from([address]) };
    let plain = Operation::CreateHost { addresses: BTreeSet::new() };
    let more = Operation::UpdateHost { add: BTreeSet::from([address]), remove: BTreeSet::from(["192.0.2.9".parse().unwrap()]) };
    let rename = Operation::RenameHost { to: HostName::parse("ns1.sacrificial.invalid").unwrap() };
    for (operation, finding, expected) in [
        (&glue, Finding::Absent, "repeat"),
        (&glue, found(us(), &["192.0.2.1"]), "done"),
        (&glue, found(us(), &["192.0.2.2"]), "lost 2302"),
        (&glue, found(other(), &["192.0.2.1"]), "lost 2302"),
        (&plain, found(other(), &[]), "done"),
        (&plain, Finding::Foreign, "done"),
        (&plain, Finding::Absent, "repeat"),
        (&more, found(us(), &["192.0.2.9"]), "repeat"),
        (&more, found(us(), &["192.0.2.1"]), "done"),
        (&more, found(us(), &["192.0.2.1", "192.0.2.9"]), r#"repeat {"op":"update-host","add":[],"remove":["192.0.2.9"]}"#),
        (&more, Finding::Absent, "lost 2303"),
        (&rename, found(us(), &[]), "done"),
        (&rename, Finding::Absent, "repeat"),
        (&rename, Finding::Foreign, "lost 2302"),
        (&Operation::DeleteHost, Finding::Absent, "done"),
        (&Operation::DeleteHost, found(us(), &[]), "repeat"),
        (&Operation::DeleteHost, Finding::Foreign, "lost 2201"),
    ] {
        assert_eq!(word(operation, &host_key(), std::slice::from_ref(&finding)), expected, "{operation:?} {finding:?}");
    }
    assert_eq!(questions(&rename, &host_key()), [Query::Host(HostName::parse("ns1.sacrificial.invalid").unwrap())]);
}

#[test]
fn contacts_are_proven_by_sponsor_and_data() {
    let key = ObjectKey::Contact(ContactHandle::parse("NK-1").unwrap());
    let id = ContactId::from_bytes([1; 16]);
    let (create, update) = (Operation::CreateContact { contact: id }, Operation::UpdateContact { contact: id });
    let found = |sponsor: RegistrarHandle, name: &str| {
        let person = Person::from_contact(&Contact { name: name.to_owned(), ..person() });
        Finding::Contact(Box::new(ContactFound { sponsor: Some(sponsor), person }))
    };
    for (operation, finding, expected) in [
        (&create, Finding::Absent, "repeat"),
        (&create, found(us(), "Jane Holder"), "done"),
        (&create, found(other(), "Jane Holder"), "lost 2302"),
        (&create, Finding::Foreign, "lost 2302"),
        (&update, found(us(), "Jane Holder"), "done"),
        (&update, found(us(), "Jane Before"), "repeat"),
        (&update, Finding::Absent, "lost 2303"),
        (&Operation::DeleteContact, Finding::Absent, "done"),
        (&Operation::DeleteContact, found(us(), "Jane Holder"), "repeat"),
    ] {
        assert_eq!(word(operation, &key, std::slice::from_ref(&finding)), expected, "{operation:?} {finding:?}");
    }
    assert!(!format!("{:?}", found(us(), "Jane Holder")).contains("Jane"), "personal data is not printed");
}
