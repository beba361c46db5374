//! Walking entries and signed leaves side by side, and naming the first difference.

use std::collections::BTreeMap;

use super::{Finding, Verification};
use crate::fault::StoreFault;
use crate::hash::Hash;
use crate::ledger::checkpoint::Checkpoint;
use crate::ledger::tiles::{TILE_WIDTH, width_at};

/// Entries read at once.
const PAGE: u32 = 1024;

/// How far ahead a moved or shifted entry is looked for.
const SEARCH_WINDOW: u32 = 4096;

/// An entry as it was found.
pub(super) struct Candidate {
    /// Where it stands.
    pub(super) seq: u64,
    /// Its leaf hash, computed anew; none if it contradicts itself.
    pub(super) leaf: Option<Hash>,
    /// What recognises it at another position.
    pub(super) key: Hash,
    /// Its subject, if its body was erased.
    pub(super) erased_subject: Option<String>,
    /// The subject whose erasures it records.
    pub(super) records_erasure_of: Option<String>,
}

/// A leaf as it was signed.
#[derive(Clone, Copy)]
pub(super) struct Signed {
    pub(super) leaf: Hash,
    /// What recognises its entry at another position.
    pub(super) key: Hash,
}

/// Entries on the one side, signed leaves on the other.
pub(super) trait Sides {
    /// Up to `limit` entries from `from` on, in the order of their positions.
    fn candidates(&mut self, from: u64, limit: u32) -> Result<Vec<Candidate>, StoreFault>;
    /// The signed leaves of one tile; fewer than `width` if some are lost.
    fn signed(&mut self, number: u64, width: usize) -> Result<Vec<Signed>, StoreFault>;
}

/// Compares both sides up to the checkpoint.
pub(super) fn compare(sides: &mut dyn Sides, checkpoint: Checkpoint) -> Result<Verification, StoreFault> {
    let mut walk = Walk { size: checkpoint.size, next: 0, tile: Vec::new(), erasures: Erasures::default() };
    let finding = match walk.find_difference(sides) {
        Ok(finding) => finding.or_else(|| walk.erasures.unrecorded()),
        Err(fault @ StoreFault::File { .. }) => Some(Finding::Damaged { reason: fault.to_string() }),
        Err(fault) => return Err(fault),
    };
    Ok(Verification { checkpoint: Some(checkpoint), verified: walk.next, erased: walk.erasures.count, finding })
}

struct Walk {
    size: u64,
    /// Position of the next entry; all before it are as signed.
    next: u64,
    /// Signed leaves of the tile that `next` is in.
    tile: Vec<Signed>,
    erasures: Erasures,
}

impl Walk {
    fn find_difference(&mut self, sides: &mut dyn Sides) -> Result<Option<Finding>, StoreFault> {
        loop {
            let page = sides.candidates(self.next, PAGE)?;
            if page.is_empty() {
                let is_cut = self.next < self.size;
                return Ok(is_cut.then_some(Finding::TailCut { rows: self.next, signed: self.size }));
            }
            for candidate in page {
                if self.next >= self.size {
                    return Ok(Some(Finding::Unsigned { seq: self.next }));
                }
                let signed = self.signed(sides)?;
                let is_as_signed = candidate.seq == self.next && candidate.leaf.is_some_and(|leaf| Some(leaf) == signed);
                if !is_as_signed {
                    return self.name_difference(sides).map(Some);
                }
                self.erasures.add(candidate);
                self.next += 1;
            }
        }
    }

    /// The leaf that was signed at `next`.
    fn signed(&mut self, sides: &mut dyn Sides) -> Result<Option<Hash>, StoreFault> {
        let (number, at) = (self.next / TILE_WIDTH, (self.next % TILE_WIDTH) as usize);
        if at == 0 {
            self.tile = sides.signed(number, width_at(self.size, 0, number))?;
        }
        Ok(self.tile.get(at).map(|signed| signed.leaf))
    }

    /// Says what happened at `next`, by looking for the entry found there among the leaves signed after it and for the
    /// leaf signed there among the entries found after it.
    fn name_difference(&self, sides: &mut dyn Sides) -> Result<Finding, StoreFault> {
        let seq = self.next;
        let found = sides.candidates(seq, SEARCH_WINDOW)?;
        let Some(here) = found.first() else { return Ok(Finding::Deleted { seq }) };
        if here.seq > seq {
            return Ok(Finding::Deleted { seq });
        }
        let mut signed = Vec::new();
        let end = self.size.min(seq + u64::from(SEARCH_WINDOW));
        for number in seq / TILE_WIDTH..end.div_ceil(TILE_WIDTH) {
            signed.extend(sides.signed(number, width_at(self.size, 0, number))?);
        }
        let signed = signed.get((seq % TILE_WIDTH) as usize..).unwrap_or_default();
        let Some(wanted) = signed.first() else { return Ok(Finding::Changed { seq }) };
        if here.key == wanted.key {
            return Ok(Finding::Changed { seq });
        }
        let came_from = signed.iter().position(|leaf| leaf.key == here.key);
        let is_wanted_elsewhere = found.iter().any(|candidate| candidate.key == wanted.key);
        Ok(match (came_from, is_wanted_elsewhere) {
            (Some(ahead), true) => Finding::Moved { seq, from: seq + ahead as u64 },
            (Some(_), false) => Finding::Deleted { seq },
            (None, true) => Finding::Inserted { seq },
            (None, false) => Finding::Changed { seq },
        })
    }
}

/// Erased bodies that no later entry has recorded yet.
#[derive(Default)]
struct Erasures {
    count: u64,
    /// First erased position of each subject.
    open: BTreeMap<String, u64>,
}

impl Erasures {
    fn add(&mut self, candidate: Candidate) {
        if let Some(subject) = candidate.records_erasure_of {
            self.open.remove(&subject);
        }
        if let Some(subject) = candidate.erased_subject {
            self.count += 1;
            self.open.entry(subject).or_insert(candidate.seq);
        }
    }

    fn unrecorded(&self) -> Option<Finding> {
        self.open.values().min().map(|seq| Finding::UnrecordedErasure { seq: *seq })
    }
}
