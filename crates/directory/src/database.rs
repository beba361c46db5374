//! The records that are served, in memory: a name to its public record, and how far the record of the whole is.
//!
//! A record is kept as the bytes it came in, with its name inside, so that a name costs its record and some thirty bytes. Answers borrow
//! from the bytes. Writers and readers meet only in one of many shards and only for the moment of a look-up.

use std::hash::{BuildHasher, RandomState};
use std::sync::atomic::{AtomicI64, AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use hashbrown::HashTable;
use policy::publication::{PublicRecord, RecordFault};

/// Shards; a power of two.
const SHARDS: usize = 64;

/// A public record as bytes.
pub type Record = Arc<[u8]>;

/// The records.
pub struct Database {
    shards: Box<[RwLock<HashTable<Entry>>]>,
    hasher: RandomState,
    names: AtomicUsize,
    /// What is put now belongs to this generation of the feed.
    generation: AtomicU32,
    /// Seconds since 1970: the store's time, not the request's (RP 1.5).
    updated_at: AtomicI64,
    /// The position in the feed up to which it is complete.
    position: AtomicU64,
}

/// A record and its hash, so that growing a table reads no record.
struct Entry {
    hash: u64,
    generation: u32,
    record: Record,
}

impl Default for Database {
    fn default() -> Self {
        Self::new()
    }
}

impl Database {
    /// No records yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            shards: (0..SHARDS).map(|_| RwLock::new(HashTable::new())).collect(),
            hasher: RandomState::new(),
            names: AtomicUsize::new(0),
            generation: AtomicU32::new(0),
            updated_at: AtomicI64::new(0),
            position: AtomicU64::new(0),
        }
    }

    /// The record of a name in A-labels.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<Record> {
        let hash = self.hasher.hash_one(name);
        let shard = self.shard(hash).read().unwrap_or_else(PoisonError::into_inner);
        shard
            .find(hash, |entry| entry.hash == hash && name_of(&entry.record) == Some(name.as_bytes()))
            .map(|entry| Arc::clone(&entry.record))
    }

    /// Takes a record in the place of an older one of the same name.
    ///
    /// # Errors
    /// [`RecordFault`] if the bytes are no record; nothing changes then.
    pub fn put(&self, record: &[u8]) -> Result<(), RecordFault> {
        let hash = self.hasher.hash_one(PublicRecord::from_bytes(record)?.name);
        let entry = Entry { hash, generation: self.generation.load(Ordering::Relaxed), record: record.into() };
        let mut shard = self.shard(hash).write().unwrap_or_else(PoisonError::into_inner);
        let is_same = |other: &Entry| other.hash == hash && name_of(&other.record) == name_of(record);
        match shard.find_mut(hash, is_same) {
            Some(older) => *older = entry,
            None => {
                shard.insert_unique(hash, entry, |entry| entry.hash);
                self.names.fetch_add(1, Ordering::Relaxed);
            }
        }
        Ok(())
    }

    /// The name is no longer ours to answer for.
    pub fn remove(&self, name: &str) {
        let hash = self.hasher.hash_one(name);
        let mut shard = self.shard(hash).write().unwrap_or_else(PoisonError::into_inner);
        if let Ok(entry) = shard.find_entry(hash, |entry| entry.hash == hash && name_of(&entry.record) == Some(name.as_bytes())) {
            entry.remove();
            self.names.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// The whole comes anew: until [`Database::end_generation`] the old records are served where no new one is there yet.
    pub fn begin_generation(&self) {
        self.generation.fetch_add(1, Ordering::Relaxed);
    }

    /// The whole is here: names that did not come with it are gone.
    pub fn end_generation(&self) {
        let generation = self.generation.load(Ordering::Relaxed);
        for shard in &self.shards {
            let mut shard = shard.write().unwrap_or_else(PoisonError::into_inner);
            let before = shard.len();
            shard.retain(|entry| entry.generation == generation);
            self.names.fetch_sub(before - shard.len(), Ordering::Relaxed);
        }
    }

    /// Whether it was ever complete: before that, a name that is not here may exist all the same.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        self.updated_at() != 0
    }

    /// It is complete up to `position` of the feed, which was so at `at_s`, in seconds since 1970.
    pub fn set_position(&self, position: u64, at_s: i64) {
        self.position.store(position, Ordering::Release);
        self.updated_at.store(at_s, Ordering::Release);
    }

    /// How many names it answers for.
    #[must_use]
    pub fn names(&self) -> usize {
        self.names.load(Ordering::Relaxed)
    }

    /// The position in the feed up to which it is complete.
    #[must_use]
    pub fn position(&self) -> u64 {
        self.position.load(Ordering::Acquire)
    }

    /// When the store was as it is here, in seconds since 1970.
    #[must_use]
    pub fn updated_at(&self) -> i64 {
        self.updated_at.load(Ordering::Acquire)
    }

    fn shard(&self, hash: u64) -> &RwLock<HashTable<Entry>> {
        // The table uses the low and the highest bits; these are in between.
        &self.shards[(hash >> 40) as usize % SHARDS]
    }
}

/// The name at the head of a record, without reading the rest of it. A record was read whole before it was kept.
fn name_of(record: &[u8]) -> Option<&[u8]> {
    // The form, then a length of one or two bytes (LEB128), then the name, which has at most 253.
    let (_, rest) = record.split_first()?;
    let (&low, rest) = rest.split_first()?;
    let (length, rest) = match low {
        0..128 => (usize::from(low), rest),
        _ => rest.split_first().map(|(&high, rest)| (usize::from(low & 127) | usize::from(high) << 7, rest))?,
    };
    rest.get(..length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::record_of;

    #[test]
    fn the_newest_record_of_a_name_is_served_until_it_is_gone() {
        let database = Database::new();
        for name in ["a.alpha", "b.alpha", &format!("{}.alpha", "x".repeat(63))] {
            let mut record = record_of(name);
            database.put(&record.to_bytes().unwrap()).unwrap();
            record.created_at += 1;
            database.put(&record.to_bytes().unwrap()).unwrap();
            let found = database.find(name).unwrap();
            assert_eq!(PublicRecord::from_bytes(&found).unwrap(), record);
        }
        assert_eq!((database.names(), database.find("c.alpha")), (3, None));
        database.remove("b.alpha");
        database.remove("b.alpha");
        assert_eq!((database.names(), database.find("b.alpha")), (2, None));
    }

    #[test]
    fn a_new_generation_takes_away_what_did_not_come_with_it() {
        let database = Database::new();
        for name in ["a.alpha", "b.alpha"] {
            database.put(&record_of(name).to_bytes().unwrap()).unwrap();
        }
        database.begin_generation();
        database.put(&record_of("b.alpha").to_bytes().unwrap()).unwrap();
        assert!(database.find("a.alpha").is_some());
        database.end_generation();
        assert_eq!((database.names(), database.find("a.alpha").is_some(), database.find("b.alpha").is_some()), (1, false, true));
    }

    #[test]
    fn names_of_every_length_are_found() {
        let database = Database::new();
        let names: Vec<String> =
            (1..=120).map(|labels| format!("{}alpha", "ab.".repeat(labels % 80) + &"c".repeat(1 + labels / 2) + ".")).collect();
        for name in &names {
            database.put(&record_of(name).to_bytes().unwrap()).unwrap();
        }
        assert!(names.iter().all(|name| database.find(name).is_some()));
    }

    #[test]
    fn bytes_that_are_no_record_change_nothing() {
        let database = Database::new();
        assert!(database.put(&[1, 2, 3]).is_err());
        assert_eq!(database.names(), 0);
    }
}
