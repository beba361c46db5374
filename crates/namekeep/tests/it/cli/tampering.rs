//! A hand on the database: whatever it does to the ledger's rows, `ledger verify` names the position.

use rusqlite::Connection;

use super::house::{Desk, House, OURS};

/// A position in the middle of the ledger of these tests.
const POSITION: u64 = 5;

/// Does something to the database, asks what the ledger says, and puts the database back.
fn verify_after(desk: &Desk<'_>, statements: &str) -> String {
    let path = desk.path("state/namekeep.db");
    let sound = std::fs::read(&path).unwrap();
    let connection = Connection::open(&path).unwrap();
    connection.execute_batch(statements).unwrap();
    connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();
    drop(connection);
    let said = desk.says("ledger verify");
    std::fs::write(&path, sound).unwrap();
    for left in ["state/namekeep.db-wal", "state/namekeep.db-shm"] {
        // There is none when the last connection closed it.
        let _ = std::fs::remove_file(desk.path(left));
    }
    said
}

#[test]
fn every_touched_row_is_found_with_its_position() {
    let house = House::open();
    let desk = house.desk(OURS);
    desk.register("touched.alpha", &desk.holder());
    desk.done("ledger verify");
    // The database in one file, so that it can be put back.
    Connection::open(desk.path("state/namekeep.db")).unwrap().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)").unwrap();

    let changed = |column: &str, value: &str| format!("UPDATE ledger_entry SET {column} = {value} WHERE seq = {POSITION}");
    insta::assert_snapshot!(verify_after(&desk, &changed("kind", "'nothing-happened'")), @r"
    THE LEDGER DOES NOT HOLD: entry 5 was changed
    exit 7
    ");
    insta::assert_snapshot!(verify_after(&desk, &changed("at_us", "at_us - 1")), @r"
    THE LEDGER DOES NOT HOLD: entry 5 was changed
    exit 7
    ");
    insta::assert_snapshot!(verify_after(&desk, &changed("body", "replace(body, 'a', 'b')")), @r"
    THE LEDGER DOES NOT HOLD: entry 5 was changed
    exit 7
    ");
    insta::assert_snapshot!(verify_after(&desk, &format!("DELETE FROM ledger_entry WHERE seq = {POSITION}")), @r"
    THE LEDGER DOES NOT HOLD: entry 5 was deleted
    exit 7
    ");
    insta::assert_snapshot!(verify_after(&desk, "DELETE FROM ledger_entry WHERE seq = (SELECT max(seq) FROM ledger_entry)"), @"
    THE LEDGER DOES NOT HOLD: the tail was cut: 21 entries were signed, 20 are left; the first one missing is entry 20
    exit 7
    ");
    let swapped = format!(
        "UPDATE ledger_entry SET seq = -1 WHERE seq = {POSITION}; UPDATE ledger_entry SET seq = {POSITION} WHERE seq = {POSITION} + 1; \
         UPDATE ledger_entry SET seq = {POSITION} + 1 WHERE seq = -1"
    );
    insta::assert_snapshot!(verify_after(&desk, &swapped), @r"
    THE LEDGER DOES NOT HOLD: the entry at position 5 was moved there from position 6
    exit 7
    ");
    insta::assert_snapshot!(desk.says("ledger verify"), @"
    The ledger holds: 21 entries, every row as its tile says, every checkpoint signed.
    exit 0
    ");
}

#[test]
fn doctor_sees_a_touched_ledger_too() {
    let house = House::open();
    let desk = house.desk(OURS);
    desk.register("touched.alpha", &desk.holder());
    let connection = Connection::open(desk.path("state/namekeep.db")).unwrap();
    connection.execute(&format!("UPDATE ledger_entry SET actor = 'somebody' WHERE seq = {POSITION}"), []).unwrap();
    drop(connection);
    let ended = desk.run("doctor");
    assert_eq!(ended.code, Some(7), "{}{}", ended.out, ended.err);
    let line = ended.out.lines().find(|line| line.contains("ledger") && line.contains("LOOK")).unwrap_or_default();
    assert!(line.contains(&format!("entry {POSITION}")), "{}", ended.out);
}
