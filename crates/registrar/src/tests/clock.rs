//! A machine whose clock is wrong does nothing by it, says so, and goes on by itself once a registry agrees.

use jiff::SignedDuration;
use model::RegistryId;
use store::testing::{TestDatabase, TestDatabases};

use crate::registry::ListAlarms;
use crate::testing::House;
use crate::time_check::note_said;
use crate::timer::Clockwork;

const NOON: &str = "2100-11-30T12:00:00Z";
const HOUR_MS: i64 = 3_600_000;

/// A rehearsal's clock is moved on purpose and never doubted.
fn in_production(database: &TestDatabase) -> House {
    let house = House::on(database);
    house.registrar.store().write(|tx| store::settings::set(tx, "instance.kind", "production")).unwrap();
    house
}

fn registry(name: &str) -> RegistryId {
    name.parse().unwrap()
}

fn says(house: &House, name: &str, ahead_ms: i64) {
    note_said(&house.registrar, &registry(name), house.registrar.now(), ahead_ms).unwrap();
}

fn alarm(house: &House) -> Option<String> {
    house.ask(ListAlarms::default()).unwrap().into_iter().find(|alarm| alarm.key == "clock").map(|alarm| alarm.sentence)
}

fn is_at_rest(house: &House) -> bool {
    house.registrar.is_at_rest().unwrap()
}

#[test]
fn a_registry_that_says_another_time_is_an_alarm_and_nothing_acts_until_one_agrees() {
    TestDatabases::each(|database| {
        let house = in_production(database);
        house.at(NOON);
        assert!(!is_at_rest(&house), "nobody ever said what time it is");
        says(&house, "alpha", 400);
        assert!(!is_at_rest(&house) && alarm(&house).is_none());
        says(&house, "alpha", -2 * HOUR_MS);
        assert!(is_at_rest(&house));
        let said = alarm(&house).unwrap();
        assert!(said.contains("registry `alpha` said it is 2100-11-30T10:00:00Z"), "{said}");
        says(&house, "alpha", -2 * HOUR_MS);
        let [once] = house.ask(ListAlarms::default()).unwrap().try_into().unwrap();
        assert_eq!(once.count, 1, "said once, whatever the number of greetings");
        // Another one agrees: it is that registry's clock.
        says(&house, "minimal", 0);
        assert!(!is_at_rest(&house) && alarm(&house).is_some());
        says(&house, "alpha", 900);
        assert_eq!(alarm(&house), None);
    });
}

#[test]
fn a_clock_that_leapt_lets_no_name_expire() {
    TestDatabases::each(|database| {
        let house = in_production(database);
        house.at(NOON);
        house.registered("a.alpha");
        says(&house, "alpha", 10);
        let clockwork = Clockwork::new(&house.registrar);
        clockwork.step(100).unwrap();
        // Three years on, as far as the machine knows; no registry was heard yet.
        house.at("2103-11-30T12:00:00Z");
        assert!(is_at_rest(&house));
        assert_eq!(clockwork.step(100).unwrap(), 0, "it is due, and nothing is done about it");
        says(&house, "alpha", -3 * 365 * 24 * HOUR_MS);
        assert!(is_at_rest(&house) && alarm(&house).is_some());
        // Set right, and a registry agrees.
        house.at("2100-11-30T12:10:00Z");
        says(&house, "alpha", 10);
        assert!(!is_at_rest(&house) && alarm(&house).is_none());
        // The same three years really lived through, with a registry that agrees: it acts.
        house.at("2103-11-30T12:00:00Z");
        says(&house, "alpha", 10);
        assert!(!is_at_rest(&house));
        assert!(clockwork.step(100).unwrap() > 0);
    });
}

#[test]
fn a_clock_that_went_back_before_the_ledger_is_doubted() {
    TestDatabases::each(|database| {
        let house = in_production(database);
        let noon = house.at(NOON);
        house.registered("a.alpha");
        says(&house, "alpha", 10);
        house.at(&(noon - SignedDuration::from_hours(24 * 40)).to_string());
        assert!(is_at_rest(&house));
        // Who was asleep for an afternoon is believed, and so is who went back by a minute.
        for minutes in [-1, 5 * 60] {
            house.at(&(noon + SignedDuration::from_mins(minutes)).to_string());
            assert!(!is_at_rest(&house), "{minutes}");
        }
    });
}
