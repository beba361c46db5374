//! What a pool tells about itself, for `registry status`.

use std::collections::BTreeMap;

use model::Timestamp;

use super::Lane;
use crate::conn::ConnectionLoad;
use crate::tls::ExpiryAlarm;

/// A pool at one moment.
#[derive(Clone, Debug, serde::Serialize)]
pub struct PoolStatus {
    /// The account, as configured.
    pub account: String,
    /// `host:port` of the registry.
    pub endpoint: String,
    /// Open sessions, in the order of their slots.
    pub sessions: Vec<SessionStatus>,
    /// Whether a login is under way.
    pub is_logging_in: bool,
    /// Commands that wait, by lane; those behind another command on their object count only in `waiting_total`.
    pub waiting: BTreeMap<Lane, usize>,
    /// All commands that wait.
    pub waiting_total: usize,
    /// Commands given to a session and not ended.
    pub on_the_wire: usize,
    /// Sessions the profile allows.
    pub max_sessions: usize,
    /// Sessions used at most now; lower after the registry refused one (2502).
    pub learned_max_sessions: usize,
    /// Commands a minute in force; `None` without limit.
    pub commands_per_minute: Option<u32>,
    /// Whether that rate was learned from the registry's complaints.
    pub is_rate_learned: bool,
    /// The circuit breaker.
    pub circuit: CircuitStatus,
    /// Set while logins are stopped.
    pub lock_out: Option<LockOut>,
    /// End of the maintenance window under way.
    pub maintenance_until: Option<Timestamp>,
    /// The latest faults, newest last.
    pub faults: Vec<FaultNote>,
    /// Deviations from the standards in the registry's frames, counted by kind.
    pub deviations: BTreeMap<&'static str, u64>,
    /// How loudly the expiry of our certificate is to be announced; `None` when the registry asks for none.
    pub certificate: Option<ExpiryAlarm>,
    /// Last moment of the certificate that lasts longest.
    pub certificate_until: Option<Timestamp>,
}

/// One session.
#[derive(Clone, Debug, serde::Serialize)]
pub struct SessionStatus {
    /// Its slot, from 0.
    pub slot: usize,
    /// The lanes it serves.
    pub lanes: Vec<Lane>,
    /// Since when it is logged in.
    pub since: Timestamp,
    /// Whether it takes no more commands and will be closed.
    pub is_draining: bool,
    /// What it carries and has carried.
    #[serde(flatten)]
    pub load: ConnectionLoad,
}

/// Where the circuit breaker stands.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum CircuitStatus {
    /// Commands flow; faults in a row so far.
    Closed {
        /// Faults in a row.
        faults: u32,
    },
    /// The endpoint is left alone.
    Open {
        /// Faults in a row.
        faults: u32,
        /// When the next login is tried.
        until: Timestamp,
    },
    /// One login is being tried.
    HalfOpen {
        /// Faults in a row.
        faults: u32,
    },
}

/// The registry refused our login; nothing but a person can mend that.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct LockOut {
    /// When it was refused.
    pub since: Timestamp,
    /// 2200 or 2501.
    pub code: u16,
    /// The registry's words.
    pub message: String,
}

/// Something that went wrong.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct FaultNote {
    /// When.
    pub at: Timestamp,
    /// What, as a sentence.
    pub what: String,
}
