//! What a registry charges or credits for a registration, one line each (obligations 23.5: every year has exactly one).

use model::{IntentId, Money, Timestamp};
use serde::{Deserialize, Serialize};

/// One line of what a registration cost at the registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// What it is for.
    pub kind: ChargeKind,
    /// Years it adds (positive) or takes back (negative).
    pub years: i8,
    /// The amount: positive is charged to us, negative credited. `None` where the profile knows no fee.
    pub amount: Option<Money>,
    /// The intent that caused it, or none for what the registry did by itself.
    pub intent: Option<IntentId>,
    /// The line's identity: two lines with one key are the same charge and stored once.
    pub key: String,
    /// When it arose, by the registry's word where it gave one.
    pub at: Timestamp,
}

/// What a charge is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChargeKind {
    /// A create.
    Create,
    /// An explicit renewal.
    Renew,
    /// The registry's own renewal at expiry.
    AutoRenew,
    /// A transfer in.
    Transfer,
    /// A restore.
    Restore,
    /// A credit for a create deleted in add grace.
    CreateCredit,
    /// A credit for a renewal undone in its grace.
    RenewCredit,
    /// A credit for an auto-renewal undone by delete or transfer out in its grace.
    AutoRenewCredit,
    /// A credit for a transfer undone by delete in its grace.
    TransferCredit,
}
