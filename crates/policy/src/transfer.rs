//! Transfers between registrars: the closed lists of reasons to deny one (Transfer Policy I.A.3.7 and I.A.3.8).
//!
//! What may not be a reason (TRF-9: an unpaid future period, silence, a lock the holder could not lift, other time
//! limits, a partner's debts) is not in the list, so no code and no person can give it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A lawful reason to deny a transfer away. `reference` names the evidence: a case number, an order, a ticket; no personal data.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "ground")]
pub enum DenialReason {
    /// May (TRF-7): evidence of fraud.
    Fraud {
        /// The evidence.
        reference: String,
    },
    /// May (TRF-7): reasonable dispute over the identity of the registered name holder.
    IdentityDispute {
        /// The dispute.
        reference: String,
    },
    /// May (TRF-7): the previous period is unpaid, or the current one before expiry; the name must be on hold first.
    NonPayment {
        /// The invoice.
        reference: String,
    },
    /// May (TRF-7): the holder objected expressly, by opting in.
    HolderObjection {
        /// The objection.
        reference: String,
    },
    /// May (TRF-7): within 60 days of creation.
    RecentlyCreated,
    /// May (TRF-7): within 60 days of a transfer.
    RecentlyTransferred,
    /// Must (TRF-8): a pending UDRP proceeding we know of.
    PendingUdrp {
        /// The case.
        reference: String,
    },
    /// Must (TRF-8): an order of a court of competent jurisdiction.
    CourtOrder {
        /// The order.
        reference: String,
    },
    /// Must (TRF-8): a pending transfer dispute (TDRP).
    PendingTdrp {
        /// The case.
        reference: String,
    },
    /// Must (TRF-8): a URS proceeding or suspension we know of.
    Urs {
        /// The case.
        reference: String,
    },
    /// Must (TRF-8): the 60-day lock after a change of registrant, without opt-out.
    ChangeOfRegistrantLock,
}

impl DenialReason {
    /// Every word accepted by [`DenialReason::parse`], in the order of the policy.
    pub const WORDS: &'static [&'static str] = &[
        "fraud",
        "identity-dispute",
        "non-payment",
        "holder-objection",
        "recently-created",
        "recently-transferred",
        "pending-udrp",
        "court-order",
        "pending-tdrp",
        "urs",
        "change-of-registrant-lock",
    ];

    /// Reads a reason by its word; `None` where the word is not one of [`DenialReason::WORDS`].
    #[must_use]
    pub fn parse(word: &str, reference: &str) -> Option<Self> {
        let reference = reference.trim().to_owned();
        Some(match word {
            "fraud" => Self::Fraud { reference },
            "identity-dispute" => Self::IdentityDispute { reference },
            "non-payment" => Self::NonPayment { reference },
            "holder-objection" => Self::HolderObjection { reference },
            "recently-created" => Self::RecentlyCreated,
            "recently-transferred" => Self::RecentlyTransferred,
            "pending-udrp" => Self::PendingUdrp { reference },
            "court-order" => Self::CourtOrder { reference },
            "pending-tdrp" => Self::PendingTdrp { reference },
            "urs" => Self::Urs { reference },
            "change-of-registrant-lock" => Self::ChangeOfRegistrantLock,
            _ => return None,
        })
    }

    /// The word for tables, flags and the ledger.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Fraud { .. } => "fraud",
            Self::IdentityDispute { .. } => "identity-dispute",
            Self::NonPayment { .. } => "non-payment",
            Self::HolderObjection { .. } => "holder-objection",
            Self::RecentlyCreated => "recently-created",
            Self::RecentlyTransferred => "recently-transferred",
            Self::PendingUdrp { .. } => "pending-udrp",
            Self::CourtOrder { .. } => "court-order",
            Self::PendingTdrp { .. } => "pending-tdrp",
            Self::Urs { .. } => "urs",
            Self::ChangeOfRegistrantLock => "change-of-registrant-lock",
        }
    }

    /// Whether the policy obliges us to deny (TRF-8), instead of allowing us to (TRF-7).
    #[must_use]
    pub fn is_mandatory(&self) -> bool {
        matches!(
            self,
            Self::PendingUdrp { .. } | Self::CourtOrder { .. } | Self::PendingTdrp { .. } | Self::Urs { .. } | Self::ChangeOfRegistrantLock
        )
    }

    /// The obligation that states the reason.
    #[must_use]
    pub fn rule(&self) -> &'static str {
        if self.is_mandatory() { "TRF-8" } else { "TRF-7" }
    }

    /// What the reason refers to, where it needs a reference.
    #[must_use]
    pub fn reference(&self) -> Option<&str> {
        match self {
            Self::Fraud { reference }
            | Self::IdentityDispute { reference }
            | Self::NonPayment { reference }
            | Self::HolderObjection { reference }
            | Self::PendingUdrp { reference }
            | Self::CourtOrder { reference }
            | Self::PendingTdrp { reference }
            | Self::Urs { reference } => Some(reference),
            Self::RecentlyCreated | Self::RecentlyTransferred | Self::ChangeOfRegistrantLock => None,
        }
    }
}

impl fmt::Display for DenialReason {
    /// The sentence the registrant and the gaining registrar are given (TRF-10).
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Fraud { .. } => "there is evidence of fraud",
            Self::IdentityDispute { .. } => "the identity of the registered name holder is in reasonable dispute",
            Self::NonPayment { .. } => "a past registration period is unpaid and the name is on hold",
            Self::HolderObjection { .. } => "the registered name holder has expressly objected to transfers",
            Self::RecentlyCreated => "the name was created less than 60 days ago",
            Self::RecentlyTransferred => "the name was transferred less than 60 days ago",
            Self::PendingUdrp { .. } => "a UDRP proceeding is pending",
            Self::CourtOrder { .. } => "a court has ordered that the name stay",
            Self::PendingTdrp { .. } => "a transfer dispute is pending",
            Self::Urs { .. } => "the name is subject to a URS proceeding or suspension",
            Self::ChangeOfRegistrantLock => "the registrant changed less than 60 days ago",
        })?;
        match self.reference() {
            Some(reference) => write!(f, " ({reference})"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_parses_to_its_reason_and_back() {
        for word in DenialReason::WORDS {
            let reason = DenialReason::parse(word, "X-1").unwrap();
            assert_eq!(reason.word(), *word);
            let json = serde_json::to_string(&reason).unwrap();
            assert_eq!(serde_json::from_str::<DenialReason>(&json).unwrap(), reason);
        }
    }

    #[test]
    fn what_the_policy_forbids_as_a_reason_has_no_word() {
        for word in ["unpaid-future-period", "silence", "locked", "partner-debt", "payment-dispute", "other", ""] {
            assert_eq!(DenialReason::parse(word, "X-1"), None, "{word}");
        }
    }
}
