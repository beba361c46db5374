//! Who refers to whom: domains to hosts and contacts.

use std::collections::BTreeSet;

use model::{ContactHandle, DomainName, HostName};

use super::Registry;
use super::object::Domain;

impl Registry {
    /// Notes that `name` delegates to these hosts.
    pub(crate) fn link_hosts<'a>(&mut self, name: &DomainName, hosts: impl IntoIterator<Item = &'a HostName>) {
        for host in hosts {
            if let Some(host) = self.hosts.get_mut(host) {
                host.linked_by.insert(name.clone());
            }
        }
    }

    /// Notes that `name` no longer delegates to these hosts.
    pub(crate) fn unlink_hosts<'a>(&mut self, name: &DomainName, hosts: impl IntoIterator<Item = &'a HostName>) {
        for host in hosts {
            if let Some(host) = self.hosts.get_mut(host) {
                host.linked_by.remove(name);
            }
        }
    }

    /// Notes which contacts `name` refers to now, given those it referred to before.
    pub(crate) fn relink_contacts(&mut self, name: &DomainName, before: &BTreeSet<ContactHandle>, after: &BTreeSet<ContactHandle>) {
        for handle in before.difference(after) {
            if let Some(contact) = self.contacts.get_mut(handle) {
                contact.linked_by.remove(name);
            }
        }
        for handle in after.difference(before) {
            if let Some(contact) = self.contacts.get_mut(handle) {
                contact.linked_by.insert(name.clone());
            }
        }
    }

    /// Takes a domain that is leaving out of everything it referred to.
    pub(crate) fn unlink_all(&mut self, domain: &Domain) {
        self.unlink_hosts(&domain.name, domain.nameservers.keys());
        let contacts = domain.linked_contacts().cloned().collect();
        self.relink_contacts(&domain.name, &contacts, &BTreeSet::new());
    }

    /// Hosts below `name` that other domains delegate to: these keep the name from being deleted (RFC 9874).
    pub(crate) fn subordinates_in_use(&self, name: &DomainName) -> Vec<HostName> {
        let below = self.subordinates.get(name).into_iter().flatten();
        let is_used = |host: &&HostName| self.hosts.get(*host).is_some_and(|host| host.linked_by.iter().any(|by| by != name));
        below.filter(is_used).cloned().collect()
    }
}
