//! The course of events, read from the ledger: each rule of the course is checked where it could be broken, and the state is built a
//! second time from its events.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::SignedDuration;
use model::{ContactId, EppStatus, Timestamp};
use policy::expiry::INTERRUPTION_MIN_DAYS;
use policy::registration::DeletionCause;
use policy::{Event, Reason, ReasonOwner, Registration};
use registrar::ledger_subject;
use store::ledger::{LedgerRow, list_entries};
use store::{Store, StoreFault};

use super::PAGE_ROWS;
use crate::simulate::summary::Tally;

/// The histories of all registrations, by ledger subject.
pub(super) struct Histories {
    next: u64,
    courses: HashMap<String, Course>,
    /// The registrations as the ledger tells them; none for a large portfolio.
    rebuilt: Option<HashMap<String, Registration>>,
    counts: BTreeMap<String, u64>,
}

/// What the rules of the course need to know of one registration.
#[derive(Default)]
struct Course {
    /// Reasons of disputes and courts.
    legal: BTreeSet<Reason>,
    /// Notices and duties of the running term that were carried, missed or not due, by duty key.
    told: BTreeSet<String>,
    expired_at: Option<Timestamp>,
    /// Whether the registry has created the name, or moved it to us.
    is_here: bool,
    /// The registrant at expiration (EXP-5).
    holder_at_expiration: Option<ContactId>,
    interrupted_since: Option<Timestamp>,
}

impl Histories {
    pub(super) fn new(is_rebuilding: bool) -> Self {
        Self { next: 0, courses: HashMap::new(), rebuilt: is_rebuilding.then(HashMap::new), counts: BTreeMap::new() }
    }

    /// Entries read so far.
    pub(super) fn entries(&self) -> u64 {
        self.next
    }

    /// Reads the ledger on from where it stopped.
    pub(super) fn follow(&mut self, store: &Store, findings: &mut Vec<String>) -> Result<(), StoreFault> {
        loop {
            let page = store.read(|tx| list_entries(tx, self.next, PAGE_ROWS))?;
            let Some(last) = page.last() else { return Ok(()) };
            self.next = last.seq + 1;
            for row in page {
                self.read(&row, findings);
            }
        }
    }

    fn read(&mut self, row: &LedgerRow, findings: &mut Vec<String>) {
        let Some(event) = row.body.as_deref().and_then(|body| serde_json::from_str::<Event>(body).ok()) else { return };
        *self.counts.entry(counted(&event).to_owned()).or_default() += 1;
        if let Event::IntentConfirmed { by_reconciliation: true, .. } = &event {
            *self.counts.entry("reconciled".to_owned()).or_default() += 1;
        }
        let course = self.courses.entry(row.subject.clone()).or_default();
        if let Some(broken) = course.judge(&event) {
            findings.push(format!("ledger entry {} of {}: {broken}", row.seq, row.subject));
        }
        course.follow(&event);
        let Some(rebuilt) = &mut self.rebuilt else { return };
        match rebuilt.get_mut(&row.subject) {
            Some(registration) => registration.apply(&event),
            None => drop(Registration::begin(&event).map(|begun| rebuilt.insert(row.subject.clone(), begun))),
        }
    }

    /// The rights of the registrant at expiration stand as they were; and the ledger tells the state: what is stored is what its
    /// entries make.
    pub(super) fn compare(&self, portfolio: &[Registration], findings: &mut Vec<String>) {
        for registration in portfolio {
            let course = self.courses.get(&ledger_subject(registration.id, &registration.name));
            let now = registration.expiry.as_ref().map(|case| case.registrant_at_expiration);
            if now.is_some() && now != course.map(|course| course.holder_at_expiration) {
                findings.push(format!("`{}` has another registrant at expiration than when it expired", registration.name));
            }
        }
        let Some(rebuilt) = &self.rebuilt else { return };
        for registration in portfolio {
            let subject = ledger_subject(registration.id, &registration.name);
            if rebuilt.get(&subject) != Some(registration) {
                findings.push(format!("`{}` is stored in another state than its ledger entries tell", registration.name));
            }
        }
        if rebuilt.len() != portfolio.len() {
            findings.push(format!("the ledger tells of {} registrations, and {} are stored", rebuilt.len(), portfolio.len()));
        }
    }

    /// What the ledger says that life came to.
    pub(super) fn fill(&self, tally: &mut Tally) {
        let count = |word: &str| self.counts.get(word).copied().unwrap_or_default();
        tally.names = self.courses.keys().filter_map(|subject| subject.split(' ').nth(1)).collect::<BTreeSet<_>>().len() as u64;
        tally.registered = count("domain-registered");
        tally.renewed = count("renew-domain");
        tally.auto_renewed = count("auto-renewed");
        tally.transferred_in = count("transferred-in");
        tally.transferred_out = count("transferred-away");
        tally.expired = count("expired");
        tally.deleted = count("delete-domain");
        tally.restored = count("restored");
        tally.purged = count("purged");
        tally.notices_sent = count("notice-carried");
        tally.reconciled = count("reconciled");
        tally.ledger_entries = self.next;
    }
}

impl Course {
    /// Which rule of the course an event breaks, if it does.
    fn judge(&self, event: &Event) -> Option<String> {
        match event {
            // 23.5: no delete while a dispute or a court holds the name. What the registry itself removes is not our doing.
            Event::DeletionOrdered { cause, .. } if *cause != DeletionCause::Registry && !self.legal.is_empty() => {
                Some(format!("deleted while {:?} holds it", self.legal.first()))
            }
            Event::DeletionOrdered { cause: DeletionCause::Expiry, at } => self.judge_expiry(*at),
            // TRF-8: a name in a known proceeding is not let go.
            Event::TransferredAway { .. } if !self.legal.is_empty() => Some(format!("it left while {:?} holds it", self.legal.first())),
            // TRF-12: no lock at registration without agreed terms.
            Event::ReasonAdded { status: EppStatus::ClientTransferProhibited, reason }
                if !self.is_here && reason.owner == ReasonOwner::Registrant && !reason.reference.starts_with("agreed terms") =>
            {
                Some("locked from the start without the registrant's consent".to_owned())
            }
            Event::TransferOutApproved if !self.legal.is_empty() => Some(format!("let go while {:?} holds it", self.legal.first())),
            _ => None,
        }
    }

    /// 23.5: no deletion for expiry without the three notices and eight full days of interruption.
    fn judge_expiry(&self, at: Timestamp) -> Option<String> {
        let date = self.expired_at.map(policy::calendar::utc_date);
        let Some(date) = date else { return Some("deleted for expiry, and it had not expired".to_owned()) };
        let missing = ["EXP-1", "EXP-2", "EXP-3"].into_iter().find(|obligation| !self.told.contains(&format!("{obligation}:{date}")));
        if let Some(obligation) = missing {
            return Some(format!("deleted for expiry without the notice of {obligation}, and without a reason on record"));
        }
        let least = SignedDuration::from_hours(24 * i64::from(INTERRUPTION_MIN_DAYS));
        match self.interrupted_since {
            Some(since) if at.duration_since(since) >= least => None,
            since => Some(format!("deleted at {at}, and DNS was interrupted since {since:?}: less than {INTERRUPTION_MIN_DAYS} days")),
        }
    }

    fn follow(&mut self, event: &Event) {
        match event {
            Event::ReasonAdded { reason, .. } if is_legal(reason) => drop(self.legal.insert(reason.clone())),
            Event::ReasonLifted { reason, .. } => drop(self.legal.remove(reason)),
            Event::NoticeCarried { duty_key: Some(key), .. }
            | Event::NoticeMissed { duty_key: key, .. }
            | Event::NoticeNotDue { duty_key: key } => {
                self.told.insert(key.clone());
            }
            Event::DomainExpired { expired_at, registrant_at_expiration, .. } => {
                self.expired_at = Some(*expired_at);
                self.holder_at_expiration = *registrant_at_expiration;
            }
            Event::DomainRegistered { .. } | Event::TransferInCompleted { .. } => self.is_here = true,
            Event::DnsInterruptionConfirmed { at } => self.interrupted_since = Some(*at),
            Event::DnsInterruptionBroken { .. } => self.interrupted_since = None,
            Event::ExpiryResolved => {
                self.expired_at = None;
                self.interrupted_since = None;
            }
            _ => {}
        }
    }
}

fn is_legal(reason: &Reason) -> bool {
    matches!(reason.owner, ReasonOwner::Dispute | ReasonOwner::Court)
}

/// What an event counts as.
fn counted(event: &Event) -> &str {
    match event {
        Event::IntentConfirmed { operation, .. } => operation,
        Event::DomainRegistered { .. } => "domain-registered",
        Event::AutoRenewedByRegistry { .. } => "auto-renewed",
        Event::TransferInCompleted { .. } => "transferred-in",
        Event::TransferredAway { .. } => "transferred-away",
        Event::DomainExpired { .. } => "expired",
        Event::DomainRestored { .. } => "restored",
        Event::DomainPurged { .. } => "purged",
        Event::NoticeCarried { .. } => "notice-carried",
        _ => "other",
    }
}
