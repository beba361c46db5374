//! Desired against actual: asks the registry how names are, takes that down, and shows what differs. Changes nothing until somebody
//! says `PushDesired` (bring the registry to what we want) or `AcceptActual` (want what the registry has).

mod reconciler;
mod report;
#[cfg(test)]
mod tests;

pub use reconciler::{ReconcilePage, Reconciler};
pub use report::{DriftElement, DriftReport};
