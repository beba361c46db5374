//! Entries that are written together at the end of a transaction: what is seen before, what stays when a neighbour is undone, and
//! what another node's commit in between does.

use jiff::Timestamp;

use super::*;
use crate::fault::StoreFault;
use crate::store::Store;
use crate::testing::{TestDatabase, TestDatabases};
use crate::tx::Tx;
use crate::{Pending, settings};

fn add(tx: &mut Tx<'_>, subject: &str) -> Result<u64, StoreFault> {
    append(tx, &NewEntry { at: Timestamp::UNIX_EPOCH, actor: "act_1", subject, kind: "Counted", body: "{}", salt: [1; 16] })
}

/// Keeps the writer busy, so that what is queued meanwhile becomes one batch.
fn hold(_: &mut Tx<'_>) -> Result<(), StoreFault> {
    std::thread::sleep(std::time::Duration::from_millis(50));
    Ok(())
}

fn refusal() -> StoreFault {
    StoreFault::Missing { what: "what the rules want".to_owned() }
}

fn subjects(database: &TestDatabase) -> Vec<String> {
    let verification = verify_store(database.store(), database.verifier()).unwrap();
    assert_eq!(verification.finding, None, "{}", database.engine());
    database.store().read(|tx| list_entries(tx, 0, 1000)).unwrap().into_iter().map(|row| row.subject).collect()
}

#[test]
fn an_entry_is_seen_in_its_own_transaction() {
    TestDatabases::each(|database| {
        let seen = database.store().write(|tx| {
            add(tx, "dom_1")?;
            let before = list_subject_entries(tx, "dom_1", 0, 9)?.len();
            add(tx, "dom_1")?;
            add(tx, "dom_2")?;
            Ok::<_, StoreFault>((before, list_subject_entries(tx, "dom_1", 0, 9)?.len(), tx.last_ledger_entry()))
        });
        assert_eq!(seen, Ok((1, 2, Some(2))));
        assert_eq!(subjects(database), ["dom_1", "dom_1", "dom_2"]);
    });
}

/// Each way to be refused, between two that stay: before anything was written, after, and after the entries were looked at.
#[test]
fn entries_of_an_undone_command_go_and_those_of_its_neighbours_stay() {
    type Refused = fn(&mut Tx<'_>) -> Result<(), StoreFault>;
    let ways: [Refused; 3] = [
        |tx| add(tx, "undone").and(Err(refusal())),
        |tx| add(tx, "undone").and(settings::set(tx, "a", "1")).and(Err(refusal())),
        |tx| add(tx, "undone").and(list_entries(tx, 0, 1000)).and(add(tx, "undone")).and(Err(refusal())),
    ];
    TestDatabases::each(|database| {
        let mut wanted = Vec::new();
        for refused in ways {
            let store = database.store();
            let hold = store.submit(hold).unwrap();
            let first = store.submit(|tx| add(tx, "first")).unwrap();
            let undone = store.submit(refused).unwrap();
            let last = store.submit(|tx| add(tx, "last").and(add(tx, "last"))).unwrap();
            hold.wait().unwrap();
            let seq = wanted.len() as u64;
            assert_eq!((first.wait(), undone.wait(), last.wait()), (Ok(seq), Err(refusal()), Ok(seq + 2)), "{}", database.engine());
            wanted.extend(["first", "last", "last"]);
            assert_eq!(subjects(database), wanted);
        }
    });
}

/// What a writer remembers of the tree is used only while nobody else has made it grow.
#[test]
fn two_nodes_grow_one_tree() {
    TestDatabases::each(|database| {
        let signer = SignerKey::read(database.key_path()).unwrap();
        let other = Store::open_with_signer(database.url(), signer).unwrap();
        for round in 0..40 {
            let store = if round % 3 == 1 { &other } else { database.store() };
            let grown: Vec<Pending<u64, StoreFault>> = (0..20).map(|_| store.submit(|tx| add(tx, "dom_1")).unwrap()).collect();
            let last = grown.into_iter().map(|pending| pending.wait().unwrap()).max();
            assert_eq!(last, Some(round * 20 + 19));
        }
        assert_eq!(subjects(database).len(), 800);
    });
}
