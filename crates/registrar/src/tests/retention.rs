//! What was submitted for a name is kept while it is in our care and two years more, then let go with a note.

use model::Timestamp;
use policy::DeletionCause;
use store::testing::TestDatabases;
use store::{StoreFault, intents, journal, ledger, notices};

use crate::command::DeleteDomain;
use crate::contact::ReadContact;
use crate::gate::testing::{Rig, name};
use crate::retention::PurgeRecords;
use crate::{actor, authorise};

const DAY: i64 = 86_400;

/// Until when each exchange that carried an intent about `object` is kept.
fn kept_until(rig: &Rig, object: &str) -> Vec<Timestamp> {
    let list = |tx: &mut store::Tx<'_>| journal::list_of_object(tx, object, Timestamp::MAX, 100);
    let exchanges: Result<_, StoreFault> = rig.registrar.store().read(list);
    exchanges.unwrap().into_iter().filter(|exchange| exchange.intent.is_some()).map(|exchange| exchange.keep_until).collect()
}

fn purge(rig: &Rig) -> u64 {
    let case = || authorise(&actor::timer(), PurgeRecords { limit: 1_000 }).unwrap();
    std::iter::from_fn(|| Some(rig.registrar.carry_out(case()).unwrap()).filter(|purged| *purged > 0)).sum()
}

#[test]
fn what_was_submitted_is_kept_for_two_years_after_the_name_ended() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 61).in_turn();
        rig.order("held.alpha");
        rig.order("gone.alpha");
        rig.settle(database);
        assert!(kept_until(&rig, "gone.alpha").iter().all(|until| *until == journal::WITHOUT_END), "{}", database.engine());
        rig.act(DeleteDomain { name: name("gone.alpha"), cause: DeletionCause::Registrant }).unwrap();
        rig.settle(database);
        let (before, until) = (rig.registrar.now(), kept_until(&rig, "gone.alpha"));
        assert!(until.len() >= 2, "a create and a delete: {until:?}");
        assert!(until.iter().all(|until| (729..=731).contains(&(until.duration_since(before).as_hours() / 24))), "{until:?}");
        rig.advance(729 * DAY);
        purge(&rig);
        assert_eq!(kept_until(&rig, "gone.alpha").len(), until.len(), "not before two years are over");
        rig.advance(3 * DAY);
        assert!(purge(&rig) >= 2);
        assert_eq!(kept_until(&rig, "gone.alpha"), []);
        assert!(!kept_until(&rig, "held.alpha").is_empty(), "what is in our care is kept");
        let noted = rig.registrar.store().read(|tx| ledger::list_subject_entries(tx, "retention", 0, 100));
        let noted: Vec<_> = noted.unwrap_or_else(|fault: StoreFault| panic!("{fault}")).into_iter().map(|row| row.kind).collect();
        assert!(!noted.is_empty() && noted.iter().all(|kind| kind == "records-purged"), "{noted:?}");
    });
}

/// Names that ended are not carried along for ever: what was ordered and written for them goes with what was submitted.
#[test]
fn what_was_ordered_and_written_for_a_name_goes_two_years_after_it_ended() {
    TestDatabases::each(|database| {
        let mut rig = Rig::new(database, 62).in_turn();
        rig.order("held.alpha");
        rig.settle(database);
        rig.new_holder();
        let gone = rig.order("gone.alpha").domain;
        rig.settle(database);
        rig.act(DeleteDomain { name: name("gone.alpha"), cause: DeletionCause::Registrant }).unwrap();
        rig.settle(database);
        let left = |domain| {
            let read: Result<_, StoreFault> =
                rig.registrar.store().read(|tx| Ok((intents::list_of(tx, domain)?.len(), notices::list_of(tx, domain)?.len())));
            read.unwrap()
        };
        let (held, before) = (registration_of(&rig, "held.alpha"), left(gone));
        assert!(before.0 >= 2, "a create and a delete at least: {before:?}");
        rig.advance(729 * DAY);
        purge(&rig);
        assert_eq!(left(gone), before, "not before two years are over");
        assert!(rig.ask(ReadContact { id: rig.holder }).is_ok());
        rig.advance(3 * DAY);
        assert!(purge(&rig) >= 2);
        assert_eq!(left(gone), (0, 0));
        assert!(left(held).0 >= 1, "what is in our care is kept");
        assert_eq!(rig.ask(ReadContact { id: rig.holder }).unwrap_err().code(), "contact.erased", "and so is its holder's data gone");
        assert_eq!(purge(&rig), 0, "each clock is looked at once");
    });
}

fn registration_of(rig: &Rig, text: &str) -> model::DomainId {
    let found: Result<_, StoreFault> = rig.registrar.store().read(|tx| store::registrations::find_open(tx, &name(text)));
    found.unwrap().unwrap().id
}
