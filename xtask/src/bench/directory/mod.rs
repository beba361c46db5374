//! The public directory beside its peers.
//!
//! Servers and the load are processes of their own. Where the machine has two cores to give, the server that is asked has one and the
//! load has the other, the same for every peer: so what differs is what the servers do, and what asking costs is in no ratio. Rounds of
//! the peers take turns, and their medians are told, since other work on the machine comes and goes.

mod cores;
mod delay;
mod icann;
mod latency;
mod load;
mod lookups;
mod median;
mod program;
mod records;
mod server;
mod size;
mod tls;
mod whois;

pub use delay::run as delay;
pub use latency::run as latency;
pub use load::carry_out as carry_out_load;
pub use lookups::run as lookups;
pub use server::serve;
pub use size::run as size;
pub use tls::run as tls;
pub use whois::run as whois;
