//! What a follower reads is what the store holds, whatever happened to writer, files and database in between.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use model::DomainName;

use super::{Follower, Found, Frame, Writer};
use crate::fault::StoreFault;
use crate::ledger::SignerKey;
use crate::publications;
use crate::store::Store;
use crate::testing::{TestDatabase, TestDatabases};

/// What a reader holds. A record here is its name, a colon and a value.
#[derive(Default)]
struct Reader(BTreeMap<String, String>);

impl Reader {
    fn step(&mut self, follower: &mut Follower) -> Result<Found, StoreFault> {
        let names = std::cell::RefCell::new(std::mem::take(&mut self.0));
        let found = follower.step(
            || names.borrow_mut().clear(),
            |frame| {
                match frame {
                    Frame::Record(record) => {
                        let text = String::from_utf8(record.to_vec()).unwrap();
                        let name = text.split(':').next().unwrap().to_owned();
                        names.borrow_mut().insert(name, text);
                    }
                    Frame::Removal(name) => drop(names.borrow_mut().remove(name)),
                }
                Ok(())
            },
        );
        self.0 = names.into_inner();
        found
    }

    fn text(&self) -> String {
        self.0.values().cloned().collect::<Vec<_>>().join(" ")
    }
}

fn key() -> SignerKey {
    SignerKey::generate("feed.test").unwrap()
}

/// The same key once more.
fn again(folder: &Path, key: &SignerKey) -> SignerKey {
    let path = folder.join("key");
    if !path.exists() {
        key.write_new(&path).unwrap();
    }
    SignerKey::read(&path).unwrap()
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn put(store: &Store, name: &'static str, value: Option<&'static str>) {
    let record = value.map(|value| format!("{name}:{value}"));
    let name = DomainName::parse(name).unwrap();
    store.write::<_, StoreFault>(move |tx| publications::put(tx, &name, record.as_deref().map(str::as_bytes), at(0))).unwrap();
}

fn each(script: impl Fn(&TestDatabase, &Path)) {
    TestDatabases::each(|database| {
        let folder = tempfile::tempdir().unwrap();
        script(database, folder.path());
    });
}

#[test]
fn a_follower_sees_what_the_store_holds() {
    each(|database, folder| {
        let (key, feed) = (key(), folder.join("feed"));
        let mut writer = Writer::new(&feed, again(folder, &key));
        let (mut follower, mut reader) = (Follower::new(&feed, key.verifier().clone()), Reader::default());
        assert_eq!(reader.step(&mut follower), Ok(Found::Nothing));
        put(database.store(), "a.alpha", Some("1"));
        put(database.store(), "b.alpha", Some("1"));
        writer.follow(database.store(), at(1)).unwrap();
        assert!(matches!(reader.step(&mut follower), Ok(Found::Anew(_))));
        assert_eq!(reader.text(), "a.alpha:1 b.alpha:1");
        put(database.store(), "a.alpha", Some("2"));
        put(database.store(), "b.alpha", None);
        put(database.store(), "c.alpha", Some("1"));
        assert_eq!((writer.position(), writer.follow(database.store(), at(2)), writer.position()), (Some(2), Ok(3), Some(5)));
        match reader.step(&mut follower) {
            Ok(Found::Changes(head)) => assert_eq!((head.position, head.updated_at), (5, at(2))),
            other => panic!("{other:?}"),
        }
        assert_eq!(reader.text(), "a.alpha:2 c.alpha:1");
        assert_eq!(reader.step(&mut follower), Ok(Found::Nothing));
        // Nothing changed, but the store was looked at later.
        writer.follow(database.store(), at(3)).unwrap();
        assert!(matches!(reader.step(&mut follower), Ok(Found::Changes(head)) if head.updated_at == at(3)));
        // One who comes now reads the same.
        let (mut late, mut latecomer) = (Follower::new(&feed, key.verifier().clone()), Reader::default());
        assert!(matches!(latecomer.step(&mut late), Ok(Found::Anew(_))));
        assert_eq!(latecomer.text(), reader.text());
    });
}

#[test]
fn a_writer_that_died_is_taken_over_where_its_head_stands() {
    each(|database, folder| {
        let (key, feed) = (key(), folder.join("feed"));
        put(database.store(), "a.alpha", Some("1"));
        let mut writer = Writer::new(&feed, again(folder, &key));
        writer.follow(database.store(), at(1)).unwrap();
        let (mut follower, mut reader) = (Follower::new(&feed, key.verifier().clone()), Reader::default());
        reader.step(&mut follower).unwrap();
        // It died after half a frame, before the head.
        let changes = std::fs::read_dir(&feed).unwrap().flatten().find(|entry| entry.file_name().to_string_lossy().ends_with("changes"));
        std::fs::write(changes.unwrap().path(), b"half").unwrap();
        put(database.store(), "b.alpha", Some("1"));
        Writer::new(&feed, again(folder, &key)).follow(database.store(), at(2)).unwrap();
        assert!(matches!(reader.step(&mut follower), Ok(Found::Changes(_))));
        assert_eq!(reader.text(), "a.alpha:1 b.alpha:1");
    });
}

#[test]
fn a_database_of_an_earlier_day_begins_a_new_generation() {
    each(|database, folder| {
        let (key, feed) = (key(), folder.join("feed"));
        for value in ["1", "2", "3"] {
            put(database.store(), "a.alpha", Some(value));
        }
        Writer::new(&feed, again(folder, &key)).follow(database.store(), at(1)).unwrap();
        let (mut follower, mut reader) = (Follower::new(&feed, key.verifier().clone()), Reader::default());
        reader.step(&mut follower).unwrap();
        TestDatabases::each(|earlier| {
            if earlier.engine() == database.engine() {
                put(earlier.store(), "a.alpha", Some("0"));
                Writer::new(&feed, again(folder, &key)).follow(earlier.store(), at(2)).unwrap();
                assert!(matches!(reader.step(&mut follower), Ok(Found::Anew(_))));
                assert_eq!(reader.text(), "a.alpha:0");
            }
        });
    });
}

/// The day after, and an hour for those who read, whatever else happens or does not.
#[test]
fn what_a_record_no_longer_shows_leaves_the_files() {
    const DAY_S: i64 = 24 * 60 * 60;
    each(|database, folder| {
        let (key, feed) = (key(), folder.join("feed"));
        let mut writer = Writer::new(&feed, again(folder, &key));
        let (mut follower, mut reader) = (Follower::new(&feed, key.verifier().clone()), Reader::default());
        put(database.store(), "a.alpha", Some("shown"));
        writer.follow(database.store(), at(0)).unwrap();
        put(database.store(), "a.alpha", Some("withheld"));
        writer.follow(database.store(), at(1)).unwrap();
        reader.step(&mut follower).unwrap();
        let is_written = || {
            let files = std::fs::read_dir(&feed).unwrap().flatten().map(|entry| std::fs::read(entry.path()).unwrap());
            files.into_iter().any(|bytes| bytes.windows(5).any(|window| window == b"shown"))
        };
        for (second, anew, written) in [
            (DAY_S - 1, false, true),
            (DAY_S, true, true),
            (DAY_S + 3599, false, true),
            (DAY_S + 3600, false, false),
            // Where nothing changed, nobody reads everything again.
            (9 * DAY_S, false, false),
        ] {
            // Another process may have taken over meanwhile.
            writer = Writer::new(&feed, again(folder, &key));
            writer.follow(database.store(), at(second)).unwrap();
            let found = reader.step(&mut follower).unwrap();
            assert_eq!((matches!(found, Found::Anew(_)), is_written()), (anew, written), "after {second} s: {found:?}");
            assert_eq!(reader.text(), "a.alpha:withheld");
        }
    });
}

#[test]
fn nothing_is_believed_that_the_head_does_not_vouch_for() {
    each(|database, folder| {
        let (key, feed) = (key(), folder.join("feed"));
        put(database.store(), "a.alpha", Some("1"));
        let mut writer = Writer::new(&feed, again(folder, &key));
        writer.follow(database.store(), at(1)).unwrap();
        put(database.store(), "b.alpha", Some("1"));
        writer.follow(database.store(), at(2)).unwrap();
        let fault = |follower: &mut Follower| Reader::default().step(follower).unwrap_err().to_string();
        let stranger = SignerKey::generate("feed.test").unwrap();
        assert!(fault(&mut Follower::new(&feed, stranger.verifier().clone())).contains("not signed by `feed.test`"));
        let files: Vec<_> = std::fs::read_dir(&feed).unwrap().flatten().map(|entry| entry.path()).collect();
        for path in files {
            let good = std::fs::read(&path).unwrap();
            for broken in [good[..good.len() - 1].to_vec(), {
                let mut bytes = good.clone();
                bytes[7] ^= 1;
                bytes
            }] {
                std::fs::write(&path, broken).unwrap();
                let mut follower = Follower::new(&feed, key.verifier().clone());
                assert!(fault(&mut follower).starts_with("the feed of public records cannot be used"), "{}", path.display());
            }
            std::fs::write(&path, good).unwrap();
        }
        // An older head put back is refused by who has seen a later one.
        let mut follower = Follower::new(&feed, key.verifier().clone());
        Reader::default().step(&mut follower).unwrap();
        let older = std::fs::read(feed.join("head")).unwrap();
        writer.follow(database.store(), at(9)).unwrap();
        Reader::default().step(&mut follower).unwrap();
        std::fs::write(feed.join("head"), older).unwrap();
        assert!(fault(&mut follower).contains("went back"));
    });
}
