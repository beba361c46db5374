//! What happens to a domain by itself: graces end, terms are renewed, transfers are approved, deletions run their course.
//!
//! Every step happens at its own due time, in order, however late the registry is asked to catch up. All lengths are the profile's.

use jiff::SignedDuration;
use model::{DomainName, HostName, RegistrarHandle, RgpStatus, Timestamp, expiry};

use super::Registry;
use super::billing::Charge;
use super::change::Cause;
use super::ledger::{BillingItem, BillingLine, Verb};
use super::object::{Domain, Grace, Life};
use super::poll::Event;

/// A later instant; the end of time when there is none.
pub(crate) fn after(at: Timestamp, by: SignedDuration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}

impl Registry {
    /// Lets time pass up to and including `now`: runs every timer that is due, at its own time and in order.
    ///
    /// Time never goes back: an earlier `now` than before changes nothing.
    pub fn advance(&mut self, now: Timestamp) {
        while let Some((at, name)) = self.timers.take_due(now) {
            self.now = self.now.max(at);
            if let Some(domain) = self.domains.get_mut(&name) {
                domain.timer = None;
            }
            self.step(&name, at);
            self.reschedule(&name);
        }
        self.now = self.now.max(now);
    }

    /// When something next happens by itself, if anything will.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        self.timers.next()
    }

    /// Sets the domain's timer to what its state asks for.
    pub(crate) fn reschedule(&mut self, name: &DomainName) {
        if let Some(domain) = self.domains.get_mut(name) {
            let due = Some(domain.next_due());
            let old = std::mem::replace(&mut domain.timer, due);
            self.timers.reset(name, old, due);
        }
    }

    /// One step of the life of a domain.
    fn step(&mut self, name: &DomainName, at: Timestamp) {
        let Some(domain) = self.domains.get_mut(name) else { return };
        match domain.life.clone() {
            Life::PendingCreate { cltrid, svtrid, .. } => self.decide_create(name, cltrid, svtrid, at),
            Life::Active => {
                domain.graces.retain(|grace| at < grace.until);
                if domain.pending_transfer().is_some_and(|transfer| transfer.acted <= at) {
                    self.approve_transfer_by_server(name, at);
                }
                self.end_term(name, at);
            }
            Life::Redemption { .. } => self.end_redemption(name, at),
            Life::PendingRestore { deleted, redemption_until, .. } => self.lapse_restore(name, deleted, redemption_until, at),
            Life::PendingDelete { .. } => self.purge(name, at, Cause::Registry),
        }
    }

    /// At expiry the registry renews for a year and charges the sponsor, whatever its balance (obligations 23.2); or, where the TLD
    /// does not renew by itself, the name lapses.
    fn end_term(&mut self, name: &DomainName, at: Timestamp) {
        let Some(rules) = self.rules_of(name) else { return };
        let (grace_length, renews) = (rules.auto_renew_grace, rules.auto_renews);
        if self.domains.get(name).is_none_or(|domain| at < domain.lapses.unwrap_or(domain.expires)) {
            return;
        }
        if renews { self.renew_at_expiry(name, grace_length, at) } else { self.lapse(name, grace_length, at) }
    }

    fn renew_at_expiry(&mut self, name: &DomainName, grace_length: SignedDuration, at: Timestamp) {
        let minor = self.price(name, BillingItem::AutoRenew, 1);
        let Some(domain) = self.domains.get_mut(name) else { return };
        let payer = domain.origin.sponsor.clone();
        let before = domain.expires;
        domain.expires = expiry::add_years(before, 1);
        let grace = Grace {
            kind: RgpStatus::AutoRenewPeriod,
            until: after(at, grace_length),
            payer: payer.clone(),
            minor,
            years: 1,
            expiry: (before, domain.expires),
        };
        domain.graces.push(grace);
        let line = BillingLine { registrar: payer.clone(), item: BillingItem::AutoRenew, years: 1, minor };
        self.record_own(&payer, Verb::AutoRenew, name, at, vec![line]);
        self.tell_domain(&payer, name, at, Event::AutoRenewed);
    }

    /// A name that nobody renews stays renewable for as long as an auto-renew grace would last, and is then deleted.
    fn lapse(&mut self, name: &DomainName, grace_length: SignedDuration, at: Timestamp) {
        let Some(domain) = self.domains.get_mut(name) else { return };
        let sponsor = domain.origin.sponsor.clone();
        let until = domain.lapses.unwrap_or(after(at, grace_length));
        if at < until {
            domain.lapses = Some(until);
            self.tell_domain(&sponsor, name, at, Event::Lapsing { until });
            return;
        }
        self.begin_redemption(name, at);
        self.record_own(&sponsor, Verb::Delete, name, at, Vec::new());
        self.tell_domain(&sponsor, name, at, Event::ExpiredWithoutRenewal);
    }

    /// A deletion outside add grace: the name can be restored for a while, if the profile says so.
    pub(crate) fn begin_redemption(&mut self, name: &DomainName, at: Timestamp) {
        let Some(rules) = self.rules_of(name) else { return };
        let (redemption, pending_delete) = (rules.redemption, rules.pending_delete);
        let Some(domain) = self.domains.get_mut(name) else { return };
        domain.graces.clear();
        domain.auth = None;
        domain.lapses = None;
        domain.life = if redemption > SignedDuration::ZERO {
            Life::Redemption { deleted: at, until: after(at, redemption) }
        } else {
            Life::PendingDelete { until: after(at, pending_delete) }
        };
    }

    fn end_redemption(&mut self, name: &DomainName, at: Timestamp) {
        let pending_delete = self.rules_of(name).map(|rules| rules.pending_delete).unwrap_or_default();
        let Some(domain) = self.domains.get_mut(name) else { return };
        domain.life = Life::PendingDelete { until: after(at, pending_delete) };
        let sponsor = domain.origin.sponsor.clone();
        self.record_own(&sponsor, Verb::PendingDelete, name, at, Vec::new());
        self.tell_domain(&sponsor, name, at, Event::RedemptionEnded);
    }

    /// No report came in time: the name is in redemption again (RFC 3915 section 3.1), at the latest as long as it would have been.
    fn lapse_restore(&mut self, name: &DomainName, deleted: Timestamp, redemption_until: Timestamp, at: Timestamp) {
        let redemption = self.rules_of(name).map(|rules| rules.redemption).unwrap_or_default();
        let Some(domain) = self.domains.get_mut(name) else { return };
        // A redemption that ran out meanwhile starts anew, so that a late report never costs the name without warning.
        let until = if redemption_until > at { redemption_until } else { after(at, redemption) };
        domain.life = Life::Redemption { deleted, until };
        let sponsor = domain.origin.sponsor.clone();
        self.record_own(&sponsor, Verb::RestoreLapsed, name, at, Vec::new());
        self.tell_domain(&sponsor, name, at, Event::RestoreLapsed);
    }

    /// Takes the domain, its hosts and its links out of the registry.
    pub(crate) fn purge(&mut self, name: &DomainName, at: Timestamp, cause: Cause) {
        let Some(domain) = self.domains.get(name) else { return };
        let sponsor = domain.origin.sponsor.clone();
        if matches!(cause, Cause::Registry) {
            self.tell_domain(&sponsor, name, at, Event::Purged);
        }
        let Some(domain) = self.domains.remove(name) else { return };
        self.timers.reset(name, domain.timer, None);
        self.unlink_all(&domain);
        for host in self.subordinates.remove(name).unwrap_or_default() {
            self.abandon(&host);
        }
        if matches!(cause, Cause::Registry) {
            self.record_own(&sponsor, Verb::Purge, name, at, Vec::new());
        }
    }

    /// Takes a host whose domain is leaving out of the registry. One that other names delegate to stays, without addresses and below
    /// nobody: only the registry's own deletion of a lapsed name gets here with such a host.
    fn abandon(&mut self, host: &HostName) {
        if self.hosts.get(host).is_some_and(|object| object.linked_by.is_empty()) {
            self.hosts.remove(host);
        } else if let Some(object) = self.hosts.get_mut(host) {
            object.superordinate = None;
            object.addresses.clear();
        }
    }

    /// Opens a grace period for a charge just made.
    pub(crate) fn open_grace(
        &mut self,
        name: &DomainName,
        kind: RgpStatus,
        charge: &Charge,
        expiry: (Timestamp, Timestamp),
        at: Timestamp,
    ) {
        let Some(rules) = self.rules_of(name) else { return };
        let length = match kind {
            RgpStatus::AddPeriod => rules.add_grace,
            RgpStatus::RenewPeriod => rules.renew_grace,
            RgpStatus::TransferPeriod => rules.transfer_grace,
            RgpStatus::AutoRenewPeriod => rules.auto_renew_grace,
            RgpStatus::RedemptionPeriod | RgpStatus::PendingRestore | RgpStatus::PendingDelete => return,
        };
        if length <= SignedDuration::ZERO {
            return;
        }
        let grace = Grace { kind, until: after(at, length), payer: charge.payer.clone(), minor: charge.minor, years: charge.years, expiry };
        if let Some(domain) = self.domains.get_mut(name) {
            domain.graces.push(grace);
        }
    }

    fn decide_create(&mut self, name: &DomainName, cltrid: Option<String>, svtrid: String, at: Timestamp) {
        let Some(domain) = self.domains.get_mut(name) else { return };
        let sponsor = domain.origin.sponsor.clone();
        let is_granted = !self.options.refused_pending_creates.contains(name);
        let domain_event = |is_approved| Event::CreateDecided { is_approved, cltrid: cltrid.clone(), svtrid: svtrid.clone() };
        if is_granted {
            domain.life = Life::Active;
            self.record_own(&sponsor, Verb::CreateGranted, name, at, Vec::new());
            self.tell_domain(&sponsor, name, at, domain_event(true));
            return;
        }
        let credits: Vec<BillingLine> = domain.graces.iter().map(credit).collect();
        self.tell_domain(&sponsor, name, at, domain_event(false));
        self.record_own(&sponsor, Verb::CreateRefused, name, at, credits);
        self.purge(name, at, Cause::Command);
    }

    pub(crate) fn sponsor_of(&self, name: &DomainName) -> Option<&RegistrarHandle> {
        self.domains.get(name).map(|domain| &domain.origin.sponsor)
    }
}

/// The line that gives a charge back.
pub(crate) fn credit(grace: &Grace) -> BillingLine {
    BillingLine { registrar: grace.payer.clone(), item: BillingItem::Credit, years: -i16::from(grace.years), minor: -grace.minor }
}

/// Credits of a deletion: every charge whose grace still runs is given back and its years are taken from the term, latest first.
pub(crate) fn undo_graces(domain: &mut Domain, now: Timestamp) -> Vec<BillingLine> {
    let running: Vec<Grace> = domain.running_graces(now).cloned().collect();
    for grace in running.iter().rev() {
        domain.shorten_by(grace);
    }
    domain.graces.clear();
    running.iter().map(credit).collect()
}
