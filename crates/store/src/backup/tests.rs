//! A follower beside writers of every kind: what it copied is the database, at every commit at which a batch ended.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use proptest::prelude::*;
use rusqlite::Connection;

use super::*;

/// A copy of the file, kept up by batches.
pub(super) struct Copy(pub(super) Vec<u8>);

impl Copy {
    pub(super) fn of(snapshot: &mut Snapshot) -> Self {
        let mut bytes = Vec::new();
        snapshot.read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes.len() as u64, snapshot.len());
        Self(bytes)
    }

    pub(super) fn apply(&mut self, batch: &Batch) {
        let size = batch.page_size as usize;
        self.0.resize(batch.page_count as usize * size, 0);
        for (page, content) in &batch.pages {
            let at = (*page as usize - 1) * size;
            self.0[at..at + size].copy_from_slice(content);
        }
    }

    pub(super) fn rows(&self, folder: &Path) -> BTreeMap<i64, Vec<u8>> {
        let path = folder.join("copy.db");
        std::fs::write(&path, &self.0).unwrap();
        let connection = Connection::open(&path).unwrap();
        let whole: String = connection.query_row("pragma integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(whole, "ok");
        let rows = rows(&connection);
        drop(connection);
        for ending in ["", "-wal", "-shm"] {
            drop(std::fs::remove_file(beside(&path, ending)));
        }
        rows
    }
}

pub(super) fn rows(connection: &Connection) -> BTreeMap<i64, Vec<u8>> {
    let mut statement = connection.prepare("select id, content from thing").unwrap();
    statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect()
}

pub(super) fn database(folder: &Path) -> (PathBuf, Connection) {
    let path = folder.join("live.db");
    let connection = open(&path);
    connection.execute_batch("pragma journal_mode = wal; create table thing (id integer primary key, content blob)").unwrap();
    (path, connection)
}

pub(super) fn open(path: &Path) -> Connection {
    let connection = Connection::open(path).unwrap();
    connection.busy_timeout(std::time::Duration::from_secs(5)).unwrap();
    connection
}

pub(super) fn put(connection: &Connection, id: i64, bytes: usize) {
    let content = vec![id as u8; bytes];
    connection
        .execute("insert into thing values (?1, ?2) on conflict (id) do update set content = excluded.content", (id, content))
        .unwrap();
}

/// What can happen beside a follower.
#[derive(Clone, Debug)]
enum Act {
    Put(i64, usize),
    Remove(i64),
    Together(i64, u8),
    Passive,
    Truncate,
    Restart,
    Vacuum,
    Poll,
    Again,
    Snapshot,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (0_i64..60, 0_usize..20_000).prop_map(|(id, bytes)| Act::Put(id, bytes)),
        2 => (0_i64..60).prop_map(Act::Remove),
        2 => (0_i64..60, 1_u8..40).prop_map(|(id, count)| Act::Together(id, count)),
        1 => Just(Act::Passive),
        1 => Just(Act::Truncate),
        1 => Just(Act::Restart),
        1 => Just(Act::Vacuum),
        6 => Just(Act::Poll),
        1 => Just(Act::Again),
        1 => Just(Act::Snapshot),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn what_was_copied_is_the_database(acts in prop::collection::vec(act(), 1..60)) {
        let folder = tempfile::tempdir().unwrap();
        let (path, writer) = database(folder.path());
        let (mut follower, mut snapshot) = Follower::begin(&path).unwrap();
        let mut copy = Copy::of(&mut snapshot);
        drop(snapshot);
        let checkpoint = |kind: &str| {
            // Another process does this, and may be refused while we hold a pin.
            let other = open(&path);
            other.busy_timeout(std::time::Duration::ZERO).unwrap();
            drop(other.query_row(&format!("pragma wal_checkpoint({kind})"), [], |_| Ok(())));
        };
        for act in acts {
            match act {
                Act::Put(id, bytes) => put(&writer, id, bytes),
                Act::Remove(id) => drop(writer.execute("delete from thing where id = ?1", [id]).unwrap()),
                Act::Together(id, count) => {
                    writer.execute_batch("begin immediate").unwrap();
                    (id..id + i64::from(count)).for_each(|id| put(&writer, id, 3000));
                    writer.execute_batch("commit").unwrap();
                }
                Act::Passive => checkpoint("passive"),
                Act::Truncate => checkpoint("truncate"),
                Act::Restart => checkpoint("restart"),
                Act::Vacuum => writer.execute_batch("vacuum").unwrap(),
                Act::Poll => {
                    while let Some(batch) = follower.poll().unwrap() {
                        copy.apply(&batch);
                    }
                    prop_assert_eq!(copy.rows(folder.path()), rows(&writer));
                }
                Act::Again => {
                    let position = follower.position();
                    match Follower::resume(&path, position).unwrap() {
                        Resumed::Continues(next) => follower = *next,
                        Resumed::Broken => {
                            // A writer had begun the log anew, which nobody can tell from others who did it twice.
                            let (next, mut snapshot) = Follower::begin(&path).unwrap();
                            prop_assert!(next.position().salts != position.salts, "it is the log that was left");
                            (follower, copy) = (next, Copy::of(&mut snapshot));
                        }
                    }
                }
                Act::Snapshot => {
                    let (batches, mut snapshot) = follower.snapshot().unwrap();
                    batches.iter().for_each(|batch| copy.apply(batch));
                    // Whatever is written now is not in it.
                    put(&writer, 1000, 5000);
                    let whole = Copy::of(&mut snapshot);
                    prop_assert!(whole.0 == copy.0, "the snapshot is not what the batches make");
                    let mut manifest = Vec::new();
                    let mut writing = FingerprintWriter::new(&mut manifest).unwrap();
                    snapshot.fingerprints::<StoreFault>(|one| writing.add(one).map_err(|error| fault("write", &error))).unwrap();
                    writing.finish().unwrap();
                    let restored = folder.path().join("restored.db");
                    std::fs::write(&restored, &copy.0).unwrap();
                    let compared = compare(&mut FingerprintReader::new(manifest.as_slice()).unwrap(), &restored).unwrap();
                    prop_assert!(compared.is_equal(), "{:?}", compared);
                    let _ = [beside(&restored, "-wal"), beside(&restored, "-shm")].map(std::fs::remove_file);
                }
            }
        }
        while let Some(batch) = follower.poll().unwrap() {
            copy.apply(&batch);
        }
        prop_assert_eq!(copy.rows(folder.path()), rows(&writer));
    }
}

#[test]
fn under_load_from_two_writers_and_whoever_empties_the_log_nothing_is_missed() {
    let folder = tempfile::tempdir().unwrap();
    let (path, reader) = database(folder.path());
    let (mut follower, mut snapshot) = Follower::begin(&path).unwrap();
    let mut copy = Copy::of(&mut snapshot);
    drop(snapshot);
    /// Set however the test ends, so that no thread outlives a failure.
    struct Over<'a>(&'a AtomicBool);
    impl Drop for Over<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let (is_over, emptied) = (AtomicBool::new(false), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        let over = Over(&is_over);
        let writers = [0_i64, 1].map(|which| {
            let (path, emptied) = (&path, &emptied);
            scope.spawn(move || {
                let writer = open(path);
                // Until the log was emptied under way, however busy the machine is.
                for round in 0..40_000_i64 {
                    if round >= 400 && emptied.load(Ordering::Relaxed) > 0 {
                        break;
                    }
                    writer.execute_batch("begin immediate").unwrap();
                    put(&writer, which * 1000 + round % 70, 9000 + round as usize);
                    writer.execute_batch("commit").unwrap();
                }
            })
        });
        let emptying = scope.spawn(|| {
            let other = open(&path);
            other.busy_timeout(std::time::Duration::from_millis(50)).unwrap();
            while !is_over.load(Ordering::Relaxed) {
                let is_busy: i64 = other.query_row("pragma wal_checkpoint(truncate)", [], |row| row.get(0)).unwrap_or(1);
                emptied.fetch_add(usize::from(is_busy == 0), Ordering::Relaxed);
                std::thread::sleep(std::time::Duration::from_millis(5));
            }
        });
        while !writers.iter().all(std::thread::ScopedJoinHandle::is_finished) {
            if let Some(batch) = follower.poll().unwrap() {
                copy.apply(&batch);
            }
        }
        drop(over);
        emptying.join().unwrap();
    });
    while let Some(batch) = follower.poll().unwrap() {
        copy.apply(&batch);
    }
    assert!(emptied.load(Ordering::Relaxed) > 0, "the log was never emptied beside the follower");
    assert_eq!(copy.rows(folder.path()), rows(&reader));
}

#[test]
fn a_log_that_grew_long_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    let (path, writer) = database(folder.path());
    // Nobody but the follower carries anything back.
    writer.pragma_update(None, "wal_autocheckpoint", 0).unwrap();
    let (mut follower, _) = Follower::begin(&path).unwrap();
    for round in 0..60 {
        put(&writer, round, 1 << 20);
        while follower.poll().unwrap().is_some() {}
    }
    let length = std::fs::metadata(beside(&path, "-wal")).unwrap().len();
    assert!(length < 40 << 20, "60 MiB were written and the log has {length} bytes");
}

#[test]
fn what_happened_while_nobody_followed_is_never_taken_for_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (path, writer) = database(folder.path());
    put(&writer, 1, 100);
    let (follower, _) = Follower::begin(&path).unwrap();
    let position = follower.position();
    drop(follower);
    assert!(matches!(Follower::resume(&path, position).unwrap(), Resumed::Continues(_)));
    put(&writer, 2, 100);
    let Resumed::Continues(mut follower) = Follower::resume(&path, position).unwrap() else { panic!("the log goes on") };
    assert!(follower.poll().unwrap().is_some());
    drop(follower);
    writer.query_row("pragma wal_checkpoint(truncate)", [], |_| Ok(())).unwrap();
    assert!(matches!(Follower::resume(&path, position).unwrap(), Resumed::Broken));
    put(&writer, 3, 100);
    assert!(matches!(Follower::resume(&path, position).unwrap(), Resumed::Broken));
    let garbled = Position { checksum: (1, 2), frames: 1, ..end(&path) };
    assert!(matches!(Follower::resume(&path, garbled).unwrap(), Resumed::Broken));
}

fn end(path: &Path) -> Position {
    Follower::begin(path).unwrap().0.position()
}

#[test]
fn missing_extra_and_different_rows_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let (path, writer) = database(folder.path());
    writer.execute_batch("create table word (a text, b integer, c, primary key (a, b)) without rowid; create table bare (x)").unwrap();
    writer.execute_batch("insert into word values ('a', -5, null), ('a', 7, 1.5), ('a' || char(0) || 'b', 0, x'00ff')").unwrap();
    writer.execute_batch("insert into bare values (1), (2); insert into thing values (9, x'01'), (10, x'02'), (-3, x'03')").unwrap();
    let (_, snapshot) = Follower::begin(&path).unwrap();
    let mut manifest = Vec::new();
    let mut writing = FingerprintWriter::new(&mut manifest).unwrap();
    snapshot.fingerprints::<StoreFault>(|one| writing.add(one).map_err(|error| fault("write", &error))).unwrap();
    assert_eq!(writing.finish().unwrap(), 8);
    drop(snapshot);
    let compared = |manifest: &[u8]| compare(&mut FingerprintReader::new(manifest).unwrap(), &path).unwrap();
    assert_eq!(compared(&manifest).equal, 8);
    assert!(compared(&manifest).is_equal());
    writer
        .execute_batch("delete from word where b = -5; insert into thing values (0, x''); update thing set content = x'04' where id = 10")
        .unwrap();
    let found = compared(&manifest);
    assert_eq!(found.missing.first, ["word a -5"]);
    assert_eq!(found.extra.first, ["thing 0"]);
    assert_eq!(found.different.first, ["thing 10"]);
    assert_eq!(found.equal, 6);
    // A manifest that is cut, or garbled, is none.
    for length in [0, 10, 20, manifest.len() / 2, manifest.len() - 1] {
        let read = FingerprintReader::new(&manifest[..length]).and_then(|mut reader| {
            while reader.read()?.is_some() {}
            Ok(())
        });
        assert!(read.is_err(), "{length} bytes of it are taken for the whole");
    }
}

/// Where the second process of a test finds the database.
const SECOND: &str = "NAMEKEEP_SECOND_PROCESS";

#[test]
fn no_lock_of_this_process_is_given_up_by_following() {
    let folder = tempfile::tempdir().unwrap();
    let (path, writer) = database(folder.path());
    writer.execute_batch("begin immediate; insert into thing values (1, x'01')").unwrap();
    let stranger = || {
        let mut command = std::process::Command::new(std::env::current_exe().unwrap());
        let output = command.args(["--exact", "backup::tests::a_second_process", "--nocapture"]).env(SECOND, &path).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(said.contains("it is locked") != said.contains("it is free"), "{said}");
        said.contains("it is locked")
    };
    assert!(stranger(), "nobody else writes while we do");
    // Everything that looks at the files of a live database, made and dropped while our transaction is open.
    let position = Follower::open(&path).unwrap().position();
    drop(Follower::resume(&path, position).unwrap());
    drop(Snapshot::take(&path).unwrap());
    assert!(stranger(), "our lock was given up");
    writer.execute_batch("commit").unwrap();
    assert!(!stranger());
}

/// Not a test by itself: what [`no_lock_of_this_process_is_given_up_by_following`] starts beside itself.
#[test]
fn a_second_process() {
    let Some(path) = std::env::var_os(SECOND) else { return };
    let connection = Connection::open(path).unwrap();
    connection.busy_timeout(std::time::Duration::ZERO).unwrap();
    println!("it is {}", if connection.execute_batch("begin immediate").is_ok() { "free" } else { "locked" });
}

#[test]
fn a_base_of_a_database_that_was_closed_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let (path, writer) = database(folder.path());
    (0..50).for_each(|id| put(&writer, id, 5000));
    let there = rows(&writer);
    // The last connection carries the log into the database and removes it.
    drop(writer);
    assert!(!beside(&path, "-wal").exists());
    let (mut follower, mut snapshot) = Follower::begin(&path).unwrap();
    let mut copy = Copy::of(&mut snapshot);
    assert_eq!(copy.rows(folder.path()), there);
    let writer = open(&path);
    put(&writer, 7, 9000);
    while let Some(batch) = follower.poll().unwrap() {
        copy.apply(&batch);
    }
    assert_eq!(copy.rows(folder.path()), rows(&writer));
}

#[test]
fn what_was_carried_back_before_somebody_went_on_is_not_lost_when_the_log_begins_anew() {
    let folder = tempfile::tempdir().unwrap();
    let (path, writer) = database(folder.path());
    let (mut follower, mut snapshot) = Follower::begin(&path).unwrap();
    let mut copy = Copy::of(&mut snapshot);
    drop(snapshot);
    put(&writer, 1, 5000);
    let position = follower.position();
    // All of it lies in the database when the next follower begins, so its pin does not keep the log.
    follower = match Follower::resume(&path, position).unwrap() {
        Resumed::Continues(next) => *next,
        Resumed::Broken => panic!("it is the log that was left"),
    };
    writer.query_row("pragma wal_checkpoint(passive)", [], |_| Ok(())).unwrap();
    follower = match Follower::resume(&path, follower.position()).unwrap() {
        Resumed::Continues(next) => *next,
        Resumed::Broken => panic!("it is the log that was left"),
    };
    put(&writer, 2, 100);
    while let Some(batch) = follower.poll().unwrap() {
        copy.apply(&batch);
    }
    assert_eq!(copy.rows(folder.path()), rows(&writer));
}
