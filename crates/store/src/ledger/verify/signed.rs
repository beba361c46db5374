//! Whether what was signed fits together: leaves, tiles above them, and checkpoints.

use super::Finding;
use crate::fault::StoreFault;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::folder::Folder;
use crate::ledger::key::VerifierKey;
use crate::ledger::read::{StoreTiles, find_last_checkpoint, read_checkpoint};
use crate::ledger::tiles::{TILE_WIDTH, hashes_at, width_at};
use crate::ledger::tree::{Frontier, TileSource, perfect_root};
use crate::sql::ledger as sql;
use crate::tx::Tx;
use crate::value::values;

/// Checkpoints read at once.
const PAGE: u32 = 1024;

/// The first stored checkpoint that is not signed, or whose root is not that of the leaves.
pub(super) fn find_false_checkpoint(tx: &mut Tx<'_>, key: &VerifierKey) -> Result<Option<Finding>, StoreFault> {
    let size = find_last_checkpoint(tx)?.map_or(0, |(checkpoint, _)| checkpoint.size);
    let mut frontier = Frontier::default();
    let mut tile = Vec::new();
    let mut good = 0;
    loop {
        let page = tx.list(&sql::LIST_CHECKPOINTS, values![good, PAGE], read_checkpoint)?;
        if page.is_empty() {
            return Ok(None);
        }
        for (checkpoint, note) in page {
            if Checkpoint::verify(&note, key).is_none() {
                return Ok(Some(Finding::BadSignature { size: checkpoint.size }));
            }
            while frontier.size() < checkpoint.size {
                let (number, at) = (frontier.size() / TILE_WIDTH, (frontier.size() % TILE_WIDTH) as usize);
                if at == 0 {
                    tile = StoreTiles { tx }.tile(0, number, width_at(size, 0, number))?;
                }
                let Some(leaf) = tile.get(at) else {
                    return Ok(Some(Finding::TailCut { rows: frontier.size(), signed: checkpoint.size }));
                };
                frontier.push(*leaf);
            }
            if frontier.root() != checkpoint.root {
                return Ok(Some(Finding::Rewritten { after: good, up_to: checkpoint.size }));
            }
            good = checkpoint.size;
        }
    }
}

/// Whether the root of a folder's leaves is the signed one; if not, which tile was changed.
pub(super) fn find_false_root(folder: &Folder, checkpoint: &Checkpoint) -> Result<Option<Finding>, StoreFault> {
    let (mut source, size) = (folder.clone(), checkpoint.size);
    let mut frontier = Frontier::default();
    let mut above = Vec::new();
    let mut changed = None;
    for number in 0..size.div_ceil(TILE_WIDTH) {
        if number.is_multiple_of(TILE_WIDTH) {
            above = source.tile(1, number / TILE_WIDTH, width_at(size, 1, number / TILE_WIDTH)).unwrap_or_default();
        }
        let leaves = source.tile(0, number, width_at(size, 0, number))?;
        let wanted = above.get((number % TILE_WIDTH) as usize);
        if changed.is_none() && wanted.is_some_and(|wanted| perfect_root(&leaves) != *wanted) {
            changed = Some(number);
        }
        leaves.into_iter().for_each(|leaf| frontier.push(leaf));
    }
    if frontier.root() == checkpoint.root {
        return Ok(None);
    }
    let which = changed.map_or_else(
        || "the tiles of the folder do not".to_owned(),
        |number| format!("tile 0/{number} (entries {} to {}) does not", number * TILE_WIDTH, (number + 1) * TILE_WIDTH - 1),
    );
    Ok(Some(Finding::Damaged { reason: format!("{which} fit the signed root of {size} entries") }))
}

/// The first tile above the leaves that does not fit the tiles below it.
pub(super) fn find_false_tile(source: &mut dyn TileSource, size: u64) -> Result<Option<Finding>, StoreFault> {
    let mut level = 1;
    while hashes_at(size, level) > 0 {
        for number in 0..hashes_at(size, level).div_ceil(TILE_WIDTH) {
            let hashes = source.tile(level, number, width_at(size, level, number))?;
            for (below, hash) in (number * TILE_WIDTH..).zip(hashes) {
                let tile = source.tile(level - 1, below, TILE_WIDTH as usize)?;
                if perfect_root(&tile) != hash {
                    return Ok(Some(Finding::TileChanged { level, number }));
                }
            }
        }
        level += 1;
    }
    Ok(None)
}
