//! The sessions of one account at one registry, and whose turn it is.
//!
//! ```text
//!   callers ──Request──▶ lanes ──window, pace──▶ sessions ──▶ registry
//!                        interactive: first come, first served, on a session kept free for it
//!                        poll:        one session
//!                        bulk:        all others, tenants in turn
//! ```
//!
//! Commands on one object go one after the other. Limits come from the profile and are lowered by what the registry refuses. Logins happen one at
//! a time, and stop altogether when the registry refuses our credentials. An endpoint that fails is left alone for growing pauses. What is not sent
//! is said so at once ([`NotSent`](crate::conn::NotSent)), so that whoever keeps the intent can try again later.

mod backlog;
mod breaker;
mod capacity;
mod config;
mod credentials;
mod dispatcher;
mod event;
mod handle;
mod journal;
mod lane;
mod lifecycle;
mod limits;
mod login;
mod maintenance;
mod rate;
mod react;
mod report;
mod services;
mod session;
mod status;

pub use config::PoolConfig;
pub use credentials::{CredentialFault, CredentialSource, Credentials, InForce, PendingPassword};
pub use handle::{Pool, Request};
pub use journal::{JournalFault, SessionJournal, Unrecorded};
pub use lane::Lane;
pub use limits::PoolLimits;
pub use maintenance::MaintenanceWindow;
pub use services::{MissingServices, Services, WantedService, WantedServices};
pub use status::{CircuitStatus, FaultNote, LockOut, PoolStatus, SessionStatus};

#[cfg(test)]
mod tests;
