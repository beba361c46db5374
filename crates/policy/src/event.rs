//! What happened to a registration. Each event becomes one ledger entry; applying it cannot fail.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use model::{
    ContactId, ContactRole, DomainId, DomainName, DsData, DutyId, EppStatus, HostName, IntentId, NoticeId, Period, RegistryId, Timestamp,
};
use serde::{Deserialize, Serialize};

use crate::expiry::ExtenuatingCircumstance;
use crate::holder::{HolderField, HolderRevision};
use crate::intent::{ObjectKey, Operation};
use crate::outcome::TransferState;
use crate::reason::Reason;
use crate::registration::{Actual, DeletionCause, Grace, Step};
use crate::transfer::DenialReason;
use crate::verification::{VerificationCause, VerificationEnd};

/// What happened. Holds no personal data: contacts are references (design rule 6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "event")]
pub enum Event {
    /// A name was ordered: the registration begins.
    DomainOrdered {
        /// Identity.
        id: DomainId,
        /// The name.
        name: DomainName,
        /// The registry that holds it.
        registry: RegistryId,
        /// The term.
        period: Period,
        /// The registered name holder.
        registrant: Option<ContactId>,
        /// Contacts by role.
        contacts: BTreeMap<ContactRole, ContactId>,
        /// Delegation.
        nameservers: BTreeMap<HostName, BTreeSet<IpAddr>>,
        /// DS records.
        ds: BTreeSet<DsData>,
        /// Whether it is to be renewed at expiry.
        auto_renew: bool,
        /// When.
        at: Timestamp,
    },
    /// A transfer to us was ordered: the registration begins.
    TransferInOrdered {
        /// Identity.
        id: DomainId,
        /// The name.
        name: DomainName,
        /// The registry that holds it.
        registry: RegistryId,
        /// The registered name holder at our house.
        registrant: Option<ContactId>,
        /// Contacts by role.
        contacts: BTreeMap<ContactRole, ContactId>,
        /// When.
        at: Timestamp,
    },
    /// A name that the registry holds for us was taken on from a record of it, after our own were lost: the registration begins.
    DomainAdopted {
        /// Identity.
        id: DomainId,
        /// The name.
        name: DomainName,
        /// The registry that holds it.
        registry: RegistryId,
        /// The registered name holder, as far as the record says.
        registrant: Option<ContactId>,
        /// Contacts by role.
        contacts: BTreeMap<ContactRole, ContactId>,
        /// The end of the term by the record; the registry's word replaces it.
        expires_at: Option<Timestamp>,
        /// The record: a deposit with its day, or the registry's own word. No personal data.
        source: String,
        /// When.
        at: Timestamp,
    },
    /// An intent was decided.
    IntentDecided {
        /// Which.
        intent: IntentId,
        /// The object it changes.
        object: ObjectKey,
        /// What it is to do.
        operation: Operation,
    },
    /// An intent was settled as done.
    IntentConfirmed {
        /// Which.
        intent: IntentId,
        /// The operation's word.
        operation: String,
        /// Whether proof came from reconciliation.
        by_reconciliation: bool,
    },
    /// The registry accepted an intent and will decide later (1001).
    IntentPending {
        /// Which.
        intent: IntentId,
        /// The operation's word.
        operation: String,
        /// The registry's transaction id.
        svtrid: String,
    },
    /// An intent was settled as refused or cancelled.
    IntentRefused {
        /// Which.
        intent: IntentId,
        /// The operation's word.
        operation: String,
        /// The EPP result code; 0 where it was cancelled before it was sent.
        code: u16,
        /// The registry's words.
        message: String,
    },
    /// The registry created the name for us.
    DomainRegistered {
        /// `crDate`.
        created_at: Timestamp,
        /// `exDate`.
        expires_at: Timestamp,
    },
    /// The create was refused: the registration ends.
    RegistrationFailed,
    /// The term was extended, by an explicit renewal or by accepting the registry's own.
    DomainRenewed {
        /// The end of the term now.
        expires_at: Timestamp,
    },
    /// The term was shortened because a charge for it was credited; or what the registry says is left of it after a delete.
    TermReduced {
        /// The end of the term now.
        expires_at: Timestamp,
    },
    /// A renewal was ordered.
    RenewalOrdered {
        /// For how long.
        period: Period,
    },
    /// A renewal was refused.
    RenewalFailed,
    /// Whether to renew at expiry was changed.
    AutoRenewSet {
        /// The wish now.
        auto_renew: bool,
    },
    /// Another delegation is wanted.
    NameserversChanged {
        /// The delegation wanted now.
        nameservers: BTreeMap<HostName, BTreeSet<IpAddr>>,
    },
    /// Other DS records are wanted.
    DsChanged {
        /// The DS records wanted now.
        ds: BTreeSet<DsData>,
    },
    /// Other contacts are wanted.
    ContactsChanged {
        /// The registered name holder now.
        registrant: Option<ContactId>,
        /// The contacts wanted now.
        contacts: BTreeMap<ContactRole, ContactId>,
    },
    /// Another holder, or the holder's data materially other: a change of registrant (COR-1).
    HolderChanged {
        /// Who held the name before, with the data of then.
        prior: HolderRevision,
        /// What differs materially.
        fields: BTreeSet<HolderField>,
        /// When it was completed.
        at: Timestamp,
        /// Until when the name does not move to another registrar; none after an opt-out (COR-7).
        lock_until: Option<Timestamp>,
        /// The record of the registrant's opt-out.
        opt_out: Option<String>,
    },
    /// The sixty days after a change of registrant are over.
    HolderLockEnded,
    /// A reason for a client status was added.
    ReasonAdded {
        /// The status.
        status: EppStatus,
        /// The reason.
        reason: Reason,
    },
    /// A reason for a client status was lifted.
    ReasonLifted {
        /// The status.
        status: EppStatus,
        /// The reason.
        reason: Reason,
    },
    /// A fresh authInfo is at the registry and in the vault for its registrant (TRF-13).
    AuthInfoSet {
        /// When.
        at: Timestamp,
    },
    /// Its holder has to be verified, or the name is suspended (ACY-3 to ACY-8).
    VerificationOpened {
        /// Who.
        contact: ContactId,
        /// Why.
        cause: VerificationCause,
        /// Since when.
        at: Timestamp,
        /// When the name is suspended.
        suspend_at: Timestamp,
    },
    /// Its holder was not verified in time: the name's suspension was ordered (ACY-4).
    HolderSuspended {
        /// When.
        at: Timestamp,
    },
    /// No verification is waited for any more.
    VerificationEnded {
        /// Why.
        how: VerificationEnd,
    },
    /// The authInfo was cleared at the registry.
    AuthInfoCleared {
        /// When.
        at: Timestamp,
    },
    /// What the registry says of the name is now known.
    ActualObserved {
        /// What it said.
        actual: Box<Actual>,
    },
    /// The delegation found after a transfer in was taken over.
    DelegationAdopted,
    /// A grace period began.
    GraceBegan {
        /// Which.
        grace: Grace,
    },
    /// Grace periods are no longer kept: their charge was credited, or they ended so long ago that none can be.
    GraceEnded {
        /// The keys of their charges.
        charge_keys: Vec<String>,
    },
    /// The term ended without renewal (EXP-5 snapshot).
    DomainExpired {
        /// When the term ended.
        expired_at: Timestamp,
        /// The registrant at expiration.
        registrant_at_expiration: Option<ContactId>,
        /// Which revision of its data was the present one then.
        #[serde(default)]
        registrant_revision: Option<u64>,
        /// When we mean to delete it.
        delete_at: Timestamp,
    },
    /// The registry renewed the name by itself.
    AutoRenewedByRegistry {
        /// The registry's expiry now.
        expires_at: Timestamp,
    },
    /// The registry took back its own renewal, which nobody had paid for.
    AutoRenewalUndone,
    /// The registry had renewed the name by itself before it was deleted or moved away, and we hear of it only now.
    AutoRenewalHeardLate {
        /// The registry's expiry then.
        expires_at: Timestamp,
    },
    /// DNS interruption was ordered (EXP-7, EXP-8).
    DnsInterrupted {
        /// When.
        at: Timestamp,
    },
    /// The registry is known to have interrupted DNS; the eight days of EXP-8 run from here.
    DnsInterruptionConfirmed {
        /// When.
        at: Timestamp,
    },
    /// The registry no longer interrupts DNS although we want it to; the eight days start again.
    DnsInterruptionBroken {
        /// When we learned of it.
        at: Timestamp,
    },
    /// The expiry ended because the name was renewed; DNS is restored (EXP-10).
    ExpiryResolved,
    /// The deletion of an expired name was put off for a listed reason (EXP-14).
    DeletionPostponed {
        /// When we mean to delete it now.
        delete_at: Timestamp,
        /// The extenuating circumstance; none when a dispute ended and the deletion date is set anew (EXP-17).
        circumstance: Option<ExtenuatingCircumstance>,
    },
    /// A delete was ordered.
    DeletionOrdered {
        /// Why.
        cause: DeletionCause,
        /// When.
        at: Timestamp,
    },
    /// A delete was refused; the name is as before.
    DeletionFailed,
    /// The name is deleted and restorable.
    RedemptionBegan {
        /// When.
        deleted_at: Timestamp,
        /// Until when it can be restored.
        ends_at: Timestamp,
    },
    /// Redemption ended; nothing can be done any more.
    PendingDeleteBegan {
        /// When.
        at: Timestamp,
    },
    /// The name left the registry.
    DomainPurged {
        /// When.
        at: Timestamp,
    },
    /// A restore was ordered.
    RestoreOrdered {
        /// When.
        at: Timestamp,
        /// Why, in the words for the report.
        reason: String,
    },
    /// The registry accepted the restore request and waits for the report.
    RestoreRequested {
        /// When.
        at: Timestamp,
    },
    /// The registry refused the report for what it says; it is sent once more.
    RestoreReportRefused {
        /// When.
        at: Timestamp,
    },
    /// The restore came to nothing; the name is in redemption again.
    RestoreFailed,
    /// The name is back.
    DomainRestored {
        /// The registry's expiry.
        expires_at: Timestamp,
    },
    /// The registry took our transfer request.
    TransferInPending {
        /// What it said.
        state: TransferState,
    },
    /// The name is ours.
    TransferInCompleted {
        /// When.
        at: Timestamp,
        /// Its expiry.
        expires_at: Timestamp,
    },
    /// Our transfer request was refused, rejected, or cancelled: the registration ends.
    TransferInFailed {
        /// What the registry said.
        message: String,
    },
    /// Another registrar asked for the name.
    TransferOutRequested {
        /// What the registry said.
        state: TransferState,
        /// When we learned of it.
        at: Timestamp,
    },
    /// The registrant wants it: approval was ordered.
    TransferOutApproved,
    /// Denial was ordered, for a lawful reason (TRF-7, TRF-8).
    TransferOutDenied {
        /// The reason.
        reason: DenialReason,
    },
    /// Our answer to the transfer away was refused by the registry; the transfer is as before.
    TransferAnswerFailed,
    /// The transfer out ended without the name leaving.
    TransferOutEnded {
        /// What the registry said.
        state: TransferState,
    },
    /// The name is at another registrar.
    TransferredAway {
        /// When.
        at: Timestamp,
    },
    /// What the registry says differs from what we want, and no intent explains it.
    DriftFound {
        /// The elements that differ, by name.
        elements: Vec<String>,
    },
    /// What the registry says agrees with what we want again.
    DriftEnded,
    /// The registry no longer knows the name (2303), which nothing explains.
    NameMissing,
    /// The registry refused a step of our own course; it waits for a person.
    StepStalled {
        /// Which.
        step: Step,
    },
    /// Steps that waited for a person are tried again.
    StepsResumed,
    /// A duty was opened.
    DutyOpened {
        /// Its key.
        key: String,
        /// Its id.
        duty: DutyId,
        /// The contract's limit.
        hard_due: Timestamp,
    },
    /// A duty was closed, one way or the other.
    DutyClosed {
        /// Its key.
        key: String,
        /// How: fulfilled, released, lapsed.
        how: String,
    },
    /// A notice was ordered.
    NoticeOrdered {
        /// Its key, kind and term.
        key: String,
    },
    /// A notice was handed to its carrier.
    NoticeCarried {
        /// Which.
        notice: NoticeId,
        /// The duty it was for, by key.
        duty_key: Option<String>,
        /// When it left.
        at: Timestamp,
    },
    /// An expiry notice was not sent inside its window.
    NoticeMissed {
        /// The key of the duty that lapsed.
        duty_key: String,
        /// When.
        at: Timestamp,
    },
    /// An expiry notice was not due for this term, because its window had closed before.
    NoticeNotDue {
        /// The key of the duty that was not opened.
        duty_key: String,
    },
}
