//! A name as it is handed over.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use model::{ContactHandle, ContactId, ContactRole, DomainName, DsData, EppStatus, HostName, RegistrarHandle, RegistryId, Roid, Timestamp};
use policy::registration::{DeletionCase, ExpiryCase, TransferCase};
use policy::{Reason, ReasonOwner, Registration};
use serde::Serialize;

/// A name.
#[derive(Debug, Serialize)]
pub(super) struct NameLine<'r> {
    name: &'r DomainName,
    unicode_name: String,
    registry: &'r RegistryId,
    roid: Option<&'r Roid>,
    sponsor: Option<&'r RegistrarHandle>,
    phase: &'static str,
    created_at: Option<Timestamp>,
    transferred_at: Option<Timestamp>,
    /// The end of the term that its holder paid for.
    expires_at: Option<Timestamp>,
    /// The end of the term by the registry, which may have renewed it by itself.
    registry_expires_at: Option<Timestamp>,
    auto_renew: bool,
    registrant: Option<ContactId>,
    contacts: &'r BTreeMap<ContactRole, ContactId>,
    /// The handles that the registry has.
    registry_handles: BTreeSet<(ContactRole, ContactHandle)>,
    /// Delegation, with the addresses of hosts below the name.
    nameservers: &'r BTreeMap<HostName, BTreeSet<IpAddr>>,
    /// Hosts below the name that the registry knows.
    subordinate_hosts: BTreeSet<HostName>,
    ds: &'r BTreeSet<DsData>,
    /// Statuses as the registry said last.
    registry_statuses: BTreeSet<EppStatus>,
    /// Client statuses that we want, each with its reasons.
    reasons: Vec<StatusReason<'r>>,
    /// Of them, disputes and orders of courts: the name is neither moved nor deleted (UDRP 8, URS).
    disputes: Vec<&'r Reason>,
    /// Until when it does not move after a change of registrant (COR-7).
    holder_lock_until: Option<Timestamp>,
    /// Whether its holder has to be verified.
    is_verification_open: bool,
    transfer: Option<&'r TransferCase>,
    expiry: Option<&'r ExpiryCase>,
    deletion: Option<&'r DeletionCase>,
    /// When the registry said what stands here as its word.
    observed_at: Option<Timestamp>,
}

/// A reason for a status.
#[derive(Debug, Serialize)]
struct StatusReason<'r> {
    status: EppStatus,
    owner: ReasonOwner,
    reference: &'r str,
}

/// The header of the short table.
pub(super) const CSV_HEADER: [&str; 12] = [
    "name",
    "registry",
    "phase",
    "created_at",
    "expires_at",
    "registry_expires_at",
    "statuses",
    "nameservers",
    "ds",
    "registrant",
    "admin",
    "tech",
];

impl<'r> NameLine<'r> {
    pub(super) fn of(registration: &'r Registration) -> Self {
        let actual = registration.actual.as_ref();
        let statuses = &registration.desired.statuses;
        let reasons = statuses.iter().map(|(status, reason)| StatusReason { status, owner: reason.owner, reference: &reason.reference });
        let is_dispute = |reason: &&Reason| matches!(reason.owner, ReasonOwner::Dispute | ReasonOwner::Court);
        Self {
            name: &registration.name,
            unicode_name: registration.name.to_unicode(),
            registry: &registration.registry,
            roid: actual.and_then(|actual| actual.roid.as_ref()),
            sponsor: actual.map(|actual| &actual.sponsor),
            phase: registration.phase.word(),
            created_at: registration.created_at,
            transferred_at: registration.transferred_at,
            expires_at: registration.expires_at,
            registry_expires_at: actual.and_then(|actual| actual.expires_at),
            auto_renew: registration.auto_renew,
            registrant: registration.registrant,
            contacts: &registration.desired.contacts,
            registry_handles: actual.map(|actual| actual.contacts.clone()).unwrap_or_default(),
            nameservers: &registration.desired.nameservers,
            subordinate_hosts: actual.map(|actual| actual.hosts.clone()).unwrap_or_default(),
            ds: &registration.desired.ds,
            registry_statuses: actual.map(|actual| actual.statuses.clone()).unwrap_or_default(),
            reasons: reasons.collect(),
            disputes: statuses.iter().map(|(_, reason)| reason).filter(is_dispute).collect::<BTreeSet<_>>().into_iter().collect(),
            holder_lock_until: registration.holder_change.as_ref().and_then(|case| case.lock_until),
            is_verification_open: registration.verification.is_some(),
            transfer: registration.transfer.as_ref(),
            expiry: registration.expiry.as_ref(),
            deletion: registration.deletion.as_ref(),
            observed_at: actual.map(|actual| actual.observed_at),
        }
    }

    /// The same in short, in the order of [`CSV_HEADER`].
    pub(super) fn cells(&self) -> [String; 12] {
        let time = |at: Option<Timestamp>| at.map(|at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()).unwrap_or_default();
        let of_role = |role| self.contacts.get(&role).map(ToString::to_string).unwrap_or_default();
        let joined = |words: Vec<String>| words.join(" ");
        [
            self.name.to_string(),
            self.registry.to_string(),
            self.phase.to_owned(),
            time(self.created_at),
            time(self.expires_at),
            time(self.registry_expires_at),
            joined(self.registry_statuses.iter().map(ToString::to_string).collect()),
            joined(self.nameservers.keys().map(ToString::to_string).collect()),
            self.ds.iter().map(ds).collect::<Vec<_>>().join("; "),
            self.registrant.map(|id| id.to_string()).unwrap_or_default(),
            of_role(ContactRole::Admin),
            of_role(ContactRole::Tech),
        ]
    }
}

/// A DS record as a zone has it (RFC 4034 section 5.3).
fn ds(record: &DsData) -> String {
    let digest: String = record.digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("{} {} {} {digest}", record.key_tag, record.algorithm, record.digest_type)
}
