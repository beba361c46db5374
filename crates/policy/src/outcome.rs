//! What comes back from a registry: the outcome of an intent, or an event from its poll queue.

use model::{DomainName, HostName, Money, RegistrarHandle, Roid, Timestamp, TransferStatus};
use serde::{Deserialize, Serialize};

use crate::registration::Actual;

/// The settled outcome of one intent. An outcome that is not known is not in here: it stays with the gate's reconciler
/// until proof turns it into one of these.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "outcome")]
pub enum Outcome {
    /// Done, with what the registry said of the object.
    Done(Done),
    /// Accepted, to be decided by the registry later (1001 on a create, transfer, restore).
    Pending {
        /// The registry's own transaction id, matched by `panData` later.
        svtrid: String,
    },
    /// Refused; nothing changed at the registry.
    Refused {
        /// The EPP result code (RFC 5730 section 3).
        code: u16,
        /// The registry's message, as it came.
        message: String,
    },
    /// Cancelled before it was sent because an intent it depends on was refused.
    Cancelled {
        /// The sentence that says what was refused.
        message: String,
    },
}

/// What a confirmed operation tells us. Every field is what the registry said, never what we hoped.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// Whether proof came from reconciliation instead of the answer itself.
    pub by_reconciliation: bool,
    /// The registry's repository id of the object.
    pub roid: Option<Roid>,
    /// `crDate`.
    pub created_at: Option<Timestamp>,
    /// `exDate`.
    pub expires_at: Option<Timestamp>,
    /// What the registry charged, where it says so (RFC 8748).
    pub fee: Option<Money>,
    /// Where a delete led.
    pub deletion: Option<Deletion>,
    /// The state of a transfer after request, approve, reject or cancel.
    pub transfer: Option<TransferState>,
    /// The whole object, where an `info` was the proof.
    pub info: Option<Box<Actual>>,
}

/// Where a delete led.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Deletion {
    /// Gone at once (add grace, or a registry without redemption).
    Purged,
    /// In redemption, restorable.
    Redemption,
    /// Pending delete, not restorable.
    PendingDelete,
}

/// The state of a transfer, from `trnData`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferState {
    /// `trStatus`.
    pub status: TransferStatus,
    /// `reID`: the gaining registrar.
    pub requested_by: RegistrarHandle,
    /// `reDate`.
    pub requested_at: Timestamp,
    /// `acID`: the losing registrar.
    pub acts: RegistrarHandle,
    /// `acDate`: by when it acts, or when it acted.
    pub act_at: Timestamp,
    /// `exDate` after the transfer, where given.
    pub expires_at: Option<Timestamp>,
}

/// What a registry announces through its poll queue, mapped from the frame (obligations 23.4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "event")]
pub enum RegistryEvent {
    /// A transfer was requested, or its state changed.
    Transfer {
        /// The name.
        name: DomainName,
        /// Its transfer.
        transfer: TransferState,
    },
    /// The registry renewed the name by itself at expiry.
    AutoRenewed {
        /// The name.
        name: DomainName,
        /// Its expiry now.
        expires_at: Timestamp,
    },
    /// The name moved in its grace or deletion periods, or was changed by the registry; the whole object where given.
    Changed {
        /// The name.
        name: DomainName,
        /// The registry's words on what happened.
        what: String,
        /// The object as it is now, where the message carries it.
        info: Option<Box<Actual>>,
    },
    /// The name left the registry.
    Purged {
        /// The name.
        name: DomainName,
    },
    /// A pending action ended (`panData`).
    PendingResult {
        /// The name.
        name: DomainName,
        /// Our clTRID of the command that was pending.
        cltrid: Option<String>,
        /// The registry's id of the command that was pending.
        svtrid: String,
        /// Whether it was done.
        done: bool,
    },
    /// A host object was changed or removed.
    HostChanged {
        /// The host.
        host: HostName,
        /// The registry's words.
        what: String,
    },
    /// The account's balance is low.
    LowBalance {
        /// The registry's words.
        what: String,
    },
    /// Planned maintenance (RFC 9167).
    Maintenance {
        /// When it begins.
        from: Timestamp,
        /// When it ends.
        to: Timestamp,
        /// The registry's words.
        what: String,
    },
    /// A message we have no mapping for: kept whole, shown to the operator, never blocks the queue.
    Other {
        /// The message text.
        what: String,
    },
}
