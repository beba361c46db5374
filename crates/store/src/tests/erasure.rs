//! Destroyed keys: gone from the database, from the key file, and from every backup of the database there is.

use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use jiff::Timestamp;
use model::{ContactId, MessageId};

use crate::contact_buckets::{IndexedField, bucket};
use crate::polls::{self, NewPollMessage};
use crate::testing::{TestDatabase, TestDatabases};
use crate::vault::{Kek, Place, Vault};
use crate::{StoreFault, Tx};

const PLACE: Place<'static> = Place { table: "contact", column: "sealed", row: "con", version: 1 };

pub(super) fn seal(database: &TestDatabase, vault: &Arc<Vault>, owner: &'static str) -> Vec<u8> {
    let vault = Arc::clone(vault);
    database.store().write::<_, StoreFault>(move |tx| vault.seal(tx, owner, &PLACE, &owner)).unwrap()
}

pub(super) fn open(database: &TestDatabase, vault: &Vault, owner: &str, sealed: &[u8]) -> Result<String, String> {
    database.store().read(|tx| vault.open(tx, owner, &PLACE, sealed)).map_err(|fault: StoreFault| fault.to_string())
}

pub(super) fn destroy(database: &TestDatabase, vault: &Arc<Vault>, owner: &'static str) {
    let shared = Arc::clone(vault);
    assert!(database.store().write::<_, StoreFault>(move |tx| shared.destroy(tx, owner, Timestamp::UNIX_EPOCH)).unwrap());
    let leaves = database.store().read(|tx| vault.list_destroyed(tx, None, 10)).unwrap();
    vault.cut(&leaves).unwrap();
}

#[test]
fn a_cut_key_opens_nothing_and_its_neighbours_stay() {
    TestDatabases::each(|database| {
        let path = database.folder().join("kek");
        Kek::generate().unwrap().write_new(&path).unwrap();
        let vault = Arc::new(Vault::new(Kek::read(&path).unwrap()));
        let beside = Vault::new(Kek::read(&path).unwrap());
        let sealed = ["con_a", "con_b", "con_c"].map(|owner| (owner, seal(database, &vault, owner)));
        destroy(database, &vault, "con_b");
        // This process, one that was running beside it, and one that starts later.
        beside.refresh().unwrap();
        for vault in [&vault, &beside, &Vault::new(Kek::read(&path).unwrap())] {
            let opened: Vec<bool> = sealed.iter().map(|(owner, sealed)| open(database, vault, owner, sealed).is_ok()).collect();
            assert_eq!(opened, [true, false, true], "{}", database.engine());
        }
        assert_eq!(vault.cut(&[1]), Ok(0), "once");
        let later = seal(database, &vault, "con_d");
        assert_eq!(open(database, &vault, "con_d", &later).unwrap(), "con_d");
    });
}

/// A process whose memory is of yesterday must not write yesterday's tree back.
#[test]
fn two_processes_cut_the_same_file() {
    let database = TestDatabases::sqlite();
    let path = database.folder().join("kek");
    Kek::generate().unwrap().write_new(&path).unwrap();
    let [one, other] = [(); 2].map(|()| Arc::new(Vault::new(Kek::read(&path).unwrap())));
    for (vault, leaf) in [(&one, 3), (&other, 5), (&one, 5), (&other, 3)] {
        vault.cut(&[leaf]).unwrap();
    }
    let sealed: Vec<(&str, Vec<u8>)> =
        ["a", "b", "c", "d", "e", "f"].into_iter().map(|owner| (owner, seal(&database, &one, owner))).collect();
    let reader = Vault::new(Kek::read(&path).unwrap());
    assert!(sealed.iter().all(|(owner, sealed)| open(&database, &reader, owner, sealed).is_ok()), "no key is given a cut leaf");
    assert_eq!(one.cut(&[0, 1, 2, 3, 4, 5, 6, 7]).unwrap(), 6);
}

#[test]
fn a_database_put_back_to_yesterday_opens_all_but_who_was_erased_since() {
    let mut database = TestDatabases::sqlite();
    let path = database.folder().join("kek");
    Kek::generate().unwrap().write_new(&path).unwrap();
    let vault = Arc::new(Vault::new(Kek::read(&path).unwrap()));
    let (erased, kept) = (seal(&database, &vault, "con_a"), seal(&database, &vault, "con_b"));
    let yesterday = database.backup();
    destroy(&database, &vault, "con_a");
    database.restore(&yesterday);
    let today = Arc::new(Vault::new(Kek::read(&path).unwrap()));
    let refused = open(&database, &today, "con_a", &erased).unwrap_err();
    assert!(refused.contains("the key of `con_a` was destroyed, which erased what it sealed"), "{refused}");
    assert_eq!(open(&database, &today, "con_b", &kept).unwrap(), "con_b");
    assert_eq!(database.store().read(|tx| today.list_cut(tx, 10)).unwrap(), ["con_a"]);
    destroy(&database, &today, "con_a");
    assert_eq!(database.store().read(|tx| today.list_cut(tx, 10)).unwrap(), [""; 0]);
    let anew = seal(&database, &today, "con_c");
    assert_eq!(open(&database, &today, "con_c", &anew).unwrap(), "con_c");
}

/// A key file of the first form is taken over: its keys get leaves, and then the undivided key goes.
#[test]
fn a_key_file_of_the_first_form_is_divided() {
    TestDatabases::each(|database| {
        let path = database.folder().join("kek");
        std::fs::write(&path, [9; 32]).unwrap();
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o600)).unwrap();
        let vault = Arc::new(Vault::new(Kek::read(&path).unwrap()));
        let (one, two) = (seal(database, &vault, "con_a"), seal(database, &vault, "con_b"));
        let dividing = Arc::clone(&vault);
        database.store().write::<_, StoreFault>(move |tx| dividing.wrap_undivided(tx, "con_a")).unwrap();
        assert_eq!(open(database, &vault, "con_a", &one).unwrap(), "con_a", "as it was wrapped before");
        let dividing = Arc::clone(&vault);
        let divided = database.store().write::<_, StoreFault>(move |tx| Ok([dividing.divide(tx, 9)?, dividing.divide(tx, 9)?]));
        assert_eq!(divided, Ok([1, 0]));
        destroy(database, &vault, "con_b");
        let later = Vault::new(Kek::read(&path).unwrap());
        assert_eq!(open(database, &later, "con_a", &one).unwrap(), "con_a");
        assert!(open(database, &later, "con_b", &two).is_err());
        let written = std::fs::read(&path).unwrap();
        assert!(!written.windows(32).any(|window| window == [9; 32]), "the undivided key is gone");
    });
}

/// What registries say of a person goes with the person, and what they say otherwise stays.
#[test]
fn a_message_about_a_person_goes_with_the_person() {
    TestDatabases::each(|database| {
        let vault = Arc::new(Vault::new(Kek::generate().unwrap()));
        let person = ContactId::from_bytes([3; 16]);
        let storing = Arc::clone(&vault);
        let stored = database.store().write::<_, StoreFault>(move |tx| {
            for (n, person) in [(1, Some(person)), (2, None)] {
                let id = MessageId::from_bytes([n; 16]);
                let (msg_id, received_at) = (format!("m-{n}"), Timestamp::from_second(i64::from(n)).unwrap());
                let new = NewPollMessage { id, account: "a", msg_id: &msg_id, identity: &[n], person, queued_at: None, received_at };
                polls::store(tx, &storing, &new, b"<epp/>")?;
            }
            Ok(())
        });
        stored.unwrap();
        let opens = || -> Vec<bool> {
            let open = database.store().read(|tx| polls::list_open(tx, "a", 9)).unwrap();
            open.iter().map(|message| database.store().read(|tx| polls::open_frame(tx, &vault, message)).is_ok()).collect()
        };
        assert_eq!(opens(), [true, true]);
        let destroying = Arc::clone(&vault);
        let destroyed = database.store().write::<_, StoreFault>(move |tx| destroying.destroy(tx, &person.to_string(), Timestamp::MAX));
        assert_eq!((destroyed, opens()), (Ok(true), vec![false, true]));
    });
}

#[test]
fn buckets_are_few_bits_of_a_keyed_hash() {
    let database = TestDatabases::sqlite();
    let vault = Vault::new(Kek::generate().unwrap());
    let of = move |tx: &mut Tx<'_>, field, value: &str| bucket(tx, &vault, field, value).map(u32::from_be_bytes);
    let buckets = database.store().write::<_, StoreFault>(move |tx| {
        (0..5_000).map(|n| of(tx, IndexedField::Word, &format!("word{n}"))).collect::<Result<Vec<_>, _>>()
    });
    let buckets = buckets.unwrap();
    let distinct: std::collections::BTreeSet<u32> = buckets.iter().copied().collect();
    assert!(buckets.iter().all(|bucket| *bucket < 1 << 12));
    // Of 4,096 buckets, 5,000 words that fall at random meet about seven in ten.
    assert!((2_700..3_100).contains(&distinct.len()), "{}", distinct.len());
}

/// A database from before there were clocks: names that ended run theirs by what was submitted for them.
#[test]
fn clocks_are_begun_for_names_that_ended_before_there_were_any() {
    let database = rusqlite::Connection::open_in_memory().unwrap();
    let before = crate::schema::texts_before(17);
    before.for_each(|text| database.execute_batch(text).unwrap());
    database
        .execute_batch(
            "insert into contact (id, revision, sealed, created_us, changed_us) values ('con_a', 3, x'00', 1, 1), ('con_b', 1, x'00', 1, 1);
             insert into registration (id, name, registry, tld, phase, is_open, version, opened_us, registrant, desired, state) values
                 ('dom_1', 'ended.alpha', 'alpha', 'alpha', 'purged', 0, 1, 5, 'con_a', '{}', '{}'),
                 ('dom_2', 'open.alpha', 'alpha', 'alpha', 'active', 1, 1, 6, 'con_b', '{}', '{}'),
                 ('dom_3', 'older.alpha', 'alpha', 'alpha', 'purged', 0, 1, 7, 'con_gone', '{}', '{}');
             insert into intent (id, seq, registry, object, operation, business_key, domain, lane, is_paid, state, ready_us, attempts, epoch, body)
                 values ('int_1', 1, 'alpha', 'o', 'create', 'k', 'dom_1', 'bulk', 1, 'confirmed', 1, 1, 1, '{}');
             insert into epp_journal (cltrid, registry, account, intent_id, verb, sent_us, key_owner, request, keep_until_us)
                 values ('c-1', 'alpha', 'alpha', 'int_1', 'domain:create', 1, 'journal/2026-11', x'00', 900);
             insert into contact_revision (contact, revision, sealed, keep_until_us) values ('con_a', 1, x'00', 300), ('con_a', 2, x'00', 400);",
        )
        .unwrap();
    database.execute_batch(include_str!("../../migrations/0017_registrant_data.sql")).unwrap();
    let rows = |sql: &str| -> Vec<String> {
        let mut statement = database.prepare(sql).unwrap();
        statement.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    let names = rows("select domain || ' ' || keep_until_us from name_clock order by domain");
    assert_eq!(names, ["dom_1 900", "dom_3 7"]);
    let contacts = rows("select contact || ' ' || domain || ' ' || rule || ' ' || keep_until_us from contact_clock order by rule");
    assert_eq!(contacts, ["con_a  COR-10 400", "con_a dom_1 RET-2 900"]);
}
