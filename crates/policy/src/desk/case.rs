//! A case: where it stands and by when it is due. No personal data.

use std::collections::BTreeSet;

use model::{ActorId, CaseId, DomainName, Timestamp};
use serde::{Deserialize, Serialize};

use crate::publication::ConsentElement;

/// What a case is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaseKind {
    /// Registration data is said to be wrong (ACY-9).
    Inaccuracy,
    /// Somebody asks for data that is withheld (DSC-2).
    Disclosure,
}

impl CaseKind {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::Inaccuracy, Self::Disclosure];

    /// The word in tables.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Inaccuracy => "inaccuracy",
            Self::Disclosure => "disclosure",
        }
    }
}

/// By which clocks a request is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaseProfile {
    /// Acknowledged in 2 business days, answered in 30 calendar days from then (DSC-3, DSC-4).
    Standard,
    /// Answered in 72 hours from receipt (NIS2 article 28(5); EUL-4).
    Nis2,
    /// Acknowledged in 2 hours, answered in 24, 72 at most (DSC-7).
    Urgent,
}

impl CaseProfile {
    /// The word in tables.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Nis2 => "nis2",
            Self::Urgent => "urgent",
        }
    }
}

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaseState {
    /// It is here, and its sender does not know yet.
    Received,
    /// Its sender was told; somebody has to work on it.
    Open,
    /// The holder was asked and has 15 days (ACY-8).
    Inquired,
    /// An operator proposes to disclose; another one has to agree.
    Proposed,
    /// It is decided; the answer has to leave.
    Decided,
    /// Over.
    Closed,
}

impl CaseState {
    /// All of them, in order.
    pub const ALL: [Self; 6] = [Self::Received, Self::Open, Self::Inquired, Self::Proposed, Self::Decided, Self::Closed];

    /// The word in tables.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Open => "open",
            Self::Inquired => "inquired",
            Self::Proposed => "proposed",
            Self::Decided => "decided",
            Self::Closed => "closed",
        }
    }
}

/// What an operator proposes to disclose. Why is sealed beside the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// Who proposes.
    pub by: ActorId,
    /// When.
    pub at: Timestamp,
    /// Which elements of the registrant's data.
    pub elements: BTreeSet<ConsentElement>,
}

/// What was decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "decision")]
pub enum Decision {
    /// These elements are disclosed.
    Disclose {
        /// Who agreed.
        by: ActorId,
        /// When.
        at: Timestamp,
        /// Which elements.
        elements: BTreeSet<ConsentElement>,
    },
    /// Nothing is disclosed.
    Refuse {
        /// Who decided.
        by: ActorId,
        /// When.
        at: Timestamp,
    },
}

/// A later end, for a reason that is kept beside the case (DSC-4).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// Who.
    pub by: ActorId,
    /// When.
    pub at: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

/// What came of a report of inaccurate data (ACY-9).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Finding {
    /// The form of the data was wrong and was corrected; nobody has to be verified anew.
    Format,
    /// It is doubtful who or where the holder is: the holder is verified anew (ACY-7).
    Identity,
    /// The data is accurate.
    Accurate,
    /// The name is not one of ours.
    NotOurs,
}

impl Finding {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Format, Self::Identity, Self::Accurate, Self::NotOurs];

    /// The word that people write.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Format => "format",
            Self::Identity => "identity",
            Self::Accurate => "accurate",
            Self::NotOurs => "not-ours",
        }
    }
}

/// A case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Identity.
    pub id: CaseId,
    /// What it is about.
    pub kind: CaseKind,
    /// By which clocks.
    pub profile: CaseProfile,
    /// The name.
    pub name: DomainName,
    /// When it was received: its clocks run from here.
    pub received_at: Timestamp,
    /// By when its sender has to be told (DSC-3); set once, since holidays are a setting that may change.
    pub acknowledge_by: Timestamp,
    /// Where it stands.
    pub state: CaseState,
    /// When its sender was told.
    pub acknowledged_at: Option<Timestamp>,
    /// When the holder was asked (ACY-8).
    pub inquired_at: Option<Timestamp>,
    /// What is proposed.
    pub proposal: Option<Proposal>,
    /// What was decided.
    pub decision: Option<Decision>,
    /// A later end.
    pub extension: Option<Extension>,
    /// What came of a report.
    pub finding: Option<Finding>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
}

impl Case {
    /// A case that was received at `received_at`.
    #[must_use]
    pub fn received(id: CaseId, kind: CaseKind, profile: CaseProfile, name: DomainName, at: Timestamp, rules: &super::DeskRules) -> Self {
        Self {
            id,
            kind,
            profile,
            name,
            received_at: at,
            acknowledge_by: rules.acknowledge_by(profile, at),
            state: CaseState::Received,
            acknowledged_at: None,
            inquired_at: None,
            proposal: None,
            decision: None,
            extension: None,
            finding: None,
            closed_at: None,
        }
    }
}
