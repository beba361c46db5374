//! Stories of holders who are asked who they are (ACY-3 to ACY-8), and of the yearly letter (ACY-10).

use model::{ContactId, EppStatus};

use super::house::House;
use super::registry::Registry;
use super::{at, delegation};
use crate::actor::ActorKind;
use crate::calendar::{add_days, add_hours};
use crate::command::DomainCommand;
use crate::duty::{DutyState, Evidence};
use crate::registration::{DeletionCause, Phase};
use crate::verification::{HolderNews, HolderStanding, VerificationCause};

const HOLD: EppStatus = EppStatus::ClientHold;

/// A name whose holder was never verified, registered on 1 March 2026.
fn unverified(tld: &str) -> (House, Registry) {
    let mut house = House::new(tld, at("2026-03-01T12:00:00Z"), 7);
    house.facts.registrant_standing = Some(HolderStanding::Unverified);
    let mut registry = Registry::new(&house.profile, house.name());
    let order = house.order(1, false);
    house.operator(DomainCommand::Register(order)).unwrap();
    house.round(&mut registry);
    (house, registry)
}

fn is_held(registry: &Registry) -> bool {
    registry.entry.as_ref().unwrap().statuses.contains(&HOLD)
}

fn tell(house: &mut House, registry: &mut Registry, news: HolderNews) {
    let contact = house.registered().registrant.unwrap();
    house.facts.registrant_standing =
        Some(if news == HolderNews::Verified { HolderStanding::Verified } else { HolderStanding::Unverified });
    house.command(ActorKind::Timer, DomainCommand::TakeHolderNews { contact, news }).unwrap();
    house.settle_all(registry);
}

/// The duties of an obligation, by how they stand.
fn duties(house: &House, obligation: &str) -> Vec<&'static str> {
    let of_it = house.duties.iter().filter(|(key, _)| key.starts_with(&format!("{obligation}:")));
    let word = |state: &DutyState| match state {
        DutyState::Open => "open",
        DutyState::Fulfilled { evidence: Evidence::Registry { .. }, .. } => "suspended",
        DutyState::Fulfilled { .. } => "fulfilled",
        DutyState::Released { .. } => "released",
        DutyState::Lapsed { .. } => "lapsed",
    };
    of_it.map(|(_, state)| word(state)).collect()
}

#[test]
fn a_holder_who_answers_in_time_is_left_in_peace() {
    let (mut house, mut registry) = unverified("alpha");
    assert_eq!(duties(&house, "ACY-3"), ["open"]);
    house.run_until(&mut registry, at("2026-03-09T12:00:00Z"));
    tell(&mut house, &mut registry, HolderNews::Verified);
    assert_eq!((duties(&house, "ACY-3"), house.registered().verification.is_none()), (vec!["fulfilled"], true));
    house.run_until(&mut registry, at("2026-04-09T12:00:00Z"));
    assert!(!is_held(&registry));
}

#[test]
fn silence_takes_the_name_off_dns_before_the_fifteenth_day_and_an_answer_brings_it_back_at_once() {
    for tld in ["alpha", "minimal"] {
        let (mut house, mut registry) = unverified(tld);
        let began = house.now;
        house.run_until(&mut registry, add_hours(add_days(began, 13), 7));
        assert!(!is_held(&registry), "{tld}: a minute earlier than said is a minute too early");
        house.run_until(&mut registry, add_hours(add_days(began, 13), 9));
        assert!(is_held(&registry), "{tld}");
        assert_eq!(duties(&house, "ACY-3"), ["suspended"], "{tld}: the registry's word closes it");
        assert!(house.notice_words().contains(&"suspended"), "{tld}");
        house.run_until(&mut registry, add_days(began, 40));
        assert!(is_held(&registry), "{tld}");
        tell(&mut house, &mut registry, HolderNews::Verified);
        assert!(!is_held(&registry), "{tld}");
        assert_eq!(house.lapsed(), Vec::<&str>::new(), "{tld}");
    }
}

/// Who is verified before the news of it reaches the name is not suspended.
#[test]
fn a_verification_that_is_on_its_way_counts() {
    let (mut house, mut registry) = unverified("alpha");
    house.facts.registrant_standing = Some(HolderStanding::Verified);
    house.run_until(&mut registry, at("2026-03-20T12:00:00Z"));
    assert_eq!((is_held(&registry), duties(&house, "ACY-3")), (false, vec!["fulfilled"]));
}

#[test]
fn a_verified_holder_is_not_asked_again_and_doubt_asks_anew_under_its_own_obligation() {
    let (mut house, mut registry) = unverified("alpha");
    tell(&mut house, &mut registry, HolderNews::Verified);
    for (cause, obligation) in
        [(VerificationCause::DataChanged, "ACY-5"), (VerificationCause::Doubt, "ACY-7"), (VerificationCause::Inquiry, "ACY-8")]
    {
        let at = house.now;
        tell(&mut house, &mut registry, HolderNews::Doubted { cause, at });
        assert_eq!(duties(&house, obligation), ["open"]);
        // A second doubt gains nobody time, and owes nothing twice.
        let later = add_days(at, 5);
        tell(&mut house, &mut registry, HolderNews::Doubted { cause: VerificationCause::Doubt, at: later });
        assert_eq!(house.registered().verification.as_ref().unwrap().opened_at, at);
        let until = add_days(at, 15);
        house.run_until(&mut registry, until);
        assert_eq!((is_held(&registry), duties(&house, obligation)), (true, vec!["suspended"]));
        tell(&mut house, &mut registry, HolderNews::Verified);
        assert!(!is_held(&registry));
    }
}

#[test]
fn nobody_who_is_overdue_gets_another_name() {
    let mut house = House::new("alpha", at("2026-03-01T12:00:00Z"), 7);
    house.facts.registrant_standing = Some(HolderStanding::Overdue);
    let order = house.order(1, false);
    assert_eq!(house.operator(DomainCommand::Register(order)).unwrap_err().code, "registrant.unverified");
    let (mut house, _) = unverified("alpha");
    house.facts.registrant_standing = Some(HolderStanding::Overdue);
    let registrant = Some(house.draw(|now, entropy| ContactId::new(now, entropy)));
    let command = DomainCommand::ChangeContacts { registrant, contacts: Default::default(), lock_opt_out: None };
    assert_eq!(house.operator(command).unwrap_err().code, "registrant.unverified");
}

#[test]
fn a_suspended_name_that_changes_hands_stays_off_until_its_new_holder_is_verified() {
    let (mut house, mut registry) = unverified("alpha");
    house.run_until(&mut registry, at("2026-03-20T12:00:00Z"));
    let new = house.draw(|now, entropy| ContactId::new(now, entropy));
    let command = DomainCommand::ChangeContacts { registrant: Some(new), contacts: Default::default(), lock_opt_out: None };
    house.operator(command).unwrap();
    house.settle_all(&mut registry);
    assert_eq!((is_held(&registry), house.registered().verification.as_ref().unwrap().contact), (true, new));
    // News of the one before are none of this name.
    let before = house.draw(|now, entropy| ContactId::new(now, entropy));
    house.command(ActorKind::Timer, DomainCommand::TakeHolderNews { contact: before, news: HolderNews::Verified }).unwrap();
    assert!(house.registered().verification.is_some());
    tell(&mut house, &mut registry, HolderNews::Verified);
    assert!(!is_held(&registry));
}

/// Another reason keeps the status, and is not ours to lift.
#[test]
fn an_abuse_hold_outlives_the_verification() {
    use crate::reason::{Reason, ReasonOwner};
    let (mut house, mut registry) = unverified("alpha");
    let reason = Reason { owner: ReasonOwner::Abuse, reference: "case 7".into() };
    house.operator(DomainCommand::Hold { status: HOLD, reason }).unwrap();
    house.settle_all(&mut registry);
    house.run_until(&mut registry, at("2026-03-20T12:00:00Z"));
    assert_eq!(duties(&house, "ACY-3"), ["suspended"], "the name is off, whoever wanted it first");
    tell(&mut house, &mut registry, HolderNews::Verified);
    assert!(is_held(&registry));
}

#[test]
fn a_deleted_name_owes_nothing_and_owes_it_again_once_it_is_back() {
    let (mut house, mut registry) = unverified("alpha");
    house.operator(DomainCommand::ChangeNameservers { nameservers: delegation(&["ns1.elsewhere.test", "ns9.elsewhere.test"]) }).unwrap();
    house.run_until(&mut registry, at("2026-03-08T12:00:00Z"));
    house.operator(DomainCommand::Unlock { statuses: [EppStatus::ClientTransferProhibited].into() }).unwrap();
    house.settle_all(&mut registry);
    house.operator(DomainCommand::Delete { cause: DeletionCause::Registrant }).unwrap();
    house.settle_all(&mut registry);
    assert_eq!((house.phase(), duties(&house, "ACY-3")), (Phase::Redemption, vec!["released"]));
    house.run_until(&mut registry, at("2026-03-25T12:00:00Z"));
    let fee = house.profile.fees_of(&house.name()).restore;
    house.operator(DomainCommand::Restore { fee, reason: "regret".into() }).unwrap();
    house.settle_all(&mut registry);
    assert_eq!(duties(&house, "ACY-3"), ["released", "open"]);
    house.run_until(&mut registry, at("2026-03-26T12:00:00Z"));
    assert_eq!((is_held(&registry), duties(&house, "ACY-3")), (true, vec!["released", "suspended"]));
}

#[test]
fn every_year_brings_one_letter_with_the_data() {
    let (mut house, mut registry) = unverified("alpha");
    tell(&mut house, &mut registry, HolderNews::Verified);
    for year in 2027..=2029 {
        house.run_until(&mut registry, at(&format!("{year}-02-20T12:00:00Z")));
        house.renew(1).unwrap();
        house.settle_all(&mut registry);
    }
    let letters: Vec<_> =
        house.notices.iter().filter(|notice| notice.kind.word() == "data-reminder").map(|notice| notice.key.clone()).collect();
    assert_eq!(letters, ["data-reminder:2027-03-01", "data-reminder:2028-03-01", "data-reminder:2029-03-01"]);
    assert_eq!(duties(&house, "ACY-10"), ["fulfilled", "fulfilled", "fulfilled", "open"]);
}
