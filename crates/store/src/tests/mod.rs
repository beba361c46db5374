//! The room as a whole, each script on both engines.

mod erasure;
#[cfg(feature = "hsm")]
mod hsm;
mod machinery;
mod outbox;
mod portfolio;
mod rehearsal;
mod transactions;
