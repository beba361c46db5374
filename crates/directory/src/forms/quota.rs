//! So many in an hour for each key, in a table that cannot grow: hours are the same for all, and with the hour the table ends.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// The window.
const HOUR: Duration = Duration::from_secs(3600);
/// Keys at once, about 2 MB. Where more come in an hour the table begins anew: the bounds of the spool hold in any case.
const KEYS: usize = 64 * 1024;

/// Counts by key.
pub(super) struct Quota {
    limit: u32,
    hasher: RandomState,
    counts: Mutex<(u64, HashMap<u64, u32>)>,
}

impl Quota {
    pub(super) fn an_hour(limit: u32) -> Self {
        Self { limit, hasher: RandomState::new(), counts: Mutex::default() }
    }

    /// Counts one more, `now` after the start.
    ///
    /// # Errors
    /// The time until the hour ends, where there were enough.
    pub(super) fn take(&self, key: &impl Hash, now: Duration) -> Result<(), Duration> {
        let hour = now.as_secs() / HOUR.as_secs();
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let (counted_hour, table) = &mut *counts;
        if *counted_hour != hour || table.len() >= KEYS {
            table.clear();
            *counted_hour = hour;
        }
        let count = table.entry(self.hasher.hash_one(key)).or_default();
        if *count >= self.limit {
            return Err(HOUR - Duration::from_secs(now.as_secs() % HOUR.as_secs()));
        }
        *count += 1;
        Ok(())
    }
}

/// The networks that an address is counted under: one customer, and its neighbourhood.
pub(super) fn networks_of(address: IpAddr) -> ((bool, u64), (bool, u64)) {
    match address.to_canonical() {
        IpAddr::V4(address) => {
            let bits = u64::from(u32::from(address));
            ((false, bits), (false, bits >> 8))
        }
        IpAddr::V6(address) => {
            let bits = u128::from(address);
            ((true, (bits >> 64) as u64), (true, (bits >> 80) as u64))
        }
    }
}
