//! A duty: who owes what by when, and what closed it (design section 7).

use model::{DomainId, DutyId, NoticeId, Timestamp};
use serde::{Deserialize, Serialize};

/// The id of an obligation, such as `EXP-1`; the row of the obligations matrix that states it.
pub type ObligationId = &'static str;

/// A duty with its clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duty {
    /// Identity.
    pub id: DutyId,
    /// The registration it is owed for.
    pub subject: DomainId,
    /// The obligation, such as `EXP-1`.
    pub obligation: String,
    /// The clause of the contract or policy, such as `ERRP 2.1.1`.
    pub clause: String,
    /// What makes this duty the same one when it is opened twice, such as `EXP-1:2027-03-01`.
    pub key: String,
    /// On which clock the dues run.
    pub clock: ClockKind,
    /// From when it can be fulfilled; earlier would not count.
    pub opens_at: Timestamp,
    /// Our own target.
    pub soft_due: Timestamp,
    /// The contract's limit.
    pub hard_due: Timestamp,
    /// Where it stands.
    pub state: DutyState,
}

/// The three clocks of obligations section 0, never mixed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClockKind {
    /// Hours that pass, day and night.
    ElapsedHours,
    /// Days of the calendar (UTC).
    CalendarDays,
    /// Working days of the registrar's principal office.
    BusinessDays,
}

/// Where a duty stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "state")]
pub enum DutyState {
    /// Owed.
    Open,
    /// Done in time or late, with the evidence.
    Fulfilled {
        /// When.
        at: Timestamp,
        /// What proves it.
        evidence: Evidence,
    },
    /// No longer owed, with the reason (renewed, deleted, transferred away).
    Released {
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// The hard due passed with the duty open: a breach, shown until it is dealt with.
    Lapsed {
        /// When it lapsed.
        at: Timestamp,
    },
}

/// What proves that a duty was fulfilled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "evidence")]
pub enum Evidence {
    /// A notice that was handed to its carrier.
    Notice {
        /// Which.
        notice: NoticeId,
    },
    /// A registry's confirmed answer, by the clTRID of the command.
    Registry {
        /// The clTRID or, for what the registry did by itself, its message id.
        reference: String,
    },
    /// A decision in the ledger.
    Decision {
        /// Which event.
        event: String,
    },
}

/// A change to the duties of one registration. Keys, not ids, so that a repeat is a no-op.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "change")]
pub enum DutyChange {
    /// Open a duty; a duty of the same subject and key that exists is left as it is.
    Open(Duty),
    /// Close it as fulfilled.
    Fulfil {
        /// The duty's key.
        key: String,
        /// When.
        at: Timestamp,
        /// What proves it.
        evidence: Evidence,
    },
    /// Close it as no longer owed.
    Release {
        /// The duty's key.
        key: String,
        /// When.
        at: Timestamp,
        /// Why.
        reason: String,
    },
    /// Mark it lapsed.
    Lapse {
        /// The duty's key.
        key: String,
        /// When.
        at: Timestamp,
    },
}
