//! The guards: which rung answers first, and what each state lets through.

use model::{EppStatus, Timestamp};

use super::{at, registered};
use crate::command::DomainCommand;
use crate::guard::{Doing, check};
use crate::matrix::{Answer, LifeState, answer};
use crate::reason::{Reason, ReasonOwner};
use crate::registration::{Phase, Registration};

const DOINGS: [Doing; 7] =
    [Doing::Update, Doing::ChangeRegistrant, Doing::Renew, Doing::ApproveTransfer, Doing::DenyTransfer, Doing::Delete, Doing::Restore];

fn reason(owner: ReasonOwner) -> Reason {
    Reason { owner, reference: "UDRP 1".into() }
}

/// A day after the registration, in its add grace.
fn now() -> Timestamp {
    at("2026-03-02T12:00:00Z")
}

/// A registration with no reasons at all.
fn plain() -> Registration {
    let (house, _) = registered("minimal", false);
    let mut registration = house.registered().clone();
    registration.desired.statuses = Default::default();
    if let Some(actual) = registration.actual.as_mut() {
        actual.statuses = [EppStatus::Ok].into();
    }
    registration
}

#[test]
fn the_highest_rung_answers_first() {
    let mut registration = plain();
    let lock = EppStatus::ClientDeleteProhibited;
    let owners = [
        (ReasonOwner::Dispute, "dispute.locked"),
        (ReasonOwner::Court, "court.locked"),
        (ReasonOwner::Accuracy, "accuracy.suspended"),
        (ReasonOwner::Abuse, "abuse.locked"),
        (ReasonOwner::ChangeOfRegistrant, "holder-change.locked"),
        (ReasonOwner::Registrant, "registrant.locked"),
        (ReasonOwner::Payment, "payment.locked"),
    ];
    for (owner, _) in owners {
        registration.desired.statuses.add(lock, reason(owner));
    }
    registration.actual.as_mut().unwrap().statuses.insert(EppStatus::ServerDeleteProhibited);
    assert_eq!(check(&registration, Doing::Delete, now()).unwrap_err().code, "registry.prohibits");
    registration.actual.as_mut().unwrap().statuses.remove(&EppStatus::ServerDeleteProhibited);
    for (owner, code) in owners {
        let refusal = check(&registration, Doing::Delete, now()).unwrap_err();
        assert_eq!(refusal.code, code);
        registration.desired.statuses.remove(lock, &reason(owner));
    }
    assert_eq!(check(&registration, Doing::Delete, now()), Ok(()));
}

/// Each owner with the prohibition it set, and what that stops: update, holder, renew, approve, deny, delete, restore.
#[test]
fn each_owner_stops_what_its_status_is_for() {
    use EppStatus as S;
    use ReasonOwner as O;
    for (owner, status, stopped) in [
        (O::Dispute, S::ClientHold, ".x.x.x."),
        (O::Dispute, S::ClientUpdateProhibited, "xx.x.x."),
        (O::Court, S::ClientTransferProhibited, ".x.x.x."),
        (O::Dispute, S::ClientRenewProhibited, ".x.x.x."),
        (O::Accuracy, S::ClientHold, "......."),
        (O::Accuracy, S::ClientTransferProhibited, "...x..."),
        (O::Abuse, S::ClientUpdateProhibited, "xx....."),
        (O::ChangeOfRegistrant, S::ClientTransferProhibited, "...x..."),
        (O::Registrant, S::ClientTransferProhibited, "...x..."),
        (O::Registrant, S::ClientUpdateProhibited, "xx....."),
        (O::Registrant, S::ClientDeleteProhibited, ".....x."),
        (O::Payment, S::ClientHold, "......."),
        (O::Payment, S::ClientTransferProhibited, "......."),
        (O::Payment, S::ClientRenewProhibited, "..x...."),
    ] {
        let mut registration = plain();
        registration.desired.statuses.add(status, reason(owner));
        for (doing, letter) in DOINGS.into_iter().zip(stopped.chars()) {
            registration.phase = match doing {
                Doing::ApproveTransfer | Doing::DenyTransfer => Phase::TransferringOut,
                Doing::Restore => Phase::Redemption,
                _ => Phase::Registered,
            };
            assert_eq!(check(&registration, doing, now()).is_err(), letter == 'x', "{owner:?} {status} {doing:?}");
        }
    }
}

/// Every phase against everything that can be done in it: the guard lets through exactly what the registry would take.
#[test]
fn the_guard_agrees_with_the_matrix_in_every_cell() {
    for (phase, state, passes) in [
        (Phase::Ordered, LifeState::PendingCreate, "......."),
        (Phase::TransferringIn, LifeState::PendingCreate, "......."),
        (Phase::Failed, LifeState::Purged, "......."),
        (Phase::Registered, LifeState::AddPeriod, "xxx..x."),
        (Phase::TransferringOut, LifeState::PendingTransfer, "...xx.."),
        (Phase::Deleting, LifeState::PendingDelete, "......."),
        (Phase::Redemption, LifeState::Redemption, "......x"),
        (Phase::Restoring, LifeState::PendingRestore, "......."),
        (Phase::PendingDelete, LifeState::PendingDelete, "......."),
        (Phase::TransferredAway, LifeState::Purged, "......."),
        (Phase::Purged, LifeState::Purged, "......."),
    ] {
        let mut registration = plain();
        registration.phase = phase;
        assert_eq!(LifeState::of(&registration, now()), state);
        for (doing, letter) in DOINGS.into_iter().zip(passes.chars()) {
            let is_taken = !matches!(answer(state, doing.transform()), Answer::Refused(_));
            assert_eq!((check(&registration, doing, now()).is_ok(), is_taken), (letter == 'x', letter == 'x'), "{phase:?} {doing:?}");
        }
    }
}

#[test]
fn a_grace_that_is_over_is_not_the_state_of_a_name() {
    let registration = plain();
    assert_eq!(LifeState::of(&registration, at("2026-03-06T11:59:59Z")), LifeState::AddPeriod);
    assert_eq!(LifeState::of(&registration, at("2026-03-06T12:00:00Z")), LifeState::Registered);
}

#[test]
fn a_reason_is_lifted_by_its_owner_alone_and_the_status_goes_with_the_last() {
    let (mut house, mut registry) = registered("minimal", false);
    let status = EppStatus::ClientTransferProhibited;
    let dispute = Reason { owner: ReasonOwner::Dispute, reference: "UDRP D2026-0001".into() };
    house.operator(DomainCommand::Hold { status, reason: dispute.clone() }).unwrap();
    house.operator(DomainCommand::Unlock { statuses: [status].into() }).unwrap();
    house.settle_all(&mut registry);
    assert!(registry.entry.as_ref().unwrap().statuses.contains(&status), "the dispute still keeps it");
    insta::assert_snapshot!(house.operator(DomainCommand::Unlock { statuses: [status].into() }).unwrap_err(), @"`name.minimal` is kept for a dispute, which the registrant's unlock does not lift (lock.not-set, GUARD-6)");
    house.operator(DomainCommand::Release { status, reason: dispute }).unwrap();
    house.settle_all(&mut registry);
    assert!(!registry.entry.as_ref().unwrap().statuses.contains(&status));
}

#[test]
fn holds_that_the_rules_do_not_know_are_refused() {
    let (mut house, _) = registered("minimal", false);
    let mut hold = |status, owner, reference: &str| {
        let reason = Reason { owner, reference: reference.into() };
        house.operator(DomainCommand::Hold { status, reason }).map(|_| "taken").map_err(|refusal| (refusal.code, refusal.rule))
    };
    use EppStatus as S;
    use ReasonOwner as O;
    assert_eq!(hold(S::ServerHold, O::Abuse, "case 1"), Err(("hold.status", "RFC 5731 2.3")));
    assert_eq!(hold(S::ClientTransferProhibited, O::Payment, "invoice 1"), Err(("hold.status", "TRF-9")));
    assert_eq!(hold(S::ClientHold, O::Payment, "invoice 1"), Ok("taken"));
    assert_eq!(hold(S::ClientHold, O::Expiry, "expired"), Err(("hold.owner", "EXP-8")));
    assert_eq!(hold(S::ClientTransferProhibited, O::Registrant, "please"), Err(("hold.owner", "TRF-12")));
    assert_eq!(hold(S::ClientHold, O::Abuse, " "), Err(("hold.reference", "RFC 5731 2.3")));
    assert_eq!(hold(S::ClientHold, O::Dispute, "some quarrel"), Err(("hold.reference", "TRF-8")));
    assert_eq!(hold(S::ClientHold, O::Dispute, "URS 77"), Ok("taken"));
}

#[test]
fn an_update_lock_is_lifted_for_a_hold_and_set_again() {
    let (mut house, mut registry) = registered("minimal", false);
    house.operator(DomainCommand::Lock { statuses: [EppStatus::ClientUpdateProhibited].into() }).unwrap();
    house.settle_all(&mut registry);
    let reason = Reason { owner: ReasonOwner::Abuse, reference: "case 1".into() };
    house.operator(DomainCommand::Hold { status: EppStatus::ClientHold, reason }).unwrap();
    house.settle_all(&mut registry);
    let statuses = &registry.entry.as_ref().unwrap().statuses;
    assert!(statuses.contains(&EppStatus::ClientHold) && statuses.contains(&EppStatus::ClientUpdateProhibited), "{statuses:?}");
    insta::assert_snapshot!(house.diary(), @r#"
    2026-03-01 create-domain
    2026-03-01 update-domain +clientTransferProhibited
    2026-03-01 notice registration-terms
    2026-03-01 update-domain +clientUpdateProhibited
    2026-03-01 update-domain +clientHold -clientUpdateProhibited
    2026-03-01 update-domain +clientUpdateProhibited
    "#);
}
