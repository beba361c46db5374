//! The life of a name, told in stories and held against the invariants of obligations 23.5.

mod chronicle;
mod expiry;
mod guards;
mod holders;
mod house;
mod invariants;
mod launching;
mod registering;
mod registry;
mod resolving;
mod transfers;
mod verifying;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use model::HostName;

use house::House;
use registry::Registry;

use crate::command::DomainCommand;
use crate::testing::at;

/// A delegation to hosts; those below a `name.` get an address.
fn delegation(hosts: &[&str]) -> BTreeMap<HostName, BTreeSet<IpAddr>> {
    hosts
        .iter()
        .map(|host| {
            let glue: BTreeSet<IpAddr> =
                if host.contains(".name.") { BTreeSet::from(["192.0.2.1".parse().unwrap()]) } else { BTreeSet::new() };
            (HostName::parse(host).unwrap(), glue)
        })
        .collect()
}

/// A house with the name registered for a year on 1 March 2026, and its registry.
fn registered(tld: &str, auto_renew: bool) -> (House, Registry) {
    let mut house = House::new(tld, at("2026-03-01T12:00:00Z"), 7);
    let mut registry = Registry::new(&house.profile, house.name());
    let order = house.order(1, auto_renew);
    house.operator(DomainCommand::Register(order)).unwrap();
    house.round(&mut registry);
    (house, registry)
}
