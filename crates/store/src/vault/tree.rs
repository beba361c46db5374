//! A tree of keys from which single leaves are cut for good.
//!
//! ```text
//!              root                         the file holds the root alone, and every leaf follows from it:
//!            /      \                       child = SHA-256(label | parent | side)
//!          a          b
//!        /   \      /   \                   leaf 2 is cut: the file holds `a` and `3` from here on. Neither leaf 2 nor
//!       0     1    2     3                  what is above it follows from them; every other leaf still does.
//! ```
//!
//! (The puncturable function of Goldreich, Goldwasser and Micali.) A cut costs at most 32 seeds, and neighbours that are all cut cost
//! nothing.

use zeroize::Zeroizing;

use super::kek::KEY_LENGTH;
use crate::hash::sha256;

/// Steps from the root to a leaf; so many bits has the number of a leaf.
pub(super) const HEIGHT: u8 = 32;

/// Bytes of a branch as it is written: first leaf, height, seed.
const BRANCH_BYTES: usize = 4 + 1 + KEY_LENGTH;

/// What a child is derived under, so that no seed is ever the hash of something else.
const LABEL: &[u8] = b"namekeep key tree v1";

pub(super) type Seed = Zeroizing<[u8; KEY_LENGTH]>;

/// A part of the tree that is whole.
struct Branch {
    /// Its first leaf.
    first: u32,
    /// It has two to the power of this many leaves.
    height: u8,
    seed: Seed,
}

/// What is left of a tree.
pub(super) struct KeyTree {
    /// In the order of their leaves; none contains another.
    branches: Vec<Branch>,
}

impl KeyTree {
    /// The whole tree.
    pub(super) fn whole(root: Seed) -> Self {
        Self { branches: vec![Branch { first: 0, height: HEIGHT, seed: root }] }
    }

    /// What every leaf follows from; none once a leaf was cut.
    pub(super) fn root(&self) -> Option<&Seed> {
        match self.branches.as_slice() {
            [Branch { height: HEIGHT, seed, .. }] => Some(seed),
            _ => None,
        }
    }

    /// The key at a leaf; none if it was cut.
    pub(super) fn leaf(&self, leaf: u32) -> Option<Seed> {
        let branch = &self.branches[self.place_of(leaf)?];
        let mut seed = branch.seed.clone();
        for height in (0..branch.height).rev() {
            seed = child(&seed, is_right(leaf, height));
        }
        Some(seed)
    }

    /// Cuts a leaf; `false` if it was cut before.
    pub(super) fn cut(&mut self, leaf: u32) -> bool {
        let Some(place) = self.place_of(leaf) else { return false };
        let Branch { first, height, seed } = self.branches.remove(place);
        let (mut before, mut after) = (Vec::new(), Vec::new());
        let (mut first, mut seed) = (first, seed);
        for height in (0..height).rev() {
            let middle = first | 1 << height;
            match is_right(leaf, height) {
                true => {
                    before.push(Branch { first, height, seed: child(&seed, false) });
                    seed = child(&seed, true);
                    first = middle;
                }
                false => {
                    after.push(Branch { first: middle, height, seed: child(&seed, true) });
                    seed = child(&seed, false);
                }
            }
        }
        after.reverse();
        self.branches.splice(place..place, before.into_iter().chain(after));
        true
    }

    /// The first leaf from `leaf` on that is not cut.
    pub(super) fn next_leaf(&self, leaf: u32) -> Option<u32> {
        let place = self.branches.partition_point(|branch| branch.last() < leaf);
        self.branches.get(place).map(|branch| branch.first.max(leaf))
    }

    /// Which leaves are cut: first and last of each stretch.
    pub(super) fn gaps(&self) -> Vec<(u32, u32)> {
        let (mut gaps, mut next) = (Vec::new(), Some(0));
        for branch in &self.branches {
            if let Some(from) = next.filter(|from| *from < branch.first) {
                gaps.push((from, branch.first - 1));
            }
            next = branch.last().checked_add(1);
        }
        gaps.extend(next.map(|from| (from, u32::MAX)));
        gaps
    }

    /// As it is written.
    pub(super) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(self.branches.len() * BRANCH_BYTES));
        for Branch { first, height, seed } in &self.branches {
            bytes.extend_from_slice(&first.to_be_bytes());
            bytes.push(*height);
            bytes.extend_from_slice(seed.as_slice());
        }
        bytes
    }

    /// Reads what [`KeyTree::to_bytes`] wrote; none if it is no tree.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (whole, []) = bytes.as_chunks::<BRANCH_BYTES>() else { return None };
        let mut branches: Vec<Branch> = Vec::with_capacity(whole.len());
        for written in whole {
            let (first, rest) = written.split_first_chunk::<4>()?;
            let (height, seed) = rest.split_first()?;
            let first = u32::from_be_bytes(*first);
            let branch = Branch { first, height: *height, seed: Zeroizing::new(seed.try_into().ok()?) };
            let is_aligned = *height <= HEIGHT && u64::from(first) % (1u64 << height) == 0;
            if !is_aligned || branches.last().is_some_and(|before| before.last() >= first) {
                return None;
            }
            branches.push(branch);
        }
        Some(Self { branches })
    }

    /// Every key that is written.
    #[cfg(test)]
    pub(super) fn seeds(&self) -> Vec<Vec<u8>> {
        self.branches.iter().map(|branch| branch.seed.to_vec()).collect()
    }

    fn place_of(&self, leaf: u32) -> Option<usize> {
        let place = self.branches.partition_point(|branch| branch.last() < leaf);
        self.branches.get(place).is_some_and(|branch| branch.first <= leaf).then_some(place)
    }
}

impl Branch {
    fn last(&self) -> u32 {
        self.first | u32::try_from((1u64 << self.height) - 1).unwrap_or(u32::MAX)
    }
}

fn is_right(leaf: u32, height: u8) -> bool {
    leaf >> height & 1 == 1
}

fn child(parent: &Seed, is_right: bool) -> Seed {
    Zeroizing::new(sha256(&[LABEL, parent.as_slice(), &[u8::from(is_right)]]))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn tree() -> KeyTree {
        KeyTree::whole(Zeroizing::new([7; KEY_LENGTH]))
    }

    proptest! {
        /// Whatever is cut, and in whatever order: exactly that is gone, and every other leaf has the key it always had.
        #[test]
        fn exactly_what_is_cut_is_gone(
            cut in proptest::collection::vec(prop_oneof![0u32..40, u32::MAX - 3..=u32::MAX, any::<u32>()], 0..30),
            asked in proptest::collection::vec(prop_oneof![0u32..40, u32::MAX - 3..=u32::MAX, any::<u32>()], 0..30),
        ) {
            let (whole, mut left) = (tree(), tree());
            let mut gone = BTreeSet::new();
            for leaf in &cut {
                prop_assert_eq!(left.cut(*leaf), gone.insert(*leaf));
            }
            let written = left.to_bytes();
            let read = KeyTree::from_bytes(&written).unwrap();
            for leaf in cut.iter().chain(&asked) {
                let key = whole.leaf(*leaf).filter(|_| !gone.contains(leaf));
                prop_assert_eq!(left.leaf(*leaf), key.clone());
                prop_assert_eq!(read.leaf(*leaf), key);
                prop_assert_eq!(read.next_leaf(*leaf), (*leaf..=u32::MAX).find(|leaf| !gone.contains(leaf)));
            }
            // Nothing that is left on disk is on the way to what was cut.
            let on_disk: BTreeSet<&[u8]> = read.branches.iter().map(|branch| branch.seed.as_slice()).collect();
            for leaf in &gone {
                let mut seed = Zeroizing::new([7; KEY_LENGTH]);
                for height in (0..HEIGHT).rev() {
                    prop_assert!(!on_disk.contains(seed.as_slice()));
                    seed = child(&seed, is_right(*leaf, height));
                }
                prop_assert!(!on_disk.contains(seed.as_slice()));
            }
            let in_gaps: u64 = read.gaps().iter().map(|(first, last)| u64::from(*last) - u64::from(*first) + 1).sum();
            prop_assert_eq!(in_gaps, gone.len() as u64);
            prop_assert!(gone.iter().all(|leaf| read.gaps().iter().any(|(first, last)| (first..=last).contains(&leaf))));
        }

        #[test]
        fn any_bytes_are_a_tree_or_none(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            if let Some(tree) = KeyTree::from_bytes(&bytes) {
                let written = tree.to_bytes();
                prop_assert_eq!(written.as_slice(), bytes.as_slice());
            }
        }
    }

    #[test]
    fn neighbours_that_are_all_cut_cost_nothing() {
        let mut tree = tree();
        for leaf in 0..1024 {
            tree.cut(leaf);
        }
        assert_eq!((tree.branches.len(), tree.gaps()), (22, vec![(0, 1023)]));
    }

    #[test]
    fn branches_out_of_order_or_out_of_line_are_no_tree() {
        let mut left = tree();
        left.cut(0);
        let written = left.to_bytes();
        let mut turned = written[BRANCH_BYTES..2 * BRANCH_BYTES].to_vec();
        turned.extend_from_slice(&written[..BRANCH_BYTES]);
        let mut askew = written[BRANCH_BYTES..2 * BRANCH_BYTES].to_vec();
        askew[3] ^= 1;
        for bad in [turned.as_slice(), &askew, &written[..written.len() - 1]] {
            assert!(KeyTree::from_bytes(bad).is_none());
        }
    }
}
