//! The right edge of the stored tree with the leaves of the tile under way, so that a tile is complete without reading its leaves
//! back. The writer remembers it from one commit to the next.

use crate::hash::Hash;
use crate::ledger::tiles::TILE_WIDTH;
use crate::ledger::tree::Frontier;

/// What a ledger needs to grow.
#[derive(Clone, Debug)]
pub(crate) struct Edge {
    frontier: Frontier,
    /// Leaf hashes since the last complete tile.
    leaves: Vec<Hash>,
}

impl Edge {
    /// A right edge with the leaves since the last complete tile; none if their number does not fit the size.
    pub(crate) fn new(frontier: Frontier, leaves: Vec<Hash>) -> Option<Self> {
        (leaves.len() as u64 == frontier.size() % TILE_WIDTH).then_some(Self { frontier, leaves })
    }

    /// Whether it is that of the stored tree. Equal subtree roots mean equal leaves, whoever wrote meanwhile.
    pub(crate) fn is_at(&self, frontier: &Frontier) -> bool {
        self.frontier == *frontier
    }

    /// Entries in the tables.
    pub(crate) fn size(&self) -> u64 {
        self.frontier.size()
    }

    /// The root of the tree.
    pub(crate) fn root(&self) -> Hash {
        self.frontier.root()
    }

    /// The right edge as it is stored.
    pub(crate) fn frontier_bytes(&self) -> Vec<u8> {
        self.frontier.to_bytes()
    }

    /// Adds a leaf; gives the tile that it completes.
    pub(crate) fn push(&mut self, leaf: Hash) -> Option<Vec<Hash>> {
        self.frontier.push(leaf);
        self.leaves.push(leaf);
        (self.leaves.len() as u64 == TILE_WIDTH).then(|| std::mem::take(&mut self.leaves))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tile_is_complete_at_its_last_leaf_and_an_edge_knows_its_tree() {
        let mut edge = Edge::new(Frontier::default(), Vec::new()).unwrap();
        let before = edge.clone();
        let tiles: Vec<usize> = (0..600_u32).filter_map(|n| edge.push([n as u8; 32]).map(|tile| tile.len())).collect();
        assert_eq!((tiles, edge.size(), edge.leaves.len()), (vec![256, 256], 600, 88));
        assert!(edge.is_at(&edge.frontier.clone()) && !edge.is_at(&before.frontier));
        assert!(Edge::new(edge.frontier.clone(), vec![[0; 32]; 87]).is_none());
    }
}
