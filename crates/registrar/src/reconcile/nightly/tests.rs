//! Nights: planned, begun, gone on with after a restart, and what they find.

use epp::domain::{Command, Update};
use model::EppStatus;
use policy::DomainCommand;
use store::ledger;
use store::testing::TestDatabases;

use super::*;
use crate::gate::NotSent;
use crate::gate::testing::{Rig, name, us};
use crate::registry::ListAlarms;
use crate::{DomainOrder, Target};

/// The nightly reconciliation by the process `owner`, two names a page.
fn nightly(rig: &Rig, owner: &str, hour: u8) -> Nightly {
    let opened = Nightly::open(rig.registrar.clone(), &rig.registry(), rig.port(), owner, hour).unwrap();
    Nightly { page_names: 2, ..opened }
}

fn step(rig: &Rig, nightly: &Nightly) -> NightStep {
    rig.block_on(nightly.step()).unwrap()
}

/// A whole night; gives how many steps it took.
fn night(rig: &Rig, nightly: &Nightly) -> usize {
    (1..100).find(|_| step(rig, nightly) == NightStep::Ended).unwrap()
}

fn standing_of(rig: &Rig) -> NightStanding {
    rig.ask(NightOf { registry: rig.registry() }).unwrap()
}

fn alarms(rig: &Rig) -> Vec<String> {
    rig.ask(ListAlarms { registry: Some(rig.registry()) })
        .unwrap()
        .into_iter()
        .map(|alarm| format!("{}: {}", alarm.key, alarm.sentence))
        .collect()
}

fn clock_at(rig: &Rig, text: &str) {
    rig.clock.set(text.parse().unwrap());
}

/// Another tool in our account puts the name on hold.
fn meddle(rig: &Rig, text: &str) {
    let mut update = Update::new(text);
    update.add.statuses = vec![EppStatus::ClientHold.into()];
    assert!(rig.port.say(&us(), Command::Update(update)).is_success());
}

/// How often the ledger says that the registry's word on a name was taken down.
fn observations(rig: &Rig) -> usize {
    let rows = rig.registrar.store().read::<_, Failure>(|tx| Ok(ledger::list_newest_entries(tx, u64::MAX >> 1, 10_000)?)).unwrap();
    rows.iter().filter(|row| row.kind == "actual-observed").count()
}

#[test]
fn a_night_survives_a_restart_and_tells_what_it_found() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 71);
        for text in ["a.alpha", "b.alpha", "c.alpha", "d.alpha", "e.alpha"] {
            rig.order(text);
        }
        rig.settle(database);
        assert_eq!(step(&rig, &nightly(&rig, "node-1", 3)), NightStep::Idle, "{}", database.engine());
        assert_eq!(standing_of(&rig).next_at.unwrap().to_string(), "2026-11-24T03:00:00Z");
        clock_at(&rig, "2026-11-24T02:59:59Z");
        assert_eq!(step(&rig, &nightly(&rig, "node-1", 3)), NightStep::Idle);

        meddle(&rig, "d.alpha");
        clock_at(&rig, "2026-11-24T03:00:05Z");
        assert_eq!(step(&rig, &nightly(&rig, "node-1", 3)), NightStep::Page);
        assert_eq!(step(&rig, &nightly(&rig, "node-2", 3)), NightStep::Idle, "one process is at it");
        rig.restart(database);
        assert_eq!(standing_of(&rig).under_way.map(|night| night.checked), Some(2));
        assert_eq!(step(&rig, &nightly(&rig, "node-1", 3)), NightStep::Page, "it goes on where it was");
        assert_eq!(step(&rig, &nightly(&rig, "node-1", 3)), NightStep::Ended);
        assert_eq!(step(&rig, &nightly(&rig, "node-1", 3)), NightStep::Idle);

        let last = standing_of(&rig).last.unwrap();
        assert_eq!((last.checked, last.differing, last.unanswered, last.began_at.to_string().as_str()), (5, 1, 0, "2026-11-24T03:00:05Z"));
        insta::allow_duplicates! {
            insta::assert_snapshot!(alarms(&rig).join("\n"), @"drift:alpha: 1 of 5 names at registry `alpha` differs from what we want (night of 2026-11-24). See which: `namekeep registry reconcile --all`, which changes nothing; then decide for each: `namekeep registry reconcile --name NAME` with `--push` or `--accept`");
        }
        assert_eq!(rig.open_intents(), 0, "nothing is done by itself");
        let shown =
            rig.registrar.store().read::<_, Failure>(|tx| Ok(store::registrations::find_open(tx, &name("d.alpha"))?)).unwrap().unwrap();
        assert!(shown.drift.contains("status:clientHold") && shown.actual.unwrap().statuses.contains(&EppStatus::ClientHold));

        let seen = observations(&rig);
        clock_at(&rig, "2026-11-25T03:00:05Z");
        assert_eq!(night(&rig, &nightly(&rig, "node-2", 3)), 3);
        assert_eq!(alarms(&rig).len(), 1, "the same alarm, once");
        assert_eq!(observations(&rig), seen, "what is as it was fills no ledger");
        rig.act(DomainOrder::new(Target::Named(name("d.alpha")), DomainCommand::PushDesired)).unwrap();
        rig.settle(database);
        clock_at(&rig, "2026-11-26T03:00:05Z");
        night(&rig, &nightly(&rig, "node-1", 3));
        assert_eq!(alarms(&rig), Vec::<String>::new(), "a night that finds none ends the alarm");
    });
}

#[test]
fn what_was_missed_comes_once_and_another_hour_moves_the_plan() {
    TestDatabases::each(|database| {
        let rig = Rig::new(database, 72);
        let next = |rig: &Rig| standing_of(rig).next_at.unwrap().to_string();
        step(&rig, &nightly(&rig, "node-1", 3));
        step(&rig, &nightly(&rig, "node-1", 22));
        assert_eq!(next(&rig), "2026-11-23T22:00:00Z", "{}", database.engine());
        clock_at(&rig, "2026-11-27T12:00:00Z");
        let nightly = nightly(&rig, "node-1", 22);
        assert_eq!((step(&rig, &nightly), step(&rig, &nightly)), (NightStep::Ended, NightStep::Idle));
        assert_eq!(next(&rig), "2026-11-27T22:00:00Z");
        assert_eq!(standing_of(&rig).last.map(|night| (night.checked, night.is_clean())), Some((0, true)));
    });
}

#[test]
fn a_silent_registry_is_waited_for_and_then_counted() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 73);
        for text in ["a.alpha", "b.alpha", "c.alpha"] {
            rig.order(text);
        }
        rig.settle(database);
        let nightly = nightly(&rig, "node-1", 3);
        step(&rig, &nightly);
        let silence =
            |rig: &Rig, is_on: bool| *rig.port.closed.lock().unwrap() = is_on.then(|| NotSent::passing("no session was free in time"));
        clock_at(&rig, "2026-11-24T03:00:00Z");
        silence(&rig, true);
        assert_eq!((step(&rig, &nightly), step(&rig, &nightly)), (NightStep::Silent, NightStep::Silent), "{}", database.engine());
        silence(&rig, false);
        assert_eq!((step(&rig, &nightly), step(&rig, &nightly)), (NightStep::Page, NightStep::Ended));
        assert_eq!(standing_of(&rig).last.map(|night| (night.checked, night.is_clean())), Some((3, true)), "the silence cost nothing");

        silence(&rig, true);
        clock_at(&rig, "2026-11-25T03:00:00Z");
        assert_eq!(step(&rig, &nightly), NightStep::Silent);
        clock_at(&rig, "2026-11-25T04:59:59Z");
        assert_eq!(step(&rig, &nightly), NightStep::Silent);
        clock_at(&rig, "2026-11-25T05:00:00Z");
        assert_eq!((step(&rig, &nightly), step(&rig, &nightly)), (NightStep::Page, NightStep::Ended));
        insta::allow_duplicates! {
            insta::assert_snapshot!(alarms(&rig).join("\n"), @"drift:alpha: none of 3 names at registry `alpha` differs from what we want, and it gave no answer about 3 names (night of 2026-11-25). See which: `namekeep registry reconcile --all`, which changes nothing; then decide for each: `namekeep registry reconcile --name NAME` with `--push` or `--accept`");
        }
    });
}
