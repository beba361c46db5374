//! Stories of registries that say something else than we want (design rule 4).

use model::EppStatus;

use super::{delegation, registered};
use crate::command::DomainCommand;
use crate::intent::Operation;
use crate::outcome::Outcome;
use crate::reason::{Reason, ReasonOwner};
use crate::registration::Phase;

fn drift(house: &super::House) -> Vec<String> {
    house.registered().drift.iter().cloned().collect()
}

#[test]
fn a_difference_is_shown_and_changes_nothing_until_told() {
    let (mut house, mut registry) = registered("minimal", false);
    registry.entry.as_mut().unwrap().nameservers = delegation(&["ns9.stranger.test"]);
    registry.entry.as_mut().unwrap().statuses.insert(EppStatus::ClientHold);
    house.observe(&registry);
    assert_eq!(drift(&house), ["nameservers", "status:clientHold"]);
    assert_eq!(house.intents.len(), 0);
    // Seen again, it is no news; a change of something else leaves it alone.
    let events = house.events.len();
    house.observe(&registry);
    assert_eq!(house.events.len(), events, "the same word again is not written down again");
    house.operator(DomainCommand::Lock { statuses: [EppStatus::ClientDeleteProhibited].into() }).unwrap();
    house.settle_all(&mut registry);
    assert_eq!(registry.entry.as_ref().unwrap().nameservers, delegation(&["ns9.stranger.test"]));
    house.operator(DomainCommand::PushDesired).unwrap();
    house.settle_all(&mut registry);
    house.observe(&registry);
    assert_eq!((drift(&house), registry.entry.as_ref().unwrap().nameservers.len()), (vec![], 2));
}

/// While the registry takes no change, a drift that was found before ends by itself, and nothing new is called drift.
#[test]
fn a_drift_ends_by_itself_while_a_transfer_is_pending_and_in_redemption() {
    let (mut house, mut registry) = registered("minimal", false);
    house.operator(DomainCommand::Unlock { statuses: [EppStatus::ClientTransferProhibited].into() }).unwrap();
    house.settle_all(&mut registry);
    let ours = registry.entry.as_ref().unwrap().nameservers.clone();
    let meddle = |registry: &mut super::Registry| {
        registry.entry.as_mut().unwrap().nameservers = delegation(&["ns9.stranger.test"]);
        registry.entry.as_mut().unwrap().statuses.insert(EppStatus::ClientHold);
    };
    meddle(&mut registry);
    house.observe(&registry);
    registry.request_by_other(house.now).unwrap();
    house.poll(&mut registry);
    assert_eq!((house.phase(), drift(&house).len()), (Phase::TransferringOut, 2));
    registry.entry.as_mut().unwrap().nameservers = ours.clone();
    registry.entry.as_mut().unwrap().statuses.insert(EppStatus::ClientRenewProhibited);
    house.observe(&registry);
    assert_eq!(drift(&house), ["status:clientHold"], "one ended, and the new one waits until something can be done about it");
    registry.entry.as_mut().unwrap().statuses.clear();
    house.observe(&registry);
    assert_eq!((house.phase(), drift(&house)), (Phase::TransferringOut, vec![]));

    registry.end_transfer(model::TransferStatus::ClientCancelled, house.now);
    house.poll(&mut registry);
    // Past the add grace, so that a deletion leads to redemption.
    house.run_until(&mut registry, crate::testing::at("2026-03-10T12:00:00Z"));
    meddle(&mut registry);
    house.observe(&registry);
    assert_eq!(drift(&house).len(), 2);
    house.operator(DomainCommand::Delete { cause: crate::registration::DeletionCause::Registrant }).unwrap();
    house.settle_all(&mut registry);
    assert_eq!((house.phase(), drift(&house).len()), (Phase::Redemption, 2));
    registry.entry.as_mut().unwrap().nameservers = ours;
    registry.entry.as_mut().unwrap().statuses.clear();
    house.observe(&registry);
    assert_eq!((house.phase(), drift(&house)), (Phase::Redemption, vec![]));
}

#[test]
fn what_left_us_does_not_drift() {
    let (mut house, mut registry) = registered("minimal", false);
    registry.entry.as_mut().unwrap().statuses.insert(EppStatus::ClientHold);
    house.observe(&registry);
    registry.entry.as_mut().unwrap().sponsor = model::RegistrarHandle::parse(super::house::OTHER).unwrap();
    house.observe(&registry);
    assert_eq!((house.phase(), drift(&house)), (Phase::TransferredAway, vec![]));
}

#[test]
fn a_wish_to_renew_needs_a_name_that_is_ours() {
    let mut house = super::House::new("minimal", crate::testing::at("2026-03-01T12:00:00Z"), 7);
    let order = house.order(1, false);
    house.operator(DomainCommand::Register(order)).unwrap();
    house.operator(DomainCommand::SetAutoRenew { auto_renew: true }).unwrap();
    let create = house.intents[0].clone();
    house.settle(&create, Outcome::Refused { code: 2306, message: "policy".into() });
    assert_eq!(house.phase(), Phase::Failed);
    for auto_renew in [true, false] {
        let refusal = house.operator(DomainCommand::SetAutoRenew { auto_renew }).unwrap_err();
        assert_eq!((refusal.code, refusal.rule), ("auto-renew.not-ours", "GUARD-1"));
    }
}

#[test]
fn what_the_registry_says_can_be_accepted() {
    let (mut house, mut registry) = registered("minimal", false);
    registry.entry.as_mut().unwrap().nameservers = delegation(&["ns9.stranger.test"]);
    registry.entry.as_mut().unwrap().statuses.remove(&EppStatus::ClientTransferProhibited);
    house.observe(&registry);
    house.operator(DomainCommand::AcceptActual).unwrap();
    let registration = house.registered();
    assert_eq!(registration.desired.nameservers, delegation(&["ns9.stranger.test"]));
    assert!(!registration.desired.statuses.wants(EppStatus::ClientTransferProhibited));
    assert_eq!(house.intents.len(), 0, "nothing is left to change");
}

#[test]
fn a_status_that_somebody_else_owns_is_not_accepted_away() {
    let (mut house, mut registry) = registered("minimal", false);
    let reason = Reason { owner: ReasonOwner::Court, reference: "order 7".into() };
    house.operator(DomainCommand::Hold { status: EppStatus::ClientHold, reason }).unwrap();
    house.settle_all(&mut registry);
    registry.entry.as_mut().unwrap().statuses.remove(&EppStatus::ClientHold);
    house.observe(&registry);
    insta::assert_snapshot!(house.operator(DomainCommand::AcceptActual).unwrap_err(), @"`clientHold` is kept on `name.minimal` for a court order (order 7) (drift.owned, DRIFT)");
}

#[test]
fn a_refused_update_is_shown_and_not_sent_again() {
    let (mut house, mut registry) = registered("minimal", false);
    house.operator(DomainCommand::ChangeNameservers { nameservers: delegation(&["ns3.elsewhere.test"]) }).unwrap();
    let update = house.intents.iter().find(|intent| matches!(intent.operation, Operation::UpdateDomain { .. })).cloned().unwrap();
    house.settle(&update, Outcome::Refused { code: 2306, message: "policy".into() });
    assert_eq!((house.intents.len(), drift(&house)), (0, vec!["nameservers".to_owned()]));
    house.operator(DomainCommand::ChangeNameservers { nameservers: delegation(&["ns4.elsewhere.test"]) }).unwrap();
    house.settle_all(&mut registry);
    assert_eq!(registry.entry.as_ref().unwrap().nameservers, delegation(&["ns4.elsewhere.test"]));
}

#[test]
fn years_that_the_registry_added_are_accepted_with_their_charge() {
    let (mut house, mut registry) = registered("minimal", false);
    let entry = registry.entry.as_mut().unwrap();
    entry.expires_at = model::expiry::add_years(entry.expires_at, 2);
    house.observe(&registry);
    assert_eq!(drift(&house), ["expiry"]);
    assert_eq!(house.operator(DomainCommand::PushDesired).unwrap_err().code, "drift.not-ours");
    house.operator(DomainCommand::AcceptActual).unwrap();
    insta::assert_snapshot!(house.bill(), @r#"
    2026-03-01 create +1 6.50 EUR
    2026-03-01 renew +2 14.00 EUR
    "#);
    assert!(house.registered().open_duties.contains_key("EXP-1:2029-03-01"));
}

#[test]
fn a_name_that_vanished_is_shown_and_buried_only_when_told() {
    let (mut house, mut registry) = registered("minimal", false);
    registry.entry = None;
    house.observe(&registry);
    assert_eq!((house.phase(), drift(&house)), (Phase::Registered, vec!["existence".to_owned()]));
    house.operator(DomainCommand::AcceptActual).unwrap();
    assert_eq!(house.phase(), Phase::Purged);
}

#[test]
fn a_name_that_is_elsewhere_has_left() {
    let (mut house, mut registry) = registered("minimal", false);
    registry.entry.as_mut().unwrap().sponsor = model::RegistrarHandle::parse(super::house::OTHER).unwrap();
    house.observe(&registry);
    assert_eq!(house.phase(), Phase::TransferredAway);
}

#[test]
fn a_name_that_lapsed_at_a_registry_without_renewal_is_in_redemption() {
    let (mut house, mut registry) = registered("manual", false);
    let reason = Reason { owner: ReasonOwner::Dispute, reference: "UDRP D2027-1".into() };
    house.operator(DomainCommand::Hold { status: EppStatus::ClientRenewProhibited, reason }).unwrap();
    // The dispute keeps us from deleting it; the registry deletes it when nobody has renewed it for 45 days.
    house.run_until(&mut registry, crate::testing::at("2027-04-15T13:00:00Z"));
    registry.lapse(house.now);
    house.observe(&registry);
    assert_eq!((house.phase(), drift(&house), house.lapsed()), (Phase::Redemption, vec![], vec![]));
    assert!(house.notice_words().contains(&"deleted"));
}

/// The dispute ends when the name is in redemption already, and the registrant redeems it: no deletion is owed.
#[test]
fn a_dispute_that_ends_after_the_deletion_owes_none() {
    let (mut house, mut registry) = registered("manual", false);
    let status = EppStatus::ClientRenewProhibited;
    let reason = Reason { owner: ReasonOwner::Dispute, reference: "UDRP D2027-1".into() };
    house.operator(DomainCommand::Hold { status, reason: reason.clone() }).unwrap();
    house.run_until(&mut registry, crate::testing::at("2027-04-15T13:00:00Z"));
    registry.lapse(house.now);
    house.observe(&registry);
    house.operator(DomainCommand::Release { status, reason }).unwrap();
    assert!(!house.duties.keys().any(|key| key.starts_with("EXP-17:")), "{:?}", house.duties.keys());
}

#[test]
fn an_older_answer_proves_nothing() {
    let (mut house, mut registry) = registered("minimal", false);
    let old = registry.info(house.now);
    house.now = crate::calendar::add_hours(house.now, 1);
    house.operator(DomainCommand::Lock { statuses: [EppStatus::ClientDeleteProhibited].into() }).unwrap();
    house.settle_all(&mut registry);
    house.command(crate::ActorKind::Gate, DomainCommand::Observe { actual: old.map(Box::new) }).unwrap();
    assert_eq!(drift(&house), Vec::<String>::new());
}
