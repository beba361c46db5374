//! How a transfer of a domain ends, whoever ends it.

use model::{DomainName, RgpStatus, Timestamp, TransferStatus, expiry};

use super::Registry;
use super::billing::Charge;
use super::command::domain_transfer::data;
use super::ledger::{BillingItem, BillingLine, Verb};
use super::life::credit;
use super::object::Grace;
use super::poll::Event;

impl Registry {
    /// Ends the pending transfer of a domain and gives the billing lines that follow.
    ///
    /// On approval the auto-renewal whose grace runs is credited to the losing registrar and undone, a year is added and charged to the
    /// gaining one, hosts below the name follow it, and the code is cleared (RFC 9154 section 5.3).
    pub(crate) fn end_transfer(&mut self, name: &DomainName, status: TransferStatus, at: Timestamp) -> Vec<BillingLine> {
        let minor = self.price(name, BillingItem::Transfer, 1);
        let Some(domain) = self.domains.get_mut(name) else { return Vec::new() };
        let Some(mut transfer) = domain.transfer.take() else { return Vec::new() };
        transfer.status = status;
        transfer.acted = at;
        if !status.is_approved() {
            domain.transfer = Some(transfer);
            self.reschedule(name);
            return Vec::new();
        }
        let undone: Vec<Grace> = domain.running_graces(at).filter(|grace| grace.kind == RgpStatus::AutoRenewPeriod).cloned().collect();
        let mut lines: Vec<BillingLine> = undone.iter().map(credit).collect();
        for grace in undone.iter().rev() {
            domain.shorten_by(grace);
        }
        domain.graces.clear();
        let before = domain.expires;
        domain.expires = expiry::extend_by_transfer(before, at);
        domain.lapses = domain.lapses.filter(|_| domain.expires <= at);
        domain.origin.sponsor = transfer.gaining.clone();
        domain.origin.transferred = Some(at);
        domain.auth = None;
        transfer.expires = Some(domain.expires);
        let expiry = (before, domain.expires);
        let charge = Charge { payer: transfer.gaining.clone(), item: BillingItem::Transfer, minor, years: transfer.years };
        domain.transfer = Some(transfer);
        lines.push(charge.line());
        self.move_hosts(name, &charge.payer, at);
        self.open_grace(name, RgpStatus::TransferPeriod, &charge, expiry, at);
        self.reschedule(name);
        lines
    }

    /// The losing registrar did not answer in time (TRF-6).
    pub(crate) fn approve_transfer_by_server(&mut self, name: &DomainName, at: Timestamp) {
        let lines = self.end_transfer(name, TransferStatus::ServerApproved, at);
        if let Some(gaining) = self.sponsor_of(name).cloned() {
            self.record_own(&gaining, Verb::TransferServerApprove, name, at, lines);
        }
        self.announce_transfer(name, at);
    }

    /// Tells both registrars where a transfer stands.
    pub(crate) fn announce_transfer(&mut self, name: &DomainName, at: Timestamp) {
        let Some(transfer) = self.domains.get(name).and_then(|domain| domain.transfer.clone()) else { return };
        let data = data(name, &transfer);
        for registrar in [&transfer.losing, &transfer.gaining] {
            self.tell(registrar, at, Event::DomainTransfer(data.clone()));
        }
    }

    fn move_hosts(&mut self, name: &DomainName, to: &model::RegistrarHandle, at: Timestamp) {
        for host in self.subordinates.get(name).into_iter().flatten() {
            if let Some(host) = self.hosts.get_mut(host) {
                host.origin.sponsor = to.clone();
                host.origin.transferred = Some(at);
            }
        }
    }
}
