//! Chance that does not depend on the order of things: a draw is a function of the seed and of what it is about, so the same seed
//! lives the same life however work is interleaved.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use model::{Entropy as _, SeededEntropy};
use registrar::EntropySource;

/// FNV-1a, 64 bits: its offset and prime.
const FNV: (u64, u64) = (0xCBF2_9CE4_8422_2325, 0x0000_0100_0000_01B3);

/// The draws of one seed.
#[derive(Clone, Copy, Debug)]
pub struct Chance {
    seed: u64,
}

impl Chance {
    /// The draws of this seed.
    pub fn new(seed: u64) -> Self {
        Self { seed }
    }

    /// The draw about `what`; `number` tells apart draws about the same thing.
    pub fn draw(self, what: &str, number: u64) -> u64 {
        let hash = what.bytes().fold(FNV.0, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(FNV.1));
        SeededEntropy::new(self.seed ^ hash.rotate_left(17) ^ number.wrapping_mul(FNV.1)).next_u64()
    }

    /// A number below `limit`, which is taken as at least one.
    pub fn below(self, what: &str, number: u64, limit: u64) -> u64 {
        self.draw(what, number) % limit.max(1)
    }

    /// Whether something of so many in a thousand happens.
    pub fn per_mille(self, what: &str, number: u64, part: u64) -> bool {
        self.below(what, number, 1000) < part
    }
}

/// Bytes for ids and salts, a stream of its own for each thread: threads run side by side, and each sees the same bytes again.
pub struct ThreadSeeds {
    seed: u64,
    streams: Mutex<HashMap<String, SeededEntropy>>,
}

impl ThreadSeeds {
    /// The streams of this seed.
    pub fn new(seed: u64) -> Self {
        Self { seed, streams: Mutex::default() }
    }
}

impl EntropySource for ThreadSeeds {
    fn fill(&self, out: &mut [u8]) {
        let thread = std::thread::current();
        // Threads of the store and of the runtime have their names; the one that lives the life is any other.
        let thread = thread.name().filter(|name| name.starts_with("store") || name.starts_with("tokio")).unwrap_or("life").to_owned();
        let mut streams = self.streams.lock().unwrap_or_else(PoisonError::into_inner);
        let seed = Chance::new(self.seed).draw(&thread, 0);
        streams.entry(thread).or_insert_with(|| SeededEntropy::new(seed)).fill(out);
    }
}

impl fmt::Debug for ThreadSeeds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ThreadSeeds({})", self.seed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_depend_on_seed_and_matter_alone() {
        let chance = Chance::new(7);
        assert_eq!(chance.draw("a", 1), Chance::new(7).draw("a", 1));
        assert_ne!(chance.draw("a", 1), chance.draw("a", 2));
        assert_ne!(chance.draw("a", 1), chance.draw("b", 1));
        assert_ne!(chance.draw("a", 1), Chance::new(8).draw("a", 1));
        let share = (0..10_000).filter(|number| chance.per_mille("share", *number, 200)).count();
        assert!((1_800..2_200).contains(&share), "{share}");
    }
}
