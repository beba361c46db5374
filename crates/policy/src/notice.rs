//! Notices a person must get, and the proof that they did.

use model::{ContactId, DomainId, DutyId, NoticeId, Timestamp};
use serde::{Deserialize, Serialize};

/// An order to send a notice. The registrar renders and carries it; the outcome comes back as a command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeOrder {
    /// Identity.
    pub id: NoticeId,
    /// What it says.
    pub kind: NoticeKind,
    /// About which name.
    pub domain: DomainId,
    /// What makes it the same notice when it is ordered twice: kind and occasion, such as `expiry-first:2027-03-01`.
    pub key: String,
    /// Whom it goes to, where that is not the holder on record when it is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub addressee: Option<Addressee>,
    /// The duty it fulfils, once sent.
    pub duty: Option<DutyId>,
    /// That duty's key, to hand back in `NoticeSent`.
    pub duty_key: Option<String>,
    /// When it was decided.
    pub decided_at: Timestamp,
    /// Facts for the text: dates, fees, reasons. No personal data.
    pub facts: std::collections::BTreeMap<String, String>,
}

/// Whom a notice goes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Addressee {
    /// The contact.
    pub contact: ContactId,
    /// Under the data of this revision, where it has changed since; none for the data of now.
    pub revision: Option<u64>,
}

/// The notices of this version, each with its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NoticeKind {
    /// About a month before expiry (EXP-1).
    ExpiryFirst,
    /// About a week before expiry (EXP-2).
    ExpirySecond,
    /// Within five days after expiry, with renewal instructions (EXP-3).
    ExpiryAfter,
    /// DNS is interrupted; how to renew (EXP-9).
    Interrupted,
    /// The name was deleted and can be redeemed until a date (EXP-11).
    Deleted,
    /// A transfer out is pending: ICANN's standard form (TRF-5).
    LosingTransfer,
    /// A transfer out was denied, with the reason (TRF-10).
    TransferDenied,
    /// The name moved away.
    TransferredAway,
    /// The name arrived by transfer.
    TransferredIn,
    /// The registrant changed: told to the prior one (COR-6).
    HolderChangedPrior,
    /// The registrant changed: told to the new one (COR-6).
    HolderChangedNew,
    /// The deletion and auto-renewal policy, at registration (EXP-16).
    RegistrationTerms,
    /// The holder is asked to verify their data (ACY-3).
    VerificationRequest,
    /// And reminded of it.
    VerificationReminder,
    /// The name is suspended because its holder was not verified (ACY-4).
    Suspended,
    /// The data on record, once a year (ACY-10).
    DataReminder,
    /// Somebody outside asked to reach the contact (RDP-12).
    RelayedMessage,
    /// Somebody said that the registration data is inaccurate; what the holder has to do (ACY-8).
    AccuracyInquiry,
}

impl NoticeKind {
    /// Whether the letter carries the token with which its holder is verified.
    #[must_use]
    pub fn asks_for_token(self) -> bool {
        matches!(self, Self::VerificationRequest | Self::VerificationReminder | Self::Suspended)
    }

    /// The word in keys, tables and template names.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::ExpiryFirst => "expiry-first",
            Self::ExpirySecond => "expiry-second",
            Self::ExpiryAfter => "expiry-after",
            Self::Interrupted => "interrupted",
            Self::Deleted => "deleted",
            Self::LosingTransfer => "losing-transfer",
            Self::TransferDenied => "transfer-denied",
            Self::TransferredAway => "transferred-away",
            Self::TransferredIn => "transferred-in",
            Self::HolderChangedPrior => "holder-changed-prior",
            Self::HolderChangedNew => "holder-changed-new",
            Self::RegistrationTerms => "registration-terms",
            Self::VerificationRequest => "verification-request",
            Self::VerificationReminder => "verification-reminder",
            Self::Suspended => "suspended",
            Self::DataReminder => "data-reminder",
            Self::RelayedMessage => "relayed-message",
            Self::AccuracyInquiry => "accuracy-inquiry",
        }
    }
}
