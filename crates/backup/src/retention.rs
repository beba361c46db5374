//! How long generations are kept. Who prunes needs the right to remove; who writes does not.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::fault::BackupFault;
use crate::names::{GenerationId, Name};
use crate::place::Place;
use crate::reader::Survey;

/// The rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// How far back a point in time can be restored.
    pub reach: SignedDuration,
    /// Generations that are kept whatever their age.
    pub least: usize,
}

/// The generations that may go at `now`: those whose successor began before the reach, but never the newest ones, and never the newest that a
/// restore has proven.
#[must_use]
pub fn expired(
    found: &BTreeMap<GenerationId, Survey>,
    proven: Option<&GenerationId>,
    rules: Retention,
    now: Timestamp,
) -> Vec<GenerationId> {
    // What has no whole base is no generation to fall back to; it counts for nothing and goes with its time.
    let ids: Vec<&GenerationId> = found.keys().collect();
    let kept = ids.len().saturating_sub(rules.least.max(1));
    let is_past = |successor: &GenerationId| successor.begun_at().is_some_and(|at| now.duration_since(at) > rules.reach);
    let old = ids.iter().enumerate().take(kept).filter(|(at, _)| ids.get(at + 1).is_some_and(|successor| is_past(successor)));
    old.map(|(_, id)| (*id).clone()).filter(|id| Some(id) != proven).collect()
}

/// Removes generations; the newest objects of each first, so that what is left of one that was begun to be removed is no generation that looks
/// whole.
///
/// # Errors
/// [`BackupFault::Place`].
pub fn prune(place: &dyn Place, generations: &[GenerationId]) -> Result<u64, BackupFault> {
    let mut removed = 0;
    let names = place.list()?;
    for name in &names {
        let base = Name::parse(name).filter(|(_, name)| matches!(name, Name::Base(_)));
        if base.is_some_and(|(generation, _)| generations.contains(&generation)) {
            place.remove(name)?;
            removed += 1;
        }
    }
    for name in names.iter().rev() {
        if Name::parse(name).is_some_and(|(generation, name)| generations.contains(&generation) && !matches!(name, Name::Base(_))) {
            place.remove(name)?;
            removed += 1;
        }
    }
    Ok(removed)
}
