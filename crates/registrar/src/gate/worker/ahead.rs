//! How far claims run ahead of the wire. Pure.

use std::time::Duration;

use tokio::time::Instant;

/// Claims under way for every slot at least, so that a slot never waits for the database.
const LEAST_PER_SLOT: usize = 2;
/// Claims under way for every slot at most. Each is an outcome to prove after a crash.
const MOST_PER_SLOT: usize = 16;
/// Claims under way in all, where that is not less than [`LEAST_PER_SLOT`] asks for.
const MOST: usize = 512;
/// Claims run ahead by as much as the wire carried in this time: a commit can take a while, and a registry that takes seconds for a
/// command must not be given more than it carries out before the lease grows old.
const SPAN: Duration = Duration::from_millis(500);

/// How far to claim ahead, by what the wire carried.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ahead {
    slots: usize,
    /// Since when `current` counts.
    since: Instant,
    current: usize,
    /// What ended in the span before.
    before: usize,
}

impl Ahead {
    /// For a gate with so many slots that begins now.
    pub(super) fn new(slots: usize, now: Instant) -> Self {
        Self { slots, since: now, current: 0, before: 0 }
    }

    /// So many attempts ended.
    pub(super) fn ended(&mut self, count: usize, now: Instant) {
        let spans = now.saturating_duration_since(self.since).as_millis() / SPAN.as_millis();
        if spans > 0 {
            (self.before, self.current, self.since) = (if spans == 1 { self.current } else { 0 }, 0, now);
        }
        self.current += count;
    }

    /// How many claims are to be under way.
    pub(super) fn depth(&self) -> usize {
        let least = self.slots * LEAST_PER_SLOT;
        let most = (self.slots * MOST_PER_SLOT).min(MOST).max(least);
        self.before.max(self.current).clamp(least, most)
    }

    /// Whether it is time to claim: half of them are used up, so that a claim is worth its commit.
    pub(super) fn is_low(&self, under_way: usize) -> bool {
        under_way <= self.depth() / 2
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn claims_follow_what_the_wire_carries() {
        let start = Instant::now();
        /// Milliseconds from the start, ends, and the depth after them.
        type Turn = (u64, usize, usize);
        let table: [(usize, &[Turn]); 4] = [
            (1, &[(0, 0, 2), (80, 1, 2), (160, 1, 2), (240, 1, 3), (600, 1, 3), (700, 4, 5)]),
            (4, &[(10, 100, 64), (400, 100, 64), (520, 1, 64), (5_000, 1, 8)]),
            (300, &[(10, 0, 600), (20, 10_000, 600)]),
            (100, &[(10, 0, 200), (20, 10_000, 512)]),
        ];
        for (slots, turns) in table {
            let mut ahead = Ahead::new(slots, start);
            for (millis, ends, depth) in turns {
                ahead.ended(*ends, start + Duration::from_millis(*millis));
                assert_eq!(ahead.depth(), *depth, "{slots} slots at {millis} ms");
                assert!(ahead.is_low(depth / 2) && !ahead.is_low(depth / 2 + 1));
            }
        }
    }
}
