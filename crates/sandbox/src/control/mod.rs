//! The control face: one JSON request per line over a socket of the owner, one JSON answer per line.
//!
//! It moves the clock, plans faults, gives orders to registries and shows what they hold. It lets nobody past TLS or login.

mod client;
mod listener;

use std::path::{Path, PathBuf};

use jiff::SignedDuration;
use model::{RegistryId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::faults::FaultPlan;
use crate::registry::{AdminAction, LedgerEntry, RegistryState};

pub use client::{Client, ControlError};
pub(crate) use listener::listen;

/// Longest request or answer line, in bytes.
pub(crate) const MAX_LINE_BYTES: usize = 256 * 1024 * 1024;

/// Where the socket of a world is.
pub(crate) fn socket_path(dir: &Path) -> PathBuf {
    dir.join("control.sock")
}

/// What can be asked. Requests without a registry mean all of them.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "request", rename_all = "kebab-case", deny_unknown_fields)]
pub enum Request {
    /// What does the clock show?
    Clock,
    /// Move the clock forward by seconds.
    Advance {
        /// How far.
        seconds: i64,
    },
    /// Move the clock forward to an instant.
    SetClock {
        /// Where to.
        to: Timestamp,
    },
    /// Plan faults; an empty plan ends them.
    Faults {
        /// At which registry.
        registry: Option<RegistryId>,
        /// The plan.
        plan: FaultPlan,
    },
    /// What does a registry hold?
    State {
        /// Which.
        registry: RegistryId,
    },
    /// What did a registry execute?
    Ledger {
        /// Which.
        registry: RegistryId,
        /// Only entries after this one; 0 for all.
        #[serde(default)]
        after: u64,
    },
    /// Give an order.
    Administer {
        /// To which registry.
        registry: RegistryId,
        /// The order.
        order: AdminAction,
    },
    /// Write every zone now.
    WriteZones,
}

/// What comes back.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "answer", rename_all = "kebab-case")]
pub enum Answer {
    /// Done.
    Done,
    /// What the clock shows.
    Clock {
        /// The time.
        now: Timestamp,
        /// Whether it runs with real time.
        is_running: bool,
    },
    /// What a registry holds.
    State {
        /// The state.
        state: Box<RegistryState>,
    },
    /// What a registry executed.
    Ledger {
        /// Entries in order.
        entries: Vec<LedgerEntry>,
    },
    /// How many zones were written.
    Zones {
        /// How many.
        count: usize,
    },
    /// The request was not carried out.
    Refused {
        /// Why, and what to do.
        message: String,
    },
}

/// Seconds as a span of time.
pub(crate) fn seconds(count: i64) -> SignedDuration {
    SignedDuration::from_secs(count)
}
