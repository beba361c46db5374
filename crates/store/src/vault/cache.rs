//! Unwrapped data keys, for a few minutes, so that a key-encryption key in hardware is not asked for every value.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use aws_lc_rs::aead::RandomizedNonceKey;

use super::kek::KeyId;

/// Keys kept at most; a further one empties the cache.
const KEYS: usize = 1024;

/// How long an unwrapped key stays in memory. The cipher clears its memory when it is dropped.
const AGE: Duration = Duration::from_secs(5 * 60);

type Shelf = HashMap<KeyId, (Arc<RandomizedNonceKey>, Instant)>;

#[derive(Default)]
pub(super) struct KeyCache {
    shelf: Mutex<Shelf>,
}

impl KeyCache {
    pub(super) fn find(&self, id: &KeyId) -> Option<Arc<RandomizedNonceKey>> {
        let mut shelf = self.shelf.lock().unwrap_or_else(PoisonError::into_inner);
        match shelf.get(id) {
            Some((key, since)) if since.elapsed() < AGE => Some(Arc::clone(key)),
            Some(_) => {
                shelf.remove(id);
                None
            }
            None => None,
        }
    }

    /// Forgets every key.
    pub(super) fn clear(&self) {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    pub(super) fn keep(&self, id: KeyId, key: &Arc<RandomizedNonceKey>) {
        let mut shelf = self.shelf.lock().unwrap_or_else(PoisonError::into_inner);
        if shelf.len() >= KEYS {
            shelf.clear();
        }
        shelf.insert(id, (Arc::clone(key), Instant::now()));
    }
}
