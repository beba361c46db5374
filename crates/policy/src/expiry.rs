//! The expiry chain's fixed numbers: windows of the notices, the length of the interruption, the reasons to wait
//! (ERRP 2.1, 2.2; RAA 3.7.5.1).

use serde::{Deserialize, Serialize};

/// EXP-1: the first notice counts from this many days before expiry.
pub const FIRST_NOTICE_OPENS_DAYS_BEFORE: u16 = 35;
/// EXP-1: the first notice counts until this many days before expiry.
pub const FIRST_NOTICE_CLOSES_DAYS_BEFORE: u16 = 26;
/// EXP-2: the second notice counts from this many days before expiry.
pub const SECOND_NOTICE_OPENS_DAYS_BEFORE: u16 = 10;
/// EXP-2: the second notice counts until this many days before expiry.
pub const SECOND_NOTICE_CLOSES_DAYS_BEFORE: u16 = 4;
/// EXP-3: the notice after expiry is due within this many days.
pub const AFTER_NOTICE_CLOSES_DAYS: u16 = 5;
/// EXP-8: DNS is interrupted for at least this many consecutive days before deletion.
pub const INTERRUPTION_MIN_DAYS: u16 = 8;
/// EXP-14: the latest end of the auto-renew grace that the agreement knows, in days after expiry.
pub const DELETE_MAX_DAYS: u16 = 45;
/// A deletion date that no clause sets, after a postponement or a transfer that was pending, may be missed by so many days before that
/// is a breach: as many as the usual date leaves to the last day of the grace.
pub const DELETION_MARGIN_DAYS: u16 = 5;
/// EXP-17: a name kept for a dispute is deleted within this many days of its end.
pub const DELETE_AFTER_DISPUTE_DAYS: u16 = 45;

/// Why an expired name is kept past its deletion date: the closed list of RAA 3.7.5.1 (EXP-14).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ExtenuatingCircumstance {
    /// A UDRP action.
    Udrp,
    /// A valid court order.
    CourtOrder,
    /// Our own renewal process failed (not the registrant's failure to answer).
    RenewalFailure,
    /// The name is used by a nameserver that serves third parties.
    NameserverForThirdParties,
    /// The registrant is subject to bankruptcy proceedings.
    Bankruptcy,
    /// A payment dispute.
    PaymentDispute,
    /// A billing dispute.
    BillingDispute,
    /// The name is in litigation.
    Litigation,
    /// Any other circumstance that ICANN approved specifically.
    IcannApproved,
}

impl ExtenuatingCircumstance {
    /// Every circumstance, in the order of the clause.
    pub const ALL: &'static [Self] = &[
        Self::Udrp,
        Self::CourtOrder,
        Self::RenewalFailure,
        Self::NameserverForThirdParties,
        Self::Bankruptcy,
        Self::PaymentDispute,
        Self::BillingDispute,
        Self::Litigation,
        Self::IcannApproved,
    ];

    /// The word for flags, tables and the ledger.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Udrp => "udrp",
            Self::CourtOrder => "court-order",
            Self::RenewalFailure => "renewal-failure",
            Self::NameserverForThirdParties => "nameserver-for-third-parties",
            Self::Bankruptcy => "bankruptcy",
            Self::PaymentDispute => "payment-dispute",
            Self::BillingDispute => "billing-dispute",
            Self::Litigation => "litigation",
            Self::IcannApproved => "icann-approved",
        }
    }

    /// Reads a circumstance by its word.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|circumstance| circumstance.word() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_circumstance_has_its_own_word() {
        for circumstance in ExtenuatingCircumstance::ALL {
            assert_eq!(ExtenuatingCircumstance::parse(circumstance.word()), Some(*circumstance));
            assert_eq!(serde_json::to_string(circumstance).unwrap(), format!("\"{}\"", circumstance.word()));
        }
        assert_eq!(ExtenuatingCircumstance::parse("holiday"), None);
    }
}
