//! Where a tile lies: C2SP `tlog-tiles` coordinates and paths.

use std::path::{Path, PathBuf};

/// Levels of the tree in one tile.
pub(crate) const TILE_HEIGHT: u32 = 8;

/// Hashes in a complete tile.
pub(crate) const TILE_WIDTH: u64 = 1 << TILE_HEIGHT;

/// Hashes on `level` of tiles, in a tree of `size` leaves.
pub(crate) fn hashes_at(size: u64, level: u8) -> u64 {
    size.checked_shr(u32::from(level) * TILE_HEIGHT).unwrap_or(0)
}

/// Hashes in a tile of a tree of `size` leaves: 256 if complete, 0 if it does not exist.
pub(crate) fn width_at(size: u64, level: u8, number: u64) -> usize {
    hashes_at(size, level).saturating_sub(number.saturating_mul(TILE_WIDTH)).min(TILE_WIDTH) as usize
}

/// What a tile file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tile {
    /// Hashes of a level.
    Hashes(u8),
    /// Entries, each with its length in two bytes, big endian.
    Entries,
}

/// Path of a tile below `root`: `tile/<L>/<N>` or `tile/entries/<N>`, `.p/<W>` if it is not complete.
pub(crate) fn path(root: &Path, tile: Tile, number: u64, width: usize) -> PathBuf {
    let mut path = root.join("tile");
    match tile {
        Tile::Hashes(level) => path.push(level.to_string()),
        Tile::Entries => path.push("entries"),
    }
    let digits = format!("{number:03}");
    let padded = format!("{digits:0>width$}", width = digits.len().div_ceil(3) * 3);
    let groups: Vec<&str> = (0..padded.len()).step_by(3).map(|at| &padded[at..at + 3]).collect();
    let (last, heads) = groups.split_last().map_or(("000", &[][..]), |(last, heads)| (*last, heads));
    for head in heads {
        path.push(format!("x{head}"));
    }
    if width as u64 == TILE_WIDTH {
        path.push(last);
    } else {
        path.push(format!("{last}.p"));
        path.push(width.to_string());
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_those_of_tlog_tiles() {
        let cases = [
            (Tile::Hashes(0), 0, 256, "tile/0/000"),
            (Tile::Hashes(0), 5, 112, "tile/0/005.p/112"),
            (Tile::Entries, 999, 256, "tile/entries/999"),
            (Tile::Hashes(1), 1000, 256, "tile/1/x001/000"),
            (Tile::Hashes(0), 1_234_067, 256, "tile/0/x001/x234/067"),
            (Tile::Entries, 1_234_067, 8, "tile/entries/x001/x234/067.p/8"),
        ];
        for (tile, number, width, wanted) in cases {
            assert_eq!(path(Path::new(""), tile, number, width), Path::new(wanted));
        }
    }

    #[test]
    fn widths_of_the_right_edge() {
        // 70,000 leaves: 273 complete level-0 tiles and 112 more leaves; one complete level-1 tile and 17 more roots.
        let cases = [((0, 272), 256), ((0, 273), 112), ((0, 274), 0), ((1, 0), 256), ((1, 1), 17), ((2, 0), 1), ((3, 0), 0)];
        for ((level, number), width) in cases {
            assert_eq!(width_at(70_000, level, number), width, "tile {level}/{number}");
        }
    }
}
