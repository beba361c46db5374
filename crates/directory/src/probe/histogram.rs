//! How long things took, in a bounded number of numbers: buckets that are 3 % wide at most.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Buckets in each doubling: 32, so that a bucket's end is at most 1/32 above its beginning.
const BITS: u32 = 5;

/// What is longer, some 36,000 years, is taken for so much.
const LONGEST_US: u64 = 1 << 60;

/// Counts of durations in microseconds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Histogram(BTreeMap<u16, u64>);

impl Histogram {
    /// Takes a duration in microseconds.
    pub fn add(&mut self, us: u64) {
        *self.0.entry(bucket(us.min(LONGEST_US))).or_default() += 1;
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.0.values().sum()
    }

    /// The duration in microseconds that so many hundredths of them do not exceed, rounded up to the end of its bucket; none of none.
    #[must_use]
    pub fn percentile(&self, percent: u64) -> Option<u64> {
        let rank = (self.count() * percent).div_ceil(100).max(1);
        let mut seen = 0;
        let at_rank = self.0.iter().find(|(_, count)| {
            seen += **count;
            seen >= rank
        });
        at_rank.map(|(bucket, _)| last_of(*bucket))
    }
}

/// The bucket of a duration: the first 32 hold one value each, then 32 for each doubling.
fn bucket(us: u64) -> u16 {
    let shift = (u64::BITS - us.leading_zeros()).saturating_sub(BITS + 1);
    let within = us >> shift;
    // At most 59 doublings of 32 and one more.
    u16::try_from((u64::from(shift) << BITS) + within).unwrap_or(u16::MAX)
}

/// The longest duration of a bucket.
fn last_of(bucket: u16) -> u64 {
    let (doubling, within) = (u32::from(bucket >> BITS), u64::from(bucket & 31));
    match doubling {
        0 | 1 => u64::from(bucket),
        _ => {
            let shift = doubling - 1;
            ((within + 33).checked_shl(shift).unwrap_or(u64::MAX)).saturating_sub(1)
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn percentiles_are_those_of_the_sorted_list() {
        let mut histogram = Histogram::default();
        assert_eq!(histogram.percentile(95), None);
        (1..=20).for_each(|us| histogram.add(us));
        assert_eq!((histogram.percentile(95), histogram.percentile(50), histogram.percentile(100)), (Some(19), Some(10), Some(20)));
        histogram.add(4_000_000);
        let longest = histogram.percentile(100).unwrap();
        assert!((4_000_000..4_125_000).contains(&longest), "{longest}");
    }

    proptest! {
        #[test]
        fn a_duration_is_in_its_bucket_and_hardly_below_its_end(us in 0..u64::MAX / 4) {
            let (at, end) = (bucket(us), last_of(bucket(us)));
            prop_assert!(us <= end && end - us <= us / 32, "{us} in {at} that ends at {end}");
            prop_assert!(at == 0 || last_of(at - 1) < us);
        }
    }
}
