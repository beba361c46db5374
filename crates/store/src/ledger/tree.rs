//! The Merkle tree of RFC 9162 section 2.1: hashing, the right edge, proofs and their verification. No I/O.

use std::collections::HashMap;

use crate::fault::StoreFault;
use crate::hash::{Hash, sha256};
use crate::ledger::tiles::{TILE_HEIGHT, TILE_WIDTH, width_at};

/// Tiles a walk keeps in memory, 8 KiB each.
const TILE_CACHE: usize = 1024;

/// Hash of a leaf: `SHA-256(0x00 || entry)`.
pub(crate) fn leaf_hash(entry: &[u8]) -> Hash {
    sha256(&[&[0], entry])
}

/// Hash of an inner node: `SHA-256(0x01 || left || right)`.
pub(crate) fn node_hash(left: &Hash, right: &Hash) -> Hash {
    sha256(&[&[1], left, right])
}

/// Root of `hashes`, a power of two of them.
pub(crate) fn perfect_root(hashes: &[Hash]) -> Hash {
    let mut row = hashes.to_vec();
    while row.len() > 1 {
        row = row.chunks(2).map(|pair| if let [left, right] = pair { node_hash(left, right) } else { pair[0] }).collect();
    }
    row.first().copied().unwrap_or_else(|| sha256(&[]))
}

/// The right edge of a growing tree: one root for each perfect subtree, largest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Frontier {
    size: u64,
    edge: Vec<Hash>,
}

impl Frontier {
    /// A right edge as it was stored; none if the number of hashes does not fit the size.
    pub(crate) fn from_bytes(size: u64, bytes: &[u8]) -> Option<Self> {
        let (edge, rest) = bytes.as_chunks::<32>();
        (rest.is_empty() && edge.len() == size.count_ones() as usize).then(|| Self { size, edge: edge.to_vec() })
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        self.edge.concat()
    }

    pub(crate) fn size(&self) -> u64 {
        self.size
    }

    pub(crate) fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        // Every trailing one bit of the size is a subtree that the new leaf completes.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.edge.pop() {
                hash = node_hash(&left, &hash);
            }
        }
        self.edge.push(hash);
        self.size += 1;
    }

    /// The root; SHA-256 of nothing for an empty tree.
    pub(crate) fn root(&self) -> Hash {
        let mut rest = self.edge.iter().rev();
        let Some(last) = rest.next() else { return sha256(&[]) };
        rest.fold(*last, |right, left| node_hash(left, &right))
    }
}

/// Where a tree's tiles come from.
pub(crate) trait TileSource {
    /// The first `width` hashes of a tile.
    fn tile(&mut self, level: u8, number: u64, width: usize) -> Result<Vec<Hash>, StoreFault>;
}

/// A tree of a certain size over a source of tiles.
pub(crate) struct Tree<'s> {
    source: &'s mut dyn TileSource,
    size: u64,
    cache: HashMap<(u8, u64), Vec<Hash>>,
}

impl<'s> Tree<'s> {
    pub(crate) fn new(source: &'s mut dyn TileSource, size: u64) -> Self {
        Self { source, size, cache: HashMap::new() }
    }

    /// The hash of the tree when it had `size` leaves.
    pub(crate) fn root_at(&mut self, size: u64) -> Result<Hash, StoreFault> {
        self.range(0, size)
    }

    /// Audit path of a leaf, bottom up (RFC 9162 section 2.1.3.1).
    pub(crate) fn inclusion(&mut self, index: u64) -> Result<Vec<Hash>, StoreFault> {
        let (mut low, mut high) = (0, self.size);
        let mut path = Vec::new();
        while high - low > 1 {
            let middle = low + split(high - low);
            if index < middle {
                path.push(self.range(middle, high)?);
                high = middle;
            } else {
                path.push(self.range(low, middle)?);
                low = middle;
            }
        }
        path.reverse();
        Ok(path)
    }

    /// Proof that the tree of `old` leaves is a beginning of this one (RFC 9162 section 2.1.4.1).
    pub(crate) fn consistency(&mut self, old: u64) -> Result<Vec<Hash>, StoreFault> {
        let mut path = Vec::new();
        if old == 0 || old >= self.size {
            return Ok(path);
        }
        let (mut low, mut high, mut is_whole) = (0, self.size, true);
        while old != high {
            let middle = low + split(high - low);
            if old <= middle {
                path.push(self.range(middle, high)?);
                high = middle;
            } else {
                path.push(self.range(low, middle)?);
                low = middle;
                is_whole = false;
            }
        }
        if !is_whole {
            path.push(self.range(low, high)?);
        }
        path.reverse();
        Ok(path)
    }

    /// The hash over leaves `low..high`, where `low` is a multiple of the largest power of two in the range.
    fn range(&mut self, low: u64, high: u64) -> Result<Hash, StoreFault> {
        let count = high - low;
        if count == 0 {
            return Ok(sha256(&[]));
        }
        if count.is_power_of_two() {
            let level = count.trailing_zeros();
            return self.perfect(level, low >> level);
        }
        let middle = low + split(count);
        let left = self.range(low, middle)?;
        let right = self.range(middle, high)?;
        Ok(node_hash(&left, &right))
    }

    /// The hash over the perfect subtree `number` of `2^level` leaves.
    fn perfect(&mut self, level: u32, number: u64) -> Result<Hash, StoreFault> {
        let tile_level = (level / TILE_HEIGHT) as u8;
        let inside = level % TILE_HEIGHT;
        let first = number << inside;
        let tile = self.tile(tile_level, first / TILE_WIDTH)?;
        let start = (first % TILE_WIDTH) as usize;
        let hashes = tile
            .get(start..start + (1 << inside))
            .ok_or_else(|| StoreFault::ledger(format!("tile {tile_level}/{} has fewer hashes than the tree needs", first / TILE_WIDTH)))?;
        Ok(perfect_root(hashes))
    }

    fn tile(&mut self, level: u8, number: u64) -> Result<&[Hash], StoreFault> {
        if self.cache.len() >= TILE_CACHE {
            self.cache.clear();
        }
        if !self.cache.contains_key(&(level, number)) {
            let tile = self.source.tile(level, number, width_at(self.size, level, number))?;
            self.cache.insert((level, number), tile);
        }
        Ok(self.cache.get(&(level, number)).map_or(&[], Vec::as_slice))
    }
}

/// The largest power of two smaller than `count`, which is at least 2.
fn split(count: u64) -> u64 {
    1 << (u64::BITS - 1 - (count - 1).leading_zeros())
}

/// Checks an audit path (RFC 9162 section 2.1.3.2).
#[must_use]
pub fn verify_inclusion(leaf: &Hash, index: u64, size: u64, path: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut node, mut last) = (index, size - 1);
    let mut hash = *leaf;
    for sibling in path {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(sibling, &hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Checks that the tree (`old_size`, `old_root`) is a beginning of (`size`, `root`) (RFC 9162 section 2.1.4.2).
#[must_use]
pub fn verify_consistency(old_size: u64, old_root: &Hash, size: u64, root: &Hash, path: &[Hash]) -> bool {
    if old_size == 0 {
        return path.is_empty() && *old_root == sha256(&[]);
    }
    if old_size >= size {
        return old_size == size && path.is_empty() && old_root == root;
    }
    let (first, rest) = if old_size.is_power_of_two() {
        (*old_root, path)
    } else {
        let Some((first, rest)) = path.split_first() else { return false };
        (*first, rest)
    };
    let shift = (old_size - 1).trailing_ones();
    let (mut node, mut last) = ((old_size - 1) >> shift, (size - 1) >> shift);
    let (mut old_hash, mut new_hash) = (first, first);
    for sibling in rest {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
            while node & 1 == 0 && node != 0 {
                node >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = node_hash(&new_hash, sibling);
        }
        node >>= 1;
        last >>= 1;
    }
    last == 0 && old_hash == *old_root && new_hash == *root
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Tiles computed from the leaves by the definition.
    struct Leaves(Vec<Hash>);

    impl TileSource for Leaves {
        fn tile(&mut self, level: u8, number: u64, width: usize) -> Result<Vec<Hash>, StoreFault> {
            let span = 1_usize << (u32::from(level) * TILE_HEIGHT);
            let first = number as usize * TILE_WIDTH as usize;
            Ok((first..first + width).map(|at| perfect_root(&self.0[at * span..(at + 1) * span])).collect())
        }
    }

    fn leaves(count: u64) -> Vec<Hash> {
        (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect()
    }

    /// RFC 9162 section 2.1.1, word for word.
    fn by_definition(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => sha256(&[]),
            [one] => *one,
            many => {
                let k = split(many.len() as u64) as usize;
                node_hash(&by_definition(&many[..k]), &by_definition(&many[k..]))
            }
        }
    }

    #[test]
    fn the_empty_tree_and_the_known_roots_of_the_field() {
        // From the test vectors of Certificate Transparency: leaves "", 00, 10, 2021, 3031, 40414243, 5051..57, 6061..6f.
        let inputs: [&[u8]; 8] = [
            &[],
            &[0x00],
            &[0x10],
            &[0x20, 0x21],
            &[0x30, 0x31],
            &[0x40, 0x41, 0x42, 0x43],
            &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57],
            &[0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f],
        ];
        let wanted = [
            "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let mut frontier = Frontier::default();
        for (size, wanted) in wanted.iter().enumerate() {
            let root: String = frontier.root().iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(&root, wanted, "size {size}");
            if let Some(input) = inputs.get(size) {
                frontier.push(leaf_hash(input));
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn frontier_tiles_and_definition_agree_and_every_proof_verifies(size in 1_u64..1400, seed in any::<u64>()) {
            let all = leaves(size);
            let root = by_definition(&all);
            let mut frontier = Frontier::default();
            all.iter().for_each(|leaf| frontier.push(*leaf));
            prop_assert_eq!(frontier.root(), root);
            prop_assert_eq!(Frontier::from_bytes(size, &frontier.to_bytes()), Some(frontier));

            let mut source = Leaves(all.clone());
            let mut tree = Tree::new(&mut source, size);
            prop_assert_eq!(tree.root_at(size).unwrap(), root);

            let index = seed % size;
            let path = tree.inclusion(index).unwrap();
            let leaf = all[index as usize];
            prop_assert!(verify_inclusion(&leaf, index, size, &path, &root));
            prop_assert!(!verify_inclusion(&leaf_hash(b"other"), index, size, &path, &root));
            prop_assert!(!verify_inclusion(&leaf, size, size, &path, &root));
            prop_assert!(!verify_inclusion(&leaf, index, size, &path, &leaf_hash(b"root")));

            let old = (seed / 7) % size + 1;
            let old_root = by_definition(&all[..old as usize]);
            let path = tree.consistency(old).unwrap();
            prop_assert!(verify_consistency(old, &old_root, size, &root, &path));
            prop_assert!(!verify_consistency(old, &leaf_hash(b"old"), size, &root, &path));
            if old < size {
                prop_assert!(!verify_consistency(old, &old_root, size, &leaf_hash(b"new"), &path));
            }
        }
    }
}
