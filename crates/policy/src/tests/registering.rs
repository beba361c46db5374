//! Stories of names that are ordered, changed and deleted.

use std::collections::BTreeSet;

use model::{Currency, DsData, EppStatus, Money};

use super::house::House;
use super::registry::Registry;
use super::{at, delegation, registered};
use crate::command::DomainCommand;
use crate::intent::Operation;
use crate::outcome::Outcome;
use crate::registration::{DeletionCause, Phase};

fn house(tld: &str) -> (House, Registry) {
    let house = House::new(tld, at("2026-03-01T12:00:00Z"), 7);
    let registry = Registry::new(&house.profile, house.name());
    (house, registry)
}

#[test]
fn hosts_of_its_own_follow_the_create() {
    let (mut house, mut registry) = house("alpha");
    let mut order = house.order(1, false);
    order.nameservers = delegation(&["ns1.name.alpha", "ns2.elsewhere.test"]);
    house.operator(DomainCommand::Register(order)).unwrap();
    house.settle_all(&mut registry);
    insta::assert_snapshot!(house.diary(), @r#"
    2026-03-01 create-contact
    2026-03-01 create-host ns2.elsewhere.test
    2026-03-01 create-domain
    2026-03-01 create-host ns1.name.alpha
    2026-03-01 update-domain +clientTransferProhibited +ns1.name.alpha
    2026-03-01 notice registration-terms
    "#);
    assert_eq!(registry.entry.as_ref().unwrap().nameservers.len(), 2);
}

#[test]
fn the_attribute_model_needs_no_host_objects_and_the_minimum_set_no_contacts() {
    let (mut house, mut registry) = house("minimal");
    let mut order = house.order(1, false);
    order.nameservers = delegation(&["ns1.name.minimal", "ns2.elsewhere.test"]);
    order.lock_consent = None;
    house.operator(DomainCommand::Register(order)).unwrap();
    house.settle_all(&mut registry);
    insta::assert_snapshot!(house.diary(), @r#"
    2026-03-01 create-domain
    2026-03-01 notice registration-terms
    "#);
}

#[test]
fn a_refused_contact_cancels_the_order() {
    let (mut house, mut registry) = house("alpha");
    let order = house.order(1, false);
    house.operator(DomainCommand::Register(order)).unwrap();
    let contact = house.intents.iter().find(|intent| matches!(intent.operation, Operation::CreateContact { .. })).cloned().unwrap();
    house.settle(&contact, Outcome::Refused { code: 2005, message: "no such country".into() });
    house.settle_all(&mut registry);
    assert_eq!((house.phase(), house.charges.len(), registry.entry.is_some()), (Phase::Failed, 0, false));
}

#[test]
fn a_host_that_exists_already_is_as_good_as_created() {
    let (mut house, mut registry) = house("alpha");
    let order = house.order(1, false);
    house.operator(DomainCommand::Register(order)).unwrap();
    let host = house.intents.iter().find(|intent| matches!(intent.operation, Operation::CreateHost { .. })).cloned().unwrap();
    house.intents.retain(|intent| intent.id != host.id);
    registry.execute(&host, house.now);
    let outcome = Outcome::Refused { code: 2302, message: "exists".into() };
    house.command(crate::ActorKind::Gate, DomainCommand::SettleIntent { intent: host.id, operation: host.operation, outcome }).unwrap();
    house.settle_all(&mut registry);
    assert_eq!(house.phase(), Phase::Registered);
}

#[test]
fn a_pending_create_waits_for_the_registrys_decision() {
    for (done, phase, charges) in [(true, Phase::Registered, 1), (false, Phase::Failed, 0)] {
        let (mut house, _) = house("minimal");
        let order = house.order(2, false);
        house.operator(DomainCommand::Register(order)).unwrap();
        let create = house.intents[0].clone();
        house.settle(&create, Outcome::Pending { svtrid: "SRV-9".into() });
        assert_eq!((house.phase(), house.registered().open_intents.len()), (Phase::Ordered, 1));
        let name = house.name();
        let event = crate::RegistryEvent::PendingResult { name, cltrid: None, svtrid: "SRV-9".into(), done };
        house.command(crate::ActorKind::Gate, DomainCommand::TakeRegistryEvent(event)).unwrap();
        assert_eq!((house.phase(), house.charges.len()), (phase, charges));
    }
}

#[test]
fn orders_that_the_rules_do_not_allow_say_why() {
    let usd = |amount| Money::parse(amount, Currency::parse("USD").unwrap()).ok();
    let mut seen = Vec::new();
    let mut refuse = |tld: &str, change: &dyn Fn(&mut crate::command::RegisterDomain)| {
        let (mut house, _) = house(tld);
        let mut order = house.order(1, false);
        change(&mut order);
        seen.push(match house.operator(DomainCommand::Register(order)) {
            Ok(_) => "taken".to_owned(),
            Err(refusal) => refusal.to_string(),
        });
    };
    refuse("alpha", &|order| order.name = "a.name.alpha".parse().unwrap());
    refuse("alpha", &|order| order.name = "name.beta".parse().unwrap());
    refuse("alpha", &|order| order.name = "nic.alpha".parse().unwrap());
    refuse("minimal", &|order| order.name = "bücher.minimal".parse().unwrap());
    refuse("alpha", &|order| order.name = "bücher.alpha".parse().unwrap());
    refuse("alpha", &|order| order.registrant = None);
    refuse("minimal", &|order| order.registrant = None);
    refuse("alpha", &|order| order.nameservers = [("ns.name.alpha".parse().unwrap(), BTreeSet::new())].into());
    refuse("alpha", &|order| order.nameservers.clear());
    refuse("alpha", &|order| order.name = "gold.alpha".parse().unwrap());
    refuse("alpha", &|order| {
        order.name = "gold.alpha".parse().unwrap();
        order.fee = usd("400.00");
    });
    refuse("alpha", &|order| {
        order.name = "gold.alpha".parse().unwrap();
        order.fee = usd("500.00");
    });
    refuse("minimal", &|order| order.ds = (0..5).map(|tag| DsData::new(tag, 13, 2, vec![1; 32]).unwrap()).collect());
    insta::assert_snapshot!(seen.join("\n"), @r#"
    `a.name.alpha` is not directly below `.alpha` (name.not-of-tld, RFC 5731 2.1)
    `name.beta` is not directly below `.alpha` (name.not-of-tld, RFC 5731 2.1)
    `nic.alpha` is reserved by the registry (name.reserved, RFC 5731 3.2.1)
    `bücher.minimal` is internationalised, and `.minimal` takes ASCII names only (name.idn, RFC 5731 3.2.1)
    taken
    a name needs a holder, and no registrant is named (registrant.missing, RDP-1)
    a name needs a holder, and no registrant is named (registrant.missing, RDP-1)
    `ns.name.alpha` lies below `name.alpha` itself and has no address (nameservers.glue-missing, RFC 5731 3.2.1)
    taken
    the registry asks 500.00 USD for `gold.alpha`, and the order agrees to no fee (fee.not-agreed, RFC 8748)
    the registry asks 500.00 USD for `gold.alpha`, and the order agrees to 400.00 USD (fee.not-agreed, RFC 8748)
    taken
    `.minimal` takes at most 4 DS records, and 5 are given (ds.count, RFC 5910 5.2)
    "#);
}

#[test]
fn a_name_is_not_ordered_twice_and_nothing_is_done_to_a_stranger() {
    let (mut house, _) = registered("minimal", false);
    let order = house.order(1, false);
    assert_eq!(house.operator(DomainCommand::Register(order)).unwrap_err().code, "domain.exists");
    let (mut stranger, _) = self::house("minimal");
    assert_eq!(stranger.operator(DomainCommand::SetAuthInfo).unwrap_err().code, "domain.unknown");
}

#[test]
fn a_delete_in_add_grace_is_credited_and_final() {
    let (mut house, mut registry) = registered("alpha", false);
    house.renew(1).unwrap();
    house.settle_all(&mut registry);
    house.operator(DomainCommand::Delete { cause: DeletionCause::Registrant }).unwrap();
    house.settle_all(&mut registry);
    assert_eq!((house.phase(), house.years_charged(), registry.years_charged), (Phase::Purged, 0, 0));
    insta::assert_snapshot!(house.bill(), @r#"
    2026-03-01 create +1 8.00 USD
    2026-03-01 renew +1 8.00 USD
    2026-03-01 create-credit -1 -8.00 USD
    2026-03-01 renew-credit -1 -8.00 USD
    "#);
}

/// The answer to a delete comes when the add grace is over; the registry deleted the name within it, or there would be a redemption.
#[test]
fn a_delete_in_the_last_minutes_of_the_add_grace_is_credited_however_late_its_answer() {
    let (mut house, mut registry) = registered("minimal", false);
    house.run_until(&mut registry, at("2026-03-06T11:55:00Z"));
    house.operator(DomainCommand::Delete { cause: DeletionCause::Registrant }).unwrap();
    while house.intents.len() > 1 {
        house.settle_one(&mut registry);
    }
    let delete = house.intents[0].clone();
    let outcome = registry.execute(&delete, house.now);
    house.now = at("2026-03-06T12:07:00Z");
    house.settle(&delete, outcome);
    assert_eq!((house.phase(), house.years_charged(), registry.years_charged), (Phase::Purged, 0, 0));
}

/// When a delete is ordered and answered by our clock, and when it is carried out by the registry's: around the end of the grace of its own
/// renewal. Where the registry says that the year is taken back, it is, whatever our clock says of when the grace was over.
#[test]
fn a_year_that_the_registry_took_back_is_credited_whoevers_clock_is_right() {
    for (ordered, executed, answered) in [
        ("11:55:00", "11:55:00", "11:55:00"),
        ("11:55:00", "11:55:00", "12:07:00"),
        ("12:01:05", "11:57:05", "12:06:05"),
        ("12:30:00", "12:30:00", "12:30:00"),
    ] {
        let (mut house, mut registry) = registered("alpha", true);
        let day = |time: &str| at(&format!("2027-04-15T{time}Z"));
        house.run_until(&mut registry, day(executed));
        house.now = day(ordered);
        house.operator(DomainCommand::Delete { cause: DeletionCause::Registrant }).unwrap();
        while house.intents.len() > 1 {
            house.settle_one(&mut registry);
        }
        let delete = house.intents[0].clone();
        let outcome = registry.execute(&delete, day(executed));
        house.now = day(answered);
        house.settle(&delete, outcome);
        house.observe(&registry);
        let case = format!("ordered {ordered}, executed {executed}, answered {answered}");
        assert_eq!((house.phase(), house.years_charged()), (Phase::Redemption, registry.years_charged), "{case}");
        assert_eq!(house.years_charged(), if executed < "12:00:00" { 1 } else { 2 }, "{case}");
    }
}

/// The unlock is on its way when the deletion is ordered: nothing is lifted twice.
#[test]
fn a_name_is_deleted_while_its_unlock_is_under_way() {
    let (mut house, mut registry) = registered("alpha", false);
    let locks = BTreeSet::from([EppStatus::ClientUpdateProhibited, EppStatus::ClientDeleteProhibited]);
    house.operator(DomainCommand::Lock { statuses: locks.clone() }).unwrap();
    house.settle_all(&mut registry);
    house.operator(DomainCommand::Unlock { statuses: locks }).unwrap();
    house.operator(DomainCommand::Delete { cause: DeletionCause::Registrant }).unwrap();
    house.settle_all(&mut registry);
    assert_eq!((house.phase(), house.registered().drift.len()), (Phase::Purged, 0));
}

#[test]
fn a_name_whose_hosts_serve_others_is_deleted_only_where_they_can_move() {
    let (mut house, mut registry) = registered("alpha", false);
    house.operator(DomainCommand::ChangeNameservers { nameservers: delegation(&["ns1.name.alpha"]) }).unwrap();
    house.settle_all(&mut registry);
    house.facts.linked_subordinates = house.facts.known_hosts.iter().filter(|host| host.is_within(&house.name())).cloned().collect();
    let target = house.profile.rename_hosts_to.take();
    let delete = DomainCommand::Delete { cause: DeletionCause::Registrant };
    insta::assert_snapshot!(house.operator(delete.clone()).unwrap_err(), @"`name.alpha` cannot be deleted while other names are delegated to ns1.name.alpha (delete.hosts-in-use, RFC 5731 3.2.2)");
    house.profile.rename_hosts_to = target.clone();
    house.operator(delete).unwrap();
    let moved = house.intents.iter().find_map(|intent| match &intent.operation {
        Operation::RenameHost { to } => Some(to.as_str().to_owned()),
        _ => None,
    });
    assert!(moved.unwrap().ends_with(".sacrificial.invalid"));
    house.settle_all(&mut registry);
    assert_eq!(house.phase(), Phase::Purged);
}

#[test]
fn changes_are_sent_as_differences_and_once() {
    let (mut house, mut registry) = registered("alpha", false);
    let nameservers = delegation(&["ns2.elsewhere.test", "ns3.elsewhere.test"]);
    house.operator(DomainCommand::ChangeNameservers { nameservers: nameservers.clone() }).unwrap();
    let ds: BTreeSet<_> = [DsData::new(1, 13, 2, vec![1; 32]).unwrap()].into();
    house.operator(DomainCommand::ChangeDs { ds: ds.clone() }).unwrap();
    assert_eq!(house.intents.iter().filter(|intent| intent.operation.word() == "update-domain").count(), 1, "the second waits");
    house.settle_all(&mut registry);
    assert!(house.operator(DomainCommand::ChangeNameservers { nameservers }).unwrap().is_empty());
    assert!(house.operator(DomainCommand::ChangeDs { ds }).unwrap().is_empty());
    let updates: Vec<_> = house.diary().lines().filter(|line| line.contains("update-domain")).map(str::to_owned).collect();
    insta::assert_snapshot!(updates.join("\n"), @r#"
    2026-03-01 update-domain +clientTransferProhibited
    2026-03-01 update-domain +ns3.elsewhere.test -ns1.elsewhere.test
    2026-03-01 update-domain
    "#);
    assert_eq!(house.registered().actual.as_ref().unwrap().ds.len(), 1);
}

#[test]
fn a_lock_is_the_registrants_to_set_and_lift() {
    let (mut house, mut registry) = registered("minimal", false);
    house.operator(DomainCommand::Unlock { statuses: [EppStatus::ClientTransferProhibited].into() }).unwrap();
    assert!(house.duties.keys().any(|key| key.starts_with("TRF-12:")), "the unlock is owed");
    house.settle_all(&mut registry);
    assert_eq!(house.registered().open_duties.keys().filter(|key| key.starts_with("TRF-12:")).count(), 0);
    for (statuses, code) in [
        (BTreeSet::new(), "lock.nothing"),
        ([EppStatus::ClientHold].into(), "lock.status"),
        ([EppStatus::ServerHold].into(), "lock.status"),
    ] {
        assert_eq!(house.operator(DomainCommand::Lock { statuses }).unwrap_err().code, code);
    }
}

#[test]
fn ten_years_are_the_most() {
    let (mut house, mut registry) = registered("minimal", false);
    house.renew(9).unwrap();
    house.settle_all(&mut registry);
    let refusal = house.renew(1).unwrap_err();
    assert_eq!((refusal.code, refusal.rule), ("renew.ten-years", "RFC 5731 3.2.3"));
}
