//! What the registry does when it is asked: every command of an intent, by its own strict rules.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use model::expiry::add_years;
use model::{ContactHandle, ContactRole, DsData, EppStatus, HostName, Period, RgpStatus, Timestamp, TransferStatus};

use super::{Refused, Registry, us};
use crate::calendar::{add_days, utc_date};
use crate::intent::{DomainChange, Intent, ObjectKey, Operation};
use crate::outcome::{Deletion, Done, Outcome, TransferState};
use crate::profile::HostModel;

impl Registry {
    /// Carries out an intent.
    pub(in crate::tests) fn execute(&mut self, intent: &Intent, now: Timestamp) -> Outcome {
        self.advance(now);
        let result = match &intent.object {
            ObjectKey::Host(host) => self.on_host(host, &intent.operation),
            ObjectKey::Contact(handle) => match self.contacts.insert(handle.clone()) {
                true => Ok(Done::default()),
                false => Err(2302),
            },
            ObjectKey::Domain(_) => self.on_domain(&intent.operation, now),
        };
        match result {
            Ok(done) => Outcome::Done(done),
            Err(code) => Outcome::Refused { code, message: format!("the registry says {code}") },
        }
    }

    fn on_host(&mut self, host: &HostName, operation: &Operation) -> Result<Done, Refused> {
        assert_eq!(self.profile.host_model, HostModel::Objects, "no host objects in the attribute model");
        let is_linked = self.entry.as_ref().is_some_and(|entry| entry.nameservers.contains_key(host));
        let is_there = self.hosts.contains(host);
        match operation {
            Operation::CreateHost { .. } if is_there => Err(2302),
            Operation::CreateHost { addresses } => {
                let is_subordinate = host.is_within(&self.name);
                if is_subordinate && (self.entry.is_none() || addresses.is_empty()) {
                    return Err(2306);
                }
                self.hosts.insert(host.clone());
                Ok(Done::default())
            }
            _ if !is_there => Err(2303),
            Operation::DeleteHost if is_linked => Err(2305),
            Operation::DeleteHost | Operation::RenameHost { .. } => {
                self.hosts.remove(host);
                Ok(Done::default())
            }
            _ => Ok(Done::default()),
        }
    }

    fn on_domain(&mut self, operation: &Operation, now: Timestamp) -> Result<Done, Refused> {
        if let Operation::CreateDomain { period, nameservers, contacts, ds, .. } = operation {
            return self.create(*period, nameservers, contacts, ds, now);
        }
        let entry = self.entry.as_ref().ok_or(2303u16)?;
        if matches!(operation, Operation::RequestTransfer { .. }) {
            return self.request_by_us(now);
        }
        if matches!(operation, Operation::CancelTransfer) {
            return self.answer(TransferStatus::ClientCancelled, now);
        }
        if entry.sponsor != us() {
            return Err(2201);
        }
        match operation {
            Operation::ApproveTransfer => self.answer(TransferStatus::ClientApproved, now),
            Operation::RejectTransfer => self.answer(TransferStatus::ClientRejected, now),
            Operation::RequestRestore { .. } => self.restore(now),
            Operation::ReportRestore { .. } => self.report(now),
            _ if entry.transfer.is_some() || entry.after_delete.is_some() => Err(2304),
            Operation::RenewDomain { current_expiry, period, .. } => self.renew(*current_expiry, *period, now),
            Operation::UpdateDomain { change } => self.update(change, now),
            Operation::SetAuthInfo { .. } if entry.statuses.contains(&EppStatus::ClientUpdateProhibited) => Err(2304),
            Operation::DeleteDomain => self.delete(now),
            _ => Ok(Done::default()),
        }
    }

    fn create(
        &mut self,
        period: Period,
        nameservers: &BTreeMap<HostName, BTreeSet<IpAddr>>,
        contacts: &BTreeMap<ContactRole, ContactHandle>,
        ds: &BTreeSet<DsData>,
        now: Timestamp,
    ) -> Result<Done, Refused> {
        if self.entry.is_some() {
            return Err(2302);
        }
        if contacts.values().any(|handle| !self.contacts.contains(handle)) || !self.knows_hosts(nameservers.keys()) {
            return Err(2303);
        }
        let mut entry = self.blank(now, add_years(now, period.get()));
        entry.nameservers = nameservers.clone();
        entry.ds = ds.clone();
        entry.contacts = contacts.iter().map(|(role, handle)| (*role, handle.clone())).collect();
        entry.graces.push((RgpStatus::AddPeriod, add_days(now, i32::from(self.profile.grace.add_days)), i32::from(period.get())));
        self.years_charged += i32::from(period.get());
        let done = Done { created_at: Some(entry.created_at), expires_at: Some(entry.expires_at), ..Done::default() };
        self.entry = Some(entry);
        Ok(done)
    }

    fn knows_hosts<'h>(&self, mut hosts: impl Iterator<Item = &'h HostName>) -> bool {
        self.profile.host_model == HostModel::Attributes || hosts.all(|host| self.hosts.contains(host))
    }

    fn renew(&mut self, current_expiry: Timestamp, period: Period, now: Timestamp) -> Result<Done, Refused> {
        let grace_ends = add_days(now, i32::from(self.profile.grace.renew_days));
        let entry = self.entry.as_mut().ok_or(2303u16)?;
        let extended = add_years(entry.expires_at, period.get());
        if entry.statuses.contains(&EppStatus::ClientRenewProhibited) {
            return Err(2304);
        }
        if utc_date(entry.expires_at) != utc_date(current_expiry) || extended > add_years(now, 10) {
            return Err(2306);
        }
        entry.expires_at = extended;
        entry.graces.push((RgpStatus::RenewPeriod, grace_ends, i32::from(period.get())));
        self.years_charged += i32::from(period.get());
        Ok(Done { expires_at: Some(extended), ..Done::default() })
    }

    fn update(&mut self, change: &DomainChange, now: Timestamp) -> Result<Done, Refused> {
        if !self.knows_hosts(change.add_nameservers.keys()) {
            return Err(2303);
        }
        let entry = self.entry.as_mut().ok_or(2303u16)?;
        let lock = EppStatus::ClientUpdateProhibited;
        if entry.statuses.contains(&EppStatus::ServerUpdateProhibited)
            || (entry.statuses.contains(&lock) && !change.remove_statuses.contains(&lock))
        {
            return Err(2304);
        }
        if !change.remove_statuses.is_subset(&entry.statuses) {
            return Err(2306);
        }
        entry.statuses.retain(|status| !change.remove_statuses.contains(status));
        entry.statuses.extend(&change.add_statuses);
        entry.nameservers.retain(|host, _| !change.remove_nameservers.contains(host));
        entry.nameservers.extend(change.add_nameservers.clone());
        entry.ds.retain(|ds| !change.remove_ds.contains(ds));
        entry.ds.extend(change.add_ds.clone());
        entry.contacts.retain(|contact| !change.remove_contacts.contains(contact));
        entry.contacts.extend(change.add_contacts.clone());
        if let Some(registrant) = &change.registrant {
            entry.contacts.retain(|(role, _)| *role != ContactRole::Registrant);
            entry.contacts.insert((ContactRole::Registrant, registrant.clone()));
        }
        entry.note_hold(now);
        Ok(Done::default())
    }

    fn delete(&mut self, now: Timestamp) -> Result<Done, Refused> {
        let entry = self.entry.as_mut().ok_or(2303u16)?;
        if entry.statuses.contains(&EppStatus::ClientDeleteProhibited) {
            return Err(2304);
        }
        if self.hosts.iter().any(|host| host.is_within(&self.name)) {
            return Err(2305);
        }
        self.deletes.push((now, entry.held_since));
        let is_in_add_grace = entry.graces.iter().any(|(kind, _, _)| *kind == RgpStatus::AddPeriod);
        for (kind, _, years) in std::mem::take(&mut entry.graces) {
            self.years_charged -= years;
            if !matches!(kind, RgpStatus::AddPeriod) {
                entry.expires_at = crate::calendar::subtract_years(entry.expires_at, u8::try_from(years).unwrap());
            }
        }
        if is_in_add_grace {
            self.entry = None;
            return Ok(Done { deletion: Some(Deletion::Purged), ..Done::default() });
        }
        entry.after_delete = Some((RgpStatus::RedemptionPeriod, now));
        Ok(Done { deletion: Some(Deletion::Redemption), ..Done::default() })
    }

    fn restore(&mut self, now: Timestamp) -> Result<Done, Refused> {
        let entry = self.entry.as_mut().ok_or(2303u16)?;
        match entry.after_delete {
            Some((RgpStatus::RedemptionPeriod, _)) => {
                entry.after_delete = Some((RgpStatus::PendingRestore, now));
                Ok(Done::default())
            }
            _ => Err(2304),
        }
    }

    fn report(&mut self, now: Timestamp) -> Result<Done, Refused> {
        let entry = self.entry.as_mut().ok_or(2303u16)?;
        if !matches!(entry.after_delete, Some((RgpStatus::PendingRestore, _))) {
            return Err(2304);
        }
        entry.after_delete = None;
        if entry.expires_at <= now {
            entry.expires_at = add_years(entry.expires_at, 1);
            self.years_charged += 1;
        }
        Ok(Done { expires_at: Some(entry.expires_at), ..Done::default() })
    }

    fn request_by_us(&mut self, now: Timestamp) -> Result<Done, Refused> {
        let act_at = add_days(now, i32::from(self.profile.transfer.pending_days));
        let entry = self.entry.as_mut().ok_or(2303u16)?;
        if entry.sponsor == us() {
            return Err(2106);
        }
        let transfer = TransferState {
            status: TransferStatus::Pending,
            requested_by: us(),
            requested_at: now,
            acts: entry.sponsor.clone(),
            act_at,
            expires_at: None,
        };
        entry.transfer = Some(transfer.clone());
        Ok(Done { transfer: Some(transfer), ..Done::default() })
    }

    fn answer(&mut self, status: TransferStatus, now: Timestamp) -> Result<Done, Refused> {
        let Some(transfer) = self.entry.as_ref().and_then(|entry| entry.transfer.clone()) else { return Err(2301) };
        self.end_transfer(status, now);
        let expires_at = self.entry.as_ref().map(|entry| entry.expires_at);
        Ok(Done { transfer: Some(TransferState { status, act_at: now, expires_at, ..transfer }), ..Done::default() })
    }
}
