//! Leases, jobs, schedules, vault, journal and poll messages on both engines.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use model::{ClTrid, IntentId, JobId, MessageId, RegistryId, SeededEntropy, SvTrid};

use crate::fault::StoreFault;
use crate::jobs::{self, NewJob};
use crate::journal::{self, Answer, NewExchange};
use crate::polls::{self, NewPollMessage};
use crate::testing::{TestDatabase, TestDatabases};
use crate::vault::{Kek, Place, Vault};
use crate::{leases, schedules};

const MINUTE: Duration = Duration::from_secs(60);

/// The instant `seconds` after the tests' beginning.
fn at(seconds: i64) -> Timestamp {
    let beginning: Timestamp = "2026-11-01T00:00:00Z".parse().unwrap();
    beginning + SignedDuration::from_secs(seconds)
}

fn job_id(n: u64) -> JobId {
    JobId::new(at(0), &mut SeededEntropy::new(n))
}

fn enqueue(database: &TestDatabase, n: u64, key: &'static str, ready_s: i64) -> bool {
    let write = move |tx: &mut crate::Tx<'_>| {
        jobs::enqueue(tx, &NewJob { id: job_id(n), kind: "carry", key, ready_at: at(ready_s), payload: "{}" })
    };
    database.store().write::<_, StoreFault>(write).unwrap()
}

fn claim(database: &TestDatabase, now_s: i64, limit: u32) -> Vec<jobs::Claim> {
    database.store().write::<_, StoreFault>(move |tx| jobs::claim(tx, "carry", "me", at(now_s), MINUTE, limit)).unwrap()
}

#[test]
fn a_lease_has_one_owner_and_a_stale_one_is_fenced_off() {
    TestDatabases::each(|database| {
        let acquire = |owner: &'static str, now_s: i64| {
            database.store().write::<_, StoreFault>(move |tx| leases::acquire(tx, "poll/a", owner, at(now_s), MINUTE)).unwrap()
        };
        let first = acquire("one", 0).unwrap();
        assert_eq!((first.name(), first.epoch()), ("poll/a", 1));
        assert_eq!(acquire("two", 59), None);
        let renewed = first.clone();
        database.store().write(move |tx| leases::renew(tx, &renewed, at(50), MINUTE)).unwrap();
        assert_eq!(acquire("two", 109), None);
        let second = acquire("two", 110).unwrap();
        assert_eq!(second.epoch(), 2);
        let stale = first.clone();
        let fenced = database.store().write(move |tx| stale.check(tx)).unwrap_err();
        assert_eq!(fenced, StoreFault::LeaseLost { name: "poll/a".to_owned(), epoch: 1 });
        let stale = first.clone();
        assert!(database.store().write(move |tx| leases::renew(tx, &stale, at(111), MINUTE)).is_err());
        database.store().write(move |tx| leases::release(tx, &first)).unwrap();
        assert_eq!(acquire("one", 111), None, "a stale owner cannot give back what it has lost");
        assert_eq!(acquire("two", 112).unwrap().epoch(), 3, "a restarted owner takes over its own lease");
        let held = database.store().read(|tx| leases::find(tx, "poll/a")).unwrap().unwrap();
        assert_eq!((held.owner.as_str(), held.until), ("two", at(172)));
        database.store().write(move |tx| leases::release(tx, &second)).unwrap();
        assert_eq!(database.store().read(leases::list).unwrap().len(), 1);
    });
}

#[test]
fn a_job_is_claimed_in_order_tried_again_parked_and_taken_up() {
    TestDatabases::each(|database| {
        assert!(enqueue(database, 1, "b", 10) && enqueue(database, 2, "a", 5) && enqueue(database, 3, "c", 100));
        assert!(!enqueue(database, 4, "a", 0), "one job per kind and key waits at a time");
        let mut claims = claim(database, 10, 9);
        claims.sort_by(|one, other| one.key.cmp(&other.key));
        assert_eq!(claims.iter().map(|claim| (claim.key.as_str(), claim.tries)).collect::<Vec<_>>(), [("a", 1), ("b", 1)]);
        assert!(claim(database, 69, 9).is_empty());

        let (a, b) = (claims.remove(0), claims.remove(0));
        database.store().write(move |tx| jobs::complete(tx, &a)).unwrap();
        let failed = b.clone();
        database.store().write(move |tx| jobs::retry(tx, &failed, at(30), "the line broke")).unwrap();
        let again = claim(database, 30, 9).remove(0);
        assert_eq!((again.key.as_str(), again.tries), ("b", 2));
        assert!(database.store().write(move |tx| jobs::complete(tx, &b)).is_err(), "the first claim is stale");

        let (id, parked) = (again.id, again.clone());
        database.store().write(move |tx| jobs::park(tx, &parked, at(31), "given up")).unwrap();
        assert!(claim(database, 99, 9).is_empty());
        let row = database.store().read(|tx| jobs::list_parked(tx, 9)).unwrap().remove(0);
        assert_eq!((row.id, row.parked_at, row.last_error.as_deref()), (id, Some(at(31)), Some("given up")));
        database.store().write(move |tx| jobs::unpark(tx, id, at(40))).unwrap();
        assert!(database.store().write(move |tx| jobs::unpark(tx, id, at(40))).is_err());
        assert_eq!(database.store().read(|tx| jobs::find_next_ready(tx, "carry")), Ok(Some(at(40))));
        assert_eq!(claim(database, 41, 9).len(), 1);
        let waiting = database.store().read(|tx| jobs::list_waiting(tx, "carry", 9)).unwrap();
        assert_eq!(waiting.iter().map(|job| job.key.as_str()).collect::<Vec<_>>(), ["c", "b"]);
    });
}

#[test]
fn a_dead_workers_job_comes_back_and_a_replaced_one_fences_its_worker() {
    TestDatabases::each(|database| {
        enqueue(database, 1, "a", 0);
        let dead = claim(database, 0, 1).remove(0);
        assert!(claim(database, 59, 1).is_empty());
        let kept = dead.clone();
        database.store().write(move |tx| jobs::extend(tx, &kept, at(59), MINUTE)).unwrap();
        assert!(claim(database, 60, 1).is_empty());
        let heir = claim(database, 119, 1).remove(0);
        assert_eq!(heir.tries, 2);
        assert!(database.store().write(move |tx| jobs::complete(tx, &dead)).is_err());

        let write = |tx: &mut crate::Tx<'_>| {
            jobs::replace(tx, &NewJob { id: job_id(9), kind: "carry", key: "a", ready_at: at(120), payload: "{\"v\":2}" })
        };
        database.store().write::<_, StoreFault>(write).unwrap();
        assert!(database.store().write(move |tx| jobs::complete(tx, &heir)).is_err());
        let fresh = claim(database, 120, 1).remove(0);
        assert_eq!((fresh.payload.as_str(), fresh.tries), ("{\"v\":2}", 1));
        assert_eq!(database.store().write::<_, StoreFault>(|tx| jobs::cancel(tx, "carry", "a")), Ok(true));
        assert!(database.store().write(move |tx| jobs::complete(tx, &fresh)).is_err());
    });
}

#[test]
fn a_schedule_comes_due_once_per_turn() {
    TestDatabases::each(|database| {
        let store = database.store();
        store.write::<_, StoreFault>(|tx| schedules::set(tx, "reconcile", MINUTE, at(0))).unwrap();
        store.write::<_, StoreFault>(|tx| schedules::set(tx, "reconcile", MINUTE, at(999))).unwrap();
        assert_eq!(store.read(schedules::find_next), Ok(Some(at(0))));
        let due = |now_s: i64| store.write::<_, StoreFault>(move |tx| schedules::take_due(tx, at(now_s))).unwrap().len();
        assert_eq!((due(0), due(59), due(200), due(239), due(240)), (1, 0, 1, 0, 1));
        store.write::<_, StoreFault>(|tx| schedules::set(tx, "other", MINUTE, at(0))).unwrap();
        let take = |now_s: i64| store.write::<_, StoreFault>(move |tx| schedules::take(tx, "reconcile", at(now_s))).unwrap();
        assert_eq!((take(299), take(300), take(301)), (None, Some(at(300)), None), "one alone, whatever else is due");
        assert_eq!(store.read(|tx| schedules::find(tx, "other")).unwrap().map(|schedule| schedule.next_at), Some(at(0)));
        assert_eq!(store.write::<_, StoreFault>(|tx| schedules::remove(tx, "other")), Ok(true));
        assert!(store.write::<_, StoreFault>(|tx| schedules::set(tx, "never", Duration::ZERO, at(0))).is_err());
        assert_eq!(store.write::<_, StoreFault>(|tx| schedules::remove(tx, "reconcile")), Ok(true));
        assert_eq!(store.read(schedules::list).unwrap(), []);
    });
}

fn place(version: u64) -> Place<'static> {
    Place { table: "contact", column: "body", row: "con_1", version }
}

#[test]
fn a_sealed_value_opens_only_in_its_place_and_never_after_erasure() {
    TestDatabases::each(|database| {
        let folder = database.folder().to_owned();
        let kek = Kek::generate().unwrap();
        kek.write_new(&folder.join("kek")).unwrap();
        let vault = std::sync::Arc::new(Vault::new(kek));
        let sealing = vault.clone();
        let sealed = database.store().write::<_, StoreFault>(move |tx| sealing.seal(tx, "con_1", &place(1), &("canary", 7))).unwrap();
        assert!(!sealed.windows(6).any(|window| window == b"canary"));

        // A second vault on the same key file, as after a restart.
        let vault = Vault::new(Kek::read(&folder.join("kek")).unwrap());
        let open = |owner: &str, place: Place<'_>, sealed: &[u8]| {
            database.store().read(|tx| vault.open::<(String, u8)>(tx, owner, &place, sealed)).map_err(|fault| fault.to_string())
        };
        assert_eq!(open("con_1", place(1), &sealed), Ok(("canary".to_owned(), 7)));
        assert_eq!(open("con_1", place(1), &sealed), Ok(("canary".to_owned(), 7)), "from the cache");
        let mut flipped = sealed.clone();
        flipped[20] ^= 1;
        for (refused, words) in [
            (open("con_1", place(2), &sealed), "cannot open contact.body of con_1 (version 2): it was changed, or belongs"),
            (open("con_1", place(1), &flipped), "it was changed, or belongs"),
            (open("con_1", place(1), &sealed[..5]), "it is not a sealed value"),
            (open("con_2", place(1), &sealed), "there is no key of `con_2`"),
        ] {
            assert!(refused.as_ref().unwrap_err().contains(words), "{refused:?}");
        }
        let other = Vault::new(Kek::generate().unwrap());
        let refused = database.store().read(|tx| other.open::<(String, u8)>(tx, "con_1", &place(1), &sealed)).unwrap_err();
        assert!(refused.to_string().contains("wrapped by another key-encryption key"));

        let destroyed = Vault::new(Kek::read(&folder.join("kek")).unwrap());
        let write = move |tx: &mut crate::Tx<'_>| destroyed.destroy(tx, "con_1", at(0));
        assert_eq!(database.store().write::<_, StoreFault>(write), Ok(true));
        assert!(open("con_1", place(1), &sealed).unwrap_err().contains("was destroyed, which erased"), "although cached");
        let resealing = Vault::new(Kek::read(&folder.join("kek")).unwrap());
        let write = move |tx: &mut crate::Tx<'_>| resealing.seal(tx, "con_1", &place(3), &1);
        assert!(database.store().write::<_, StoreFault>(write).is_err(), "an erased owner gets no second key");
    });
}

#[test]
fn rotation_wraps_keys_anew_and_data_stays() {
    TestDatabases::each(|database| {
        let folder = database.folder().to_owned();
        Kek::generate().unwrap().write_new(&folder.join("old")).unwrap();
        Kek::generate().unwrap().write_new(&folder.join("new")).unwrap();
        let read = |name: &str| Kek::read(&folder.join(name)).unwrap();
        let (old, new) = (Vault::new(read("old")), std::sync::Arc::new(Vault::new(read("new"))));
        let sealed = database.store().write::<_, StoreFault>(move |tx| {
            (0..5).map(|n| old.seal(tx, &format!("con_{n}"), &place(n), &n)).collect::<Result<Vec<_>, _>>()
        });
        let (rotating, old) = (new.clone(), read("old"));
        let counts = database.store().write::<_, StoreFault>(move |tx| {
            Ok([rotating.rewrap(tx, &old, 3)?, rotating.rewrap(tx, &old, 3)?, rotating.rewrap(tx, &old, 3)?])
        });
        assert_eq!(counts, Ok([3, 2, 0]));
        for (n, sealed) in (0..).zip(sealed.unwrap()) {
            let opened: u64 = database.store().read(|tx| new.open(tx, &format!("con_{n}"), &place(n), &sealed)).unwrap();
            assert_eq!(opened, n);
        }
    });
}

#[test]
fn a_blind_index_is_equal_for_equal_values_in_one_column() {
    let database = TestDatabases::sqlite();
    let vault = Vault::new(Kek::generate().unwrap());
    let indexes = database.store().write::<_, StoreFault>(move |tx| {
        Ok([
            vault.blind_index(tx, "contact.email", "a@example.com")?,
            vault.blind_index(tx, "contact.email", "a@example.com")?,
            vault.blind_index(tx, "contact.email", "b@example.com")?,
            vault.blind_index(tx, "contact.name", "a@example.com")?,
        ])
    });
    let [one, same, other, elsewhere] = indexes.unwrap();
    assert_eq!(one, same);
    assert!(one != other && one != elsewhere);
}

#[test]
fn a_key_file_open_to_others_or_of_the_wrong_length_is_refused() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("kek");
    Kek::generate().unwrap().write_new(&path).unwrap();
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
    assert!(Kek::read(&path).unwrap_err().to_string().contains("others can read or change it (mode 0644)"));
    std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
    std::fs::write(&path, [0; 31]).unwrap();
    assert!(Kek::read(&path).unwrap_err().to_string().contains("it is no whole file of keys"));
}

/// A question goes on record with its answer, and reads as if both had been written one after the other.
#[test]
fn the_journal_takes_a_question_with_its_answer() {
    TestDatabases::each(|database| {
        let vault = std::sync::Arc::new(Vault::new(Kek::generate().unwrap()));
        let registry = RegistryId::parse("alpha").unwrap();
        let ids = ["nkq-1", "nkq-2"].map(|id| ClTrid::parse(id).unwrap());
        for (is_whole, cltrid) in [true, false].into_iter().zip(ids.clone()) {
            let (vault, registry) = (vault.clone(), registry.clone());
            let written = database.store().write::<_, StoreFault>(move |tx| {
                let new = NewExchange {
                    cltrid: &cltrid,
                    registry: &registry,
                    account: "alpha",
                    intent: None,
                    verb: "domain:info",
                    object: Some("asked.example"),
                    person: None,
                    sent_at: at(1),
                    keep_until: at(1000),
                };
                let svtrid = SvTrid::parse("SV-1").unwrap();
                let answer = Answer { received_at: at(2), svtrid: Some(&svtrid), code: 1000 };
                if is_whole {
                    return journal::record(tx, &vault, &new, b"<question/>", &answer, b"<answer/>");
                }
                journal::begin(tx, &vault, &new, b"<question/>")?;
                journal::complete(tx, &vault, &cltrid, &answer, b"<answer/>")
            });
            written.unwrap();
        }
        let read = |cltrid: &ClTrid| {
            let read: Result<_, StoreFault> = database.store().read(|tx| {
                let frames = journal::get_frames(tx, &vault, cltrid)?;
                let found = journal::find(tx, cltrid)?.unwrap();
                Ok((frames.request.to_vec(), frames.response.unwrap().to_vec(), journal::Exchange { cltrid: ids[0].clone(), ..found }))
            });
            read.unwrap()
        };
        let whole = read(&ids[0]);
        assert_eq!((whole.0.as_slice(), whole.1.as_slice()), (&b"<question/>"[..], &b"<answer/>"[..]), "{}", database.engine());
        assert_eq!(whole, read(&ids[1]), "{}", database.engine());
    });
}

#[test]
fn the_journal_keeps_both_frames_until_retention_ends() {
    TestDatabases::each(|database| {
        let vault = std::sync::Arc::new(Vault::new(Kek::generate().unwrap()));
        let registry = RegistryId::parse("alpha").unwrap();
        let intent = IntentId::new(at(0), &mut SeededEntropy::new(1));
        let ids: Vec<ClTrid> = (1..=3).map(|attempt| ClTrid::new(&intent, attempt)).collect();
        for (n, cltrid) in (0..).zip(ids.clone()) {
            let (vault, registry) = (vault.clone(), registry.clone());
            let begin = move |tx: &mut crate::Tx<'_>| {
                let new = NewExchange {
                    cltrid: &cltrid,
                    registry: &registry,
                    account: "alpha/NAMEKEEP",
                    intent: Some(intent),
                    verb: "domain:create",
                    object: Some("canary-name.example"),
                    person: None,
                    sent_at: at(n),
                    keep_until: at(1000 + n),
                };
                journal::begin(tx, &vault, &new, b"<epp>canary-password</epp>")
            };
            database.store().write::<_, StoreFault>(begin.clone()).unwrap();
            assert!(database.store().write::<_, StoreFault>(begin).is_err(), "a clTRID is used once");
        }
        let complete = |cltrid: ClTrid| {
            let vault = vault.clone();
            database.store().write::<_, StoreFault>(move |tx| {
                let svtrid = SvTrid::parse("SV-1").unwrap();
                let answer = Answer { received_at: at(9), svtrid: Some(&svtrid), code: 1000 };
                journal::complete(tx, &vault, &cltrid, &answer, b"<epp>1000</epp>")
            })
        };
        complete(ids[0].clone()).unwrap();
        assert!(complete(ids[0].clone()).is_err(), "an answer is recorded once");
        let open = database.store().read(|tx| journal::list_open(tx, "alpha/NAMEKEEP", 9)).unwrap();
        assert_eq!(open.iter().map(|exchange| &exchange.cltrid).collect::<Vec<_>>(), [&ids[1], &ids[2]]);
        let frames = database.store().read(|tx| journal::get_frames(tx, &vault, &ids[0])).unwrap();
        assert_eq!(
            (frames.request.as_slice(), frames.response.unwrap().as_slice()),
            (&b"<epp>canary-password</epp>"[..], &b"<epp>1000</epp>"[..])
        );
        let found = database.store().read(|tx| journal::find(tx, &ids[0])).unwrap().unwrap();
        assert_eq!((found.code, found.svtrid.as_deref(), found.intent), (Some(1000), Some("SV-1"), Some(intent)));
        let lists = database.store().read(|tx| {
            Ok::<_, StoreFault>([
                journal::list_of_intent(tx, intent)?.len(),
                journal::list_of_object(tx, "canary-name.example", at(2), 9)?.len(),
                journal::list_of_account(tx, "alpha/NAMEKEEP", at(99), 2)?.len(),
            ])
        });
        assert_eq!(lists, Ok([3, 2, 2]));

        let purge = |now: Timestamp| {
            let vault = vault.clone();
            database.store().write::<_, StoreFault>(move |tx| journal::purge(tx, &vault, now, 9)).unwrap()
        };
        assert_eq!((purge(at(999)), purge(at(1000)), purge(at(1000))), (0, 1, 0));
        let later = at(40 * 24 * 3600);
        assert_eq!(purge(later), 2);
        let month = vault.clone();
        let sealing = database.store().write::<_, StoreFault>(move |tx| month.seal(tx, "journal/2026-11", &place(0), &1));
        assert!(sealing.is_err(), "the key of an empty past month is destroyed");
    });
}

#[test]
fn a_poll_message_is_stored_once_and_processed_once() {
    TestDatabases::each(|database| {
        let vault = std::sync::Arc::new(Vault::new(Kek::generate().unwrap()));
        let store = |seed: u64, msg_id: &'static str, frame: &'static [u8]| {
            let vault = vault.clone();
            database.store().write::<_, StoreFault>(move |tx| {
                let id = MessageId::new(at(seed as i64), &mut SeededEntropy::new(seed));
                let received_at = at(seed as i64);
                polls::store(
                    tx,
                    &vault,
                    &NewPollMessage { id, account: "a", msg_id, identity: &frame[..4], person: None, queued_at: None, received_at },
                    frame,
                )
            })
        };
        assert_eq!(store(1, "-5", b"<one/>"), Ok(true));
        assert_eq!(store(2, "-5", b"<one/>"), Ok(false), "the repeat after a crash");
        assert_eq!(store(3, "-5", b"<two/>"), Ok(true), "a reused id with another frame is another message");
        let open = database.store().read(|tx| polls::list_open(tx, "a", 9)).unwrap();
        let frames: Vec<_> =
            open.iter().map(|message| database.store().read(|tx| polls::open_frame(tx, &vault, message)).unwrap().to_vec()).collect();
        assert_eq!(frames, [b"<one/>", b"<two/>"]);
        let id = open[0].id;
        let process =
            || database.store().write::<_, StoreFault>(move |tx| polls::mark_processed(tx, id, at(9), "transfer requested", false));
        assert_eq!(process(), Ok(()));
        assert!(matches!(process(), Err(StoreFault::Outdated { .. })));
        assert_eq!(database.store().read(|tx| polls::count_open(tx, "a")), Ok((1, Some(at(3)))));
        let all = database.store().read(|tx| polls::list(tx, "a", at(99), 9)).unwrap();
        assert_eq!(all[1].outcome.as_deref(), Some("transfer requested"));
        // What was kept is listed apart, and can be opened again; what became a command cannot.
        let last = open[1].id;
        let keep = || database.store().write::<_, StoreFault>(move |tx| polls::mark_processed(tx, last, at(10), "kept", true));
        let kept = || database.store().read(|tx| polls::list_kept(tx, "a", at(99), 9)).unwrap();
        let reopen = |msg_id: Option<&'static str>| database.store().write::<_, StoreFault>(move |tx| polls::reopen(tx, "a", msg_id));
        assert_eq!((keep(), kept().iter().map(|message| message.id).collect::<Vec<_>>()), (Ok(()), vec![last]));
        assert_eq!((reopen(Some("other")), reopen(Some("-5")), reopen(Some("-5")), kept()), (Ok(0), Ok(1), Ok(0), vec![]));
        assert_eq!((keep(), reopen(None), reopen(None)), (Ok(()), Ok(1), Ok(0)));
        assert_eq!(database.store().read(|tx| polls::count_open(tx, "a")), Ok((1, Some(at(3)))));
    });
}

#[test]
fn a_server_that_asks_for_a_password_is_reached_with_it_alone() {
    use crate::{PasswordSources, Store};
    let database = TestDatabases::guarded_postgres("canary-pass'word");
    let url = |password: Option<&str>| {
        let sources = PasswordSources { password: password.map(model::Secret::new), passfile: None };
        crate::DatabaseUrl::parse(database.url()).unwrap().with_passwords(sources)
    };
    let without = Store::open(&url(None)).unwrap_err().to_string();
    assert!(without.contains("PGPASSWORD"), "{without}");
    let wrong = Store::open(&url(Some("canary-wrong"))).unwrap_err().to_string();
    assert!(wrong.contains("authentication failed") && !wrong.contains("canary"), "{wrong}");
    let right = url(Some("canary-pass'word"));
    assert!(!format!("{right:?} {right}").contains("canary"));
    Store::open(&right).unwrap().read(crate::settings::find_instance_kind).unwrap();
}
