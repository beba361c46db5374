//! Desired against actual: asks the registry how names are, takes that down, and shows what differs. Changes nothing until somebody
//! says `PushDesired` (bring the registry to what we want) or `AcceptActual` (want what the registry has).

mod nightly;
mod reconciler;
mod report;
#[cfg(test)]
mod tests;

pub(crate) use nightly::standing;
pub use nightly::{Night, NightOf, NightStanding, NightStep, Nightly};
pub use reconciler::{ReconcilePage, Reconciler};
pub use report::{DriftElement, DriftReport};
