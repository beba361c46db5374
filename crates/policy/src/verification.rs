//! Whether the registered name holder was verified (RDDS Accuracy Program Specification 1 (f), 2 to 5; ACY-3 to ACY-8).
//!
//! Two things are kept apart. Whether somebody's data was verified belongs to the contact: it is asked for once, by a token in a letter,
//! a code on the telephone or by hand, and holds for every name until the data changes or there is reason to doubt it (ACY-6).
//! What is owed belongs to the name: from its create, transfer in or change of registrant there are 15 days, and then the name is
//! suspended until the holder is verified (ACY-4).
//!
//! ```text
//!              create, transfer in, change of registrant, changed data, doubt
//!                                      |
//!   (no case) <---- verified ---- [case open: 15 days] ---- day 13 ----> [suspended: clientHold]
//!       ^                                                                        |
//!       +------------------------------ verified --------------------------------+
//! ```
//!
//! A case that is open keeps its dates, whatever other cause comes: nobody gains time by changing their data.

mod case;

use jiff::Timestamp;
use model::ContactId;
use serde::{Deserialize, Serialize};

use crate::calendar::add_days;

pub(crate) use case::{note_suspension, pause, refuse_overdue, require, resume, suspend, suspend_due, take_news};

/// The contract's limit, in calendar days (ACY-3, ACY-5, ACY-7, ACY-8).
pub const LIMIT_DAYS: i32 = 15;
/// How long before the limit a name is suspended, in hours: so much room has an outage of ours, or a registry that does not answer.
pub const SUSPEND_BEFORE_HOURS: i64 = 40;
/// When a holder who has not answered is reminded, in calendar days after the first letter.
pub const REMINDER_DAYS: [i32; 4] = [3, 7, 10, 13];

/// Why a holder has to be verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VerificationCause {
    /// The name was created (ACY-3).
    Create,
    /// The name was transferred to us (ACY-3).
    TransferIn,
    /// Somebody else holds the name, or its holder is somebody else by their data (ACY-3).
    ChangeOfRegistrant,
    /// The holder's data was changed (ACY-5).
    DataChanged,
    /// Something suggests that the data is wrong: a letter came back, somebody complained (ACY-7).
    Doubt,
    /// The holder was asked about the data and has to answer (ACY-8).
    Inquiry,
}

impl VerificationCause {
    /// The obligation under which it is owed.
    #[must_use]
    pub fn obligation(self) -> &'static str {
        match self {
            Self::Create | Self::TransferIn | Self::ChangeOfRegistrant => "ACY-3",
            Self::DataChanged => "ACY-5",
            Self::Doubt => "ACY-7",
            Self::Inquiry => "ACY-8",
        }
    }
}

/// Every obligation of a verification.
pub const OBLIGATIONS: &[&str] = &["ACY-3", "ACY-5", "ACY-7", "ACY-8"];

/// How a holder was verified (ACY-3: by e-mail or telephone; ACY-4: by hand).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VerificationMethod {
    /// A token that was sent by e-mail came back.
    Email,
    /// A code that was said on the telephone came back.
    Telephone,
    /// By a person, who put evidence on record.
    Manual,
}

impl VerificationMethod {
    /// The word in rows and tables.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Telephone => "telephone",
            Self::Manual => "manual",
        }
    }
}

/// Where somebody stands whose data a name needs, as the registrar read it with the decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HolderStanding {
    /// The present data was verified, and nothing speaks against it.
    Verified,
    /// Not verified; the time for it has not begun or is running.
    Unverified,
    /// Asked for longer ago than the limit, and not verified.
    Overdue,
}

/// The verification that a name waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerificationCase {
    /// Who has to be verified.
    pub contact: ContactId,
    /// Why.
    pub cause: VerificationCause,
    /// When the cause came about.
    pub opened_at: Timestamp,
    /// When the name is suspended.
    pub suspend_at: Timestamp,
    /// When the suspension was ordered.
    pub suspended_at: Option<Timestamp>,
}

impl VerificationCase {
    /// The contract's limit.
    #[must_use]
    pub fn hard_due(&self) -> Timestamp {
        add_days(self.opened_at, LIMIT_DAYS)
    }
}

/// What became known about a holder, for each of their names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "news")]
pub enum HolderNews {
    /// The data was verified.
    Verified,
    /// It has to be verified anew.
    Doubted {
        /// Why.
        cause: VerificationCause,
        /// Since when.
        at: Timestamp,
    },
}

/// How a case ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum VerificationEnd {
    /// The holder was verified.
    Verified,
    /// Somebody else holds the name now.
    AnotherHolder,
}

/// The letters to a holder who is asked to verify: the first at once, then the reminders. `None` after the last.
#[must_use]
pub fn letter_due(asked_at: Timestamp, letters_sent: usize) -> Option<Timestamp> {
    match letters_sent.checked_sub(1) {
        None => Some(asked_at),
        Some(reminder) => REMINDER_DAYS.get(reminder).map(|days| add_days(asked_at, *days)),
    }
}

/// Where somebody stands who was not verified, by when they were asked.
#[must_use]
pub fn standing_of_asked(asked_at: Option<Timestamp>, now: Timestamp) -> HolderStanding {
    match asked_at {
        Some(asked_at) if add_days(asked_at, LIMIT_DAYS) < now => HolderStanding::Overdue,
        _ => HolderStanding::Unverified,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_go_out_at_once_and_on_days_three_seven_ten_and_thirteen() {
        let asked_at: Timestamp = "2026-12-01T10:00:00Z".parse().unwrap();
        let dates: Vec<_> = (0..).map_while(|sent| letter_due(asked_at, sent)).map(|at| at.to_string()).collect();
        assert_eq!(
            dates,
            ["2026-12-01T10:00:00Z", "2026-12-04T10:00:00Z", "2026-12-08T10:00:00Z", "2026-12-11T10:00:00Z", "2026-12-14T10:00:00Z"]
        );
        assert_eq!(standing_of_asked(None, asked_at), HolderStanding::Unverified);
        assert_eq!(standing_of_asked(Some(asked_at), add_days(asked_at, 15)), HolderStanding::Unverified);
        assert_eq!(standing_of_asked(Some(asked_at), add_days(asked_at, 16)), HolderStanding::Overdue);
    }
}
