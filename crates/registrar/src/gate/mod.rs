//! The gate to a registry: carries intents out, exactly once, and proves what it could not see.
//!
//! | part | what it does |
//! | --- | --- |
//! | [`RegistryPort`] | a command goes in, one of three ends comes out: answered, not sent, unknown |
//! | `frame` | operation, profile and vault become a command with exactly the extensions the registry needs |
//! | `settle` | an answer becomes an outcome, or a reason to ask |
//! | `prove` | an unknown outcome becomes done, not done or lost, by the proof table |
//! | `worker` | [`Gate`]: lease, outbox, wire, record |
//!
//! What is deliberately absent: any repeat of a command whose outcome is unknown, any state that is not in the store.

mod epp_port;
mod frame;
mod line;
pub(crate) mod observe;
mod port;
mod prove;
mod settle;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod worker;

pub(crate) use frame::Query;
pub(crate) use line::{Asked, Line};
pub(crate) use prove::Finding;
pub(crate) use settle::words_of;
pub(crate) use worker::settle as settle_intent;

pub use epp_port::{EppPort, EppPortSettings};
pub use port::{Answered, BoxFuture, Exchange, NotSent, PortRequest, RegistryPort, Unknown};
pub use worker::{Gate, GateParts, GateRound};
