//! The invariants of obligations 23.5 read from the events alone: what was told, held and locked is counted here a second time, by its
//! own book, so that a slip in the code's is not its own judge.

use std::collections::{BTreeMap, BTreeSet};

use model::{EppStatus, Timestamp};

use crate::calendar::{add_days, utc_date};
use crate::event::Event;
use crate::expiry::INTERRUPTION_MIN_DAYS;
use crate::reason::{Reason, ReasonOwner};
use crate::registration::DeletionCause;

/// How a notice of a term stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Carried,
    /// A reason is on record why it was not.
    Accounted,
}

/// What the events told so far.
#[derive(Debug, Default)]
pub(super) struct Chronicle {
    notices: BTreeMap<String, Told>,
    expired_at: Option<Timestamp>,
    interrupted_since: Option<Timestamp>,
    /// Who wants the transfer lock, and why.
    locked_by: BTreeSet<(ReasonOwner, String)>,
    is_here: bool,
    /// Why the name was deleted last.
    pub(super) deleted_for: Option<DeletionCause>,
}

impl Chronicle {
    /// Reads one event, and holds it against what was read before. `consents` says whether the order came with the registrant's consent
    /// to a lock.
    pub(super) fn read(&mut self, event: &Event, consents: bool) {
        match event {
            Event::NoticeCarried { duty_key: Some(key), .. } => drop(self.notices.insert(key.clone(), Told::Carried)),
            Event::NoticeMissed { duty_key: key, .. } | Event::NoticeNotDue { duty_key: key } => {
                self.notices.entry(key.clone()).or_insert(Told::Accounted);
            }
            Event::DomainExpired { expired_at, .. } => self.expired_at = Some(*expired_at),
            Event::DnsInterruptionConfirmed { at } => self.interrupted_since = Some(*at),
            Event::DnsInterruptionBroken { .. } => self.interrupted_since = None,
            Event::ExpiryResolved => (self.expired_at, self.interrupted_since) = (None, None),
            Event::ReasonAdded { status: EppStatus::ClientTransferProhibited, reason } => self.lock(reason, consents),
            Event::ReasonLifted { status: EppStatus::ClientTransferProhibited, reason } => {
                self.locked_by.remove(&(reason.owner, reason.reference.clone()));
            }
            Event::DomainRegistered { .. } | Event::TransferInCompleted { .. } => self.is_here = true,
            Event::DeletionOrdered { cause, at } => {
                self.deleted_for = Some(*cause);
                if *cause == DeletionCause::Expiry {
                    self.judge_deletion(*at);
                }
            }
            _ => {}
        }
    }

    /// Whether somebody wants the transfer lock.
    pub(super) fn wants_lock(&self) -> bool {
        !self.locked_by.is_empty()
    }

    /// A lock that is there from the start stands on stored consent (TRF-12).
    fn lock(&mut self, reason: &Reason, consents: bool) {
        if !self.is_here && reason.owner == ReasonOwner::Registrant && reason.reference.starts_with("agreed terms") {
            assert!(consents, "locked at create without consent: {reason:?}");
        }
        self.locked_by.insert((reason.owner, reason.reference.clone()));
    }

    /// No deletion without the three notices, or the reason on record why one of the first two was not due or was missed; the one after
    /// expiry is carried whatever happens. And eight whole days of interruption.
    fn judge_deletion(&self, at: Timestamp) {
        let date = utc_date(self.expired_at.expect("it is deleted for an expiry that was"));
        for obligation in ["EXP-1", "EXP-2"] {
            assert!(self.notices.contains_key(&format!("{obligation}:{date}")), "deleted without {obligation}: {:?}", self.notices);
        }
        assert_eq!(self.notices.get(&format!("EXP-3:{date}")), Some(&Told::Carried), "deleted without EXP-3");
        let since = self.interrupted_since.expect("DNS is interrupted before the deletion");
        assert!(at >= add_days(since, i32::from(INTERRUPTION_MIN_DAYS)), "interrupted {since}, deleted {at}");
    }
}

mod judged {
    use super::*;
    use crate::testing::at;

    fn expired() -> Chronicle {
        let mut chronicle = Chronicle::default();
        let expired_at = at("2027-03-01T12:00:00Z");
        chronicle.read(
            &Event::DomainExpired {
                expired_at,
                registrant_at_expiration: None,
                registrant_revision: None,
                delete_at: add_days(expired_at, 40),
            },
            true,
        );
        chronicle
    }

    fn carried(key: &str) -> Event {
        let notice = model::NoticeId::new(at("2027-03-01T12:00:00Z"), &mut model::SeededEntropy::new(1));
        Event::NoticeCarried { notice, duty_key: Some(format!("{key}:2027-03-01")), at: at("2027-03-02T12:00:00Z") }
    }

    fn delete(chronicle: &mut Chronicle, on: &str) {
        chronicle.read(&Event::DeletionOrdered { cause: DeletionCause::Expiry, at: at(on) }, true);
    }

    /// The book finds what is missing: without this, it might find nothing ever.
    #[test]
    #[should_panic(expected = "deleted without EXP-2")]
    fn a_missing_notice_is_found() {
        let mut chronicle = expired();
        [carried("EXP-1"), carried("EXP-3")].iter().for_each(|event| chronicle.read(event, true));
        delete(&mut chronicle, "2027-04-10T12:00:00Z");
    }

    #[test]
    #[should_panic(expected = "interrupted 2027-04-02T12:00:01Z")]
    fn a_short_interruption_is_found() {
        let mut chronicle = expired();
        [carried("EXP-1"), carried("EXP-2"), carried("EXP-3")].iter().for_each(|event| chronicle.read(event, true));
        chronicle.read(&Event::DnsInterruptionConfirmed { at: at("2027-04-02T12:00:01Z") }, true);
        delete(&mut chronicle, "2027-04-10T12:00:00Z");
    }

    #[test]
    #[should_panic(expected = "locked at create without consent")]
    fn a_lock_without_consent_is_found() {
        let reason = Reason { owner: ReasonOwner::Registrant, reference: "agreed terms 2026-11".into() };
        Chronicle::default().read(&Event::ReasonAdded { status: EppStatus::ClientTransferProhibited, reason }, false);
    }
}
