//! A contact (RFC 5733).

use std::collections::BTreeSet;

use epp::contact::{Disclose, Person};
use model::{ContactHandle, DomainName, EppStatus, ObjectKind, StatusSet};

use super::{Origin, Transfer};
use crate::registry::authinfo::AuthHash;

/// A contact. `Debug` of its person prints no personal data.
#[derive(Clone, Debug)]
pub(crate) struct ContactObject {
    pub(crate) id: ContactHandle,
    pub(crate) origin: Origin,
    pub(crate) person: Person,
    pub(crate) disclose: Option<Disclose>,
    pub(crate) auth: Option<AuthHash>,
    /// Prohibitions of either side.
    pub(crate) set: BTreeSet<EppStatus>,
    /// The domains that refer to it.
    pub(crate) linked_by: BTreeSet<DomainName>,
    /// The transfer under way, or the last one that ended.
    pub(crate) transfer: Option<Transfer>,
}

impl ContactObject {
    /// Every status `info` shows.
    pub(crate) fn statuses(&self) -> StatusSet {
        let mut statuses: StatusSet = self.set.iter().copied().collect();
        if self.has_pending_transfer() {
            statuses.insert(EppStatus::PendingTransfer);
        }
        if !self.linked_by.is_empty() {
            statuses.insert(EppStatus::Linked);
        }
        statuses.settle(ObjectKind::Contact, true);
        statuses
    }

    /// Whether a transfer waits for its answer.
    pub(crate) fn has_pending_transfer(&self) -> bool {
        self.transfer.as_ref().is_some_and(|transfer| transfer.status.is_pending())
    }
}
