//! A domain at the registry.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use jiff::tz::Offset;
use model::{
    ContactHandle, ContactRole, DomainName, DsData, EppStatus, HostName, KeyData, ObjectKind, RegistrarHandle, RgpStatus, StatusSet,
};
use model::{Timestamp, TransferStatus};

use super::Origin;
use crate::registry::authinfo::AuthHash;

/// A domain.
#[derive(Clone, Debug)]
pub(crate) struct Domain {
    pub(crate) name: DomainName,
    pub(crate) origin: Origin,
    pub(crate) expires: Timestamp,
    /// Set at expiry where the TLD does not renew by itself: until when the name can still be renewed.
    pub(crate) lapses: Option<Timestamp>,
    pub(crate) registrant: Option<ContactHandle>,
    pub(crate) contacts: BTreeSet<(ContactRole, ContactHandle)>,
    /// Delegation. Addresses are kept here only in the attribute host model; in the object model the host has them.
    pub(crate) nameservers: BTreeMap<HostName, BTreeSet<IpAddr>>,
    /// Prohibitions and holds of either side. `ok`, `inactive` and the pending statuses are computed by [`Domain::statuses`].
    pub(crate) set: BTreeSet<EppStatus>,
    pub(crate) dnssec: Dnssec,
    pub(crate) auth: Option<AuthHash>,
    /// Grace periods in the order they began.
    pub(crate) graces: Vec<Grace>,
    pub(crate) life: Life,
    /// The transfer under way, or the last one that ended.
    pub(crate) transfer: Option<Transfer>,
    /// TTL values asked for by RFC 9803, by record type.
    pub(crate) ttls: BTreeMap<String, u32>,
    /// The IDN table the name was registered with.
    pub(crate) idn_table: Option<String>,
    /// When its timer is set in the queue.
    pub(crate) timer: Option<Timestamp>,
}

/// Where a domain is in its life. Grace periods overlap [`Life::Active`] and are not states.
///
/// ```text
///  PendingCreate --> Active --delete--> Redemption <--no report-- PendingRestore
///        |             ^  |               |    |                     ^   |
///        v             |  |               |    +------request--------+   |
///      (gone) <--------|--+               v                              |
///        ^    in add   |            PendingDelete                        |
///        |    grace    +-------------------|-----------report------------+
///        +---------------------------------+
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Life {
    /// Created, and the registry still looks at it.
    PendingCreate {
        /// When it decides.
        until: Timestamp,
        cltrid: Option<String>,
        svtrid: String,
    },
    /// Registered.
    Active,
    /// Deleted and restorable.
    Redemption { deleted: Timestamp, until: Timestamp },
    /// Restore requested, the report is awaited.
    PendingRestore {
        deleted: Timestamp,
        /// When the request came.
        requested: Timestamp,
        until: Timestamp,
        /// When redemption would end, should no report come.
        redemption_until: Timestamp,
    },
    /// Deleted for good, purged when the time is over.
    PendingDelete { until: Timestamp },
}

/// What a charge can still be credited for (RFC 3915 section 1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grace {
    /// Which.
    pub(crate) kind: RgpStatus,
    /// First instant after it.
    pub(crate) until: Timestamp,
    /// Who paid.
    pub(crate) payer: RegistrarHandle,
    /// What was paid, in minor units.
    pub(crate) minor: i64,
    /// Years that were bought.
    pub(crate) years: u8,
    /// Expiry before and after, so that a credit gives back exactly what was bought.
    pub(crate) expiry: (Timestamp, Timestamp),
}

/// A transfer, from request to its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Transfer {
    pub(crate) status: TransferStatus,
    pub(crate) gaining: RegistrarHandle,
    pub(crate) requested: Timestamp,
    pub(crate) losing: RegistrarHandle,
    /// By when the losing registrar should act; when it, or the registry, did.
    pub(crate) acted: Timestamp,
    /// Years it adds; zero when it adds none.
    pub(crate) years: u8,
    /// Expiry once completed.
    pub(crate) expires: Option<Timestamp>,
}

/// DNSSEC material for the parent (RFC 5910): one of the two interfaces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Dnssec {
    pub(crate) ds: BTreeSet<DsData>,
    pub(crate) keys: BTreeSet<KeyData>,
    pub(crate) max_sig_life_s: Option<u32>,
}

impl Domain {
    /// Every status `info` shows, the computed ones included.
    pub(crate) fn statuses(&self) -> StatusSet {
        let mut statuses: StatusSet = self.set.iter().copied().collect();
        match self.life {
            Life::PendingCreate { .. } => {
                statuses.insert(EppStatus::PendingCreate);
            }
            Life::Active if self.has_pending_transfer() => {
                statuses.insert(EppStatus::PendingTransfer);
            }
            Life::Active => {}
            Life::Redemption { .. } | Life::PendingRestore { .. } | Life::PendingDelete { .. } => {
                statuses.insert(EppStatus::PendingDelete);
            }
        }
        statuses.settle(ObjectKind::Domain, !self.nameservers.is_empty());
        statuses
    }

    /// Every RGP status `info` shows (RFC 3915 section 3.1).
    pub(crate) fn rgp_statuses(&self, now: Timestamp) -> BTreeSet<RgpStatus> {
        let of_life = match self.life {
            Life::Active => return self.running_graces(now).map(|grace| grace.kind).collect(),
            Life::PendingCreate { .. } => None,
            Life::Redemption { .. } => Some(RgpStatus::RedemptionPeriod),
            Life::PendingRestore { .. } => Some(RgpStatus::PendingRestore),
            Life::PendingDelete { .. } => Some(RgpStatus::PendingDelete),
        };
        of_life.into_iter().collect()
    }

    /// Grace periods that have not ended.
    pub(crate) fn running_graces(&self, now: Timestamp) -> impl Iterator<Item = &Grace> {
        self.graces.iter().filter(move |grace| now < grace.until)
    }

    /// Whether a grace period of this kind runs.
    pub(crate) fn is_in_grace(&self, kind: RgpStatus, now: Timestamp) -> bool {
        self.running_graces(now).any(|grace| grace.kind == kind)
    }

    /// Whether a transfer waits for its answer.
    pub(crate) fn has_pending_transfer(&self) -> bool {
        self.pending_transfer().is_some()
    }

    /// The transfer that waits for its answer.
    pub(crate) fn pending_transfer(&self) -> Option<&Transfer> {
        self.transfer.as_ref().filter(|transfer| transfer.status == TransferStatus::Pending)
    }

    /// Whether a status is set by either side.
    pub(crate) fn is_prohibited(&self, client: EppStatus, server: EppStatus) -> bool {
        self.set.contains(&client) || self.set.contains(&server)
    }

    /// Whether the zone holds its delegation.
    pub(crate) fn is_published(&self) -> bool {
        let is_on_hold = self.is_prohibited(EppStatus::ClientHold, EppStatus::ServerHold);
        // A name under restore is back in the zone: the request itself restores resolution (RFC 3915 section 2).
        let lives = matches!(self.life, Life::Active | Life::PendingRestore { .. });
        lives && !is_on_hold && !self.nameservers.is_empty()
    }

    /// Contacts of every role, the registrant included.
    pub(crate) fn linked_contacts(&self) -> impl Iterator<Item = &ContactHandle> {
        self.registrant.iter().chain(self.contacts.iter().map(|(_, handle)| handle))
    }

    /// Takes the years of an undone charge back from the term.
    pub(crate) fn shorten_by(&mut self, grace: &Grace) {
        let (before, after) = grace.expiry;
        self.expires = if self.expires == after { before } else { years_back(self.expires, grace.years) };
    }

    /// The next instant at which the registry must look at it.
    pub(crate) fn next_due(&self) -> Timestamp {
        match self.life {
            Life::PendingCreate { until, .. }
            | Life::Redemption { until, .. }
            | Life::PendingRestore { until, .. }
            | Life::PendingDelete { until } => until,
            Life::Active => {
                let transfer = self.pending_transfer().map(|transfer| transfer.acted);
                let grace = self.graces.iter().map(|grace| grace.until).min();
                [transfer, grace].into_iter().flatten().fold(self.lapses.unwrap_or(self.expires), Timestamp::min)
            }
        }
    }
}

/// The same moment of the year, `years` earlier (UTC calendar); 29 February becomes 28 February in a common year.
pub(crate) fn years_back(moment: Timestamp, years: u8) -> Timestamp {
    let civil = Offset::UTC.to_datetime(moment);
    let earlier = civil.checked_sub(jiff::Span::new().years(i64::from(years)));
    earlier.and_then(|earlier| Offset::UTC.to_timestamp(earlier)).unwrap_or(moment)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_are_taken_back_by_the_calendar() {
        let table = [
            ("2030-05-01T10:00:00Z", 1, "2029-05-01T10:00:00Z"),
            ("2028-02-29T10:00:00Z", 1, "2027-02-28T10:00:00Z"),
            ("2028-02-29T10:00:00Z", 4, "2024-02-29T10:00:00Z"),
        ];
        for (from, years, to) in table {
            assert_eq!(years_back(from.parse().unwrap(), years), to.parse().unwrap(), "{from} - {years}");
        }
    }
}
