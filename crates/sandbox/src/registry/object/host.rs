//! A host object (RFC 5732).

use std::collections::BTreeSet;
use std::net::IpAddr;

use model::{DomainName, EppStatus, HostName, ObjectKind, StatusSet};

use super::Origin;

/// A host.
#[derive(Clone, Debug)]
pub(crate) struct HostObject {
    pub(crate) name: HostName,
    pub(crate) origin: Origin,
    pub(crate) addresses: BTreeSet<IpAddr>,
    /// Prohibitions of either side.
    pub(crate) set: BTreeSet<EppStatus>,
    /// The domain it lies below, when that is one of ours; none for a host elsewhere.
    pub(crate) superordinate: Option<DomainName>,
    /// The domains that delegate to it.
    pub(crate) linked_by: BTreeSet<DomainName>,
}

impl HostObject {
    /// Every status `info` shows.
    pub(crate) fn statuses(&self) -> StatusSet {
        let mut statuses: StatusSet = self.set.iter().copied().collect();
        if !self.linked_by.is_empty() {
            statuses.insert(EppStatus::Linked);
        }
        statuses.settle(ObjectKind::Host, true);
        statuses
    }
}
