//! The ledger on both engines: growing, following, proving, and every kind of tampering found.

use std::path::Path;

use jiff::Timestamp;

use super::*;
use crate::fault::StoreFault;
use crate::sql::Statement;
use crate::testing::{TestDatabase, TestDatabases};
use crate::value::values;

fn entry(n: u64) -> (String, String) {
    (format!("dom_{}", n % 7), format!("{{\"n\":{n}}}"))
}

/// Appends `count` entries, `per_commit` in each commit.
fn grow(database: &TestDatabase, count: u64, per_commit: u64) {
    let start = database.store().read(find_last_checkpoint).unwrap().map_or(0, |(checkpoint, _)| checkpoint.size);
    let mut next = start;
    while next < start + count {
        let end = (next + per_commit).min(start + count);
        let written: Result<(), StoreFault> = database.store().write(move |tx| {
            for n in next..end {
                let (subject, body) = entry(n);
                let at = Timestamp::from_microsecond(1_795_000_000_000_000 + n as i64).unwrap();
                let new = NewEntry { at, actor: "act_1", subject: &subject, kind: "DomainRenewed", body: &body, salt: [n as u8; 16] };
                assert_eq!(append(tx, &new)?, n);
            }
            Ok(())
        });
        written.unwrap();
        next = end;
    }
}

/// Changes rows behind the store's back.
fn tamper(database: &TestDatabase, sql: Hand) {
    let written: Result<(), StoreFault> = database.store().write(move |tx| {
        for sql in sql {
            tx.execute(&Statement { name: sql, sql }, values![])?;
        }
        Ok(())
    });
    written.unwrap();
}

fn follow(database: &TestDatabase) -> Folder {
    let folder = Folder::new(&database.folder().join("ledger"));
    folder.follow(database.store()).unwrap();
    folder
}

#[test]
fn a_grown_ledger_verifies_in_store_and_folder() {
    TestDatabases::each(|database| {
        let folder = follow(database);
        assert!(verify_folder(&folder, database.verifier()).unwrap().is_sound());
        let mut size = 0;
        for (count, per_commit) in [(1, 1), (254, 100), (1, 1), (1, 1), (600, 300), (33, 7)] {
            grow(database, count, per_commit);
            let followed = folder.follow(database.store()).unwrap();
            assert_eq!((followed.from, followed.to), (size, size + count));
            size += count;
            for verification in [
                verify_store(database.store(), database.verifier()).unwrap(),
                verify_folder(&folder, database.verifier()).unwrap(),
                verify_store_against(database.store(), &folder, database.verifier()).unwrap(),
            ] {
                assert_eq!(verification.finding, None, "{} at {size}", database.engine());
                assert_eq!(verification.verified, size);
            }
        }
        let partials = |path: &Path| path.parent().unwrap().exists();
        assert!(!partials(&database.folder().join("ledger/tile/0/000.p/1")), "an outgrown partial tile stays");
    });
}

#[test]
fn a_ledger_goes_on_after_a_restart_and_beyond_a_tile_of_tiles() {
    let mut database = TestDatabases::sqlite();
    grow(&database, 65_536 + 300, 20_000);
    database.reopen();
    grow(&database, 20, 3);
    let folder = follow(&database);
    assert!(database.folder().join("ledger/tile/1/000").exists());
    assert!(database.folder().join("ledger/tile/2/000.p/1").exists());
    let verification = verify_store_against(database.store(), &folder, database.verifier()).unwrap();
    assert_eq!((verification.finding, verification.verified), (None, 65_856));
    assert!(verify_folder(&folder, database.verifier()).unwrap().is_sound());
    let proof = database.store().read(|tx| prove(tx, "dom_3")).unwrap();
    assert_eq!(verify_proof(&proof, database.verifier()).unwrap().entries.len(), 65_856 / 7);
}

/// Statements of somebody who has the database and no key.
type Hand = &'static [&'static str];

/// What is found without and with a folder.
type Found = (Option<Finding>, Finding);

/// A change to the bytes of a file.
type Edit<'a> = &'a dyn Fn(&mut Vec<u8>);

/// What each hand does, and what is found without and with the folder.
#[test]
fn every_tampering_is_found_at_its_position() {
    let swap: &[&str] = &[
        "update ledger_entry set seq = -1 where seq = 300",
        "update ledger_entry set seq = 300 where seq = 302",
        "update ledger_entry set seq = 302 where seq = -1",
    ];
    let shift: &[&str] = &[
        "delete from ledger_entry where seq = 300",
        "update ledger_entry set seq = -seq where seq > 300",
        "update ledger_entry set seq = -seq - 1 where seq < 0",
    ];
    let insert: &[&str] = &[
        "update ledger_entry set seq = -seq - 1 where seq >= 300",
        "update ledger_entry set seq = -seq where seq < 0",
        "insert into ledger_entry select 300, at_us, actor, subject, kind, body, salt, commitment, leaf from ledger_entry where seq = 5",
    ];
    let cut_clean: &[&str] = &[
        "delete from ledger_entry where seq >= 580",
        "delete from ledger_checkpoint where size > 580",
        "update ledger_head set size = 580",
    ];
    let same = |finding: Finding| (Some(finding.clone()), finding);
    let cut = Finding::TailCut { rows: 580, signed: 600 };
    let cases: [(&str, Hand, Found); 12] = [
        ("body", &["update ledger_entry set body = '{}' where seq = 300"], same(Finding::Changed { seq: 300 })),
        ("actor", &["update ledger_entry set actor = 'act_2' where seq = 300"], same(Finding::Changed { seq: 300 })),
        ("time", &["update ledger_entry set at_us = at_us + 1 where seq = 0"], same(Finding::Changed { seq: 0 })),
        ("commitment", &["update ledger_entry set commitment = leaf where seq = 511"], same(Finding::Changed { seq: 511 })),
        ("hole", &["delete from ledger_entry where seq = 300"], same(Finding::Deleted { seq: 300 })),
        ("shift", shift, same(Finding::Deleted { seq: 300 })),
        ("insert", insert, same(Finding::Inserted { seq: 300 })),
        ("swap", swap, same(Finding::Moved { seq: 300, from: 302 })),
        ("tail", &["delete from ledger_entry where seq >= 580"], same(cut.clone())),
        ("tail and checkpoints", &cut_clean[..2], same(cut.clone())),
        // Nothing in the store is left that knew of them: that is what the folder is for.
        ("tail, checkpoints and head", cut_clean, (None, cut)),
        (
            "silent erasure",
            &["update ledger_entry set body = null, salt = null where seq = 10"],
            same(Finding::UnrecordedErasure { seq: 10 }),
        ),
    ];
    for (name, hand, (alone, against)) in cases {
        TestDatabases::each(|database| {
            grow(database, 600, 20);
            let folder = follow(database);
            tamper(database, hand);
            let found = verify_store(database.store(), database.verifier()).unwrap().finding;
            assert_eq!(found, alone, "{name} on {}", database.engine());
            let found = verify_store_against(database.store(), &folder, database.verifier()).unwrap().finding;
            assert_eq!(found, Some(against.clone()), "{name} on {} with folder", database.engine());
        });
    }
}

/// A hand that recomputes leaves and tiles, but has no key.
#[test]
fn rows_and_tiles_rewritten_together_are_found_between_two_checkpoints_and_exactly_with_a_folder() {
    let database = TestDatabases::sqlite();
    grow(&database, 600, 20);
    let folder = follow(&database);
    let written: Result<(), StoreFault> = database.store().write(|tx| {
        let mut row = list_entries(tx, 305, 1)?.remove(0);
        row.actor = "act_2".to_owned();
        let leaf = row.entry().leaf();
        let rewrite = Statement { name: "rewrite", sql: "update ledger_entry set actor = 'act_2', leaf = $1 where seq = 305" };
        tx.execute(&rewrite, values![&leaf])?;
        let leaves = list_entries(tx, 256, 256)?.iter().map(|row| row.leaf).collect::<Vec<_>>();
        let root = tree::perfect_root(&leaves);
        let tile = Statement { name: "tile", sql: "update ledger_tile set hashes = $1, root = $2 where level = 0 and number = 1" };
        tx.execute(&tile, values![leaves.concat(), &root])?;
        Ok(())
    });
    written.unwrap();
    let found = verify_store(database.store(), database.verifier()).unwrap().finding;
    assert_eq!(found, Some(Finding::Rewritten { after: 300, up_to: 320 }));
    let found = verify_store_against(database.store(), &folder, database.verifier()).unwrap().finding;
    assert_eq!(found, Some(Finding::Changed { seq: 305 }));
    let refused = folder.follow(database.store());
    assert!(refused.unwrap_err().to_string().contains("different histories"));
}

#[test]
fn a_foreign_key_and_a_forged_checkpoint_are_found() {
    let database = TestDatabases::sqlite();
    grow(&database, 40, 20);
    let stranger = SignerKey::generate("ledger.test").unwrap();
    let found = verify_store(database.store(), stranger.verifier()).unwrap().finding;
    assert_eq!(found, Some(Finding::BadSignature { size: 40 }));
    tamper(&database, &["update ledger_checkpoint set note = replace(note, 'test', 'tset') where size = 20"]);
    let found = verify_store(database.store(), database.verifier()).unwrap().finding;
    assert_eq!(found, Some(Finding::BadSignature { size: 20 }));
}

#[test]
fn a_folder_that_was_changed_is_found() {
    let database = TestDatabases::sqlite();
    grow(&database, 600, 100);
    let edit = |file: &str, change: Edit<'_>| {
        let folder = follow(&database);
        let path = database.folder().join("ledger").join(file);
        let sound = std::fs::read(&path).unwrap();
        let mut bytes = sound.clone();
        change(&mut bytes);
        std::fs::write(&path, bytes).unwrap();
        let finding = verify_folder(&folder, database.verifier()).unwrap().finding;
        std::fs::write(&path, sound).unwrap();
        finding.map(|finding| finding.to_string()).unwrap_or_default()
    };
    let first_length = |bytes: &[u8]| 2 + usize::from(u16::from_be_bytes([bytes[0], bytes[1]]));
    let repeat_first = |bytes: &mut Vec<u8>| {
        let first = bytes[..first_length(bytes)].to_vec();
        bytes.splice(0..0, first);
    };
    let cases: [(&str, Edit<'_>, &str); 8] = [
        ("tile/entries/001", &|bytes| bytes[60] ^= 1, "entry 256 was changed"),
        ("tile/entries/001", &|bytes| drop(bytes.drain(..first_length(bytes))), "entry 256 was deleted"),
        ("tile/entries/001", &repeat_first, "an entry was inserted at position 257"),
        ("tile/entries/002.p/88", &|bytes| bytes.truncate(100), "it ends inside an entry"),
        ("tile/0/001", &|bytes| bytes[40] ^= 1, "tile 0/1 (entries 256 to 511) does not fit the signed root of 600 entries"),
        ("tile/1/000.p/2", &|bytes| bytes[0] ^= 1, "tile 1/0 does not fit the tiles below it; the entries themselves are sound"),
        ("tile/0/002.p/88", &|bytes| bytes.truncate(64), "it does not hold 88 hashes of 32 bytes"),
        ("checkpoint", &|bytes| bytes[13] = b'5', "the checkpoint of 650 entries is not signed by this key"),
    ];
    for (file, change, words) in cases {
        let found = edit(file, change);
        assert!(found.contains(words), "{file}: {found}");
    }
}

#[test]
fn erasure_keeps_the_tree_and_leaves_a_record() {
    TestDatabases::each(|database| {
        grow(database, 30, 10);
        let folder = follow(database);
        let erased = database.store().write(|tx| {
            let at = Timestamp::from_microsecond(1_796_000_000_000_000).unwrap();
            let new = NewEntry { at, actor: "act_9", subject: "dom_3", kind: "", body: "{}", salt: [9; 16] };
            erase_bodies(tx, &new)
        });
        assert_eq!(erased, Ok::<u64, StoreFault>(4));
        let verification = verify_store_against(database.store(), &folder, database.verifier()).unwrap();
        assert_eq!((verification.finding, verification.erased), (None, 4));
        let proof = database.store().read(|tx| prove(tx, "dom_3")).unwrap();
        let report = verify_proof(&proof, database.verifier()).unwrap();
        assert_eq!(report.entries.iter().filter(|entry| entry.body.is_none()).count(), 4);
        assert_eq!(report.entries.last().unwrap().entry.kind, ERASURE_KIND);
    });
}

#[test]
fn a_proof_convinces_a_stranger_and_no_word_of_it_can_be_changed() {
    let database = TestDatabases::sqlite();
    grow(&database, 500, 50);
    let proof = database.store().read(|tx| prove(tx, "dom_2")).unwrap();
    let report = verify_proof(&proof, database.verifier()).unwrap();
    assert_eq!((report.subject.as_str(), report.checkpoint.size, report.entries.len()), ("dom_2", 500, 72));
    assert_eq!(report.entries[1].body.as_deref(), Some("{\"n\":9}"));
    let changes = [
        ("DomainRenewed", "DomainDeleted"),
        ("{\\\"n\\\":9}", "{\\\"n\\\":8}"),
        ("\"index\": 9,", "\"index\": 10,"),
        ("\"subject\": \"dom_2\"", "\"subject\": \"dom_3\""),
        ("ledger.test\\n500", "ledger.test\\n499"),
        ("proof v1", "proof v2"),
    ];
    for (from, to) in changes {
        let changed = proof.replacen(from, to, 1);
        assert_ne!(changed, proof, "`{from}` is not in the proof");
        let sentence = verify_proof(&changed, database.verifier()).unwrap_err().to_string();
        assert!(sentence.contains("the proof does not hold"), "{sentence}");
    }
    assert!(verify_proof(&proof, SignerKey::generate("ledger.test").unwrap().verifier()).is_err());
    let missing = database.store().read(|tx| prove(tx, "dom_9")).unwrap_err();
    assert_eq!(missing.to_string(), "a ledger entry about `dom_9` does not exist");
}

#[test]
fn consistency_between_any_two_checkpoints_is_proven() {
    TestDatabases::each(|database| {
        grow(database, 520, 40);
        let checkpoints: Vec<Checkpoint> =
            (1..=13).map(|n| database.store().read(|tx| find_checkpoint(tx, n * 40)).unwrap().unwrap().0).collect();
        for old in &checkpoints {
            for new in checkpoints.iter().filter(|new| new.size >= old.size) {
                let path = database.store().read(|tx| prove_consistency(tx, old.size, new.size)).unwrap();
                assert!(verify_consistency(old.size, &old.root, new.size, &new.root, &path));
            }
        }
        assert!(database.store().read(|tx| prove_consistency(tx, 40, 521)).is_err());
    });
}

#[test]
fn an_undone_command_leaves_no_trace_in_the_ledger() {
    TestDatabases::each(|database| {
        grow(database, 3, 3);
        let new = |body: &'static str| NewEntry {
            at: Timestamp::UNIX_EPOCH,
            actor: "act_1",
            subject: "dom_1",
            kind: "Tried",
            body,
            salt: [0; 16],
        };
        let failing = database.store().submit(move |tx| {
            append(tx, &new("{}"))?;
            Err::<(), _>(StoreFault::Missing { what: "a reason".to_owned() })
        });
        let succeeding = database.store().submit(move |tx| append(tx, &new("[]")));
        assert!(failing.unwrap().wait().is_err());
        assert_eq!(succeeding.unwrap().wait(), Ok::<u64, StoreFault>(3));
        assert!(verify_store(database.store(), database.verifier()).unwrap().is_sound());
    });
}

#[test]
fn without_the_key_or_with_another_nothing_is_appended() {
    let mut database = TestDatabases::sqlite();
    grow(&database, 1, 1);
    database.reopen();
    let other = SignerKey::generate("other.test").unwrap();
    let new = NewEntry { at: Timestamp::UNIX_EPOCH, actor: "a", subject: "s", kind: "k", body: "{}", salt: [0; 16] };
    for (store, words) in [
        (crate::Store::open(database.url()).unwrap(), "opened without the key"),
        (crate::Store::open_with_signer(database.url(), other).unwrap(), "it belongs to `ledger.test`"),
    ] {
        let new = new.clone();
        let refused: Result<u64, StoreFault> = store.write(move |tx| append(tx, &new));
        assert!(refused.unwrap_err().to_string().contains(words));
    }
}
