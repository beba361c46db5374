//! Rehearsed deaths, on both engines: what is durable afterwards, and that nobody is told anything any more.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use crate::fault::StoreFault;
use crate::ledger::SignerKey;
use crate::rehearsal::{Fate, Rehearsal};
use crate::settings;
use crate::store::Store;
use crate::testing::{TestDatabase, TestDatabases};

/// Fates in order; after the last the process lives on.
struct Script(Mutex<VecDeque<Fate>>);

impl Rehearsal for Script {
    fn next(&self) -> Fate {
        self.0.lock().unwrap().pop_front().unwrap_or_default()
    }
}

fn rehearsed(database: &TestDatabase, fates: &[Fate]) -> Store {
    let script = Arc::new(Script(Mutex::new(fates.iter().copied().collect())));
    Store::open_for_rehearsal(database.url(), SignerKey::read(database.key_path()).unwrap(), script).unwrap()
}

fn stored(database: &TestDatabase) -> Vec<String> {
    let find = |name: &str| database.store().read::<_, StoreFault>(|tx| settings::find(tx, name)).unwrap();
    ["a", "b", "c"].into_iter().filter_map(find).collect()
}

/// Queues three commands at once and gives how each was answered.
fn three(store: &Store) -> [Result<(), StoreFault>; 3] {
    let started = ["a", "b", "c"].map(|name| store.submit(move |tx| settings::set(tx, name, name)));
    started.map(|pending| pending.and_then(crate::Pending::wait))
}

#[test]
fn a_process_that_dies_before_a_commit_keeps_what_came_before() {
    TestDatabases::each(|database| {
        let store = rehearsed(database, &[Fate::Lives, Fate::DiesBeforeCommit, Fate::IsDead]);
        let [first, fatal, last] = three(&store);
        assert_eq!(first, Ok(()));
        assert!(matches!((fatal, last), (Err(StoreFault::Stopped { .. }), Err(StoreFault::Stopped { .. }))));
        drop(store);
        assert_eq!(stored(database), ["a"], "{}", database.engine());
    });
}

#[test]
fn a_process_that_dies_after_a_commit_tells_nobody() {
    TestDatabases::each(|database| {
        let store = rehearsed(database, &[Fate::Lives, Fate::DiesAfterCommit, Fate::IsDead]);
        let [_, fatal, last] = three(&store);
        assert!(matches!((fatal, last), (Err(StoreFault::Stopped { .. }), Err(StoreFault::Stopped { .. }))));
        drop(store);
        assert_eq!(stored(database), ["a", "b"], "{}", database.engine());
    });
}

#[test]
fn a_dead_process_takes_nothing_in_and_a_new_one_goes_on() {
    TestDatabases::each(|database| {
        let store = rehearsed(database, &[Fate::IsDead, Fate::IsDead, Fate::IsDead]);
        assert!(three(&store).iter().all(Result::is_err));
        drop(store);
        assert_eq!(stored(database), Vec::<String>::new(), "{}", database.engine());
        let again = rehearsed(database, &[]);
        assert_eq!(three(&again), [Ok(()), Ok(()), Ok(())]);
        assert_eq!(stored(database), ["a", "b", "c"], "{}", database.engine());
    });
}
