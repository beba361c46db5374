//! A decision in the making: the registration as the events so far have left it, and everything that will be committed.
//!
//! Each rule that fires calls [`Decision::happen`], so that the next rule sees its effect. The finished [`Verdict`] holds
//! the same events in the same order, and the store applies them to its own copy.

use std::collections::BTreeMap;

use model::{DutyId, IntentId, NoticeId, Timestamp};

use crate::actor::ActorKind;
use crate::context::{Context, Facts};
use crate::duty::{ClockKind, Duty, DutyChange, DutyState, Evidence};
use crate::event::Event;
use crate::intent::{Intent, Lane, ObjectKey, Operation};
use crate::notice::{Addressee, NoticeKind, NoticeOrder};
use crate::profile::TldProfile;
use crate::registration::Registration;
use crate::rules;
use crate::verdict::Verdict;

/// A decision in the making.
pub(crate) struct Decision<'d, 'c> {
    /// The registration as it is now, with every event so far applied.
    pub(crate) registration: Registration,
    pub(crate) verdict: Verdict,
    context: &'d mut Context<'c>,
}

/// What a duty owes: the obligation, the occasion that makes it one, and its window.
pub(crate) struct Owed<'o> {
    pub(crate) obligation: &'static str,
    /// What sets this duty apart from another of the same obligation, such as the date of the term.
    pub(crate) occasion: &'o str,
    pub(crate) clock: ClockKind,
    pub(crate) opens_at: Timestamp,
    pub(crate) soft_due: Timestamp,
    pub(crate) hard_due: Timestamp,
}

impl<'d, 'c> Decision<'d, 'c> {
    /// On a registration that exists.
    pub(crate) fn on(registration: &Registration, context: &'d mut Context<'c>) -> Self {
        Self { registration: registration.clone(), verdict: Verdict::default(), context }
    }

    /// On one that this very event begins.
    pub(crate) fn begin(registration: Registration, event: Event, context: &'d mut Context<'c>) -> Self {
        Self { registration, verdict: Verdict { events: vec![event], ..Verdict::default() }, context }
    }

    pub(crate) fn finish(self) -> Verdict {
        self.verdict
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.context.now
    }

    pub(crate) fn profile(&self) -> &'c TldProfile {
        self.context.profile
    }

    pub(crate) fn facts(&self) -> &'c Facts {
        self.context.facts
    }

    /// Records what happened; every later rule sees its effect.
    pub(crate) fn happen(&mut self, event: Event) {
        self.registration.apply(&event);
        self.verdict.events.push(event);
    }

    /// The lane for work that follows from this decision: somebody waits only where an operator asked.
    fn lane(&self) -> Lane {
        match self.context.actor.kind {
            ActorKind::Operator { .. } => Lane::Interactive,
            ActorKind::Timer | ActorKind::Gate | ActorKind::Registry { .. } => Lane::Bulk,
        }
    }

    /// Decides an intent on the domain itself.
    pub(crate) fn intend(&mut self, operation: Operation, occasion: &str, after: Vec<IntentId>) -> IntentId {
        let object = ObjectKey::Domain(self.registration.name.clone());
        self.intend_on(object, operation, occasion, after)
    }

    /// Decides an intent on any object.
    ///
    /// The business key is the occasion, the registration (a name can be registered again after it was purged) and its version:
    /// deciding the same command on the same state names the same operation, and a second renewal of a term that a deletion took
    /// back is another one.
    pub(crate) fn intend_on(&mut self, object: ObjectKey, operation: Operation, occasion: &str, after: Vec<IntentId>) -> IntentId {
        let id = IntentId::new(self.context.now, self.context.entropy);
        let business_key = format!("{occasion}@{}:v{}", self.registration.id, self.registration.version);
        self.verdict.intents.push(Intent {
            id,
            registry: self.registration.registry.clone(),
            object: object.clone(),
            domain: self.registration.id,
            operation: operation.clone(),
            business_key,
            lane: self.lane(),
            after,
            decided_at: self.context.now,
        });
        self.happen(Event::IntentDecided { intent: id, object, operation });
        id
    }

    /// Opens a duty; one that is open already is left as it is. Returns its key.
    pub(crate) fn owe(&mut self, owed: &Owed<'_>) -> String {
        let key = format!("{}:{}", owed.obligation, owed.occasion);
        if self.registration.open_duties.contains_key(&key) {
            return key;
        }
        let id = DutyId::new(self.context.now, self.context.entropy);
        self.verdict.duties.push(DutyChange::Open(Duty {
            id,
            subject: self.registration.id,
            obligation: owed.obligation.to_owned(),
            clause: rules::clause_of(owed.obligation).to_owned(),
            key: key.clone(),
            clock: owed.clock,
            opens_at: owed.opens_at,
            soft_due: owed.soft_due,
            hard_due: owed.hard_due,
            state: DutyState::Open,
        }));
        self.happen(Event::DutyOpened { key: key.clone(), duty: id, hard_due: owed.hard_due });
        key
    }

    /// Closes a duty as fulfilled; does nothing where it is not open.
    pub(crate) fn fulfil(&mut self, key: &str, at: Timestamp, evidence: Evidence) {
        if self.registration.open_duties.contains_key(key) {
            self.verdict.duties.push(DutyChange::Fulfil { key: key.to_owned(), at, evidence });
            self.happen(Event::DutyClosed { key: key.to_owned(), how: "fulfilled".into() });
        }
    }

    /// Closes every open duty of an obligation as fulfilled by a decision or a registry's answer.
    pub(crate) fn fulfil_all(&mut self, obligation: &str, evidence: &Evidence) {
        for key in self.open_keys(obligation) {
            self.fulfil(&key, self.now(), evidence.clone());
        }
    }

    /// Closes a duty as no longer owed; does nothing where it is not open.
    pub(crate) fn release(&mut self, key: &str, reason: &str) {
        if self.registration.open_duties.contains_key(key) {
            self.verdict.duties.push(DutyChange::Release { key: key.to_owned(), at: self.now(), reason: reason.to_owned() });
            self.happen(Event::DutyClosed { key: key.to_owned(), how: "released".into() });
        }
    }

    /// Closes every open duty of these obligations as no longer owed.
    pub(crate) fn release_all(&mut self, obligations: &[&str], reason: &str) {
        for obligation in obligations {
            for key in self.open_keys(obligation) {
                self.release(&key, reason);
            }
        }
    }

    /// Closes every open duty as no longer owed.
    pub(crate) fn release_every_duty(&mut self, reason: &str) {
        for key in self.registration.open_duties.keys().cloned().collect::<Vec<_>>() {
            self.release(&key, reason);
        }
    }

    /// Marks a duty lapsed: a breach, shown until it is dealt with.
    pub(crate) fn lapse(&mut self, key: &str) {
        if self.registration.open_duties.contains_key(key) {
            self.verdict.duties.push(DutyChange::Lapse { key: key.to_owned(), at: self.now() });
            self.happen(Event::DutyClosed { key: key.to_owned(), how: "lapsed".into() });
        }
    }

    /// Whether a duty of this obligation is open.
    pub(crate) fn is_owed(&self, obligation: &str) -> bool {
        !self.open_keys(obligation).is_empty()
    }

    fn open_keys(&self, obligation: &str) -> Vec<String> {
        self.registration.open_duties.keys().filter(|key| key.split(':').next() == Some(obligation)).cloned().collect()
    }

    /// Orders a notice to the holder on record, once for each occasion.
    pub(crate) fn notify(&mut self, kind: NoticeKind, occasion: &str, duty_key: Option<&str>, facts: BTreeMap<String, String>) {
        self.order_notice(None, kind, occasion, duty_key, facts);
    }

    /// Orders a notice to somebody, once for each occasion.
    pub(crate) fn notify_at(
        &mut self,
        addressee: Addressee,
        kind: NoticeKind,
        occasion: &str,
        duty_key: Option<&str>,
        facts: BTreeMap<String, String>,
    ) {
        self.order_notice(Some(addressee), kind, occasion, duty_key, facts);
    }

    fn order_notice(
        &mut self,
        addressee: Option<Addressee>,
        kind: NoticeKind,
        occasion: &str,
        duty_key: Option<&str>,
        facts: BTreeMap<String, String>,
    ) {
        let key = notice_key(kind, occasion);
        if self.registration.ordered_notices.contains(&key) {
            return;
        }
        let id = NoticeId::new(self.context.now, self.context.entropy);
        self.verdict.notices.push(NoticeOrder {
            id,
            kind,
            domain: self.registration.id,
            key: key.clone(),
            addressee,
            duty: duty_key.and_then(|duty_key| self.registration.open_duties.get(duty_key)).map(|open| open.id),
            duty_key: duty_key.map(str::to_owned),
            decided_at: self.context.now,
            facts,
        });
        self.happen(Event::NoticeOrdered { key });
    }
}

/// What makes a notice the same one when it is ordered twice.
pub(crate) fn notice_key(kind: NoticeKind, occasion: &str) -> String {
    format!("{}:{occasion}", kind.word())
}

/// Facts for a notice's text.
pub(crate) fn notice_facts<const N: usize>(facts: [(&str, String); N]) -> BTreeMap<String, String> {
    facts.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
