//! A name's whole life, day by day: every letter, every duty, in order.

use jiff::SignedDuration;
use policy::{DutyState, Phase, RegistryEvent};

use super::world::{name, order};
use crate::Receipt;
use crate::portfolio::DomainInfo;
use crate::testing::{House, seen_alike};
use crate::timer::Clockwork;

/// What people saw of one day: the date and the subjects of the letters that left.
fn live_a_day(house: &House, receipt: &Receipt) -> Vec<String> {
    let before = house.mail();
    while Clockwork::new(&house.registrar).step(100).unwrap() > 0 {
        house.settle(receipt);
    }
    house.carry();
    let today = policy::calendar::utc_date(house.registrar.now());
    let new = house.mail().into_iter().filter(|message| !before.contains(message));
    new.map(|message| format!("{today} {}", message.lines().find(|line| line.starts_with("Subject")).unwrap())).collect()
}

fn live(house: &House, receipt: &Receipt, days: u32) -> Vec<String> {
    let mut seen = Vec::new();
    for _ in 0..days {
        seen.extend(live_a_day(house, receipt));
        house.clock.advance(SignedDuration::from_hours(24));
    }
    seen
}

fn duties(house: &House, text: &str) -> Vec<String> {
    let view = house.ask(DomainInfo { name: name(text) }).unwrap();
    let word = |state: &DutyState| match state {
        DutyState::Open => "open",
        DutyState::Fulfilled { .. } => "fulfilled",
        DutyState::Released { .. } => "released",
        DutyState::Lapsed { .. } => "lapsed",
    };
    view.duties.iter().map(|duty| format!("{} {}", duty.key, word(&duty.state))).collect()
}

/// EXP-1 to EXP-14: nobody renews, so the name is announced, interrupted, deleted, and nothing lapses on the way.
#[test]
fn a_name_that_nobody_renews_is_told_interrupted_and_deleted() {
    let (letters, duties, phase) = seen_alike(|house| {
        let receipt = house.act(order("fading.alpha", house.holder())).unwrap();
        house.settle(&receipt);
        let mut letters = live(house, &receipt, 366);
        let expires_at = "2028-11-23T12:00:00Z".parse().unwrap();
        house.announced(RegistryEvent::AutoRenewed { name: name("fading.alpha"), expires_at }, "fading.alpha");
        letters.extend(live(house, &receipt, 60));
        let phase = house.ask(DomainInfo { name: name("fading.alpha") }).unwrap().registration.phase;
        (letters.join("\n"), duties(house, "fading.alpha").join("\n"), phase)
    });
    insta::assert_snapshot!(letters, @r"
    2026-11-23 Subject: fading.alpha is registered: renewal and deletion
    2027-10-09 Subject: Please check the data of fading.alpha
    2027-10-22 Subject: fading.alpha expires on 2027-11-23 (UTC)
    2027-11-16 Subject: Second notice: fading.alpha expires on 2027-11-23 (UTC)
    2027-11-24 Subject: fading.alpha has expired
    2027-12-24 Subject: fading.alpha has expired and is interrupted
    2028-01-02 Subject: fading.alpha was deleted
    ");
    insta::assert_snapshot!(duties, @"
    EXP-1:2027-11-23 fulfilled
    EXP-2:2027-11-23 fulfilled
    ACY-10:2027-11-23 fulfilled
    EXP-3:2027-11-23 fulfilled
    EXP-8:2027-11-23 fulfilled
    EXP-14:2027-11-23 fulfilled
    EXP-11:2028-01-02T12:00:00Z fulfilled
    ACY-10:2028-11-23 released
    ");
    assert_eq!(phase, Phase::Redemption);
}
