//! What the operator can watch: counts and ages, for Prometheus, on an address of this machine alone. Never a name, never an address of
//! somebody who asks.

mod counters;
mod gauges;
mod server;

pub use counters::{Counters, Kind, Open, Protocol};
pub use gauges::{Gauges, ProbeGauges, write};
pub use server::Server;
