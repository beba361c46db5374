//! The store as a whole, on both engines: batches, undoing, faults, restarts.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use crate::engine::{self, Mode, Survives};
use crate::fault::StoreFault;
use crate::settings;
use crate::sql::Statement;
use crate::store::Store;
use crate::testing::{TestDatabase, TestDatabases};
use crate::tx::Tx;
use crate::url::DatabaseUrl;
use crate::value::values;

fn set(tx: &mut Tx<'_>, name: &str, value: &str) -> Result<(), StoreFault> {
    settings::set(tx, name, value)
}

fn get(database: &TestDatabase, name: &str) -> Option<String> {
    database.store().read(|tx| settings::find(tx, name)).unwrap()
}

fn refusal() -> StoreFault {
    StoreFault::Missing { what: "what the rules want".to_owned() }
}

const BROKEN: Statement = Statement { name: "tests.BROKEN", sql: "insert into setting (name, value) values ($1, null)" };

#[test]
fn a_refused_command_is_undone_alone() {
    TestDatabases::each(|database| {
        let store = database.store();
        let first = store.submit(|tx| set(tx, "a", "1")).unwrap();
        let refused = store
            .submit(|tx| {
                set(tx, "a", "2")?;
                set(tx, "b", "2")?;
                Err::<(), _>(refusal())
            })
            .unwrap();
        let last = store.submit(|tx| set(tx, "c", "3")).unwrap();
        assert_eq!((first.wait(), refused.wait(), last.wait()), (Ok(()), Err(refusal()), Ok(())));
        assert_eq!((get(database, "a").as_deref(), get(database, "b"), get(database, "c").as_deref()), (Some("1"), None, Some("3")));
    });
}

#[test]
fn a_swallowed_fault_still_undoes_its_command_on_both_engines() {
    TestDatabases::each(|database| {
        let answer = database.store().write(|tx| {
            set(tx, "a", "1")?;
            assert!(tx.execute(&BROKEN, values!["x"]).is_err());
            Ok::<_, StoreFault>(())
        });
        assert!(matches!(answer, Err(StoreFault::Constraint { statement: "tests.BROKEN", .. })), "{answer:?}");
        assert_eq!(get(database, "a"), None);
        assert_eq!(database.store().write(|tx| set(tx, "a", "2")), Ok(()));
    });
}

#[test]
fn a_command_that_breaks_down_is_undone_and_the_writer_lives_on() {
    TestDatabases::each(|database| {
        let answer = database.store().write(|tx| {
            set(tx, "a", "1")?;
            settings::find(tx, "absent")?.map(drop).ok_or(()).unwrap();
            Ok::<_, StoreFault>(())
        });
        assert!(matches!(answer, Err(StoreFault::Stopped { .. })), "{answer:?}");
        assert_eq!(database.store().write(|tx| set(tx, "b", "1")), Ok(()));
        assert_eq!(get(database, "a"), None);
    });
}

#[test]
fn a_write_inside_a_write_is_refused_instead_of_waiting_for_itself() {
    let database = TestDatabases::sqlite();
    let inner = database.store().clone();
    let answer = database.store().write(move |_| inner.write(|tx| set(tx, "a", "1")));
    assert!(answer.unwrap_err().to_string().contains("a write was asked for inside a write"));
}

#[test]
fn a_reader_sees_one_snapshot_and_cannot_write() {
    TestDatabases::each(|database| {
        let store = database.store();
        store.write(|tx| set(tx, "a", "1")).unwrap();
        let writer = store.clone();
        let seen = store.read(|tx| {
            let before = settings::find(tx, "a")?;
            writer.write(|tx| set(tx, "a", "2"))?;
            Ok::<_, StoreFault>((before, settings::find(tx, "a")?))
        });
        assert_eq!(seen, Ok((Some("1".to_owned()), Some("1".to_owned()))));
        assert!(store.read(|tx| set(tx, "a", "3")).is_err());
        assert_eq!(get(database, "a").as_deref(), Some("2"));
    });
}

#[test]
fn many_threads_write_and_every_acknowledged_command_survives_a_restart() {
    TestDatabases::each(|database| {
        let threads: Vec<_> = (0..8)
            .map(|thread| {
                let store = database.store().clone();
                std::thread::spawn(move || {
                    let pending: Vec<_> =
                        (0..50).map(|n| store.submit(move |tx| set(tx, &format!("{thread}/{n}"), "x")).unwrap()).collect();
                    pending.into_iter().map(|pending| pending.wait()).filter(Result::is_ok).count()
                })
            })
            .collect();
        let acknowledged: usize = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
        assert_eq!(acknowledged, 400);
        database.reopen();
        assert_eq!(database.store().read(settings::list).unwrap().len(), 400);
    });
}

/// Two nodes, each with its own writer, add to one counter: the turns make every increment count.
#[test]
fn two_nodes_take_turns() {
    TestDatabases::each(|database| {
        let other = Store::open(database.url()).unwrap();
        let add = |tx: &mut Tx<'_>| {
            let before: i64 = settings::find(tx, "n")?.map_or(0, |text| text.parse().unwrap());
            set(tx, "n", &(before + 1).to_string())
        };
        let threads: Vec<_> = [database.store().clone(), other]
            .into_iter()
            .map(|store| std::thread::spawn(move || (0..60).for_each(|_| store.write(add).unwrap())))
            .collect();
        threads.into_iter().for_each(|thread| thread.join().unwrap());
        assert_eq!(get(database, "n").as_deref(), Some("120"), "{}", database.engine());
    });
}

/// A race that PostgreSQL finds (40001) runs the closure again; here the closure reports one itself.
#[test]
fn a_lost_race_is_decided_again() {
    TestDatabases::each(|database| {
        // The lock that writers take keeps races away, so one is made by hand: a second session updates the same row after
        // the first one's snapshot, in read committed mode without taking its turn.
        let runs = Arc::new(AtomicU32::new(0));
        let counted = Arc::clone(&runs);
        database.store().write(|tx| set(tx, "n", "0")).unwrap();
        let url = database.url().clone();
        let is_postgres = database.engine() == "postgres";
        let answer = database.store().write(move |tx| {
            let before = settings::find(tx, "n")?;
            if counted.fetch_add(1, Ordering::Relaxed) == 0 && is_postgres {
                let mut rival = engine::of(&url, Survives::PowerLoss)?.connect(Mode::Write)?;
                rival.begin(Mode::Schema)?;
                let mut session = rival.session();
                session.execute(&crate::sql::settings::SET, values!["n", "5"])?;
                session.commit()?;
            }
            set(tx, "n", &format!("{}+1", before.unwrap_or_default()))
        });
        assert_eq!(answer, Ok(()));
        let wanted = if is_postgres { ("5+1", 2) } else { ("0+1", 1) };
        assert_eq!((get(database, "n").as_deref(), runs.load(Ordering::Relaxed)), (Some(wanted.0), wanted.1));
    });
}

#[test]
fn workers_are_woken_by_commits_and_not_by_refusals() {
    let database = TestDatabases::sqlite();
    let seen = database.store().wait_for_commit(0, Duration::ZERO);
    assert!(database.store().write(|_| Err::<(), _>(refusal())).is_err());
    assert_eq!(database.store().wait_for_commit(seen, Duration::from_millis(20)), seen);
    let store = database.store().clone();
    let waiting = std::thread::spawn(move || store.wait_for_commit(seen, Duration::from_secs(20)));
    database.store().write(|tx| set(tx, "a", "1")).unwrap();
    assert_eq!(waiting.join().unwrap(), seen + 1);
}

#[test]
fn a_database_of_a_newer_program_or_with_an_edited_step_is_refused() {
    TestDatabases::each(|database| {
        let change = |sql: &'static str| {
            let statement = Statement { name: sql, sql };
            database.store().write(move |tx| tx.execute(&statement, values![]).map(drop)).unwrap();
        };
        let refusal = || Store::open(database.url()).unwrap_err().to_string();
        change("insert into schema_version (version, name, digest) select 999, '0999_later', digest from schema_version where version = 1");
        assert!(refusal().contains("it has step 999 (`0999_later`), which this program does not know"), "{}", refusal());
        change("delete from schema_version where version = 999");
        change("update schema_version set digest = (select digest from schema_version where version = 2) where version = 1");
        assert!(refusal().contains("step 1 (`0001_ledger`) was applied with another text"), "{}", refusal());
    });
}

#[test]
fn what_cannot_be_opened_says_where_and_why() {
    let folder = tempfile::tempdir().unwrap();
    let nowhere = DatabaseUrl::sqlite(&folder.path().join("missing/n.db"));
    let sentence = Store::open(&nowhere).unwrap_err().to_string();
    assert!(sentence.contains("missing/n.db cannot be opened: No such file"), "{sentence}");
    let nobody = DatabaseUrl::parse(&format!("postgres://nk:canary@/nk?host={}", folder.path().display())).unwrap();
    let sentence = Store::open(&nobody).unwrap_err().to_string();
    assert!(sentence.contains("cannot be opened") && !sentence.contains("canary"), "{sentence}");
}

#[test]
fn the_database_file_is_its_owners_only() {
    use std::os::unix::fs::PermissionsExt;
    let database = TestDatabases::sqlite();
    database.store().write(|tx| set(tx, "a", "1")).unwrap();
    for name in ["test.db", "test.db-wal", "test.db-shm"] {
        let mode = std::fs::metadata(database.folder().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[test]
fn an_instance_never_changes_its_kind_and_only_a_rehearsal_has_a_clock_to_move() {
    use crate::settings::InstanceKind::{Production, Rehearsal};
    TestDatabases::each(|database| {
        let store = database.store();
        assert!(store.write(|tx| settings::set_clock_offset_s(tx, 5)).is_err());
        store.write(|tx| settings::fix_instance_kind(tx, Rehearsal)).unwrap();
        store.write(|tx| settings::fix_instance_kind(tx, Rehearsal)).unwrap();
        let sentence = store.write(|tx| settings::fix_instance_kind(tx, Production)).unwrap_err().to_string();
        assert!(sentence.contains("created as a rehearsal instance"), "{sentence}");
        store.write(|tx| settings::set_clock_offset_s(tx, 86_400)).unwrap();
        assert!(store.write(|tx| settings::set_clock_offset_s(tx, 5)).is_err());
        assert_eq!(store.read(settings::get_clock_offset_s), Ok(86_400));
    });
}

/// Keeps the writer busy until the value is dropped, so that what is queued meanwhile becomes one batch.
fn hold_writer(store: &Store) -> std::sync::mpsc::Sender<()> {
    let (release, held) = std::sync::mpsc::channel::<()>();
    let held = std::sync::Mutex::new(held);
    let (started, begun) = std::sync::mpsc::channel();
    let hold = move |_: &mut Tx<'_>| {
        started.send(()).ok();
        held.lock().unwrap().recv().ok();
        Ok::<_, StoreFault>(())
    };
    drop(store.submit(hold).unwrap());
    begun.recv().unwrap();
    release
}

/// A batch runs without savepoints until a command must be undone after it has written; then every command runs again.
#[test]
fn commands_of_a_batch_run_again_only_when_one_is_undone_after_writing() {
    TestDatabases::each(|database| {
        let store = database.store();
        let runs = Arc::new(AtomicU32::new(0));
        let count = |refuses_before: bool, refuses_after: bool| {
            let runs = Arc::clone(&runs);
            store
                .submit(move |tx| {
                    runs.fetch_add(1, Ordering::Relaxed);
                    let before: u32 = settings::find(tx, "n")?.map_or(0, |text| text.parse().unwrap());
                    if refuses_before {
                        return Err(refusal());
                    }
                    set(tx, "n", &(before + 1).to_string())?;
                    if refuses_after { Err(refusal()) } else { Ok(()) }
                })
                .unwrap()
        };
        // Refused before it wrote: nobody runs twice. After: the bold run stops there, and the careful one runs all three.
        for (refuses_before, refuses_after, wanted_runs, wanted) in [(true, false, 3, "2"), (false, true, 2 + 3, "4")] {
            let release = hold_writer(store);
            let batch = [count(false, false), count(refuses_before, refuses_after), count(false, false)];
            drop(release);
            assert_eq!(batch.map(crate::Pending::wait), [Ok(()), Err(refusal()), Ok(())]);
            assert_eq!((get(database, "n").as_deref(), runs.swap(0, Ordering::Relaxed)), (Some(wanted), wanted_runs));
        }
    });
}

/// Cuts every other connection to the database, as a restart of the server does; gives how many.
fn cut_connections(url: &DatabaseUrl) -> i64 {
    let cut = Statement {
        name: "tests.CUT",
        sql: "select count(pg_terminate_backend(pid)) from pg_stat_activity
            where datname = current_database() and pid <> pg_backend_pid()",
    };
    let mut rival = engine::of(url, Survives::PowerLoss).unwrap().connect(Mode::Read).unwrap();
    let mut count = 0;
    let mut counted = |row: crate::value::Row<'_>| row.int(0).map(|cut| count = cut);
    rival.session().query(&cut, values![], &mut counted).unwrap();
    count
}

#[test]
fn a_connection_cut_while_idle_costs_no_command() {
    let database = TestDatabases::postgres();
    database.store().write(|tx| set(tx, "a", "1")).unwrap();
    assert_eq!(get(&database, "a").as_deref(), Some("1"));
    assert_eq!(cut_connections(database.url()), 2, "the writer and one reader");
    assert_eq!(database.store().write(|tx| set(tx, "a", "2")), Ok(()));
    assert_eq!(get(&database, "a").as_deref(), Some("2"));
}

#[test]
fn a_connection_cut_inside_a_transaction_runs_the_command_again() {
    let database = TestDatabases::postgres();
    let url = database.url().clone();
    let runs = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&runs);
    let answer = database.store().write(move |tx| {
        set(tx, "a", "1")?;
        if counted.fetch_add(1, Ordering::Relaxed) == 0 {
            assert_eq!(cut_connections(&url), 1);
        }
        set(tx, "b", "2")
    });
    assert_eq!((answer, runs.load(Ordering::Relaxed)), (Ok(()), 2));
    assert_eq!((get(&database, "a").as_deref(), get(&database, "b").as_deref()), (Some("1"), Some("2")));
}
