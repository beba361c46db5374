//! A registry of one name, small and strict, with its own idea of time, money and what is allowed.

mod commands;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use model::expiry::{add_years, extend_by_transfer};
use model::{ContactHandle, ContactRole, DomainName, DsData, EppStatus, HostName, RegistrarHandle, RgpStatus, Timestamp, TransferStatus};

use super::house::{ACCOUNT, OTHER};
use crate::calendar::add_days;
use crate::outcome::{RegistryEvent, TransferState};
use crate::profile::TldProfile;
use crate::registration::Actual;

/// A refusal by the registry: the EPP result code.
type Refused = u16;

/// The name as the registry holds it.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) sponsor: RegistrarHandle,
    pub(super) created_at: Timestamp,
    pub(super) expires_at: Timestamp,
    pub(super) transferred_at: Option<Timestamp>,
    pub(super) statuses: BTreeSet<EppStatus>,
    pub(super) nameservers: BTreeMap<HostName, BTreeSet<IpAddr>>,
    ds: BTreeSet<DsData>,
    contacts: BTreeSet<(ContactRole, ContactHandle)>,
    /// Grace periods with their end and the years they can take back.
    graces: Vec<(RgpStatus, Timestamp, i32)>,
    transfer: Option<TransferState>,
    /// Since when it is in redemption, pending restore or pending delete.
    after_delete: Option<(RgpStatus, Timestamp)>,
    /// Since when DNS is off.
    held_since: Option<Timestamp>,
}

/// The registry of one name.
pub(super) struct Registry {
    profile: TldProfile,
    name: DomainName,
    pub(super) entry: Option<Entry>,
    hosts: BTreeSet<HostName>,
    contacts: BTreeSet<ContactHandle>,
    queue: Vec<RegistryEvent>,
    /// Years charged to us, net of credits.
    pub(super) years_charged: i32,
    /// Intervals between the beginning of an interruption and our delete.
    pub(super) deletes: Vec<(Timestamp, Option<Timestamp>)>,
}

impl Registry {
    pub(super) fn new(profile: &TldProfile, name: DomainName) -> Self {
        Self {
            profile: profile.clone(),
            name,
            entry: None,
            hosts: BTreeSet::new(),
            contacts: BTreeSet::new(),
            queue: Vec::new(),
            years_charged: 0,
            deletes: Vec::new(),
        }
    }

    /// One where another registrar holds the name.
    pub(super) fn held_elsewhere(profile: &TldProfile, name: DomainName, created_at: Timestamp, expires_at: Timestamp) -> Self {
        let mut registry = Self::new(profile, name);
        let mut entry = registry.blank(created_at, expires_at);
        entry.sponsor = RegistrarHandle::parse(OTHER).unwrap();
        entry.nameservers = super::delegation(&["ns1.theirs.test"]);
        registry.entry = Some(entry);
        registry
    }

    fn blank(&self, created_at: Timestamp, expires_at: Timestamp) -> Entry {
        Entry {
            sponsor: us(),
            created_at,
            expires_at,
            transferred_at: None,
            statuses: BTreeSet::new(),
            nameservers: BTreeMap::new(),
            ds: BTreeSet::new(),
            contacts: BTreeSet::new(),
            graces: Vec::new(),
            transfer: None,
            after_delete: None,
            held_since: None,
        }
    }

    pub(super) fn drain(&mut self) -> Vec<RegistryEvent> {
        std::mem::take(&mut self.queue)
    }

    /// What `info` says now.
    pub(super) fn info(&self, now: Timestamp) -> Option<Actual> {
        let entry = self.entry.as_ref()?;
        let mut statuses = entry.statuses.clone();
        if entry.transfer.is_some() {
            statuses.insert(EppStatus::PendingTransfer);
        }
        if entry.after_delete.is_some() {
            statuses.insert(EppStatus::PendingDelete);
        }
        let mut rgp: BTreeSet<RgpStatus> = entry.graces.iter().map(|(kind, _, _)| *kind).collect();
        rgp.extend(entry.after_delete.map(|(kind, _)| kind));
        let mut actual = Actual {
            roid: None,
            sponsor: entry.sponsor.clone(),
            created_by: None,
            created_at: Some(entry.created_at),
            updated_at: None,
            expires_at: Some(entry.expires_at),
            transferred_at: entry.transferred_at,
            statuses,
            rgp,
            nameservers: entry.nameservers.clone(),
            ds: entry.ds.clone(),
            contacts: entry.contacts.clone(),
            hosts: self.hosts.iter().filter(|host| host.is_within(&self.name)).cloned().collect(),
            observed_at: now,
            is_inferred: false,
        };
        crate::drift::settle_plain_statuses(&mut actual);
        Some(actual)
    }

    /// Whether we sponsor the name, by the registry's books.
    pub(super) fn is_ours(&self) -> bool {
        self.entry.as_ref().is_some_and(|entry| entry.sponsor == us())
    }

    /// When the registry does something by itself.
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        let entry = self.entry.as_ref()?;
        let graces = entry.graces.iter().map(|(_, ends_at, _)| *ends_at);
        let transfer = entry.transfer.iter().map(|transfer| transfer.act_at);
        let expiry = (self.profile.auto_renew && entry.after_delete.is_none()).then_some(entry.expires_at);
        graces.chain(transfer).chain(expiry).chain(entry.after_delete.map(|state| self.after_delete_ends(state))).min()
    }

    fn after_delete_ends(&self, (kind, since): (RgpStatus, Timestamp)) -> Timestamp {
        let grace = self.profile.grace;
        let days = match kind {
            RgpStatus::RedemptionPeriod => grace.redemption_days,
            RgpStatus::PendingRestore => grace.pending_restore_days,
            _ => grace.pending_delete_days,
        };
        add_days(since, i32::from(days))
    }

    /// Everything that time brings: grace ends, transfers pass, names renew, deletions go on.
    pub(super) fn advance(&mut self, now: Timestamp) {
        while let Some(due) = self.next_due().filter(|due| *due <= now) {
            self.step(due);
        }
    }

    fn step(&mut self, now: Timestamp) {
        let name = self.name.clone();
        let profile = self.profile.clone();
        let Some(entry) = self.entry.as_mut() else { return };
        entry.graces.retain(|(_, ends_at, _)| *ends_at > now);
        if entry.transfer.as_ref().is_some_and(|transfer| transfer.act_at <= now) {
            self.end_transfer(TransferStatus::ServerApproved, now);
            return;
        }
        if let Some((kind, since)) = entry.after_delete {
            if self.after_delete_ends((kind, since)) <= now {
                let next = match kind {
                    RgpStatus::RedemptionPeriod => Some(RgpStatus::PendingDelete),
                    RgpStatus::PendingRestore => Some(RgpStatus::RedemptionPeriod),
                    _ => None,
                };
                match (next, self.entry.as_mut()) {
                    (Some(next), Some(entry)) => entry.after_delete = Some((next, now)),
                    _ => {
                        self.entry = None;
                        self.hosts.retain(|host| !host.is_within(&name));
                        self.queue.push(RegistryEvent::Purged { name });
                    }
                }
            }
        } else if profile.auto_renew && entry.expires_at <= now {
            entry.expires_at = add_years(entry.expires_at, 1);
            entry.graces.push((RgpStatus::AutoRenewPeriod, add_days(now, i32::from(profile.grace.auto_renew_days)), 1));
            if entry.sponsor == us() {
                self.years_charged += 1;
                self.queue.push(RegistryEvent::AutoRenewed { name, expires_at: entry.expires_at });
            }
        }
    }

    /// The registry deletes a name that nobody renewed.
    pub(super) fn lapse(&mut self, now: Timestamp) {
        if let Some(entry) = self.entry.as_mut() {
            entry.after_delete = Some((RgpStatus::RedemptionPeriod, now));
        }
    }

    /// Another registrar asks for the name.
    pub(super) fn request_by_other(&mut self, now: Timestamp) -> Result<(), Refused> {
        let pending_days = i32::from(self.profile.transfer.pending_days);
        let entry = self.entry.as_mut().ok_or(2303u16)?;
        let prohibited = [EppStatus::ClientTransferProhibited, EppStatus::ServerTransferProhibited];
        if entry.after_delete.is_some() || prohibited.iter().any(|status| entry.statuses.contains(status)) || entry.sponsor != us() {
            return Err(2304);
        }
        if entry.transfer.is_some() {
            return Err(2300);
        }
        let transfer = TransferState {
            status: TransferStatus::Pending,
            requested_by: RegistrarHandle::parse(OTHER).unwrap(),
            requested_at: now,
            acts: us(),
            act_at: add_days(now, pending_days),
            expires_at: None,
        };
        entry.transfer = Some(transfer.clone());
        self.queue.push(RegistryEvent::Transfer { name: self.name.clone(), transfer });
        Ok(())
    }

    /// A transfer ends, with a message to both.
    pub(super) fn end_transfer(&mut self, status: TransferStatus, now: Timestamp) {
        let Some(entry) = self.entry.as_mut() else { return };
        let Some(mut transfer) = entry.transfer.take() else { return };
        transfer.status = status;
        transfer.act_at = now;
        if status.is_approved() {
            let undone: i32 =
                entry.graces.iter().filter(|(kind, _, _)| *kind == RgpStatus::AutoRenewPeriod).map(|(_, _, years)| years).sum();
            if undone > 0 {
                entry.expires_at = crate::calendar::subtract_years(entry.expires_at, 1);
            }
            if entry.sponsor == us() {
                self.years_charged -= undone;
            }
            entry.expires_at = extend_by_transfer(entry.expires_at, now);
            entry.sponsor = transfer.requested_by.clone();
            entry.transferred_at = Some(now);
            entry.graces = vec![(RgpStatus::TransferPeriod, add_days(now, i32::from(self.profile.grace.transfer_days)), 1)];
            if entry.sponsor == us() {
                self.years_charged += 1;
            }
            transfer.expires_at = Some(entry.expires_at);
        }
        self.queue.push(RegistryEvent::Transfer { name: self.name.clone(), transfer });
    }
}

impl Entry {
    /// The registry ends the redemption.
    pub(super) fn fall_to_pending_delete(&mut self, now: Timestamp) {
        self.after_delete = Some((RgpStatus::PendingDelete, now));
    }

    /// Keeps book of since when DNS is off.
    pub(super) fn note_hold(&mut self, now: Timestamp) {
        match self.statuses.contains(&EppStatus::ClientHold) {
            true => {
                self.held_since.get_or_insert(now);
            }
            false => self.held_since = None,
        }
    }
}

fn us() -> RegistrarHandle {
    RegistrarHandle::parse(ACCOUNT).unwrap()
}
