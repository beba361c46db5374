//! Why a client status is set: a set of reasons, each with an owner (design rule 4, obligations 23.3).

use std::collections::{BTreeMap, BTreeSet};

use model::EppStatus;
use serde::{Deserialize, Serialize};

/// One reason to keep a client status at the registry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Reason {
    /// Who owns the reason and alone may lift it.
    pub owner: ReasonOwner,
    /// What it refers to: a case number, an order, a short phrase. No personal data.
    pub reference: String,
}

/// Who may own a reason, in falling order of the guards of obligations 23.3.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReasonOwner {
    /// A UDRP, URS or TDRP proceeding.
    Dispute,
    /// A court order or a legal hold.
    Court,
    /// Registration data that is not verified (ACY-4, ACY-8, ACY-11).
    Accuracy,
    /// An abuse case.
    Abuse,
    /// The lock after a change of registrant (COR-7).
    ChangeOfRegistrant,
    /// The registrant's own lock.
    Registrant,
    /// The expiry chain's interruption of DNS (EXP-7, EXP-8).
    Expiry,
    /// Non-payment as far as TRF-7 allows it.
    Payment,
}

/// The reasons for each client status. A status is wanted at the registry while its set is not empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StatusReasons(BTreeMap<EppStatus, BTreeSet<Reason>>);

impl StatusReasons {
    /// Adds a reason. Returns whether the status was not wanted before.
    pub fn add(&mut self, status: EppStatus, reason: Reason) -> bool {
        let reasons = self.0.entry(status).or_default();
        let first = reasons.is_empty();
        reasons.insert(reason);
        first
    }

    /// Removes a reason. Returns whether the status is no longer wanted because of it.
    pub fn remove(&mut self, status: EppStatus, reason: &Reason) -> bool {
        let Some(reasons) = self.0.get_mut(&status) else {
            return false;
        };
        let removed = reasons.remove(reason);
        let last = removed && reasons.is_empty();
        if reasons.is_empty() {
            self.0.remove(&status);
        }
        last
    }

    /// The statuses that are wanted.
    pub fn wanted(&self) -> impl Iterator<Item = EppStatus> + '_ {
        self.0.keys().copied()
    }

    /// Whether any reason wants `status`.
    #[must_use]
    pub fn wants(&self, status: EppStatus) -> bool {
        self.0.contains_key(&status)
    }

    /// The reasons for `status`, in order of their owners.
    pub fn reasons(&self, status: EppStatus) -> impl Iterator<Item = &Reason> + '_ {
        self.0.get(&status).into_iter().flatten()
    }

    /// Every (status, reason) pair.
    pub fn iter(&self) -> impl Iterator<Item = (EppStatus, &Reason)> + '_ {
        self.0.iter().flat_map(|(status, reasons)| reasons.iter().map(move |reason| (*status, reason)))
    }

    /// Whether any status is kept by `owner`.
    #[must_use]
    pub fn has_owner(&self, owner: ReasonOwner) -> bool {
        self.iter().any(|(_, reason)| reason.owner == owner)
    }

    /// The reasons of one owner, whatever the status.
    pub fn owned_by(&self, owner: ReasonOwner) -> impl Iterator<Item = &Reason> + '_ {
        self.iter().map(|(_, reason)| reason).filter(move |reason| reason.owner == owner)
    }

    /// The first reason of a dispute or a court: while there is one, the name is neither deleted nor moved.
    #[must_use]
    pub fn legal_hold(&self) -> Option<&Reason> {
        self.iter().map(|(_, reason)| reason).find(|reason| matches!(reason.owner, ReasonOwner::Dispute | ReasonOwner::Court))
    }
}

impl ReasonOwner {
    /// What the owner's interest is called in a sentence.
    #[must_use]
    pub fn phrase(self) -> &'static str {
        match self {
            Self::Dispute => "a dispute",
            Self::Court => "a court order",
            Self::Accuracy => "the verification of its data",
            Self::Abuse => "an abuse case",
            Self::ChangeOfRegistrant => "60 days after a change of registrant",
            Self::Registrant => "the registrant's own lock",
            Self::Expiry => "its expiry",
            Self::Payment => "an unpaid invoice",
        }
    }
}
