//! The registration: the aggregate that commands are decided on and events are applied to.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use model::{
    ContactHandle, ContactId, ContactRole, DomainId, DomainName, DsData, DutyId, EppStatus, HostName, IntentId, Money, Period,
    RegistrarHandle, RegistryId, RgpStatus, Roid, Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::holder::HolderRevision;
use crate::intent::{ObjectKey, Operation};
use crate::outcome::TransferState;
use crate::reason::StatusReasons;
use crate::verification::VerificationCase;

mod agenda;
mod apply;
mod next_due;

pub(crate) use agenda::Item;

/// One name we sponsor, sponsored, or want to sponsor.
///
/// ```text
///  Ordered --> Registered <--> TransferringOut --> TransferredAway
///     |            |  ^
///     v            v  +----------- Restoring <--+
///  Failed      Deleting --> Redemption ---------+
///     ^            |            |
///     |            v            v
///  TransferringIn  Purged <-- PendingDelete
///     +--> Registered
/// ```
///
/// A name that is taken on after our records were lost begins as `Registered` without anything observed: it waits for the registry's word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Registration {
    /// Identity in our house.
    pub id: DomainId,
    /// The name.
    pub name: DomainName,
    /// The registry that holds it.
    pub registry: RegistryId,
    /// Number of events applied; guards against lost updates.
    pub version: u64,
    /// Where it is in its life.
    pub phase: Phase,
    /// When we first took it on.
    pub opened_at: Timestamp,
    /// The registry's creation date.
    pub created_at: Option<Timestamp>,
    /// The end of the term the registrant has, by our contract. While the registry has auto-renewed and the registrant has
    /// not paid, the registry's date is a year later (obligations 23.2): that one is in [`Actual::expires_at`].
    pub expires_at: Option<Timestamp>,
    /// The last completed transfer to us.
    pub transferred_at: Option<Timestamp>,
    /// Whether the registrant wants the name renewed at expiry.
    pub auto_renew: bool,
    /// The registered name holder.
    pub registrant: Option<ContactId>,
    /// The last change of registrant, with its lock.
    #[serde(default)]
    pub holder_change: Option<HolderChangeCase>,
    /// The verification of the holder that the name waits for.
    #[serde(default)]
    pub verification: Option<VerificationCase>,
    /// What we want at the registry.
    pub desired: Desired,
    /// What the registry last said, by `info` or by a confirmed answer.
    pub actual: Option<Actual>,
    /// Intents that are not settled, in the order they were decided.
    pub open_intents: Vec<OpenIntent>,
    /// The expiry under way, from expiry to renewal or deletion.
    pub expiry: Option<ExpiryCase>,
    /// The transfer under way, in either direction.
    pub transfer: Option<TransferCase>,
    /// The deletion under way or done.
    pub deletion: Option<DeletionCase>,
    /// Duties that are open, by key.
    pub open_duties: BTreeMap<String, OpenDuty>,
    /// Keys of notices already ordered, so that catching up after an outage never sends one twice.
    pub ordered_notices: BTreeSet<String>,
    /// What became of the three expiry notices of the running term, by duty key (EXP-1, EXP-2, EXP-3).
    pub term_notices: BTreeMap<String, NoticeStanding>,
    /// Grace periods that charges opened, for credits (RFC 3915). Those that ended stay for a while: the registry's word of a
    /// credit may come late.
    pub graces: Vec<Grace>,
    /// Elements at the registry that differ from what we want and that nobody has resolved yet; left alone until told.
    pub drift: BTreeSet<String>,
    /// Whether the delegation is to be taken over as found at the next `info` (after a transfer in).
    pub is_adopting: bool,
    /// When an authInfo was last released and not cleared yet (RFC 9154: empty at rest).
    pub authinfo_set_at: Option<Timestamp>,
    /// When the name left us: moved away or purged.
    pub left_at: Option<Timestamp>,
    /// The end of term of a registry's own renewal that we heard of only after the name was deleted or had left.
    pub late_auto_renewal: Option<Timestamp>,
    /// Steps of our own course that the registry refused, and that wait for a person.
    pub stalled: BTreeSet<Step>,
}

/// A step that our own course takes without being asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// The renewal at the end of the term that the registrant wants.
    Renewal,
    /// The deletion of an expired name.
    Deletion,
    /// Clearing a released authInfo.
    AuthInfoClearing,
}

/// An intent that is not settled.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenIntent {
    /// Which.
    pub id: IntentId,
    /// The object it changes.
    pub object: ObjectKey,
    /// What it is to do.
    pub operation: Operation,
    /// The registry's transaction id, once it accepted the intent and decides later (1001).
    pub svtrid: Option<String>,
}

/// A duty that is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpenDuty {
    /// The duty's id.
    pub id: DutyId,
    /// The contract's limit.
    pub hard_due: Timestamp,
}

/// What became of a notice that a deletion depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "standing")]
pub enum NoticeStanding {
    /// Handed to its carrier.
    Sent {
        /// When.
        at: Timestamp,
    },
    /// Not sent inside its window: a breach that was recorded.
    Missed {
        /// When the window closed for good.
        at: Timestamp,
    },
    /// Never due, because its window had closed before the term was ours (a transfer in, a restore).
    NotDue,
}

/// Where a registration is in its life. Grace periods and prohibitions are not phases; they overlap them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// The create is decided and not settled.
    Ordered,
    /// The create or the transfer in came to nothing; we never sponsored the name.
    Failed,
    /// We sponsor it and it is delegated or may be. Expired names waiting for renewal are here too, see `expiry`.
    Registered,
    /// A transfer to us is under way; somebody else sponsors the name.
    TransferringIn,
    /// Another registrar asked for it; five days to answer.
    TransferringOut,
    /// Another registrar has it.
    TransferredAway,
    /// A delete is decided and not settled.
    Deleting,
    /// Deleted, restorable.
    Redemption,
    /// A restore is under way.
    Restoring,
    /// Deleted, not restorable.
    PendingDelete,
    /// Gone from the registry.
    Purged,
}

impl Phase {
    /// Whether we sponsor the name at the registry in this phase.
    #[must_use]
    pub fn is_sponsored(self) -> bool {
        !matches!(self, Self::Ordered | Self::Failed | Self::TransferringIn | Self::TransferredAway | Self::Purged)
    }

    /// Whether nothing more will ever happen.
    #[must_use]
    pub fn is_final(self) -> bool {
        matches!(self, Self::Failed | Self::TransferredAway | Self::Purged)
    }

    /// The word shown to people and stored in the column.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Ordered => "ordered",
            Self::Failed => "failed",
            Self::Registered => "registered",
            Self::TransferringIn => "transferring-in",
            Self::TransferringOut => "transferring-out",
            Self::TransferredAway => "transferred-away",
            Self::Deleting => "deleting",
            Self::Redemption => "redemption",
            Self::Restoring => "restoring",
            Self::PendingDelete => "pending-delete",
            Self::Purged => "purged",
        }
    }
}

/// What we want at the registry.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Desired {
    /// The term ordered and not yet settled (create, renew, transfer).
    pub period: Option<Period>,
    /// Client statuses, each with its reasons.
    pub statuses: StatusReasons,
    /// Delegation: host names with glue for those below the name itself.
    pub nameservers: BTreeMap<HostName, BTreeSet<IpAddr>>,
    /// DS records at the parent.
    pub ds: BTreeSet<DsData>,
    /// Contacts by role.
    pub contacts: BTreeMap<ContactRole, ContactId>,
}

/// What the registry last said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actual {
    /// Repository object id.
    pub roid: Option<Roid>,
    /// `clID`.
    pub sponsor: RegistrarHandle,
    /// `crID`.
    pub created_by: Option<RegistrarHandle>,
    /// `crDate`.
    pub created_at: Option<Timestamp>,
    /// `upDate`: the last change, if there ever was one.
    #[serde(default)]
    pub updated_at: Option<Timestamp>,
    /// `exDate`.
    pub expires_at: Option<Timestamp>,
    /// `trDate`.
    pub transferred_at: Option<Timestamp>,
    /// `status`.
    pub statuses: BTreeSet<EppStatus>,
    /// `rgp:rgpStatus`.
    pub rgp: BTreeSet<RgpStatus>,
    /// Delegation: host names, with addresses in the attribute host model.
    pub nameservers: BTreeMap<HostName, BTreeSet<IpAddr>>,
    /// DS records.
    pub ds: BTreeSet<DsData>,
    /// Contact handles by role; several per role are allowed by RFC 5731.
    pub contacts: BTreeSet<(ContactRole, ContactHandle)>,
    /// Subordinate host objects.
    pub hosts: BTreeSet<HostName>,
    /// When the registry said so.
    pub observed_at: Timestamp,
    /// Whether an `info` said so, or we inferred it from a confirmed answer to our own command.
    pub is_inferred: bool,
}

/// An expiry that is neither renewed nor deleted yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpiryCase {
    /// The instant the term ended.
    pub expired_at: Timestamp,
    /// Who had the rights at that instant: the registrant at expiration (EXP-5).
    pub registrant_at_expiration: Option<ContactId>,
    /// Which revision of its data was the present one then: that is where notices go, whatever it is changed to.
    #[serde(default)]
    pub registrant_revision: Option<u64>,
    /// The registry's own renewal, if it told us of one.
    pub auto_renewed_to: Option<Timestamp>,
    /// When DNS interruption was ordered (EXP-7, EXP-8).
    pub interrupted_at: Option<Timestamp>,
    /// Since when the registry is known to have interrupted it; the eight days run from here.
    pub interruption_confirmed_at: Option<Timestamp>,
    /// When we mean to delete it.
    pub delete_at: Timestamp,
    /// The circumstance that keeps it past its deletion date, if one was stated (EXP-14).
    pub postponed_for: Option<crate::expiry::ExtenuatingCircumstance>,
}

/// The last change of registrant (COR-1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HolderChangeCase {
    /// Who held the name before, with the data of then; kept 15 months (COR-10).
    pub prior: HolderRevision,
    /// When it was completed.
    pub completed_at: Timestamp,
    /// While the lock against transfer runs: until when (COR-7).
    pub lock_until: Option<Timestamp>,
    /// The record of the registrant's opt-out of the lock.
    pub opt_out: Option<String>,
}

/// A transfer under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferCase {
    /// What the registry said of it; none until it answered a request of ours.
    pub state: Option<TransferState>,
    /// When we learned of it or asked for it.
    pub opened_at: Timestamp,
    /// Our answer to a transfer out, once given.
    pub answer: Option<TransferAnswer>,
    /// Whether the name was on hold for non-payment when a transfer out was asked for (TRF-7); a hold that comes later is none.
    #[serde(default)]
    pub was_held_for_payment: bool,
}

/// Our answer to a transfer out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "answer")]
pub enum TransferAnswer {
    /// The registrant wants it.
    Approved,
    /// Denied, for a lawful reason (TRF-7, TRF-8).
    Denied {
        /// The reason, from the closed lists.
        reason: crate::transfer::DenialReason,
    },
}

/// A deletion under way or done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeletionCase {
    /// Why.
    pub cause: DeletionCause,
    /// When the delete was decided.
    pub decided_at: Timestamp,
    /// When the registry confirmed it.
    pub deleted_at: Option<Timestamp>,
    /// When redemption ends, once in it.
    pub redemption_ends_at: Option<Timestamp>,
    /// When the registry said that redemption was over.
    pub pending_delete_since: Option<Timestamp>,
    /// Why a restore was ordered, in the words for its report.
    pub restore_reason: Option<String>,
    /// When the restore was confirmed as requested, for the report.
    pub restore_requested_at: Option<Timestamp>,
    /// When the registry refused the report for what it says; it is sent once more.
    #[serde(default)]
    pub report_refused_at: Option<Timestamp>,
}

/// Why a name was deleted; decides what a restore must do (ACY-11) and what is kept (RET-11).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeletionCause {
    /// The registrant asked.
    Registrant,
    /// It expired and was not renewed (EXP-14).
    Expiry,
    /// Wilfully false data or silence (ACY-8).
    Accuracy,
    /// An abuse decision.
    Abuse,
    /// The registry or a court removed it.
    Registry,
}

/// A grace period that a charge opened (RFC 3915 3.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grace {
    /// Which.
    pub kind: RgpStatus,
    /// When it ends.
    pub ends_at: Timestamp,
    /// The charge's key, to credit.
    pub charge_key: String,
    /// The years the charge added.
    pub years: i8,
    /// The amount charged, where known.
    pub amount: Option<Money>,
}
