//! A registry to rehearse against: an EPP server over TLS with the full life cycle, a virtual clock, poll messages, faults on demand,
//! and the DNS zone of the TLDs it runs.
//!
//! | part | what it is |
//! | --- | --- |
//! | [`Registry`] | the registry itself, pure: state, rules, life cycle, billing, ledger |
//! | [`VirtualClock`] | the time all registries of a world share |

mod answer;
mod clock;
mod faults;
mod inprocess;
mod registry;

pub use clock::{ClockError, VirtualClock};
pub use faults::{Fault, FaultPlan, FaultRule, Position, Scope, Trigger};
pub use inprocess::{Exchange, InProcess, Wire};
pub use registry::{
    AccountState, AdminAction, AdminError, BillingItem, BillingLine, ContactState, DomainState, HostState, LedgerEntry, Options,
    RegistrarConfig, Registry, RegistryState, SessionState, TokenText, Verb,
};
