//! The state x command matrix of a domain at a registry (RFC 5731, RFC 3915): what a registry answers to which transform in
//! which state. Data, not code: the guards predict with it, and a sandbox can be held against it.

use model::{EppStatus, RgpStatus, Timestamp};

use crate::registration::{Phase, Registration};

/// The state of a name, as far as it decides what a registry answers. Grace periods overlap; the first that matches counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LifeState {
    /// The create is not decided yet.
    PendingCreate,
    /// In the add grace.
    AddPeriod,
    /// Plainly registered: `ok`, `inactive`, or on `clientHold`, which blocks nothing but DNS.
    Registered,
    /// In the grace after the registry's own renewal.
    AutoRenewPeriod,
    /// In the grace after an explicit renewal.
    RenewPeriod,
    /// In the grace after a transfer.
    TransferPeriod,
    /// Another registrar asked for it.
    PendingTransfer,
    /// Deleted, restorable.
    Redemption,
    /// A restore waits for its report.
    PendingRestore,
    /// Deleted, not restorable.
    PendingDelete,
    /// Gone.
    Purged,
}

/// A transform on a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Transform {
    /// `domain:update`.
    Update,
    /// `domain:renew`.
    Renew,
    /// `domain:transfer op="request"`, by another registrar.
    RequestTransfer,
    /// `domain:transfer op="approve"` or `"reject"`, by the sponsor.
    AnswerTransfer,
    /// `domain:delete`.
    Delete,
    /// `rgp:restore op="request"`.
    Restore,
    /// `rgp:restore op="report"`.
    Report,
}

/// What a registry answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// 1000: done.
    Done,
    /// 1001: accepted, with more to come.
    Pending,
    /// The registry's own policy decides; 60-day locks after a create, for one.
    ByPolicy,
    /// Refused with this result code.
    Refused(u16),
}

/// One row: the answers to update, renew, transfer request, transfer answer, delete, restore request and restore report.
type Row = (LifeState, [Answer; 7]);

/// The matrix, one row a state, the columns in the order of [`Transform::ALL`].
pub const MATRIX: [Row; 11] = {
    use Answer::{ByPolicy, Done, Pending, Refused};
    use LifeState as S;
    const STATUS: Answer = Refused(2304);
    const NOT_PENDING: Answer = Refused(2301);
    const GONE: Answer = Refused(2303);
    [
        (S::PendingCreate, [STATUS, STATUS, STATUS, NOT_PENDING, STATUS, STATUS, STATUS]),
        (S::AddPeriod, [Done, Done, ByPolicy, NOT_PENDING, Done, STATUS, STATUS]),
        (S::Registered, [Done, Done, Pending, NOT_PENDING, Pending, STATUS, STATUS]),
        (S::AutoRenewPeriod, [Done, Done, Pending, NOT_PENDING, Pending, STATUS, STATUS]),
        (S::RenewPeriod, [Done, Done, Pending, NOT_PENDING, Pending, STATUS, STATUS]),
        (S::TransferPeriod, [Done, Done, Pending, NOT_PENDING, Pending, STATUS, STATUS]),
        (S::PendingTransfer, [STATUS, STATUS, Refused(2300), Done, STATUS, STATUS, STATUS]),
        (S::Redemption, [STATUS, STATUS, STATUS, NOT_PENDING, STATUS, Pending, STATUS]),
        (S::PendingRestore, [STATUS, STATUS, STATUS, NOT_PENDING, STATUS, STATUS, Done]),
        (S::PendingDelete, [STATUS, STATUS, STATUS, NOT_PENDING, STATUS, STATUS, STATUS]),
        (S::Purged, [GONE, GONE, GONE, GONE, GONE, GONE, GONE]),
    ]
};

impl Transform {
    /// Every transform, in the order of the matrix's columns.
    pub const ALL: [Self; 7] =
        [Self::Update, Self::Renew, Self::RequestTransfer, Self::AnswerTransfer, Self::Delete, Self::Restore, Self::Report];

    /// The prohibitions that stop it: ours and the registry's (RFC 5731 section 2.3). Each stops it with 2304.
    #[must_use]
    pub fn prohibitions(self) -> Option<(EppStatus, EppStatus)> {
        match self {
            Self::Update => Some((EppStatus::ClientUpdateProhibited, EppStatus::ServerUpdateProhibited)),
            Self::Renew => Some((EppStatus::ClientRenewProhibited, EppStatus::ServerRenewProhibited)),
            Self::RequestTransfer => Some((EppStatus::ClientTransferProhibited, EppStatus::ServerTransferProhibited)),
            Self::Delete => Some((EppStatus::ClientDeleteProhibited, EppStatus::ServerDeleteProhibited)),
            Self::AnswerTransfer | Self::Restore | Self::Report => None,
        }
    }
}

/// What a registry answers to `transform` in `state`, prohibitions aside.
#[must_use]
pub fn answer(state: LifeState, transform: Transform) -> Answer {
    let row = MATRIX.iter().find(|(row, _)| *row == state);
    let column = Transform::ALL.iter().position(|known| *known == transform);
    row.zip(column).and_then(|((_, answers), column)| answers.get(column)).copied().unwrap_or(Answer::Refused(2304))
}

impl LifeState {
    /// The state of a registration at `now`, by what the registry last said, and by our own phase where it said nothing.
    #[must_use]
    pub fn of(registration: &Registration, now: Timestamp) -> Self {
        match registration.phase {
            Phase::Ordered | Phase::TransferringIn => Self::PendingCreate,
            Phase::Failed | Phase::Purged | Phase::TransferredAway => Self::Purged,
            Phase::TransferringOut => Self::PendingTransfer,
            Phase::Redemption => Self::Redemption,
            Phase::Restoring => Self::PendingRestore,
            Phase::Deleting | Phase::PendingDelete => Self::PendingDelete,
            Phase::Registered => Self::while_registered(registration, now),
        }
    }

    fn while_registered(registration: &Registration, now: Timestamp) -> Self {
        let said = |status| registration.actual.as_ref().is_some_and(|actual| actual.statuses.contains(&status));
        let has_grace = |kind| registration.graces.iter().any(|grace| grace.kind == kind && grace.ends_at > now);
        if said(EppStatus::PendingTransfer) {
            Self::PendingTransfer
        } else if said(EppStatus::PendingDelete) {
            Self::PendingDelete
        } else if said(EppStatus::PendingCreate) {
            Self::PendingCreate
        } else if has_grace(RgpStatus::AddPeriod) {
            Self::AddPeriod
        } else if has_grace(RgpStatus::AutoRenewPeriod) {
            Self::AutoRenewPeriod
        } else if has_grace(RgpStatus::RenewPeriod) {
            Self::RenewPeriod
        } else if has_grace(RgpStatus::TransferPeriod) {
            Self::TransferPeriod
        } else {
            Self::Registered
        }
    }

    /// What the state is called in a sentence.
    #[must_use]
    pub fn phrase(self) -> &'static str {
        match self {
            Self::PendingCreate => "not ours yet",
            Self::AddPeriod => "in its add grace",
            Self::Registered => "registered",
            Self::AutoRenewPeriod => "in its auto-renew grace",
            Self::RenewPeriod => "in its renew grace",
            Self::TransferPeriod => "in its transfer grace",
            Self::PendingTransfer => "being transferred away",
            Self::Redemption => "deleted and in redemption",
            Self::PendingRestore => "being restored",
            Self::PendingDelete => "being deleted",
            Self::Purged => "no longer ours",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The matrix as the facts state it, one letter a cell: `.` done, `p` pending, `?` policy, `x` 2304, `t` 2300,
    /// `n` 2301, `g` 2303; columns update, renew, request, answer, delete, restore, report.
    const STATED: [(LifeState, &str); 11] = [
        (LifeState::PendingCreate, "xxxnxxx"),
        (LifeState::AddPeriod, "..?n.xx"),
        (LifeState::Registered, "..pnpxx"),
        (LifeState::AutoRenewPeriod, "..pnpxx"),
        (LifeState::RenewPeriod, "..pnpxx"),
        (LifeState::TransferPeriod, "..pnpxx"),
        (LifeState::PendingTransfer, "xxt.xxx"),
        (LifeState::Redemption, "xxxnxpx"),
        (LifeState::PendingRestore, "xxxnxx."),
        (LifeState::PendingDelete, "xxxnxxx"),
        (LifeState::Purged, "ggggggg"),
    ];

    #[test]
    fn every_cell_answers_as_stated() {
        assert_eq!(STATED.len(), MATRIX.len());
        for (state, row) in STATED {
            for (transform, letter) in Transform::ALL.into_iter().zip(row.chars()) {
                let expected = match letter {
                    '.' => Answer::Done,
                    'p' => Answer::Pending,
                    '?' => Answer::ByPolicy,
                    'x' => Answer::Refused(2304),
                    't' => Answer::Refused(2300),
                    'n' => Answer::Refused(2301),
                    _ => Answer::Refused(2303),
                };
                assert_eq!(answer(state, transform), expected, "{state:?} {transform:?}");
            }
        }
    }
}
