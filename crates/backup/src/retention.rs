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

/// How long what was not finished is kept: somebody may want to see it.
const UNFINISHED_KEPT: SignedDuration = SignedDuration::from_hours(24);

/// The generations that may go at `now`: those whose successor began before the reach, but never the newest ones, and never the newest that a
/// restore has proven. One without a whole base is nobody's successor and nothing to fall back to: it counts for nothing, and goes a day after
/// it was begun once a later one is whole.
#[must_use]
pub fn expired(
    found: &BTreeMap<GenerationId, Survey>,
    proven: Option<&GenerationId>,
    rules: Retention,
    now: Timestamp,
) -> Vec<GenerationId> {
    let is_past = |id: &GenerationId, age: SignedDuration| id.begun_at().is_some_and(|at| now.duration_since(at) > age);
    let (whole, unfinished): (Vec<_>, Vec<_>) = found.iter().partition(|(_, survey)| survey.is_whole());
    let whole: Vec<&GenerationId> = whole.into_iter().map(|(id, _)| id).collect();
    let given_up = unfinished.into_iter().map(|(id, _)| id).filter(|id| whole.last() > Some(id) && is_past(id, UNFINISHED_KEPT));
    let kept = whole.len().saturating_sub(rules.least.max(1));
    let successors = whole.iter().skip(1);
    let old = whole.iter().zip(successors).take(kept).filter(|(_, successor)| is_past(successor, rules.reach)).map(|(id, _)| *id);
    let mut expired: Vec<GenerationId> = old.chain(given_up).filter(|id| Some(*id) != proven).cloned().collect();
    expired.sort();
    expired
}

/// Removes generations; of each the newest objects first and the base last, from its end. So what is left of one when this is cut off ends
/// earlier than it did, or has no end of its base and is no generation.
///
/// # Errors
/// [`BackupFault::Place`].
pub fn prune(place: &dyn Place, generations: &[GenerationId]) -> Result<u64, BackupFault> {
    let mut removed = 0;
    // By their names bases come first and segments last.
    for name in place.list()?.iter().rev() {
        if Name::parse(name).is_some_and(|(generation, _)| generations.contains(&generation)) {
            place.remove(name)?;
            removed += 1;
        }
    }
    Ok(removed)
}
