//! The truth about what was executed: every transform, once, with what it cost.
//!
//! Tests of exactly-once behaviour compare a registrar's own books with this list. Refused commands are not in it.

use model::{RegistrarHandle, Timestamp};
use serde::{Deserialize, Serialize};

/// One executed transform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    /// Position, from 1, without gaps.
    pub seq: u64,
    /// Who sent the command; for what the registry did by itself, the sponsor of the object.
    pub registrar: RegistrarHandle,
    /// The command's clTRID; none when it had none, or when the registry acted by itself.
    pub cltrid: Option<String>,
    /// The registry's transaction id.
    pub svtrid: String,
    /// What was done.
    pub verb: Verb,
    /// Kind and name of the object, such as `domain:example.test`.
    pub object: String,
    /// When.
    pub at: Timestamp,
    /// Years added to (positive) or taken from (negative) the term.
    pub years: i16,
    /// The result code answered; 1000 for what the registry did by itself.
    pub code: u16,
    /// What was charged and credited because of it. Several lines when a delete undoes several charges, or when a transfer
    /// charges one registrar and credits another.
    pub lines: Vec<BillingLine>,
}

impl LedgerEntry {
    /// What `registrar` paid for this entry, in minor units; negative when it was credited.
    #[must_use]
    pub fn charge_to(&self, registrar: &RegistrarHandle) -> i64 {
        self.lines.iter().filter(|line| &line.registrar == registrar).map(|line| line.minor).sum()
    }

    /// What all registrars paid for this entry, in minor units.
    #[must_use]
    pub fn charge(&self) -> i64 {
        self.lines.iter().map(|line| line.minor).sum()
    }
}

/// One charge or credit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BillingLine {
    /// Whose account.
    pub registrar: RegistrarHandle,
    /// What for.
    pub item: BillingItem,
    /// Years bought (positive) or given back (negative).
    pub years: i16,
    /// Amount in minor units of the registry's currency: positive is charged, negative credited.
    pub minor: i64,
}

/// What a billing line is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BillingItem {
    /// A create.
    Create,
    /// An explicit renewal.
    Renew,
    /// The registry's own renewal at expiry.
    AutoRenew,
    /// A completed transfer.
    Transfer,
    /// A restore.
    Restore,
    /// The year a restore adds when the term had run out.
    RestoreRenew,
    /// Credit for a charge undone in its grace period (RFC 3915 section 1).
    Credit,
}

/// The transforms of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Verb {
    /// `create` of a domain, host or contact.
    Create,
    /// A pending create was granted by the registry.
    CreateGranted,
    /// A pending create was refused by the registry.
    CreateRefused,
    /// `update`.
    Update,
    /// `delete`, whatever it led to.
    Delete,
    /// `renew`.
    Renew,
    /// The registry renewed at expiry.
    AutoRenew,
    /// `transfer op="request"`.
    TransferRequest,
    /// `transfer op="approve"`.
    TransferApprove,
    /// `transfer op="reject"`.
    TransferReject,
    /// `transfer op="cancel"`.
    TransferCancel,
    /// The registry approved after the answer period.
    TransferServerApprove,
    /// `rgp:restore op="request"`.
    RestoreRequest,
    /// `rgp:restore op="report"`.
    RestoreReport,
    /// No report came; back to redemption.
    RestoreLapsed,
    /// Redemption ended.
    PendingDelete,
    /// The object left the registry.
    Purge,
    /// The registry changed the object at somebody's order (hold, lock, URS).
    ServerUpdate,
}

/// The list, in order of execution.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ledger {
    entries: Vec<LedgerEntry>,
}

/// An entry before it has a position.
pub(crate) struct Draft {
    pub(crate) registrar: RegistrarHandle,
    pub(crate) cltrid: Option<String>,
    pub(crate) svtrid: String,
    pub(crate) verb: Verb,
    pub(crate) object: String,
    pub(crate) at: Timestamp,
    pub(crate) code: u16,
    pub(crate) lines: Vec<BillingLine>,
}

impl Ledger {
    pub(crate) fn push(&mut self, draft: Draft) {
        let Draft { registrar, cltrid, svtrid, verb, object, at, code, lines } = draft;
        let years = lines.iter().map(|line| line.years).sum();
        let seq = self.entries.len() as u64 + 1;
        self.entries.push(LedgerEntry { seq, registrar, cltrid, svtrid, verb, object, at, years, code, lines });
    }

    pub(crate) fn entries(&self) -> &[LedgerEntry] {
        &self.entries
    }
}
