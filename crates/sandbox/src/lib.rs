//! A registry to rehearse against: an EPP server over TLS with the full life cycle, a virtual clock, poll messages, faults on demand,
//! and the DNS zone of the TLDs it runs.
//!
//! | part | what it is |
//! | --- | --- |
//! | [`Registry`] | the registry itself, pure: state, rules, life cycle, billing, ledger |
//! | [`VirtualClock`] | the time all registries of a world share |
//! | [`FaultPlan`] | what goes wrong, when; replayed by its seed |
//! | [`InProcess`] | a registry without sockets, for simulations |
//! | [`World`] | registries over TLS in one folder, with everything a client needs to connect |
//! | [`control`] | the face that moves the clock, plans faults and shows what registries hold |
//!
//! There is no way around TLS and login into a running world. Limits a registry keeps silently are in [`Options`] and [`ServerLimits`].

mod answer;
mod clock;
pub mod control;
mod entropy;
mod faults;
mod inprocess;
mod registry;
mod server;
mod world;

pub use clock::{ClockError, VirtualClock};
pub use faults::{Fault, FaultPlan, FaultRule, Position, Scope, Trigger};
pub use inprocess::{Exchange, InProcess, Wire};
pub use registry::{
    AccountState, AdminAction, AdminError, BillingItem, BillingLine, ContactState, DomainState, HostState, LedgerEntry, Options,
    RegistrarConfig, Registry, RegistryState, SessionState, TokenText, Verb,
};
pub use server::ServerLimits;
pub use world::{Ready, ReadyRegistrar, ReadyRegistry, RegistrarSetup, RegistrySetup, RunningWorld, World, WorldError, WorldSetup};
