//! What we mean to do at a registry, written down before the first byte leaves (design rule 2).

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::IpAddr;

use model::{
    ContactHandle, ContactId, ContactRole, DomainId, DomainName, DsData, EppStatus, HostName, IntentId, Money, Period, RegistryId,
    Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::launch::LaunchProof;

/// One operation at a registry, with its identity. Unique by (registry, object, operation word, business key).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// Identity; every attempt's clTRID is derived from it.
    pub id: IntentId,
    /// Where it goes.
    pub registry: RegistryId,
    /// Which object it changes; at most one unreconciled intent per object.
    pub object: ObjectKey,
    /// The registration on whose behalf it is done.
    pub domain: DomainId,
    /// What is to be done.
    pub operation: Operation,
    /// What makes this operation the same one when it is asked for twice, such as `renew:2027-03-01`.
    pub business_key: String,
    /// Which lane carries it.
    pub lane: Lane,
    /// Intents that must be confirmed first. If one is refused this one is cancelled.
    pub after: Vec<IntentId>,
    /// When it was decided.
    pub decided_at: Timestamp,
}

/// The object an intent changes, as the registry knows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ObjectKey {
    /// A domain name.
    Domain(DomainName),
    /// A host object.
    Host(HostName),
    /// A contact object.
    Contact(ContactHandle),
}

impl fmt::Display for ObjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Domain(name) => write!(f, "domain:{name}"),
            Self::Host(name) => write!(f, "host:{name}"),
            Self::Contact(handle) => write!(f, "contact:{handle}"),
        }
    }
}

/// Which sessions carry an intent (facts, 6.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lane {
    /// Somebody waits for the answer.
    Interactive,
    /// Bulk work and timers.
    Bulk,
}

/// What is to be done at the registry. Secrets are never in here: an authInfo to present is referred to by the vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "op")]
pub enum Operation {
    /// `domain:create`.
    CreateDomain {
        /// How many years.
        period: Period,
        /// Delegation, as host names; addresses travel in host objects or attributes by the registry's host model.
        nameservers: BTreeMap<HostName, BTreeSet<IpAddr>>,
        /// Contacts the registry takes, by role; empty in the minimum data set.
        contacts: BTreeMap<ContactRole, ContactHandle>,
        /// DS records for the parent.
        ds: BTreeSet<DsData>,
        /// The fee we agree to (RFC 8748), where the profile demands it or the name is premium.
        fee: Option<Money>,
        /// What lets it be registered in its TLD's launch phase; none in the open phase.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        launch: Option<LaunchProof>,
        /// Whether an allocation token goes with it (RFC 8495), fetched from the vault when the frame is built.
        #[serde(default, skip_serializing_if = "is_unset")]
        has_token: bool,
    },
    /// `domain:renew`. `current_expiry` makes a second success impossible (RFC 5731 3.2.3).
    RenewDomain {
        /// The registry's expiry before the renewal; its UTC date is sent as `curExpDate`.
        current_expiry: Timestamp,
        /// How many years.
        period: Period,
        /// The fee we agree to.
        fee: Option<Money>,
    },
    /// `domain:transfer op="request"`; the authInfo is fetched from the vault when the frame is built.
    RequestTransfer {
        /// Years added on success; 1 unless the registry says otherwise.
        period: Period,
        /// The fee we agree to.
        fee: Option<Money>,
        /// Whether an allocation token goes with it (RFC 8495), fetched from the vault when the frame is built.
        #[serde(default, skip_serializing_if = "is_unset")]
        has_token: bool,
    },
    /// `domain:transfer op="cancel"`.
    CancelTransfer,
    /// `domain:transfer op="approve"`.
    ApproveTransfer,
    /// `domain:transfer op="reject"`.
    RejectTransfer,
    /// `domain:update`: the difference that brings the registry to what is desired.
    UpdateDomain {
        /// Added and removed elements.
        change: DomainChange,
    },
    /// `domain:update` that sets a fresh authInfo from the vault, or clears it (RFC 9154).
    SetAuthInfo {
        /// Whether to clear instead of set.
        clear: bool,
    },
    /// `domain:delete`.
    DeleteDomain,
    /// `rgp:restore op="request"`.
    RequestRestore {
        /// The restore fee we agree to.
        fee: Option<Money>,
    },
    /// `rgp:restore op="report"`.
    ReportRestore {
        /// When the name was deleted.
        deleted_at: Timestamp,
        /// When the restore was requested.
        restored_at: Timestamp,
        /// Why, in the words the registry wants.
        reason: String,
    },
    /// `host:create`. "Already exists" is success for a host outside our names.
    CreateHost {
        /// Glue, for a subordinate host.
        addresses: BTreeSet<IpAddr>,
    },
    /// `host:update` of addresses.
    UpdateHost {
        /// Addresses to add.
        add: BTreeSet<IpAddr>,
        /// Addresses to remove.
        remove: BTreeSet<IpAddr>,
    },
    /// `host:update` with a new name (RFC 9874: only into a configured sacrificial name).
    RenameHost {
        /// The new name.
        to: HostName,
    },
    /// `host:delete`.
    DeleteHost,
    /// `contact:create`; the data is read from the vault when the frame is built.
    CreateContact {
        /// Whose data.
        contact: ContactId,
    },
    /// `contact:update`; the data is read from the vault when the frame is built.
    UpdateContact {
        /// Whose data.
        contact: ContactId,
    },
    /// `contact:delete`.
    DeleteContact,
}

impl Operation {
    /// The word that names the operation in keys, tables and the ledger.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::CreateDomain { .. } => "create-domain",
            Self::RenewDomain { .. } => "renew-domain",
            Self::RequestTransfer { .. } => "request-transfer",
            Self::CancelTransfer => "cancel-transfer",
            Self::ApproveTransfer => "approve-transfer",
            Self::RejectTransfer => "reject-transfer",
            Self::UpdateDomain { .. } => "update-domain",
            Self::SetAuthInfo { .. } => "set-authinfo",
            Self::DeleteDomain => "delete-domain",
            Self::RequestRestore { .. } => "request-restore",
            Self::ReportRestore { .. } => "report-restore",
            Self::CreateHost { .. } => "create-host",
            Self::UpdateHost { .. } => "update-host",
            Self::RenameHost { .. } => "rename-host",
            Self::DeleteHost => "delete-host",
            Self::CreateContact { .. } => "create-contact",
            Self::UpdateContact { .. } => "update-contact",
            Self::DeleteContact => "delete-contact",
        }
    }

    /// Whether it presents a signed mark from the vault.
    #[must_use]
    pub fn presents_mark(&self) -> bool {
        matches!(self, Self::CreateDomain { launch: Some(LaunchProof::Mark { .. }), .. })
    }

    /// Whether it presents an allocation token from the vault.
    #[must_use]
    pub fn presents_token(&self) -> bool {
        matches!(self, Self::CreateDomain { has_token: true, .. } | Self::RequestTransfer { has_token: true, .. })
    }
}

/// What is not there is not written, so that an operation without it reads as it did before there was such a thing.
#[allow(clippy::trivially_copy_pass_by_ref)] // serde gives a reference
fn is_unset(flag: &bool) -> bool {
    !flag
}

/// The elements of a `domain:update`, as sets so that a repeat can send only what is still missing (facts, 6.4).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DomainChange {
    /// Client statuses to add.
    pub add_statuses: BTreeSet<EppStatus>,
    /// Client statuses to remove.
    pub remove_statuses: BTreeSet<EppStatus>,
    /// Nameservers to add, with addresses for the attribute host model.
    pub add_nameservers: BTreeMap<HostName, BTreeSet<IpAddr>>,
    /// Nameservers to remove.
    pub remove_nameservers: BTreeSet<HostName>,
    /// DS records to add.
    pub add_ds: BTreeSet<DsData>,
    /// DS records to remove.
    pub remove_ds: BTreeSet<DsData>,
    /// Contacts to add, by role.
    pub add_contacts: BTreeSet<(ContactRole, ContactHandle)>,
    /// Contacts to remove, by role.
    pub remove_contacts: BTreeSet<(ContactRole, ContactHandle)>,
    /// A new registrant, where the registry holds one.
    pub registrant: Option<ContactHandle>,
}

impl DomainChange {
    /// Whether nothing would change.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self == &Self::default()
    }
}

/// ```text
///            +-- dependency refused --> Cancelled
///            |
///  Waiting --+--> Ready --> Sent --+--> Confirmed
///                   ^       |  |   +--> Refused
///                   |       |  +------> Pending (1001) --> Confirmed | Refused
///                   |       +---------> Unknown --> (proof) --> Confirmed | Refused
///                   +------ proven not done -----------+
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum IntentState {
    /// Another intent must be confirmed first.
    Waiting,
    /// May be sent.
    Ready,
    /// The first byte may have left; no answer yet. After a crash this reads as unknown.
    Sent,
    /// Sent, and the answer is lost: only proof moves it on.
    Unknown,
    /// The registry accepted it and will decide later (1001).
    Pending,
    /// Done, proven by an answer or by reconciliation.
    Confirmed,
    /// The registry said no; nothing changed there.
    Refused,
    /// Never sent, because something it needs was refused.
    Cancelled,
}

impl IntentState {
    /// Whether the intent still occupies its object: no other intent on the object may be sent.
    #[must_use]
    pub fn is_open(self) -> bool {
        !matches!(self, Self::Confirmed | Self::Refused | Self::Cancelled)
    }
}
