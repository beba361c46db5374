//! Host objects: only below our names, only with addresses, renamed only into the listed name.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use model::EppStatus;
use policy::{Deletion, DeletionCause, Done, Outcome, Reason, ReasonOwner};
use store::hosts;
use store::settings::InstanceKind;
use store::testing::TestDatabases;

use super::world::{bare, host, name};
use crate::command::{ChangeNameservers, DeleteDomain, HoldDomain, RegisterDomain, ReleaseDomain};
use crate::host::{ChangeHost, CreateHost, DeleteHost, RenameHost};
use crate::testing::{House, each, seen_alike};
use crate::{Failure, Receipt, authorise};

fn addresses(texts: &[&str]) -> BTreeSet<IpAddr> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn create(house: &House, text: &str, at: &[&str]) -> Result<Receipt, Failure> {
    house.act(CreateHost { host: host(text), addresses: addresses(at) })
}

#[test]
fn a_host_lives_from_creation_to_deletion() {
    let intents = seen_alike(|house| {
        let receipt = house.registered("hosting.alpha");
        let ns = host("ns1.hosting.alpha");
        create(house, "ns1.hosting.alpha", &["192.0.2.1"]).unwrap();
        assert_eq!(create(house, "ns1.hosting.alpha", &["192.0.2.1"]).unwrap_err().code(), "host.busy");
        house.settle(&receipt);
        assert_eq!(create(house, "ns1.hosting.alpha", &["192.0.2.1"]).unwrap_err().code(), "host.exists");
        let change = ChangeHost { host: ns.clone(), addresses: addresses(&["192.0.2.2", "2001:db8::2"]) };
        house.act(change.clone()).unwrap();
        house.settle(&receipt);
        assert_eq!(house.act(change).unwrap_err().code(), "host.unchanged");
        house.act(DeleteHost { host: ns.clone() }).unwrap();
        house.settle(&receipt);
        assert_eq!(house.act(DeleteHost { host: ns }).unwrap_err().code(), "host.unknown");
        // A second life of the same host is a second operation, not a repeat.
        create(house, "ns1.hosting.alpha", &["192.0.2.1"]).unwrap();
        house.intents_of(&receipt)
    });
    insta::assert_snapshot!(intents, @r"
    Confirmed create-contact contact:* after 0
    Confirmed create-host host:ns1.elsewhere.example after 0
    Confirmed create-domain domain:hosting.alpha after 2
    Confirmed create-host host:ns1.hosting.alpha after 0
    Confirmed update-host host:ns1.hosting.alpha after 0
    Confirmed delete-host host:ns1.hosting.alpha after 0
    Ready create-host host:ns1.hosting.alpha after 0
    ");
}

#[test]
fn a_host_that_names_delegate_to_stays() {
    each(|house| {
        let receipt = house.registered("hosting.alpha");
        let other = house.registered("served.alpha");
        create(house, "ns1.hosting.alpha", &["192.0.2.1"]).unwrap();
        house.settle(&receipt);
        let nameservers = BTreeMap::from([(host("ns1.hosting.alpha"), BTreeSet::new())]);
        house.act(ChangeNameservers { name: name("served.alpha"), nameservers }).unwrap();
        house.settle(&other);
        assert_eq!(house.act(DeleteHost { host: host("ns1.hosting.alpha") }).unwrap_err().code(), "host.linked");
    });
}

/// Obligations 23.3: a host's address is where its name leads, so what keeps the name from being changed keeps its hosts.
#[test]
fn the_hosts_of_a_name_that_a_court_keeps_stay_as_they_are() {
    each(|house| {
        let receipt = house.registered("hosting.alpha");
        create(house, "ns1.hosting.alpha", &["192.0.2.1"]).unwrap();
        house.settle(&receipt);
        let reason = Reason { owner: ReasonOwner::Court, reference: "order 7".to_owned() };
        let status = EppStatus::ClientUpdateProhibited;
        house.act(HoldDomain { name: name("hosting.alpha"), status, reason: reason.clone() }).unwrap();
        house.settle(&receipt);
        let ns = host("ns1.hosting.alpha");
        let change = ChangeHost { host: ns.clone(), addresses: addresses(&["192.0.2.66"]) };
        for refused in [house.act(change.clone()), house.act(DeleteHost { host: ns }), create(house, "ns2.hosting.alpha", &["192.0.2.66"])]
        {
            assert_eq!(refused.unwrap_err().code(), "court.locked");
        }
        house.act(ReleaseDomain { name: name("hosting.alpha"), status, reason }).unwrap();
        house.settle(&receipt);
        house.act(change).unwrap();
    });
}

/// RFC 9874: the way out of a linked host is the listed name, and no other.
#[test]
fn a_host_is_renamed_only_into_the_listed_name() {
    each(|house| {
        let receipt = house.registered("hosting.alpha");
        create(house, "ns1.hosting.alpha", &["192.0.2.1"]).unwrap();
        house.settle(&receipt);
        let rename = |to: &str| house.act(RenameHost { host: host("ns1.hosting.alpha"), to: host(to) });
        for to in ["ns1.free-for-all.alpha", "ns1.hosting.alpha", "sacrificial.invalid.alpha", "ns1.invalid"] {
            assert_eq!(rename(to).unwrap_err().code(), "host.rename_unlisted", "{to}");
        }
        rename("k7.sacrificial.invalid").unwrap();
        house.settle(&receipt);
        assert_eq!(rename("k8.sacrificial.invalid").unwrap_err().code(), "host.unknown", "the old name is still there");
    });
}

#[test]
fn what_is_not_ours_or_cannot_answer_is_refused() {
    each(|house| {
        house.registered("hosting.alpha");
        let refused = [
            ("ns1.elsewhere.example", &["192.0.2.1"][..], "host.foreign"),
            ("ns1.unregistered.alpha", &["192.0.2.1"][..], "host.foreign"),
            ("ns1.hosting.alpha", &[][..], "host.no_address"),
            ("ns1.hosting.alpha", &["224.0.0.1"][..], "host.address_reserved"),
            ("ns1.hosting.alpha", &["::"][..], "host.address_reserved"),
        ];
        for (text, at, code) in refused {
            assert_eq!(create(house, text, at).unwrap_err().code(), code, "{text} {at:?}");
        }
    });
}

/// Outside a rehearsal an address that the internet cannot reach is not glue, by whatever door it comes.
#[test]
fn a_real_registrar_takes_no_private_addresses() {
    TestDatabases::each(|database| {
        let registrar = crate::testing::registrar_of_kind(database, InstanceKind::Production);
        let operator = registrar.enrol_first_operator("Ada Lovelace").unwrap().actor;
        let delegation = BTreeMap::from([(host("ns1.private.alpha"), addresses(&["10.0.0.1"]))]);
        let order = RegisterDomain { nameservers: delegation.clone(), ..bare("private.alpha") };
        let failure = registrar.carry_out(authorise(&operator, order).unwrap()).unwrap_err();
        assert_eq!(failure.code(), "host.address_reserved");
        let change = ChangeNameservers { name: name("private.alpha"), nameservers: delegation };
        let failure = registrar.carry_out(authorise(&operator, change).unwrap()).unwrap_err();
        assert_eq!(failure.code(), "host.address_reserved");
    });
}

/// Hosts come and go with names: what an `info` names exists, what a purged name held is gone, what the registry denies is forgotten.
#[test]
fn what_is_known_of_hosts_follows_the_registry() {
    each(|house| {
        let knows = |text: &str| {
            let registry = house.registry();
            house.registrar.store().read::<_, Failure>(|tx| Ok(hosts::find(tx, &registry, &host(text))?.is_some())).unwrap()
        };
        let receipt = house.registered("comes.alpha");
        assert!(knows("ns1.elsewhere.example") && !knows("ns1.comes.alpha"));
        house.observed("comes.alpha", |actual| actual.hosts = BTreeSet::from([host("ns1.comes.alpha")]));
        assert!(knows("ns1.comes.alpha"));

        let nameservers = BTreeMap::from([(host("ns2.elsewhere.example"), BTreeSet::new())]);
        house.act(ChangeNameservers { name: name("comes.alpha"), nameservers }).unwrap();
        let update = house.settle_until(&receipt, "update-domain");
        assert!(knows("ns2.elsewhere.example"));
        house.settle_one(update, |_, _| Outcome::Refused { code: 2303, message: "Object does not exist".to_owned() });
        assert!(!knows("ns2.elsewhere.example"));

        house.act(DeleteDomain { name: name("comes.alpha"), cause: DeletionCause::Registrant }).unwrap();
        let delete = house.settle_until(&receipt, "delete-domain");
        house.settle_one(delete, |_, _| Outcome::Done(Done { deletion: Some(Deletion::Purged), ..Done::default() }));
        assert!(!knows("ns1.comes.alpha") && knows("ns1.elsewhere.example"));
    });
}
