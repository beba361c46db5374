//! What the operator can watch: counts and ages, for Prometheus, on an address of this machine alone. Never a name, never an address of
//! somebody who asks.
//!
//! The numbers are few and known beforehand, so they are counted and written here: a library with a registry of names and labels would cost
//! every answer a look-up.

mod counters;
mod gauges;
mod server;

pub use counters::{Counters, Kind, Open, Protocol};
pub use gauges::{Gauges, ProbeGauges, write};
pub use server::Server;
