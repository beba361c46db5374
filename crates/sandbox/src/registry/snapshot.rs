//! What the registry holds, for tests and people: no secret and no personal data is in it.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use model::{
    ContactHandle, ContactRole, DomainName, DsData, EppStatus, HostName, RegistrarHandle, RegistryId, RgpStatus, Roid, Timestamp,
    TransferStatus,
};
use serde::{Deserialize, Serialize};

use super::object::{ContactObject, Domain, HostObject};
use super::{LedgerEntry, Registry};

/// Everything a registry holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegistryState {
    /// Its id.
    pub id: RegistryId,
    /// The latest instant it has seen.
    pub now: Timestamp,
    /// Domains by name.
    pub domains: Vec<DomainState>,
    /// Hosts by name.
    pub hosts: Vec<HostState>,
    /// Contacts by handle.
    pub contacts: Vec<ContactState>,
    /// Accounts by registrar.
    pub accounts: Vec<AccountState>,
}

/// A domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainState {
    /// The name.
    pub name: DomainName,
    /// Repository object id.
    pub roid: Roid,
    /// `clID`.
    pub sponsor: RegistrarHandle,
    /// `crID`.
    pub creator: RegistrarHandle,
    /// `crDate`.
    pub created: Timestamp,
    /// `upDate`.
    pub updated: Option<Timestamp>,
    /// `exDate`.
    pub expires: Timestamp,
    /// `trDate`.
    pub transferred: Option<Timestamp>,
    /// Every status shown.
    pub statuses: BTreeSet<EppStatus>,
    /// Every RGP status shown.
    pub rgp: BTreeSet<RgpStatus>,
    /// Delegation, with addresses in the attribute model.
    pub nameservers: BTreeMap<HostName, BTreeSet<IpAddr>>,
    /// DS records.
    pub ds: BTreeSet<DsData>,
    /// Registrant.
    pub registrant: Option<ContactHandle>,
    /// Other contacts.
    pub contacts: BTreeSet<(ContactRole, ContactHandle)>,
    /// Host objects below the name.
    pub subordinate_hosts: BTreeSet<HostName>,
    /// Whether an authorisation code is set.
    pub has_code: bool,
    /// The state of the last transfer.
    pub transfer: Option<TransferStatus>,
    /// When something next happens to it by itself.
    pub next_due: Timestamp,
}

/// A host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostState {
    /// The name.
    pub name: HostName,
    /// Repository object id.
    pub roid: Roid,
    /// `clID`.
    pub sponsor: RegistrarHandle,
    /// Addresses.
    pub addresses: BTreeSet<IpAddr>,
    /// Every status shown.
    pub statuses: BTreeSet<EppStatus>,
    /// The domains that delegate to it.
    pub linked_by: BTreeSet<DomainName>,
}

/// A contact, without what it says of a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactState {
    /// The handle.
    pub id: ContactHandle,
    /// Repository object id.
    pub roid: Roid,
    /// `clID`.
    pub sponsor: RegistrarHandle,
    /// Every status shown.
    pub statuses: BTreeSet<EppStatus>,
    /// The domains that refer to it.
    pub linked_by: BTreeSet<DomainName>,
}

/// A registrar's account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountState {
    /// Whose.
    pub registrar: RegistrarHandle,
    /// What it has paid in, in minor units.
    pub deposited_minor: i64,
    /// What is left: deposits less the ledger's charges, in minor units.
    pub balance_minor: i64,
    /// Messages waiting in its queue.
    pub messages: usize,
}

impl Registry {
    /// Everything it holds, each list in order.
    #[must_use]
    pub fn state(&self) -> RegistryState {
        let mut domains: Vec<DomainState> = self.domains.values().map(|domain| self.domain_state(domain)).collect();
        domains.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        let mut hosts: Vec<HostState> = self.hosts.values().map(host_state).collect();
        hosts.sort_unstable_by(|a, b| a.name.cmp(&b.name));
        let mut contacts: Vec<ContactState> = self.contacts.values().map(contact_state).collect();
        contacts.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        let accounts = self.accounts.iter().map(|(registrar, account)| AccountState {
            registrar: registrar.clone(),
            deposited_minor: account.deposited_minor,
            balance_minor: account.balance_minor,
            messages: self.message_count(registrar),
        });
        RegistryState { id: self.id.clone(), now: self.now, domains, hosts, contacts, accounts: accounts.collect() }
    }

    /// One domain.
    #[must_use]
    pub fn domain_state_of(&self, name: &DomainName) -> Option<DomainState> {
        self.domains.get(name).map(|domain| self.domain_state(domain))
    }

    /// One host.
    #[must_use]
    pub fn host_state_of(&self, name: &HostName) -> Option<HostState> {
        self.hosts.get(name).map(host_state)
    }

    /// One contact.
    #[must_use]
    pub fn contact_state_of(&self, id: &ContactHandle) -> Option<ContactState> {
        self.contacts.get(id).map(contact_state)
    }

    /// How many messages wait for a registrar.
    #[must_use]
    pub fn message_count(&self, registrar: &RegistrarHandle) -> usize {
        self.queues.get(registrar).map_or(0, |queue| queue.len())
    }

    /// What a registrar has paid according to the ledger, in minor units; with its deposits this gives its balance.
    #[must_use]
    pub fn charged_minor(&self, registrar: &RegistrarHandle) -> i64 {
        self.ledger().iter().map(|entry: &LedgerEntry| entry.charge_to(registrar)).sum()
    }

    fn domain_state(&self, domain: &Domain) -> DomainState {
        DomainState {
            name: domain.name.clone(),
            roid: domain.origin.roid.clone(),
            sponsor: domain.origin.sponsor.clone(),
            creator: domain.origin.creator.clone(),
            created: domain.origin.created,
            updated: domain.origin.updated.as_ref().map(|(_, at)| *at),
            expires: domain.expires,
            transferred: domain.origin.transferred,
            statuses: domain.statuses().iter().collect(),
            rgp: domain.rgp_statuses(self.now),
            nameservers: domain.nameservers.clone(),
            ds: domain.dnssec.ds.clone(),
            registrant: domain.registrant.clone(),
            contacts: domain.contacts.clone(),
            subordinate_hosts: self.subordinates.get(&domain.name).cloned().unwrap_or_default(),
            has_code: domain.auth.is_some(),
            transfer: domain.transfer.as_ref().map(|transfer| transfer.status),
            next_due: domain.next_due(),
        }
    }
}

fn host_state(host: &HostObject) -> HostState {
    HostState {
        name: host.name.clone(),
        roid: host.origin.roid.clone(),
        sponsor: host.origin.sponsor.clone(),
        addresses: host.addresses.clone(),
        statuses: host.statuses().iter().collect(),
        linked_by: host.linked_by.clone(),
    }
}

fn contact_state(contact: &ContactObject) -> ContactState {
    ContactState {
        id: contact.id.clone(),
        roid: contact.origin.roid.clone(),
        sponsor: contact.origin.sponsor.clone(),
        statuses: contact.statuses().iter().collect(),
        linked_by: contact.linked_by.clone(),
    }
}
