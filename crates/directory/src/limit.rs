//! Who asks too much: a bucket of tokens for each network, in a table of fixed size.
//!
//! A token is a hit; a miss costs several, since who enumerates names shows by misses. The table never grows: where all places of a set
//! are taken, the bucket that is fullest, and so tells least, makes room. A network that is thereby forgotten begins with a full bucket.

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Places in a set.
const WAYS: usize = 8;
/// Sets; a power of two. With the ways, 128 Ki networks in about 3 MB.
const SETS: usize = if cfg!(test) { 64 } else { 16 * 1024 };
/// Thousandths of a token, so that slow refills are exact.
const MILLI: u64 = 1000;

/// How much a network may ask.
#[derive(Clone, Debug)]
pub struct Rate {
    /// Tokens a second.
    pub per_second: u32,
    /// Tokens at most, after a pause.
    pub burst: u32,
    /// What a miss costs in tokens; a hit costs one.
    pub miss_cost: u32,
    /// Networks without a limit, such as those of ICANN's probes; address and prefix length.
    pub exempt: Vec<(IpAddr, u8)>,
}

impl Default for Rate {
    /// Sixty in a burst and ten a second from an IPv4 address or an IPv6 /64.
    fn default() -> Self {
        Self { per_second: 10, burst: 60, miss_cost: 4, exempt: Vec::new() }
    }
}

/// The buckets.
pub struct Limiter {
    rate: Rate,
    hasher: RandomState,
    sets: Box<[Mutex<[Bucket; WAYS]>]>,
}

/// What is left to a network. The milliseconds are those of the caller's clock.
#[derive(Clone, Copy, Default)]
struct Bucket {
    /// Fingerprint of the network; 0 for none.
    network: u64,
    /// Thousandths of tokens that are spent.
    spent_milli: u64,
    /// When that was so.
    at_ms: u64,
}

impl Limiter {
    /// Full buckets for everyone.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        let sets = (0..SETS).map(|_| Mutex::new([Bucket::default(); WAYS])).collect();
        Self { rate, hasher: RandomState::new(), sets }
    }

    /// Takes a token for a question, at `now_ms` of a clock that only goes forward.
    ///
    /// # Errors
    /// How long to wait, at least a second, where there is none.
    pub fn take(&self, address: IpAddr, now_ms: u64) -> Result<(), Duration> {
        self.spend(address, 1, now_ms, false)
    }

    /// The question found nothing: it costs more. Never refused, since it is answered already; the next one will be.
    pub fn take_miss(&self, address: IpAddr, now_ms: u64) {
        let more = self.rate.miss_cost.saturating_sub(1);
        let _ = self.spend(address, more, now_ms, true);
    }

    fn spend(&self, address: IpAddr, tokens: u32, now_ms: u64, is_forced: bool) -> Result<(), Duration> {
        let address = address.to_canonical();
        if self.rate.exempt.iter().any(|(network, prefix)| is_within(address, *network, *prefix)) {
            return Ok(());
        }
        let hash = self.hasher.hash_one(network_of(address)) | 1;
        let mut set = self.sets[(hash >> 32) as usize % SETS].lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = find_place(&mut set, hash, now_ms, self.refill_milli(1));
        let refilled = self.refill_milli(now_ms.saturating_sub(bucket.at_ms));
        let spent = bucket.spent_milli.saturating_sub(refilled);
        let (cost, capacity) = (u64::from(tokens) * MILLI, u64::from(self.rate.burst) * MILLI);
        let is_allowed = is_forced || spent + cost <= capacity;
        bucket.at_ms = now_ms;
        // What misses cost beyond the bucket is owed, but not for ever.
        bucket.spent_milli = if is_allowed { (spent + cost).min(2 * capacity) } else { spent };
        if is_allowed {
            return Ok(());
        }
        let wait_ms = (spent + cost - capacity).div_ceil(u64::from(self.rate.per_second.max(1)));
        Err(Duration::from_secs(wait_ms.div_ceil(1000).max(1)))
    }

    /// Thousandths of tokens that come back in so many milliseconds: a token a second is a thousandth a millisecond.
    fn refill_milli(&self, elapsed_ms: u64) -> u64 {
        elapsed_ms.saturating_mul(u64::from(self.rate.per_second))
    }
}

/// The bucket of a network, or the one that tells least, emptied for it.
fn find_place(set: &mut [Bucket; WAYS], network: u64, now_ms: u64, refill_per_ms: u64) -> &mut Bucket {
    let place = set.iter().position(|bucket| bucket.network == network).unwrap_or_else(|| {
        let owed = |bucket: &Bucket| match bucket.network {
            0 => 0,
            _ => bucket.spent_milli.saturating_sub(now_ms.saturating_sub(bucket.at_ms).saturating_mul(refill_per_ms)) + 1,
        };
        let least = (0..WAYS).min_by_key(|&place| owed(&set[place])).unwrap_or_default();
        set[least] = Bucket { network, spent_milli: 0, at_ms: now_ms };
        least
    });
    &mut set[place]
}

/// What shares a bucket: an IPv4 address, or the /64 of an IPv6 address, which is what one customer has at least.
fn network_of(address: IpAddr) -> (bool, u64) {
    match address {
        IpAddr::V4(address) => (false, u64::from(u32::from(address))),
        IpAddr::V6(address) => (true, (u128::from(address) >> 64) as u64),
    }
}

/// Whether an address is in a network.
fn is_within(address: IpAddr, network: IpAddr, prefix: u8) -> bool {
    let (address, network, width) = match (address, network) {
        (IpAddr::V4(address), IpAddr::V4(network)) => (u128::from(u32::from(address)), u128::from(u32::from(network)), 32),
        (IpAddr::V6(address), IpAddr::V6(network)) => (u128::from(address), u128::from(network), 128),
        _ => return false,
    };
    let shift = u32::from(width - prefix.min(width));
    address.checked_shr(shift).unwrap_or(0) == network.checked_shr(shift).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn limiter() -> Limiter {
        Limiter::new(Rate { per_second: 2, burst: 4, miss_cost: 3, exempt: vec![(ip("198.51.100.0"), 24), (ip("2001:db8:1::"), 48)] })
    }

    #[test]
    fn a_bucket_empties_and_refills() {
        let limiter = limiter();
        let took = |at| limiter.take(ip("192.0.2.1"), at).is_ok();
        assert_eq!([0, 0, 0, 0, 0].map(took), [true, true, true, true, false]);
        assert_eq!(limiter.take(ip("192.0.2.1"), 0), Err(Duration::from_secs(1)));
        assert_eq!([499, 500, 500, 1000, 60_000].map(took), [false, true, false, true, true]);
        assert!(limiter.take(ip("192.0.2.2"), 0).is_ok());
    }

    #[test]
    fn misses_are_dearer_than_hits() {
        let limiter = limiter();
        for _ in 0..2 {
            assert!(limiter.take(ip("192.0.2.1"), 0).is_ok());
            limiter.take_miss(ip("192.0.2.1"), 0);
        }
        assert_eq!(limiter.take(ip("192.0.2.1"), 0), Err(Duration::from_secs(2)));
    }

    #[test]
    fn an_ipv6_customer_is_one_network() {
        let limiter = limiter();
        let took = |host: u32| limiter.take(ip(&format!("2001:db8:7:7::{host:x}")), 0).is_ok();
        assert_eq!([1, 2, 3, 4, 5].map(took), [true, true, true, true, false]);
        assert!(limiter.take(ip("2001:db8:7:8::1"), 0).is_ok());
    }

    #[test]
    fn exempt_networks_always_get_through() {
        let limiter = limiter();
        for address in ["198.51.100.7", "::ffff:198.51.100.7", "2001:db8:1:2::3"] {
            assert!((0..100).all(|_| limiter.take(ip(address), 0).is_ok()), "{address}");
        }
        assert!(!(0..100).all(|_| limiter.take(ip("198.51.101.7"), 0).is_ok()));
    }

    #[test]
    fn a_flood_of_networks_takes_no_more_memory_and_frees_no_debtor() {
        let limiter = limiter();
        let debtor = ip("192.0.2.1");
        while limiter.take(debtor, 0).is_ok() {}
        for host in 0..10_000_u32 {
            let _ = limiter.take(IpAddr::V4((0x0b00_0000 + host).into()), 0);
        }
        assert!(limiter.take(debtor, 0).is_err());
    }
}
