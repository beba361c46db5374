//! Nothing that was copied is lost where a call fails, and nothing that happened unseen is taken for nothing.

use std::os::unix::fs::FileExt;
use std::time::Duration;

use super::tests::{Copy, database, open, put, rows};
use super::*;

#[test]
fn a_database_that_was_closed_meanwhile_is_another_log() {
    let folder = tempfile::tempdir().unwrap();
    let (path, writer) = database(folder.path());
    put(&writer, 1, 100);
    // The last to close removes the log, so that the next one finds none, as this one does.
    drop(writer);
    let (follower, _) = Follower::begin(&path).unwrap();
    let position = follower.position();
    assert_eq!(position.frames, 0);
    drop(follower);
    let writer = open(&path);
    put(&writer, 2, 100);
    drop(writer);
    assert!(matches!(Follower::resume(&path, position).unwrap(), Resumed::Broken), "{position:?}");
}

#[test]
fn what_was_copied_before_a_writer_kept_us_waiting_is_given_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let (path, writer) = database(folder.path());
    let (mut follower, mut snapshot) = Follower::begin(&path).unwrap();
    let mut copy = Copy::of(&mut snapshot);
    drop(snapshot);
    put(&writer, 1, 9000);
    let other = open(&path);
    other.execute_batch("begin immediate").unwrap();
    assert!(follower.snapshot().is_err(), "somebody else writes all the while");
    other.execute_batch("rollback").unwrap();
    put(&writer, 2, 9000);
    while let Some(batch) = follower.poll().unwrap() {
        copy.apply(&batch);
    }
    assert!(copy.rows(folder.path()) == rows(&writer), "the copy is not the database");
}

#[test]
fn what_was_copied_before_the_log_could_not_begin_anew_is_given_afterwards() {
    let folder = tempfile::tempdir().unwrap();
    let (path, writer) = database(folder.path());
    let (mut follower, mut snapshot) = Follower::begin(&path).unwrap();
    let mut copy = Copy::of(&mut snapshot);
    drop(snapshot);
    writer.pragma_update(None, "wal_autocheckpoint", 0).unwrap();
    let other = open(&path);
    let mut failed = 0;
    for round in 0..40 {
        put(&writer, round, 1 << 20);
        other.execute_batch("begin immediate").unwrap();
        match follower.poll() {
            Ok(Some(batch)) => copy.apply(&batch),
            Ok(None) => {}
            Err(_) => failed += 1,
        }
        other.execute_batch("rollback").unwrap();
        if failed == 1 {
            break;
        }
    }
    assert_eq!(failed, 1, "the log never had to begin anew");
    while let Some(batch) = follower.poll().unwrap() {
        copy.apply(&batch);
    }
    assert!(copy.rows(folder.path()) == rows(&writer), "the copy is not the database");
}

/// A file of a gibibyte, most of it a hole: the next page would be the one that is never written.
#[test]
fn the_page_around_the_lock_byte_is_read_where_it_lies_nowhere() {
    const PAGE: u64 = 1 << 16;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("live.db");
    let connection = open(&path);
    connection.execute_batch("pragma page_size = 65536; pragma journal_mode = wal; create table thing (id, content)").unwrap();
    drop(connection);
    let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
    file.set_len(1 << 30).unwrap();
    file.write_all_at(&(((1_u64 << 30) / PAGE) as u32).to_be_bytes(), 28).unwrap();
    drop(file);
    let writer = open(&path);
    put_anew(&writer, 200_000);
    let (_, mut snapshot) = Follower::begin(&path).unwrap();
    assert!(snapshot.len() > (1 << 30) + PAGE, "it did not grow past the byte");
    assert!(std::fs::metadata(&path).unwrap().len() < snapshot.len(), "all of it was carried into the file");
    let length = snapshot.len();
    assert_eq!(std::io::copy(&mut snapshot, &mut std::io::sink()).unwrap(), length);
}

fn put_anew(connection: &rusqlite::Connection, bytes: usize) {
    connection.execute("insert into thing values (1, ?1)", [vec![1_u8; bytes]]).unwrap();
}

/// Whoever scrubs waits for at most three seconds; we look every second at the latest.
#[test]
fn a_store_is_scrubbed_beside_a_follower_that_looks_every_second() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("live.db");
    let store = crate::Store::open(&crate::DatabaseUrl::sqlite(&path)).unwrap();
    let (mut follower, mut snapshot) = Follower::begin(&path).unwrap();
    let mut copy = Copy::of(&mut snapshot);
    drop(snapshot);
    let log = beside(&path, "-wal");
    for round in 0..3 {
        store.write(move |tx| crate::settings::set(tx, "round", &format!("{round}"))).unwrap();
        let scrubbing = std::thread::spawn({
            let store = store.clone();
            move || store.scrub().unwrap()
        });
        while !scrubbing.is_finished() {
            std::thread::sleep(Duration::from_secs(1));
            while let Some(batch) = follower.poll().unwrap() {
                copy.apply(&batch);
            }
        }
        assert!(scrubbing.join().unwrap(), "the follower was in the way");
        assert_eq!(std::fs::metadata(&log).unwrap().len(), 0);
    }
    store.write(|tx| crate::settings::set(tx, "round", "last")).unwrap();
    while let Some(batch) = follower.poll().unwrap() {
        copy.apply(&batch);
    }
    let restored = folder.path().join("restored.db");
    std::fs::write(&restored, &copy.0).unwrap();
    let restored = crate::Store::open(&crate::DatabaseUrl::sqlite(&restored)).unwrap();
    assert_eq!(restored.read(|tx| crate::settings::find(tx, "round")).unwrap().as_deref(), Some("last"));
}
