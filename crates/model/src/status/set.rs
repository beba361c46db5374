//! Sets of EPP statuses and which of them may stand together.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::EppStatus;
use super::EppStatus::{
    ClientDeleteProhibited, ClientHold, ClientRenewProhibited, ClientTransferProhibited, ClientUpdateProhibited, Inactive, Linked,
    PendingCreate, PendingDelete, PendingRenew, PendingTransfer, PendingUpdate, ServerDeleteProhibited, ServerHold, ServerRenewProhibited,
    ServerTransferProhibited, ServerUpdateProhibited,
};

/// Which kind of object a status set belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ObjectKind {
    /// RFC 5731.
    Domain,
    /// RFC 5732.
    Host,
    /// RFC 5733.
    Contact,
}

/// The statuses of one object.
///
/// Made by [`StatusSet::domain`], [`StatusSet::host`] or [`StatusSet::contact`] it is a legal combination; collected
/// from an iterator it is what a registry said, whatever that was, and [`StatusSet::check`] judges it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct StatusSet(BTreeSet<EppStatus>);

impl StatusSet {
    /// A legal set for a domain (RFC 5731 section 2.3).
    pub fn domain(statuses: impl IntoIterator<Item = EppStatus>) -> Result<Self, StatusError> {
        Self::checked(ObjectKind::Domain, statuses)
    }

    /// A legal set for a host (RFC 5732 section 2.3).
    pub fn host(statuses: impl IntoIterator<Item = EppStatus>) -> Result<Self, StatusError> {
        Self::checked(ObjectKind::Host, statuses)
    }

    /// A legal set for a contact (RFC 5733 section 2.2).
    pub fn contact(statuses: impl IntoIterator<Item = EppStatus>) -> Result<Self, StatusError> {
        Self::checked(ObjectKind::Contact, statuses)
    }

    fn checked(kind: ObjectKind, statuses: impl IntoIterator<Item = EppStatus>) -> Result<Self, StatusError> {
        let set: Self = statuses.into_iter().collect();
        set.check(kind)?;
        Ok(set)
    }

    /// Whether these statuses may stand together on an object of this kind.
    pub fn check(&self, kind: ObjectKind) -> Result<(), StatusError> {
        if let Some(&status) = self.0.iter().find(|status| !kind.knows(**status)) {
            return Err(StatusError::Foreign { kind, status });
        }
        if self.contains(EppStatus::Ok)
            && let Some(&other) = self.0.iter().find(|&&other| other != EppStatus::Ok && other != Linked)
        {
            return Err(StatusError::Conflict { kind, first: EppStatus::Ok, second: other });
        }
        let mut pending = self.0.iter().copied().filter(|status| status.is_pending());
        if let (Some(first), Some(second)) = (pending.next(), pending.next()) {
            return Err(StatusError::Conflict { kind, first, second });
        }
        for (pending, prohibitions) in EXCLUSIONS {
            if self.contains(*pending)
                && let Some(&second) = prohibitions.iter().find(|&&status| self.contains(status))
            {
                return Err(StatusError::Conflict { kind, first: *pending, second });
            }
        }
        Ok(())
    }

    /// The statuses in the order of [`EppStatus::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = EppStatus> + '_ {
        self.0.iter().copied()
    }

    /// Whether `status` is in the set.
    pub fn contains(&self, status: EppStatus) -> bool {
        self.0.contains(&status)
    }

    /// Adds a status; false if it was there. The combination is not judged: see [`StatusSet::check`].
    pub fn insert(&mut self, status: EppStatus) -> bool {
        self.0.insert(status)
    }

    /// Removes a status; false if it was not there.
    pub fn remove(&mut self, status: EppStatus) -> bool {
        self.0.remove(&status)
    }

    /// How many statuses there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those the registrar may set.
    pub fn client(&self) -> Self {
        self.iter().filter(|status| status.is_client()).collect()
    }

    /// Those the registry set as holds and prohibitions.
    pub fn server(&self) -> Self {
        self.iter().filter(|status| status.is_server()).collect()
    }

    /// What must be added to `self` to reach `wanted`, and what removed.
    pub fn difference_to(&self, wanted: &Self) -> (Self, Self) {
        let add = wanted.0.difference(&self.0).copied().collect();
        let remove = self.0.difference(&wanted.0).copied().collect();
        (add, remove)
    }

    /// Sets or removes the statuses that a registry derives by itself: `inactive` for a domain without name servers,
    /// and `ok` exactly when nothing else (but `linked`) stands.
    pub fn settle(&mut self, kind: ObjectKind, is_delegated: bool) {
        self.remove(EppStatus::Ok);
        if kind == ObjectKind::Domain {
            self.remove(Inactive);
            if !is_delegated {
                self.insert(Inactive);
            }
        }
        if self.0.iter().all(|&status| status == Linked) {
            self.insert(EppStatus::Ok);
        }
    }
}

impl FromIterator<EppStatus> for StatusSet {
    fn from_iter<I: IntoIterator<Item = EppStatus>>(statuses: I) -> Self {
        Self(statuses.into_iter().collect())
    }
}

impl Extend<EppStatus> for StatusSet {
    fn extend<I: IntoIterator<Item = EppStatus>>(&mut self, statuses: I) {
        self.0.extend(statuses);
    }
}

impl IntoIterator for StatusSet {
    type Item = EppStatus;
    type IntoIter = std::collections::btree_set::IntoIter<EppStatus>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

impl<'a> IntoIterator for &'a StatusSet {
    type Item = EppStatus;
    type IntoIter = std::iter::Copied<std::collections::btree_set::Iter<'a, EppStatus>>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.iter().copied()
    }
}

impl fmt::Display for StatusSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<&str> = self.iter().map(EppStatus::as_str).collect();
        f.pad(&words.join(", "))
    }
}

/// A pending operation and the prohibitions it cannot stand beside (RFC 5731 2.3, 5732 2.3, 5733 2.2).
const EXCLUSIONS: &[(EppStatus, [EppStatus; 2])] = &[
    (PendingDelete, [ClientDeleteProhibited, ServerDeleteProhibited]),
    (PendingRenew, [ClientRenewProhibited, ServerRenewProhibited]),
    (PendingTransfer, [ClientTransferProhibited, ServerTransferProhibited]),
    (PendingUpdate, [ClientUpdateProhibited, ServerUpdateProhibited]),
];

impl ObjectKind {
    /// Whether the object's schema has this status (`statusValueType` of domain-1.0, host-1.0, contact-1.0).
    pub fn knows(self, status: EppStatus) -> bool {
        match status {
            EppStatus::Ok | PendingCreate | PendingDelete | PendingTransfer | PendingUpdate => true,
            ClientDeleteProhibited | ClientUpdateProhibited | ServerDeleteProhibited | ServerUpdateProhibited => true,
            ClientTransferProhibited | ServerTransferProhibited => self != ObjectKind::Host,
            Linked => self != ObjectKind::Domain,
            ClientHold | ServerHold | ClientRenewProhibited | ServerRenewProhibited | Inactive | PendingRenew => self == ObjectKind::Domain,
        }
    }

    /// The kind in words.
    pub fn as_str(self) -> &'static str {
        match self {
            ObjectKind::Domain => "domain",
            ObjectKind::Host => "host",
            ObjectKind::Contact => "contact",
        }
    }
}

impl fmt::Display for ObjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Why a set of statuses was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StatusError {
    /// The kind of object has no such status.
    #[error("a {kind} cannot have the status `{status}`; leave it out")]
    Foreign {
        /// The kind of object.
        kind: ObjectKind,
        /// The status it does not know.
        status: EppStatus,
    },
    /// Two statuses exclude each other.
    #[error("a {kind} cannot have the statuses `{first}` and `{second}` at once; remove one of them")]
    Conflict {
        /// The kind of object.
        kind: ObjectKind,
        /// One of the two.
        first: EppStatus,
        /// The other.
        second: EppStatus,
    },
}

impl StatusError {
    /// Stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            StatusError::Foreign { .. } => "status.foreign",
            StatusError::Conflict { .. } => "status.conflict",
        }
    }
}

#[cfg(test)]
mod tests;
