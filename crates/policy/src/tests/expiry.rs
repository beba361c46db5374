//! Stories of terms that end (EXP-1 to EXP-17).

use model::EppStatus;

use super::house::House;
use super::registry::Registry;
use super::{at, registered};
use crate::actor::ActorKind;
use crate::calendar::{add_days, add_minutes};
use crate::command::DomainCommand;
use crate::duty::DutyState;
use crate::expiry::ExtenuatingCircumstance;
use crate::outcome::Outcome;
use crate::reason::{Reason, ReasonOwner};
use crate::registration::{DeletionCause, Phase};

#[test]
fn an_unpaid_name_is_told_interrupted_deleted_and_purged() {
    let (mut house, mut registry) = registered("alpha", false);
    house.run_until(&mut registry, at("2027-07-01T12:00:00Z"));
    assert_eq!(house.phase(), Phase::Purged);
    insta::assert_snapshot!(house.diary(), @r#"
    2026-03-01 create-contact
    2026-03-01 create-host ns1.elsewhere.test
    2026-03-01 create-host ns2.elsewhere.test
    2026-03-01 create-domain
    2026-03-01 update-domain +clientTransferProhibited
    2026-03-01 notice registration-terms
    2027-01-15 notice data-reminder
    2027-01-28 notice expiry-first
    2027-02-22 notice expiry-second
    2027-03-02 notice expiry-after
    2027-04-01 update-domain +clientHold
    2027-04-01 notice interrupted
    2027-04-10 delete-domain
    2027-04-10 notice deleted
    "#);
    insta::assert_snapshot!(house.bill(), @r#"
    2026-03-01 create +1 8.00 USD
    2027-03-01 auto-renew +1 8.00 USD
    2027-04-10 auto-renew-credit -1 -8.00 USD
    "#);
    assert_eq!(house.lapsed(), Vec::<&str>::new());
    assert_eq!(house.years_charged(), registry.years_charged);
}

#[test]
fn a_paid_name_is_renewed_by_the_registry_and_still_told_before() {
    let (mut house, mut registry) = registered("alpha", true);
    house.run_until(&mut registry, at("2028-04-20T12:00:00Z"));
    insta::assert_snapshot!(house.diary(), @r#"
    2026-03-01 create-contact
    2026-03-01 create-host ns1.elsewhere.test
    2026-03-01 create-host ns2.elsewhere.test
    2026-03-01 create-domain
    2026-03-01 update-domain +clientTransferProhibited
    2026-03-01 notice registration-terms
    2027-01-15 notice data-reminder
    2027-01-28 notice expiry-first
    2027-02-22 notice expiry-second
    2028-01-16 notice data-reminder
    2028-01-29 notice expiry-first
    2028-02-23 notice expiry-second
    "#);
    insta::assert_snapshot!(house.bill(), @r#"
    2026-03-01 create +1 8.00 USD
    2027-03-01 auto-renew +1 8.00 USD
    2028-03-01 auto-renew +1 8.00 USD
    "#);
    assert_eq!(house.registered().expires_at, Some(at("2029-03-01T12:00:00Z")));
    assert_eq!((house.lapsed(), house.years_charged()), (vec![], registry.years_charged));
}

#[test]
fn a_registry_that_does_not_renew_is_asked_a_day_before() {
    let (mut house, mut registry) = registered("manual", true);
    house.run_until(&mut registry, at("2027-03-02T12:00:00Z"));
    insta::assert_snapshot!(house.diary(), @r#"
    2026-03-01 create-domain
    2026-03-01 update-domain +clientTransferProhibited
    2026-03-01 notice registration-terms
    2027-01-15 notice data-reminder
    2027-01-28 notice expiry-first
    2027-02-22 notice expiry-second
    2027-02-28 renew-domain 1 year from 2027-03-01
    "#);
    assert_eq!(house.registered().expires_at, Some(at("2028-03-01T12:00:00Z")));
}

#[test]
fn paying_late_takes_the_registrys_year_and_brings_dns_back() {
    let (mut house, mut registry) = registered("alpha", false);
    house.run_until(&mut registry, at("2027-04-05T12:00:00Z"));
    assert!(registry.entry.as_ref().unwrap().statuses.contains(&EppStatus::ClientHold));
    house.renew(1).unwrap();
    assert!(house.duties.contains_key("EXP-10:2027-03-01"), "DNS is owed");
    house.settle_all(&mut registry);
    assert!(matches!(house.duties["EXP-10:2027-03-01"], DutyState::Fulfilled { .. }));
    assert!(!registry.entry.as_ref().unwrap().statuses.contains(&EppStatus::ClientHold));
    assert_eq!(house.registered().expires_at, Some(at("2028-03-01T12:00:00Z")));
    assert_eq!((house.years_charged(), registry.years_charged), (2, 2), "the registry's year is the one that was paid");
    house.run_until(&mut registry, at("2027-12-01T12:00:00Z"));
    assert_eq!(house.phase(), Phase::Registered);
}

#[test]
fn paying_late_for_more_years_renews_on_top() {
    let (mut house, mut registry) = registered("alpha", false);
    house.run_until(&mut registry, at("2027-03-20T12:00:00Z"));
    house.renew(3).unwrap();
    house.settle_all(&mut registry);
    assert_eq!(house.registered().expires_at, Some(at("2030-03-01T12:00:00Z")));
    assert_eq!((house.years_charged(), registry.years_charged), (4, 4));
}

#[test]
fn a_renewal_before_the_registrys_word_cannot_buy_a_year_twice() {
    let (mut house, mut registry) = registered("alpha", false);
    house.run_until(&mut registry, at("2027-03-01T11:00:00Z"));
    house.now = at("2027-03-01T12:00:01Z");
    house.tick();
    house.renew(1).unwrap();
    // The registry renews by itself at the same instant; the old expiry in our command makes it refuse.
    house.settle_all(&mut registry);
    house.poll(&mut registry);
    assert_eq!((house.years_charged(), registry.years_charged), (2, 2));
    house.renew(1).unwrap();
    assert_eq!(house.registered().expires_at, Some(at("2028-03-01T12:00:00Z")));
    assert_eq!((house.years_charged(), registry.years_charged), (2, 2));
}

#[test]
fn the_same_renewal_asked_for_twice_is_done_once() {
    let (mut house, mut registry) = registered("alpha", true);
    let seen = house.registered().expires_at.unwrap();
    house.renew(2).unwrap();
    assert_eq!(house.renew(2).unwrap_err().code, "renew.under-way");
    house.settle_all(&mut registry);
    let again = crate::command::RenewDomain { period: "2".parse().unwrap(), current_expiry: seen, fee: None };
    assert_eq!(house.operator(DomainCommand::Renew(again)).unwrap_err().code, "renew.expiry-differs");
    assert_eq!(registry.years_charged, 3);
}

#[test]
fn the_registrant_at_expiration_stays_through_a_change_of_data() {
    let (mut house, mut registry) = registered("alpha", false);
    house.facts.registrant_revision = Some(3);
    house.run_until(&mut registry, at("2027-03-02T12:00:00Z"));
    house.facts.registrant_revision = Some(4);
    let holder = house.registered().registrant;
    let other = house.draw(|now, entropy| model::ContactId::new(now, entropy));
    house.operator(DomainCommand::ChangeContacts { registrant: Some(other), contacts: Default::default(), lock_opt_out: None }).unwrap();
    let case = house.registered().expiry.as_ref().unwrap();
    assert_eq!((case.registrant_at_expiration, case.registrant_revision), (holder, Some(3)));
    house.renew(1).unwrap();
}

#[test]
fn an_outage_lapses_what_it_missed_and_still_gives_the_eight_days() {
    let (mut house, mut registry) = registered("alpha", false);
    house.run_until(&mut registry, at("2027-01-10T12:00:00Z"));
    // Nothing runs for three months: both notices, the expiry and the deletion date pass.
    house.now = at("2027-04-12T12:00:00Z");
    house.round(&mut registry);
    assert_eq!(house.lapsed(), ["ACY-10:2027-03-01", "EXP-1:2027-03-01", "EXP-2:2027-03-01", "EXP-3:2027-03-01"]);
    assert_eq!(house.registered().expiry.as_ref().unwrap().delete_at, at("2027-04-21T12:00:00Z"));
    assert_eq!(house.registered().expiry.as_ref().unwrap().postponed_for, None, "an outage of ours is no circumstance of the list");
    house.run_until(&mut registry, at("2027-04-21T13:00:00Z"));
    assert_eq!(house.phase(), Phase::Redemption);
    // The eight days came first, so the name stood past day 45 of the contract, and that shows.
    assert!(house.lapsed().contains(&"EXP-14:2027-03-01"), "{:?}", house.lapsed());
    let (deleted_at, held_since) = registry.deletes[0];
    assert!(deleted_at >= add_days(held_since.unwrap(), 8));
}

#[test]
fn a_catch_up_inside_the_window_is_no_lapse() {
    let (mut house, mut registry) = registered("alpha", false);
    house.run_until(&mut registry, at("2027-01-20T12:00:00Z"));
    house.now = at("2027-02-03T11:59:00Z");
    house.round(&mut registry);
    assert_eq!((house.lapsed(), house.notice_words()), (vec![], vec!["registration-terms", "data-reminder", "expiry-first"]));
}

#[test]
fn an_interruption_that_the_registry_confirms_late_moves_the_deletion() {
    let (mut house, mut registry) = registered("alpha", false);
    house.run_until(&mut registry, at("2027-04-01T11:00:00Z"));
    // The interruption is decided on time, and its answer is lost for three days.
    house.now = at("2027-04-01T12:00:00Z");
    house.tick();
    house.now = at("2027-04-04T12:00:00Z");
    house.tick();
    house.run_until(&mut registry, at("2027-04-14T12:00:00Z"));
    assert_eq!((house.phase(), house.lapsed()), (Phase::Redemption, vec![]));
    let (deleted_at, held_since) = registry.deletes[0];
    assert!(deleted_at >= add_days(held_since.unwrap(), 8));
}

#[test]
fn deletion_waits_for_the_notice_after_expiry_to_leave() {
    let (mut house, mut registry) = registered("alpha", false);
    house.run_until(&mut registry, at("2027-03-01T13:00:00Z"));
    // From here on the carrier takes no mail.
    for day in 2..90 {
        house.now = add_days(at("2027-03-01T13:00:00Z"), day);
        registry.advance(house.now);
        house.poll(&mut registry);
        house.tick();
        house.settle_all(&mut registry);
    }
    assert_eq!(house.phase(), Phase::Registered);
    assert!(house.lapsed().contains(&"EXP-14:2027-03-01"));
    house.send_notices();
    house.tick();
    assert_eq!(house.phase(), Phase::Deleting);
}

#[test]
fn a_dispute_keeps_an_expired_name_and_its_end_deletes_it_within_45_days() {
    let (mut house, mut registry) = registered("alpha", false);
    let reason = Reason { owner: ReasonOwner::Dispute, reference: "UDRP D2027-0001".into() };
    let status = EppStatus::ClientDeleteProhibited;
    house.operator(DomainCommand::Hold { status, reason: reason.clone() }).unwrap();
    house.run_until(&mut registry, at("2027-06-01T12:00:00Z"));
    assert_eq!(house.phase(), Phase::Registered);
    assert!(matches!(house.duties["EXP-14:2027-03-01"], DutyState::Released { .. }));
    house.operator(DomainCommand::Release { status, reason }).unwrap();
    house.run_until(&mut registry, at("2027-06-11T12:00:00Z"));
    assert_eq!(house.phase(), Phase::Redemption);
    assert!(matches!(house.duties["EXP-17:2027-03-01:2027-06-01"], DutyState::Fulfilled { .. }));
    assert_eq!(house.lapsed(), Vec::<&str>::new());
}

#[test]
fn deletion_is_put_off_for_a_listed_circumstance_only_to_a_later_date() {
    let (mut house, mut registry) = registered("alpha", false);
    house.run_until(&mut registry, at("2027-03-10T12:00:00Z"));
    let postpone = |until| DomainCommand::PostponeDeletion { until: at(until), circumstance: ExtenuatingCircumstance::Bankruptcy };
    assert_eq!(house.operator(postpone("2027-03-20T12:00:00Z")).unwrap_err().code, "postpone.not-later");
    house.operator(postpone("2027-05-20T12:00:00Z")).unwrap();
    house.run_until(&mut registry, at("2027-05-20T11:00:00Z"));
    assert_eq!(house.phase(), Phase::Registered);
    house.run_until(&mut registry, at("2027-05-20T13:00:00Z"));
    assert_eq!((house.phase(), house.lapsed()), (Phase::Redemption, vec![]));
}

#[test]
fn the_registrants_own_lock_does_not_keep_an_unpaid_name() {
    let (mut house, mut registry) = registered("alpha", false);
    let statuses = [EppStatus::ClientDeleteProhibited, EppStatus::ClientUpdateProhibited].into();
    house.operator(DomainCommand::Lock { statuses }).unwrap();
    house.settle_all(&mut registry);
    house.run_until(&mut registry, at("2027-04-11T12:00:00Z"));
    assert_eq!((house.phase(), house.lapsed()), (Phase::Redemption, vec![]));
}

#[test]
fn a_redeemed_name_is_back_with_its_delegation_and_its_years() {
    let (mut house, mut registry) = registered("alpha", false);
    house.run_until(&mut registry, at("2027-04-20T12:00:00Z"));
    assert_eq!(house.phase(), Phase::Redemption);
    let restore = |fee: Option<&str>| DomainCommand::Restore {
        fee: fee.map(|fee| model::Money::parse(fee, model::Currency::parse("USD").unwrap()).unwrap()),
        reason: "the registrant paid".into(),
    };
    insta::assert_snapshot!(house.operator(restore(None)).unwrap_err(), @"the registry asks 40.00 USD for `name.alpha`, and the order agrees to no fee (fee.not-agreed, RFC 8748)");
    house.operator(restore(Some("40.00"))).unwrap();
    house.settle_all(&mut registry);
    assert_eq!(house.registered().expires_at, Some(at("2028-03-01T12:00:00Z")));
    assert!(!registry.entry.as_ref().unwrap().statuses.contains(&EppStatus::ClientHold));
    assert_eq!(house.registered().phase, Phase::Registered);
    insta::assert_snapshot!(house.bill(), @r#"
    2026-03-01 create +1 8.00 USD
    2027-03-01 auto-renew +1 8.00 USD
    2027-04-10 auto-renew-credit -1 -8.00 USD
    2027-04-20 restore +0 40.00 USD
    2027-04-20 renew +1 8.00 USD
    "#);
    assert_eq!(house.years_charged(), registry.years_charged);
}

/// A name in redemption whose restore was asked for and taken, and whose report waits to be sent.
fn restoring() -> (House, Registry) {
    let (mut house, mut registry) = registered("minimal", false);
    house.run_until(&mut registry, at("2026-06-01T12:00:00Z"));
    house.operator(DomainCommand::Delete { cause: DeletionCause::Registrant }).unwrap();
    house.settle_all(&mut registry);
    let fee = model::Money::parse("35.00", model::Currency::parse("EUR").unwrap()).ok();
    house.operator(DomainCommand::Restore { fee, reason: "wanted back".into() }).unwrap();
    assert!(house.settle_one(&mut registry));
    (house, registry)
}

fn refuse_report(house: &mut House, code: u16) {
    let report = house.intents.iter().find(|intent| intent.operation.word() == "report-restore").unwrap().clone();
    house.settle(&report, Outcome::Refused { code, message: "`rgp:resTime` lies ahead".into() });
}

/// Our clock may be ahead of the registry's, where the restore then lies ahead.
#[test]
fn a_report_refused_for_what_it_says_is_sent_once_more() {
    let (mut house, mut registry) = restoring();
    refuse_report(&mut house, 2004);
    assert_eq!((house.phase(), house.intents.len()), (Phase::Restoring, 0));
    let (before, later) = (house.now, add_minutes(house.now, 10));
    house.run_until(&mut registry, later);
    assert_eq!((house.phase(), registry.is_ours()), (Phase::Registered, true), "not before {later}, from {before}");
    assert_eq!(house.years_charged(), registry.years_charged);
}

#[test]
fn a_second_refusal_of_the_report_or_one_for_another_reason_ends_the_restore() {
    let (mut house, _) = restoring();
    refuse_report(&mut house, 2400);
    assert_eq!(house.phase(), Phase::Redemption);
    let (mut house, _) = restoring();
    refuse_report(&mut house, 2004);
    house.now = add_minutes(house.now, 10);
    house.tick();
    refuse_report(&mut house, 2004);
    assert_eq!(house.phase(), Phase::Redemption);
}

/// How long a redemption lasts that follows a restore without its report is for the registry to say.
#[test]
fn the_registrys_word_ends_a_redemption_that_we_count_longer() {
    let (mut house, mut registry) = restoring();
    refuse_report(&mut house, 2400);
    let counted = house.registered().deletion.as_ref().unwrap().redemption_ends_at.unwrap();
    registry.entry.as_mut().unwrap().fall_to_pending_delete(house.now);
    house.now = add_days(house.now, 1);
    house.observe(&registry);
    assert_eq!(house.phase(), Phase::PendingDelete);
    house.run_until(&mut registry, add_days(house.now, 6));
    assert!(house.phase() == Phase::Purged && house.now < counted, "{:?}", house.phase());
}

#[test]
fn a_name_deleted_for_its_data_comes_back_on_hold() {
    let (mut house, mut registry) = registered("minimal", true);
    house.run_until(&mut registry, at("2026-06-01T12:00:00Z"));
    house.operator(DomainCommand::Delete { cause: crate::registration::DeletionCause::Accuracy }).unwrap();
    house.settle_all(&mut registry);
    let fee = model::Money::parse("35.00", model::Currency::parse("EUR").unwrap()).ok();
    house.operator(DomainCommand::Restore { fee, reason: "data corrected".into() }).unwrap();
    house.settle_all(&mut registry);
    assert_eq!(house.phase(), Phase::Registered);
    assert!(registry.entry.as_ref().unwrap().statuses.contains(&EppStatus::ClientHold));
}

#[test]
fn a_refused_deletion_waits_for_a_person_and_goes_on_when_told() {
    let (mut house, mut registry) = registered("alpha", false);
    house.run_until(&mut registry, at("2027-04-09T12:00:00Z"));
    registry.entry.as_mut().unwrap().statuses.insert(EppStatus::ClientDeleteProhibited);
    house.run_until(&mut registry, at("2027-04-12T12:00:00Z"));
    assert_eq!((house.phase(), house.registered().stalled.len()), (Phase::Registered, 1));
    registry.entry.as_mut().unwrap().statuses.remove(&EppStatus::ClientDeleteProhibited);
    house.operator(DomainCommand::PushDesired).unwrap();
    house.round(&mut registry);
    assert_eq!(house.phase(), Phase::Redemption);
}

#[test]
fn nobody_deletes_for_expiry_by_hand() {
    let (mut house, mut registry) = registered("alpha", false);
    house.run_until(&mut registry, at("2027-03-10T12:00:00Z"));
    let refusal = house.operator(DomainCommand::Delete { cause: crate::registration::DeletionCause::Expiry }).unwrap_err();
    assert_eq!((refusal.code, refusal.not_before), ("delete.expiry", Some(at("2027-04-10T12:00:00Z"))));
    assert!(!ActorKind::Timer.may(crate::actor::Permission::DeleteDomain));
}
