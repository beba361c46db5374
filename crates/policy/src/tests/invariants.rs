//! The invariants of obligations 23.5 under anything that may happen, in any order: commands, clocks, answers that come late,
//! notices that stay with their carrier, registries that change things by themselves.

use std::collections::BTreeSet;

use model::expiry::add_years;
use model::{ContactId, EppStatus, RgpStatus, Timestamp, TransferStatus};
use proptest::prelude::*;

use super::chronicle::Chronicle;
use super::house::House;
use super::registry::Registry;
use super::{at, delegation};
use crate::calendar::{add_days, add_hours};
use crate::command::{DomainCommand, RequestTransferIn};
use crate::event::Event;
use crate::expiry::{ExtenuatingCircumstance, INTERRUPTION_MIN_DAYS};
use crate::holder::{HolderChange, HolderField, HolderRevision};
use crate::outcome::Outcome;
use crate::reason::{Reason, ReasonOwner};
use crate::registration::{DeletionCause, Phase};
use crate::transfer::DenialReason;

/// Something that happens.
#[derive(Clone, Debug)]
enum Happening {
    /// Time passes, with everything that runs by itself.
    Run {
        days: u16,
    },
    /// Time passes, and nothing of ours runs: an outage.
    Outage {
        hours: u16,
    },
    Tick,
    SettleOne,
    /// The registry refuses the next intent for no reason of ours.
    RefuseOne,
    Poll,
    SendNotices,
    Observe,
    /// Order it, or transfer it in where somebody else holds it.
    Order {
        years: u8,
        auto_renew: bool,
        consents: bool,
    },
    Renew {
        years: u8,
    },
    SetAutoRenew {
        auto_renew: bool,
    },
    Nameservers {
        own: bool,
    },
    OtherHolder,
    Lock {
        which: u8,
    },
    Unlock {
        which: u8,
    },
    Hold {
        which: u8,
    },
    Release {
        which: u8,
    },
    AuthInfo,
    Delete {
        accuracy: bool,
    },
    Restore,
    Postpone {
        days: u16,
    },
    RequestedByOther,
    CancelledByOther,
    Approve,
    Deny {
        which: u8,
    },
    /// The registry changes something nobody asked for.
    Rogue {
        which: u8,
    },
    PushDesired,
    AcceptActual,
}

fn happening() -> impl Strategy<Value = Happening> {
    use Happening as H;
    prop_oneof![
        4 => (1u16..60).prop_map(|days| H::Run { days }),
        2 => (200u16..420).prop_map(|days| H::Run { days }),
        2 => (1u16..3000).prop_map(|hours| H::Outage { hours }),
        2 => Just(H::Tick),
        4 => Just(H::SettleOne),
        1 => Just(H::RefuseOne),
        2 => Just(H::Poll),
        2 => Just(H::SendNotices),
        2 => Just(H::Observe),
        3 => (1u8..=10, any::<bool>(), any::<bool>()).prop_map(|(years, auto_renew, consents)| H::Order { years, auto_renew, consents }),
        3 => (1u8..=10).prop_map(|years| H::Renew { years }),
        1 => any::<bool>().prop_map(|auto_renew| H::SetAutoRenew { auto_renew }),
        1 => any::<bool>().prop_map(|own| H::Nameservers { own }),
        1 => Just(H::OtherHolder),
        1 => (0u8..8).prop_map(|which| H::Lock { which }),
        2 => (0u8..8).prop_map(|which| H::Unlock { which }),
        2 => (0u8..6).prop_map(|which| H::Hold { which }),
        2 => (0u8..6).prop_map(|which| H::Release { which }),
        1 => Just(H::AuthInfo),
        1 => any::<bool>().prop_map(|accuracy| H::Delete { accuracy }),
        2 => Just(H::Restore),
        1 => (1u16..90).prop_map(|days| H::Postpone { days }),
        2 => Just(H::RequestedByOther),
        1 => Just(H::CancelledByOther),
        1 => Just(H::Approve),
        1 => (0u8..11).prop_map(|which| H::Deny { which }),
        1 => (0u8..3).prop_map(|which| H::Rogue { which }),
        1 => Just(H::PushDesired),
        1 => Just(H::AcceptActual),
    ]
}

/// The reasons that come and go.
fn reason(which: u8) -> (EppStatus, Reason) {
    let (status, owner, reference) = match which {
        0 => (EppStatus::ClientTransferProhibited, ReasonOwner::Dispute, "UDRP D2026-1"),
        1 => (EppStatus::ClientHold, ReasonOwner::Court, "order 7"),
        2 => (EppStatus::ClientHold, ReasonOwner::Accuracy, "inquiry 3"),
        3 => (EppStatus::ClientUpdateProhibited, ReasonOwner::Abuse, "case 9"),
        4 => (EppStatus::ClientTransferProhibited, ReasonOwner::ChangeOfRegistrant, "change 2"),
        _ => (EppStatus::ClientHold, ReasonOwner::Payment, "invoice 4"),
    };
    (status, Reason { owner, reference: reference.into() })
}

fn locks(which: u8) -> BTreeSet<EppStatus> {
    let all = [EppStatus::ClientTransferProhibited, EppStatus::ClientUpdateProhibited, EppStatus::ClientDeleteProhibited];
    all.into_iter().enumerate().filter(|(bit, _)| which & (1 << bit) != 0).map(|(_, status)| status).collect()
}

/// The world: a house, its registry, and whether the registry still does only what we know of.
struct World {
    house: House,
    registry: Registry,
    is_rogue: bool,
    /// Whether the last order came with the consent to a lock.
    consents: bool,
    /// Deletes at the registry that were judged.
    deletes_judged: usize,
    unlock: Option<Unlock>,
}

/// A lock that nobody wants any more, and that the registry still shows.
struct Unlock {
    asked_at: Timestamp,
    /// Whether something that is not ours stood in its way: an outage, a registry that refuses updates.
    is_hindered: bool,
}

/// TRF-12: an unlock asked for is done within this many days.
const UNLOCK_LIMIT_DAYS: i32 = 5;

impl World {
    fn new(tld: &str, seed: u64, begins_elsewhere: bool) -> Self {
        let house = House::new(tld, at("2026-03-01T12:00:00Z"), seed);
        let registry = match begins_elsewhere {
            true => Registry::held_elsewhere(&house.profile, house.name(), at("2024-06-01T12:00:00Z"), at("2027-06-01T12:00:00Z")),
            false => Registry::new(&house.profile, house.name()),
        };
        Self { house, registry, is_rogue: false, consents: true, deletes_judged: 0, unlock: None }
    }

    /// Lets it happen. A refusal is as good an answer as any; what must hold is checked around it.
    fn happen(&mut self, happening: &Happening) {
        use Happening as H;
        let seen = self.house.registration.as_ref().map_or(0, |_| self.house.events.len());
        let begun = self.house.registration.as_ref().map(|registration| registration.id);
        match happening {
            H::Run { days } => {
                let until = add_days(self.house.now, i32::from(*days));
                self.house.run_until(&mut self.registry, until);
            }
            H::Outage { hours } => {
                self.house.now = add_hours(self.house.now, i64::from(*hours));
                self.registry.advance(self.house.now);
            }
            H::Order { years, auto_renew, consents } => self.order(*years, *auto_renew, *consents),
            H::Rogue { which } => self.go_rogue(*which),
            H::RequestedByOther => {
                // No two requests for a name share an instant.
                self.house.now = self.house.now.saturating_add(jiff::SignedDuration::from_secs(1)).unwrap();
                let _ = self.registry.request_by_other(self.house.now);
            }
            H::CancelledByOther => self.registry.end_transfer(TransferStatus::ClientCancelled, self.house.now),
            _ if self.house.registration.is_none() => {}
            H::Tick => drop(self.house.tick()),
            H::SettleOne => drop(self.house.settle_one(&mut self.registry)),
            H::RefuseOne => self.refuse_one(),
            H::Poll => self.house.poll(&mut self.registry),
            H::SendNotices => self.house.send_notices(),
            H::Observe => self.house.observe(&self.registry),
            H::Renew { years } => drop(self.house.renew(*years)),
            other => self.command(other),
        }
        let is_same = self.house.registration.as_ref().map(|registration| registration.id) == begun;
        self.check_events(if is_same { seen } else { 0 });
        self.check_unlock(happening);
    }

    fn command(&mut self, happening: &Happening) {
        use Happening as H;
        let now = self.house.now;
        let command = match happening {
            H::SetAutoRenew { auto_renew } => DomainCommand::SetAutoRenew { auto_renew: *auto_renew },
            H::Nameservers { own: true } => {
                DomainCommand::ChangeNameservers { nameservers: delegation(&[&format!("ns.{}", self.house.name())]) }
            }
            H::Nameservers { own: false } => DomainCommand::ChangeNameservers { nameservers: delegation(&["ns7.elsewhere.test"]) },
            H::OtherHolder => {
                // Some other holders are the same one put right.
                let prior = self.house.registered().registrant.filter(|_| now.as_second() % 3 != 0);
                self.house.facts.holder_change = prior.map(|contact| HolderChange {
                    prior: HolderRevision { contact, revision: 1 },
                    fields: BTreeSet::from([HolderField::Email]),
                });
                let registrant = self.house.draw(|now, entropy| ContactId::new(now, entropy));
                DomainCommand::ChangeContacts { registrant: Some(registrant), contacts: Default::default(), lock_opt_out: None }
            }
            H::Lock { which } => DomainCommand::Lock { statuses: locks(*which) },
            H::Unlock { which } => DomainCommand::Unlock { statuses: locks(*which) },
            H::Hold { which } => DomainCommand::Hold { status: reason(*which).0, reason: reason(*which).1 },
            H::Release { which } => DomainCommand::Release { status: reason(*which).0, reason: reason(*which).1 },
            H::AuthInfo => DomainCommand::SetAuthInfo,
            H::Delete { accuracy } => {
                DomainCommand::Delete { cause: if *accuracy { DeletionCause::Accuracy } else { DeletionCause::Registrant } }
            }
            H::Restore => DomainCommand::Restore { fee: self.house.profile.fees.restore, reason: "wanted back".into() },
            H::Postpone { days } => DomainCommand::PostponeDeletion {
                until: add_days(now, i32::from(*days)),
                circumstance: ExtenuatingCircumstance::Litigation,
            },
            H::Approve => DomainCommand::ApproveTransferOut,
            H::Deny { which } => {
                let word = DenialReason::WORDS[usize::from(*which)];
                DomainCommand::DenyTransferOut { reason: DenialReason::parse(word, "evidence 1").unwrap() }
            }
            H::PushDesired => DomainCommand::PushDesired,
            _ => DomainCommand::AcceptActual,
        };
        let _ = self.house.operator(command);
    }

    fn order(&mut self, years: u8, auto_renew: bool, consents: bool) {
        let is_open = self.house.registration.as_ref().is_some_and(|registration| !registration.phase.is_final());
        if is_open {
            return;
        }
        let mut order = self.house.order(years, auto_renew);
        order.lock_consent = order.lock_consent.filter(|_| consents);
        self.consents = consents;
        self.unlock = None;
        let command = match self.registry.entry {
            Some(_) => DomainCommand::RequestTransferIn(RequestTransferIn {
                name: order.name,
                registrant: order.registrant,
                contacts: order.contacts,
                authorised_at: self.house.now,
                fee: None,
                has_token: false,
            }),
            None => DomainCommand::Register(order),
        };
        // The registry's account of what it charged us is kept by registration, as ours is.
        self.registry.years_charged = 0;
        self.house.operator(command).unwrap();
    }

    fn refuse_one(&mut self) {
        let ready = self.house.intents.iter().find(|intent| intent.after.is_empty()).cloned();
        if let Some(intent) = ready
            .filter(|intent| self.house.intents.iter().find(|first| first.object == intent.object).map(|first| first.id) == Some(intent.id))
        {
            self.house.settle(&intent, Outcome::Refused { code: 2306, message: "policy".into() });
        }
    }

    fn go_rogue(&mut self, which: u8) {
        let now = self.house.now;
        let Some(entry) = self.registry.entry.as_mut().filter(|_| self.house.registration.is_some()) else { return };
        self.is_rogue = true;
        match which {
            0 => drop(entry.statuses.insert(EppStatus::ServerUpdateProhibited)),
            1 => drop(entry.statuses.remove(&EppStatus::ClientHold)),
            _ => entry.nameservers.clear(),
        }
        entry.note_hold(now);
    }

    /// The events of the present registration in a book of their own.
    fn chronicle(&self) -> Chronicle {
        let mut chronicle = Chronicle::default();
        self.house.events.iter().for_each(|event| chronicle.read(event, self.consents));
        chronicle
    }

    /// A lock that its registrant gave up is off within five days, unless somebody else wants it or something hinders us (TRF-12).
    fn check_unlock(&mut self, happening: &Happening) {
        use Happening as H;
        let now = self.house.now;
        let lock = EppStatus::ClientTransferProhibited;
        let is_set = self.registry.is_ours() && self.registry.entry.as_ref().is_some_and(|entry| entry.statuses.contains(&lock));
        if self.house.registration.is_none() || !is_set || self.chronicle().wants_lock() {
            self.unlock = None;
            return;
        }
        let is_hindered = matches!(happening, H::Outage { .. } | H::RefuseOne) || self.is_rogue || self.house.phase() != Phase::Registered;
        let unlock = self.unlock.get_or_insert(Unlock { asked_at: now, is_hindered: false });
        unlock.is_hindered |= is_hindered;
        let limit = add_days(unlock.asked_at, UNLOCK_LIMIT_DAYS);
        assert!(now <= limit || unlock.is_hindered, "locked at the registry on {now}, and given up on {}", unlock.asked_at);
    }

    /// What must hold of everything that just happened.
    fn check_events(&mut self, seen: usize) {
        let now = self.house.now;
        let Some(registration) = &self.house.registration else { return };
        let mut replayed = crate::registration::Registration::begin(&self.house.events[0]).unwrap();
        for (index, event) in self.house.events.iter().enumerate().skip(1) {
            if index >= seen.max(1) {
                check_event(&replayed, event);
            }
            replayed.apply(event);
        }
        if let Some(expires_at) = registration.expires_at {
            assert!(expires_at <= add_days(add_years(now, 10), 1), "never more than ten years ahead: {expires_at}");
        }
        let owner = ReasonOwner::ChangeOfRegistrant;
        if let Some(until) = registration.holder_change.as_ref().and_then(|case| case.lock_until) {
            let mut kept = registration.desired.statuses.reasons(EppStatus::ClientTransferProhibited);
            assert!(kept.any(|reason| reason.owner == owner), "locked until {until}");
        }
        let is_for_expiry = self.chronicle().deleted_for == Some(DeletionCause::Expiry);
        for (deleted_at, held_since) in self.registry.deletes.iter().skip(self.deletes_judged).filter(|_| is_for_expiry && !self.is_rogue) {
            let held_since = held_since.expect("interrupted before deletion");
            assert!(*deleted_at >= add_days(held_since, i32::from(INTERRUPTION_MIN_DAYS)), "held {held_since}, deleted {deleted_at}");
        }
        self.deletes_judged = self.registry.deletes.len();
    }

    /// Everything that is under way comes to its end, and both books are compared.
    fn come_to_rest(&mut self) {
        for _ in 0..3 {
            self.house.round(&mut self.registry);
            if self.house.registration.is_some() {
                self.house.observe(&self.registry);
            }
        }
        self.house.check_ledger();
        let Some(registration) = &self.house.registration else { return };
        assert_eq!(registration.open_intents, vec![], "everything is settled");
        if !self.is_rogue && registration.drift.is_empty() {
            assert_eq!(self.house.years_charged(), self.registry.years_charged, "every year has one charge: {}", self.house.bill());
        }
        let is_alive = registration.phase.is_sponsored();
        assert_eq!(is_alive, self.registry.is_ours() || (is_alive && registration.drift.contains("existence")), "{:?}", registration.phase);
        if let (true, Some(info)) = (is_alive, self.registry.info(self.house.now)) {
            assert_eq!(
                registration.actual.as_ref().map(|actual| &actual.statuses),
                Some(&info.statuses),
                "what is shown is the registry's last word"
            );
        }
    }
}

/// What must hold of one event, on the registration as it was before it.
fn check_event(before: &crate::registration::Registration, event: &Event) {
    match event {
        Event::DeletionOrdered { cause, .. } => {
            if *cause != DeletionCause::Registry {
                assert_eq!(before.desired.statuses.legal_hold(), None, "no deletion under a dispute or an order");
            }
            if *cause == DeletionCause::Expiry {
                assert!(before.expiry.is_some(), "the notices and the interruption are judged by the chronicle");
            }
        }
        Event::ContactsChanged { .. } => {
            if let Some(case) = &before.expiry {
                let mut after = before.clone();
                after.apply(event);
                assert_eq!(after.expiry.as_ref().map(|after| after.registrant_at_expiration), Some(case.registrant_at_expiration));
            }
        }
        Event::TransferOutApproved => assert_eq!(before.desired.statuses.legal_hold(), None),
        Event::GraceBegan { grace } => assert_ne!(grace.kind, RgpStatus::RedemptionPeriod),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { max_shrink_iters: 4000, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_books_agree_and_the_rules_hold(
        tld in prop_oneof![Just("alpha"), Just("minimal"), Just("manual")],
        seed in any::<u64>(),
        begins_elsewhere in any::<bool>(),
        happenings in prop::collection::vec(happening(), 1..60),
    ) {
        let mut world = World::new(tld, seed, begins_elsewhere);
        world.happen(&Happening::Order { years: 1, auto_renew: seed % 2 == 0, consents: seed % 3 != 0 });
        for happening in &happenings {
            world.happen(happening);
        }
        world.come_to_rest();
    }
}
