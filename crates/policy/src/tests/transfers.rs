//! Stories of names that change hands (TRF-1 to TRF-20).

use model::{EppStatus, Timestamp};

use super::house::House;
use super::registry::Registry;
use super::{at, registered};
use crate::actor::ActorKind;
use crate::calendar::{add_days, add_hours, add_minutes};
use crate::command::{DomainCommand, RequestTransferIn, decide};
use crate::context::Context;
use crate::duty::DutyState;
use crate::outcome::{Done, Outcome, RegistryEvent, TransferState};
use crate::reason::{Reason, ReasonOwner};
use crate::registration::{DeletionCause, Phase};
use crate::transfer::DenialReason;

/// A name registered for a year, unlocked, half a year later, and another registrar's request for it.
fn requested() -> (House, Registry) {
    requested_on("2026-09-01T12:00:00Z")
}

fn requested_on(day: &str) -> (House, Registry) {
    let (mut house, mut registry) = registered("minimal", false);
    house.operator(DomainCommand::Unlock { statuses: [EppStatus::ClientTransferProhibited].into() }).unwrap();
    house.run_until(&mut registry, at(day));
    registry.request_by_other(house.now).unwrap();
    house.poll(&mut registry);
    (house, registry)
}

fn deny(word: &str) -> DomainCommand {
    DomainCommand::DenyTransferOut { reason: DenialReason::parse(word, "case 1").unwrap() }
}

fn transfer_in(house: &mut House, authorised_at: Timestamp) -> DomainCommand {
    let order = house.order(1, false);
    DomainCommand::RequestTransferIn(RequestTransferIn {
        name: order.name,
        registrant: order.registrant,
        contacts: order.contacts,
        authorised_at,
        fee: None,
        has_token: false,
    })
}

#[test]
fn an_unanswered_transfer_away_is_told_within_the_day_and_passes() {
    let (mut house, mut registry) = requested();
    assert_eq!(house.registered().transfer_passes_at(), Some(at("2026-09-06T12:00:00Z")));
    assert_eq!(house.duties["TRF-5:2026-09-01T12:00:00Z"], DutyState::Open);
    house.run_until(&mut registry, at("2026-09-07T12:00:00Z"));
    assert_eq!((house.phase(), house.lapsed()), (Phase::TransferredAway, vec![]));
    assert!(matches!(house.duties["TRF-5:2026-09-01T12:00:00Z"], DutyState::Fulfilled { .. }));
    insta::assert_snapshot!(house.diary(), @r#"
    2026-03-01 create-domain
    2026-03-01 update-domain +clientTransferProhibited
    2026-03-01 notice registration-terms
    2026-03-01 update-domain -clientTransferProhibited
    2026-09-01 notice losing-transfer
    2026-09-06 notice transferred-away
    "#);
}

#[test]
fn a_notice_that_stays_with_its_carrier_for_a_day_is_a_breach() {
    let (mut house, _) = requested();
    house.now = add_hours(house.now, 25);
    house.tick();
    assert_eq!(house.lapsed(), ["TRF-5:2026-09-01T12:00:00Z"]);
}

#[test]
fn only_a_person_answers_for_the_registrant() {
    let (house, _) = requested();
    for kind in [ActorKind::Timer, ActorKind::Gate, ActorKind::Registry { registry: house.profile.registry.clone() }] {
        assert!(!kind.may(crate::actor::Permission::TransferOut));
        // Even past the permission, the rule itself says no.
        let mut entropy = model::SeededEntropy::new(1);
        let actor = crate::actor::Actor { id: model::ActorId::new(house.now, &mut entropy), kind };
        let mut context = Context { now: house.now, actor: &actor, profile: &house.profile, facts: &house.facts, entropy: &mut entropy };
        for command in [DomainCommand::ApproveTransferOut, deny("fraud")] {
            assert_eq!(decide(house.registration.as_ref(), &command, &mut context).unwrap_err().rule, "TRF-1");
        }
    }
}

#[test]
fn an_approval_hands_the_name_over_at_once() {
    let (mut house, mut registry) = requested();
    house.operator(DomainCommand::ApproveTransferOut).unwrap();
    assert_eq!(house.operator(deny("fraud")).unwrap_err().code, "transfer.answered");
    house.settle_all(&mut registry);
    house.poll(&mut registry);
    assert_eq!((house.phase(), registry.is_ours()), (Phase::TransferredAway, false));
}

/// Every lawful reason against a name that is half a year old, plain, and not on hold.
#[test]
fn a_denial_needs_its_precondition() {
    for (word, answer) in [
        ("fraud", "denied"),
        ("identity-dispute", "denied"),
        ("non-payment", "transfer.hold-first"),
        ("holder-objection", "denied"),
        ("recently-created", "transfer.window-over"),
        ("recently-transferred", "transfer.window-over"),
        ("pending-udrp", "transfer.not-on-record"),
        ("court-order", "transfer.not-on-record"),
        ("pending-tdrp", "transfer.not-on-record"),
        ("urs", "transfer.not-on-record"),
        ("change-of-registrant-lock", "transfer.not-locked"),
    ] {
        let (mut house, mut registry) = requested();
        let decided = house.operator(deny(word)).map_or_else(|refusal| refusal.code, |_| "denied");
        assert_eq!(decided, answer, "{word}");
        if answer == "denied" {
            house.round(&mut registry);
            assert_eq!((house.phase(), registry.is_ours()), (Phase::Registered, true), "{word}");
            assert!(house.notice_words().contains(&"transfer-denied"), "{word}");
        }
    }
}

#[test]
fn a_reason_without_evidence_is_none() {
    let (mut house, _) = requested();
    let reason = DenialReason::HolderObjection { reference: " ".into() };
    assert_eq!(house.operator(DomainCommand::DenyTransferOut { reason }).unwrap_err().code, "transfer.reference-missing");
}

#[test]
fn non_payment_counts_when_the_name_was_put_on_hold_first() {
    let (mut house, mut registry) = registered("minimal", false);
    house.operator(DomainCommand::Unlock { statuses: [EppStatus::ClientTransferProhibited].into() }).unwrap();
    let reason = Reason { owner: ReasonOwner::Payment, reference: "invoice 4".into() };
    house.operator(DomainCommand::Hold { status: EppStatus::ClientHold, reason }).unwrap();
    house.settle_all(&mut registry);
    registry.request_by_other(house.now).unwrap();
    house.poll(&mut registry);
    house.operator(deny("non-payment")).unwrap();
}

/// The name is off already, for its expiry; the invoice is remembered once somebody wants the name.
#[test]
fn non_payment_remembered_after_the_request_is_no_reason() {
    let (mut house, mut registry) = registered("minimal", false);
    house.operator(DomainCommand::Unlock { statuses: [EppStatus::ClientTransferProhibited].into() }).unwrap();
    house.run_until(&mut registry, at("2027-03-28T12:00:00Z"));
    assert!(registry.entry.as_ref().unwrap().statuses.contains(&EppStatus::ClientHold));
    registry.request_by_other(house.now).unwrap();
    house.poll(&mut registry);
    let reason = Reason { owner: ReasonOwner::Payment, reference: "invoice 4".into() };
    house.operator(DomainCommand::Hold { status: EppStatus::ClientHold, reason }).unwrap();
    assert_eq!(house.operator(deny("non-payment")).unwrap_err().code, "transfer.hold-first");
}

/// An order that comes while the transfer is pending denies it as soon as it is on record.
#[test]
fn a_court_order_on_record_denies_a_pending_transfer_and_locks_the_name() {
    let (mut house, mut registry) = requested();
    let reason = Reason { owner: ReasonOwner::Court, reference: "order 7".into() };
    let status = EppStatus::ClientTransferProhibited;
    house.operator(DomainCommand::Hold { status, reason }).unwrap();
    house.round(&mut registry);
    assert_eq!((house.phase(), registry.is_ours()), (Phase::Registered, true));
    house.settle_all(&mut registry);
    assert!(registry.entry.as_ref().unwrap().statuses.contains(&status));
}

#[test]
fn the_sixty_days_are_sixty() {
    for (days, answer) in [(59, "denied"), (60, "transfer.window-over")] {
        let (mut house, mut registry) = registered("minimal", false);
        house.operator(DomainCommand::Unlock { statuses: [EppStatus::ClientTransferProhibited].into() }).unwrap();
        house.run_until(&mut registry, add_days(at("2026-03-01T12:00:00Z"), days));
        registry.request_by_other(house.now).unwrap();
        house.poll(&mut registry);
        let decided = house.operator(deny("recently-created")).map_or_else(|refusal| refusal.code, |_| "denied");
        assert_eq!(decided, answer, "{days}");
    }
}

#[test]
fn what_must_be_denied_is_denied_at_once() {
    for (owner, reference, reason) in [
        (ReasonOwner::Dispute, "UDRP D2026-0001", DenialReason::PendingUdrp { reference: "UDRP D2026-0001".into() }),
        (ReasonOwner::Dispute, "URS 12", DenialReason::Urs { reference: "URS 12".into() }),
        (ReasonOwner::Dispute, "TDRP 3", DenialReason::PendingTdrp { reference: "TDRP 3".into() }),
        (ReasonOwner::Court, "order 7", DenialReason::CourtOrder { reference: "order 7".into() }),
        (ReasonOwner::ChangeOfRegistrant, "change 2", DenialReason::ChangeOfRegistrantLock),
    ] {
        let (mut house, mut registry) = registered("minimal", false);
        house.operator(DomainCommand::Unlock { statuses: [EppStatus::ClientTransferProhibited].into() }).unwrap();
        let hold = DomainCommand::Hold { status: EppStatus::ClientRenewProhibited, reason: Reason { owner, reference: reference.into() } };
        house.operator(hold).unwrap();
        house.settle_all(&mut registry);
        registry.request_by_other(house.now).unwrap();
        house.poll(&mut registry);
        let answer = house.registered().transfer.as_ref().unwrap().answer.clone();
        assert_eq!(answer, Some(crate::registration::TransferAnswer::Denied { reason }));
        house.round(&mut registry);
        assert!(registry.is_ours());
    }
}

#[test]
fn leaving_in_the_auto_renew_grace_gives_the_year_back() {
    let (mut house, mut registry) = requested_on("2027-03-10T12:00:00Z");
    house.run_until(&mut registry, at("2027-03-16T12:00:00Z"));
    assert_eq!(house.phase(), Phase::TransferredAway);
    insta::assert_snapshot!(house.bill(), @r#"
    2026-03-01 create +1 6.50 EUR
    2027-03-01 auto-renew +1 7.00 EUR
    2027-03-15 auto-renew-credit -1 -7.00 EUR
    "#);
    assert_eq!(house.years_charged(), registry.years_charged);
}

#[test]
fn a_year_given_back_within_the_grace_is_booked_however_late_its_message_is_taken() {
    let (mut house, mut registry) = requested_on("2027-03-10T12:00:00Z");
    registry.advance(at("2027-03-16T12:00:00Z"));
    // The registry is out of reach until long after the grace of 45 days; only our own clock runs.
    for day in ["2027-03-20T12:00:00Z", "2027-04-16T12:00:00Z", "2027-05-20T12:00:00Z"] {
        house.now = at(day);
        house.tick();
    }
    house.round(&mut registry);
    assert_eq!(house.phase(), Phase::TransferredAway);
    insta::assert_snapshot!(house.bill(), @r#"
    2026-03-01 create +1 6.50 EUR
    2027-03-01 auto-renew +1 7.00 EUR
    2027-03-15 auto-renew-credit -1 -7.00 EUR
    "#);
    assert_eq!(house.years_charged(), registry.years_charged);
}

#[test]
fn an_expired_name_that_stays_after_a_pending_transfer_still_gets_its_eight_days() {
    let (mut house, mut registry) = registered("minimal", false);
    house.operator(DomainCommand::Unlock { statuses: [EppStatus::ClientTransferProhibited].into() }).unwrap();
    // The interruption falls due on 27 March and the deletion on 5 April, while the transfer is pending.
    house.run_until(&mut registry, at("2027-03-26T12:00:00Z"));
    registry.request_by_other(house.now).unwrap();
    house.run_until(&mut registry, at("2027-03-31T11:00:00Z"));
    assert_eq!(house.phase(), Phase::TransferringOut);
    registry.end_transfer(model::TransferStatus::ClientCancelled, house.now);
    house.run_until(&mut registry, at("2027-04-09T12:00:00Z"));
    assert_eq!((house.phase(), house.lapsed()), (Phase::Redemption, vec![]));
    let (deleted_at, held_since) = registry.deletes[0];
    assert!(deleted_at >= add_days(held_since.unwrap(), 8));
}

#[test]
fn a_transfer_in_adds_a_year_and_takes_the_delegation_over() {
    let mut house = House::new("alpha", at("2026-03-01T12:00:00Z"), 7);
    let mut registry = Registry::held_elsewhere(&house.profile, house.name(), at("2024-06-01T12:00:00Z"), at("2027-06-01T12:00:00Z"));
    let command = transfer_in(&mut house, at("2026-02-27T12:00:00Z"));
    house.operator(command).unwrap();
    house.run_until(&mut registry, at("2026-03-06T13:00:00Z"));
    let registration = house.registered();
    assert_eq!((registration.phase, registration.expires_at), (Phase::Registered, Some(at("2028-06-01T12:00:00Z"))));
    assert_eq!(registration.desired.nameservers, super::delegation(&["ns1.theirs.test"]));
    assert!(registration.open_duties.contains_key("EXP-1:2028-06-01"));
    assert!(registry.info(house.now).unwrap().contacts.len() == 1, "our contact is set at the registry");
    insta::assert_snapshot!(house.diary(), @r#"
    2026-03-01 request-transfer
    2026-03-06 notice transferred-in
    2026-03-06 notice registration-terms
    2026-03-06 create-contact
    2026-03-06 update-domain
    "#);
    insta::assert_snapshot!(house.bill(), @"2026-03-06 transfer +1 8.00 USD");
}

#[test]
fn a_transfer_cut_short_by_the_ten_years_gives_back_only_what_it_gave() {
    let mut house = House::new("minimal", at("2026-03-01T12:00:00Z"), 7);
    let mut registry = Registry::held_elsewhere(&house.profile, house.name(), at("2025-12-01T12:00:00Z"), at("2035-12-01T12:00:00Z"));
    let command = transfer_in(&mut house, at("2026-02-27T12:00:00Z"));
    house.operator(command).unwrap();
    house.run_until(&mut registry, at("2026-03-08T12:00:00Z"));
    assert_eq!(house.registered().expires_at, Some(at("2036-03-06T12:00:00Z")), "ten years ahead, not a whole year more");
    house.operator(DomainCommand::Delete { cause: DeletionCause::Registrant }).unwrap();
    house.settle_all(&mut registry);
    registry.entry.as_mut().unwrap().expires_at = at("2035-12-01T12:00:00Z");
    house.observe(&registry);
    assert_eq!((house.registered().expires_at, house.years_charged()), (Some(at("2035-12-01T12:00:00Z")), 0));
}

#[test]
fn a_stale_authorisation_is_none() {
    let mut house = House::new("minimal", at("2026-03-01T12:00:00Z"), 7);
    for (authorised_at, code) in
        [("2025-12-31T11:59:59Z", "transfer.authorisation-stale"), ("2026-03-01T12:00:01Z", "transfer.authorisation-date")]
    {
        let command = transfer_in(&mut house, at(authorised_at));
        let refusal = house.operator(command).unwrap_err();
        assert_eq!((refusal.code, refusal.rule), (code, "TRF-4"));
    }
    let command = transfer_in(&mut house, at("2025-12-31T12:00:00Z"));
    house.operator(command).unwrap();
}

/// The registry's clock is behind ours, so that it dates our request before we made it.
#[test]
fn a_transfer_in_completes_although_the_registrys_clock_is_behind() {
    let mut house = House::new("alpha", at("2026-03-01T12:00:00Z"), 7);
    let command = transfer_in(&mut house, at("2026-02-27T12:00:00Z"));
    house.operator(command).unwrap();
    let (ours, theirs) = (house.registered().opened_at, at("2026-03-01T11:58:00Z"));
    assert!(theirs < ours);
    let pending = TransferState {
        status: model::TransferStatus::Pending,
        requested_by: model::RegistrarHandle::parse(super::house::ACCOUNT).unwrap(),
        requested_at: theirs,
        acts: model::RegistrarHandle::parse(super::house::OTHER).unwrap(),
        act_at: add_days(theirs, 5),
        expires_at: None,
    };
    let request = house.intents.iter().find(|intent| intent.operation.word() == "request-transfer").unwrap().clone();
    house.settle(&request, Outcome::Done(Done { transfer: Some(pending.clone()), ..Done::default() }));
    house.now = add_days(house.now, 5);
    let kind = ActorKind::Registry { registry: house.profile.registry.clone() };
    let mut tell = |state: TransferState| {
        let name = house.name();
        house.command(kind.clone(), DomainCommand::TakeRegistryEvent(RegistryEvent::Transfer { name, transfer: state })).unwrap();
        house.phase()
    };
    // What waited in the queue since an earlier attempt says nothing of this one.
    let earlier = TransferState { status: model::TransferStatus::ClientRejected, requested_at: add_minutes(theirs, -1), ..pending.clone() };
    assert_eq!(tell(earlier), Phase::TransferringIn);
    assert_eq!(tell(TransferState { status: model::TransferStatus::ServerApproved, ..pending }), Phase::Registered);
    assert_eq!(house.years_charged(), 1);
}

#[test]
fn a_transfer_in_that_is_refused_or_cancelled_ends() {
    let mut house = House::new("minimal", at("2026-03-01T12:00:00Z"), 7);
    let mut nobody = Registry::new(&house.profile, house.name());
    let command = transfer_in(&mut house, at("2026-02-27T12:00:00Z"));
    house.operator(command).unwrap();
    house.settle_all(&mut nobody);
    assert_eq!(house.phase(), Phase::Failed);

    let mut registry = Registry::held_elsewhere(&house.profile, house.name(), at("2024-06-01T12:00:00Z"), at("2027-06-01T12:00:00Z"));
    let command = transfer_in(&mut house, at("2026-02-27T12:00:00Z"));
    house.operator(command).unwrap();
    house.settle_all(&mut registry);
    house.operator(DomainCommand::CancelTransferIn).unwrap();
    house.settle_all(&mut registry);
    assert_eq!((house.phase(), house.charges.len()), (Phase::Failed, 0));
}

#[test]
fn an_auth_info_is_given_on_demand_and_cleared_again() {
    let (mut house, mut registry) = registered("minimal", false);
    house.operator(DomainCommand::SetAuthInfo).unwrap();
    assert_eq!(house.operator(DomainCommand::SetAuthInfo).unwrap_err().code, "authinfo.under-way");
    house.settle_all(&mut registry);
    assert!(matches!(house.duties["TRF-13:2026-03-01T12:00:00Z"], DutyState::Fulfilled { .. }));
    assert!(house.registered().authinfo_set_at.is_some());
    house.run_until(&mut registry, at("2026-03-16T12:00:00Z"));
    assert_eq!(house.registered().authinfo_set_at, None);
}

#[test]
fn an_unpaid_invoice_stands_in_the_way_of_no_transfer() {
    let (mut house, mut registry) = registered("minimal", false);
    let reason = Reason { owner: ReasonOwner::Payment, reference: "invoice 4".into() };
    house.operator(DomainCommand::Hold { status: EppStatus::ClientHold, reason }).unwrap();
    house.settle_all(&mut registry);
    house.operator(DomainCommand::SetAuthInfo).unwrap();
    house.operator(DomainCommand::Unlock { statuses: [EppStatus::ClientTransferProhibited].into() }).unwrap();
    house.settle_all(&mut registry);
    registry.request_by_other(house.now).unwrap();
    house.poll(&mut registry);
    house.operator(DomainCommand::ApproveTransferOut).unwrap();
}
