//! Stories of a registrant who changes (Transfer Policy part II).

use std::collections::BTreeSet;

use model::{ContactId, EppStatus, Timestamp};

use super::house::House;
use super::registry::Registry;
use super::{at, registered};
use crate::actor::ActorKind;
use crate::calendar::{add_days, add_hours};
use crate::command::DomainCommand;
use crate::duty::DutyState;
use crate::holder::{HolderChange, HolderField, HolderRevision};
use crate::reason::{Reason, ReasonOwner};
use crate::registration::{Phase, TransferAnswer};
use crate::transfer::DenialReason;

const LOCK: EppStatus = EppStatus::ClientTransferProhibited;

/// A name that its registrant has unlocked.
fn unlocked() -> (House, Registry) {
    let (mut house, mut registry) = registered("minimal", false);
    house.operator(DomainCommand::Unlock { statuses: [LOCK].into() }).unwrap();
    house.settle_all(&mut registry);
    (house, registry)
}

fn material(contact: ContactId, revision: u64) -> HolderChange {
    HolderChange { prior: HolderRevision { contact, revision }, fields: BTreeSet::from([HolderField::Email]) }
}

/// Another holder, whose data differs materially or not.
fn other_holder(house: &mut House, is_material: bool, lock_opt_out: Option<&str>) -> DomainCommand {
    let prior = house.registered().registrant.unwrap();
    house.facts.holder_change = is_material.then(|| material(prior, 1));
    let registrant = Some(house.draw(|now, entropy| ContactId::new(now, entropy)));
    DomainCommand::ChangeContacts { registrant, contacts: Default::default(), lock_opt_out: lock_opt_out.map(str::to_owned) }
}

fn is_locked(registry: &Registry) -> bool {
    registry.entry.as_ref().unwrap().statuses.contains(&LOCK)
}

fn lock_until(house: &House) -> Option<Timestamp> {
    house.registered().holder_change.as_ref().and_then(|case| case.lock_until)
}

/// TRF-12: the lock that was asked to go is gone, and the one that took its place is owed to somebody else.
#[test]
fn an_unlock_overtaken_by_a_change_of_registrant_is_not_owed_any_more() {
    let (mut house, mut registry) = registered("minimal", false);
    house.operator(DomainCommand::Unlock { statuses: [LOCK].into() }).unwrap();
    let command = other_holder(&mut house, true, None);
    house.operator(command).unwrap();
    house.settle_all(&mut registry);
    let until = add_days(house.now, 10);
    house.run_until(&mut registry, until);
    assert_eq!((is_locked(&registry), house.lapsed()), (true, vec![]));
    assert!(house.duties.iter().any(|(key, state)| key.starts_with("TRF-12:") && matches!(state, DutyState::Released { .. })));
}

#[test]
fn another_registrant_locks_the_name_for_sixty_days_and_the_clock_alone_lifts_it() {
    let (mut house, mut registry) = unlocked();
    let began = house.now;
    let command = other_holder(&mut house, true, None);
    house.operator(command).unwrap();
    house.settle_all(&mut registry);
    assert!(is_locked(&registry));
    insta::assert_snapshot!(
        house.operator(DomainCommand::Unlock { statuses: [LOCK].into() }).unwrap_err(),
        @"`name.minimal` is kept for 60 days after a change of registrant, which the registrant's unlock does not lift (lock.not-set, GUARD-6)"
    );
    let reason = Reason { owner: ReasonOwner::ChangeOfRegistrant, reference: "changed on 2026-03-01".into() };
    insta::assert_snapshot!(
        house.operator(DomainCommand::Release { status: LOCK, reason }).unwrap_err(),
        @"the lock of `name.minimal` after its change of registrant ends by itself on 2026-04-30 (holder-change.locked, COR-7)"
    );
    house.run_until(&mut registry, add_hours(add_days(began, 60), -1));
    assert!(is_locked(&registry) && lock_until(&house) == Some(add_days(began, 60)));
    house.run_until(&mut registry, add_days(began, 60));
    assert_eq!((is_locked(&registry), lock_until(&house), house.lapsed()), (false, None, vec![]));
}

#[test]
fn a_transfer_asked_for_in_spite_of_the_lock_is_denied() {
    let (mut house, mut registry) = unlocked();
    let command = other_holder(&mut house, true, None);
    house.operator(command).unwrap();
    // Before the lock has reached the registry, another registrar asks for the name.
    registry.request_by_other(house.now).unwrap();
    house.poll(&mut registry);
    let answer = house.registered().transfer.as_ref().and_then(|case| case.answer.clone());
    assert_eq!(answer, Some(TransferAnswer::Denied { reason: DenialReason::ChangeOfRegistrantLock }));
    house.round(&mut registry);
    assert_eq!((house.phase(), registry.is_ours()), (Phase::Registered, true));
    assert!(house.registered().desired.statuses.wants(LOCK), "and the lock is still wanted");
}

#[test]
fn a_registrant_who_opted_out_beforehand_is_not_locked() {
    let (mut house, mut registry) = unlocked();
    let command = other_holder(&mut house, true, Some(" "));
    let refusal = house.operator(command).unwrap_err();
    assert_eq!((refusal.code, refusal.rule), ("holder-change.opt-out", "COR-7"));
    let command = other_holder(&mut house, true, Some("terms 2026-11, box 3"));
    house.operator(command).unwrap();
    house.settle_all(&mut registry);
    let case = house.registered().holder_change.clone().unwrap();
    assert_eq!((is_locked(&registry), case.lock_until, case.opt_out.as_deref()), (false, None, Some("terms 2026-11, box 3")));
    assert_eq!(house.notice_words().iter().filter(|word| word.starts_with("holder-changed")).count(), 2, "both are told all the same");
}

#[test]
fn an_opt_out_does_not_end_a_lock_that_runs() {
    let (mut house, mut registry) = unlocked();
    let began = house.now;
    let command = other_holder(&mut house, true, None);
    house.operator(command).unwrap();
    house.run_until(&mut registry, add_days(began, 10));
    let command = other_holder(&mut house, true, Some("terms 2026-11, box 3"));
    house.operator(command).unwrap();
    house.settle_all(&mut registry);
    assert_eq!((lock_until(&house), is_locked(&registry)), (Some(add_days(began, 60)), true));
    // A further change without opt-out begins the sixty days anew.
    let command = other_holder(&mut house, true, None);
    house.operator(command).unwrap();
    house.run_until(&mut registry, add_days(began, 61));
    assert_eq!((lock_until(&house), is_locked(&registry)), (Some(add_days(began, 70)), true));
    house.run_until(&mut registry, add_days(began, 70));
    assert_eq!((lock_until(&house), is_locked(&registry)), (None, false));
}

#[test]
fn a_correction_is_no_change_of_registrant() {
    let (mut house, mut registry) = unlocked();
    let command = other_holder(&mut house, false, None);
    house.operator(command).unwrap();
    house.settle_all(&mut registry);
    assert_eq!((is_locked(&registry), house.registered().holder_change.clone()), (false, None));
    assert!(!house.notice_words().iter().any(|word| word.starts_with("holder-changed")));
}

#[test]
fn both_holders_are_told_within_a_day() {
    let (mut house, mut registry) = unlocked();
    let prior = house.registered().registrant;
    let command = other_holder(&mut house, true, None);
    house.operator(command).unwrap();
    let told: Vec<_> = house.notices.iter().filter_map(|notice| Some((notice.kind.word(), notice.addressee?))).collect();
    assert_eq!(told.iter().map(|(kind, _)| *kind).collect::<Vec<_>>(), ["holder-changed-prior", "holder-changed-new"]);
    assert_eq!((Some(told[0].1.contact), told[0].1.revision), (prior, Some(1)));
    assert_eq!((Some(told[1].1.contact), told[1].1.revision), (house.registered().registrant, None));
    house.round(&mut registry);
    for who in ["prior", "new"] {
        assert!(matches!(house.duties[&format!("COR-6:{who}:2026-03-01T12:00:00Z")], DutyState::Fulfilled { .. }), "{who}");
    }

    let command = other_holder(&mut house, true, None);
    house.now = at("2026-04-01T00:00:00Z");
    house.operator(command).unwrap();
    house.now = add_hours(house.now, 25);
    house.tick();
    assert_eq!(house.lapsed().len(), 2, "a notice that stays with its carrier for a day is a breach");
}

#[test]
fn other_data_of_the_same_holder_is_the_same_change_once() {
    let (mut house, mut registry) = unlocked();
    let holder = house.registered().registrant.unwrap();
    let take = |contact, revision| DomainCommand::TakeHolderChange { contact, change: material(contact, revision) };
    house.command(ActorKind::Timer, take(holder, 1)).unwrap();
    assert!(house.command(ActorKind::Timer, take(holder, 1)).unwrap().is_empty(), "told twice");
    house.settle_all(&mut registry);
    assert!(is_locked(&registry) && lock_until(&house).is_some());
    let stranger = house.draw(|now, entropy| ContactId::new(now, entropy));
    assert!(house.command(ActorKind::Timer, take(stranger, 1)).unwrap().is_empty(), "not the holder of this name");
    assert!(!ActorKind::Operator { name: "ada".into() }.may(take(holder, 2).permission()), "the finding is the machine's");
}

#[test]
fn a_name_in_dispute_keeps_its_registrant() {
    let (mut house, _) = unlocked();
    let reason = Reason { owner: ReasonOwner::Dispute, reference: "UDRP D2026-1".into() };
    house.operator(DomainCommand::Hold { status: EppStatus::ClientHold, reason }).unwrap();
    let command = other_holder(&mut house, true, None);
    assert_eq!(house.operator(command).unwrap_err().code, "dispute.locked");
}
