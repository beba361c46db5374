//! What may be asked of a registration, one file a command, and the one function that decides.

mod accept_actual;
mod adopt_domain;
mod approve_transfer_out;
mod ask_holder;
mod cancel_transfer_in;
mod change_contacts;
mod change_ds;
mod change_nameservers;
mod delete_domain;
mod deny_transfer_out;
mod hold;
mod lock;
mod notice_sent;
mod observe;
mod postpone_deletion;
mod push_desired;
mod register_domain;
mod renew_domain;
mod request_transfer_in;
mod restore_domain;
mod rules_of_names;
mod set_auth_info;
mod set_auto_renew;
mod settle_intent;
mod take_holder_change;
mod take_holder_news;
mod take_registry_event;
mod tick;

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use model::{ContactId, ContactRole, DomainName, DsData, EppStatus, HostName, IntentId, Money, Period, Timestamp};
use serde::{Deserialize, Serialize};

use crate::actor::Permission;
use crate::context::Context;
use crate::holder::HolderChange;
use crate::launch::LaunchOrder;
use crate::outcome::{Outcome, RegistryEvent};
use crate::reason::Reason;
use crate::refusal::Refusal;
use crate::registration::{Actual, DeletionCause, Registration};
use crate::transfer::DenialReason;
use crate::verdict::Verdict;
use crate::verification::HolderNews;

/// A command on one registration. The first three begin one; the others need one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", tag = "command")]
// Commands live one at a time on the stack of one decision; a box each would save nothing.
#[allow(clippy::large_enum_variant, reason = "one lives at a time, and a box would stand in every test and match")]
pub enum DomainCommand {
    /// Register a new name.
    Register(RegisterDomain),
    /// Bring a name here from another registrar. The authInfo is in the vault already.
    RequestTransferIn(RequestTransferIn),
    /// Take on a name that the registry holds for us and our records do not hold any more.
    Adopt(AdoptDomain),
    /// Extend the term.
    Renew(RenewDomain),
    /// Say whether the name is to be renewed at expiry.
    SetAutoRenew {
        /// The wish.
        auto_renew: bool,
    },
    /// Delegate elsewhere.
    ChangeNameservers {
        /// The whole new delegation, glue for hosts below the name.
        nameservers: BTreeMap<HostName, BTreeSet<IpAddr>>,
    },
    /// Replace the DS records at the parent.
    ChangeDs {
        /// The whole new set.
        ds: BTreeSet<DsData>,
    },
    /// Name other contacts.
    ChangeContacts {
        /// The registered name holder, if it changes.
        registrant: Option<ContactId>,
        /// The whole new set of contacts by role.
        contacts: BTreeMap<ContactRole, ContactId>,
        /// Where the registrant opted out of the lock after a change of registrant beforehand: the record of that (COR-7).
        #[serde(default)]
        lock_opt_out: Option<String>,
    },
    /// The data of the registered name holder was changed materially: a change of registrant without another contact (COR-1).
    TakeHolderChange {
        /// Whose data.
        contact: ContactId,
        /// What the registrar found.
        change: HolderChange,
    },
    /// The registered name holder was verified, or has to be verified anew (ACY-3 to ACY-8).
    TakeHolderNews {
        /// Who.
        contact: ContactId,
        /// What became known.
        news: HolderNews,
    },
    /// A letter to a holder who has to verify is due; it goes out for this name and is about all of theirs (ACY-3).
    AskHolder {
        /// Who.
        contact: ContactId,
        /// Which round of asking it is; another one begins with another address.
        round: String,
        /// Which letter of it: 0 the first, then the reminders.
        letter: u32,
    },
    /// The registrant's own lock: transfer, update and delete prohibited (TRF-12 for consent).
    Lock {
        /// Which statuses.
        statuses: BTreeSet<EppStatus>,
    },
    /// Lift the registrant's own lock. Lifts nobody else's.
    Unlock {
        /// Which statuses.
        statuses: BTreeSet<EppStatus>,
    },
    /// Set a fresh authInfo for a transfer away (TRF-13). The value is in the vault already.
    SetAuthInfo,
    /// Add a reason for a client status, by its owner.
    Hold {
        /// The status.
        status: EppStatus,
        /// The reason.
        reason: Reason,
    },
    /// Lift a reason, by its owner.
    Release {
        /// The status.
        status: EppStatus,
        /// The reason.
        reason: Reason,
    },
    /// Delete the name.
    Delete {
        /// Why.
        cause: DeletionCause,
    },
    /// Restore it from redemption.
    Restore {
        /// The restore fee agreed to, where the profile names one.
        fee: Option<Money>,
        /// Why, for the report.
        reason: String,
    },
    /// Cancel our own transfer request.
    CancelTransferIn,
    /// The registrant wants the transfer away.
    ApproveTransferOut,
    /// Deny the transfer away, for a reason of the closed lists.
    DenyTransferOut {
        /// The reason.
        reason: DenialReason,
    },
    /// Put off the deletion of an expired name for a listed circumstance (EXP-14).
    PostponeDeletion {
        /// Until when.
        until: Timestamp,
        /// The circumstance, from the closed list.
        circumstance: crate::expiry::ExtenuatingCircumstance,
    },
    /// An intent of this registration was settled.
    SettleIntent {
        /// Which.
        intent: IntentId,
        /// What it was.
        operation: crate::intent::Operation,
        /// What came of it.
        outcome: Outcome,
    },
    /// The registry announced something about the name.
    TakeRegistryEvent(RegistryEvent),
    /// An `info` answered; `None` where the registry says that the name does not exist (2303).
    Observe {
        /// What it said.
        actual: Option<Box<Actual>>,
    },
    /// Bring the registry to what we want, after a drift was shown (never by itself).
    PushDesired,
    /// Accept what the registry says as what we want, after a drift was shown (never by itself).
    AcceptActual,
    /// A notice was handed to its carrier.
    NoticeSent {
        /// Which.
        notice: model::NoticeId,
        /// The duty it was for, by key.
        duty_key: Option<String>,
        /// When it left.
        at: Timestamp,
    },
    /// Carry out whatever has come due.
    Tick,
}

/// Register a new name (RFC 5731 section 3.2.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegisterDomain {
    /// The name.
    pub name: DomainName,
    /// The term.
    pub period: Period,
    /// The registered name holder.
    pub registrant: Option<ContactId>,
    /// Contacts by role.
    pub contacts: BTreeMap<ContactRole, ContactId>,
    /// Delegation.
    pub nameservers: BTreeMap<HostName, BTreeSet<IpAddr>>,
    /// DS records.
    pub ds: BTreeSet<DsData>,
    /// Whether to renew at expiry.
    pub auto_renew: bool,
    /// Consent to `clientTransferProhibited` from the start (TRF-12): the reference of the agreed terms.
    pub lock_consent: Option<String>,
    /// The fee the buyer agreed to, for a premium name.
    pub fee: Option<Money>,
    /// What the launch phase or a reserved name asks for.
    #[serde(default)]
    pub launch: LaunchOrder,
}

/// Bring a name here from another registrar (TRF-3, TRF-4).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestTransferIn {
    /// The name.
    pub name: DomainName,
    /// The registered name holder at our house.
    pub registrant: Option<ContactId>,
    /// Contacts by role.
    pub contacts: BTreeMap<ContactRole, ContactId>,
    /// When the registrant authorised it; a stale authorisation is refused (TRF-4).
    pub authorised_at: Timestamp,
    /// The fee agreed to.
    pub fee: Option<Money>,
    /// Whether an allocation token is in the vault (RFC 8495).
    #[serde(default)]
    pub has_token: bool,
}

/// Take on a name from a record of it: a deposit, or the registry's own word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AdoptDomain {
    /// The name.
    pub name: DomainName,
    /// The registered name holder.
    pub registrant: Option<ContactId>,
    /// Contacts by role.
    pub contacts: BTreeMap<ContactRole, ContactId>,
    /// The end of the term by the record.
    pub expires_at: Option<Timestamp>,
    /// What the record is, for the ledger. No personal data.
    pub source: String,
}

/// Extend the term.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RenewDomain {
    /// How many years.
    pub period: Period,
    /// The end of the term as the asker sees it; a repeat of a renewal that was done is refused by this.
    pub current_expiry: Timestamp,
    /// The fee agreed to.
    pub fee: Option<Money>,
}

impl DomainCommand {
    /// What the actor must be allowed to do.
    #[must_use]
    pub fn permission(&self) -> Permission {
        match self {
            Self::Register(_) => Permission::RegisterDomain,
            Self::RequestTransferIn(_) | Self::CancelTransferIn => Permission::TransferIn,
            Self::Renew(_) | Self::SetAutoRenew { .. } => Permission::RenewDomain,
            Self::ChangeNameservers { .. } | Self::ChangeDs { .. } | Self::ChangeContacts { .. } => Permission::ChangeDomain,
            Self::Lock { .. } | Self::Unlock { .. } => Permission::LockDomain,
            Self::SetAuthInfo => Permission::ReleaseAuthInfo,
            Self::Hold { .. } | Self::Release { .. } => Permission::HoldDomain,
            Self::Delete { .. } | Self::PostponeDeletion { .. } => Permission::DeleteDomain,
            Self::Restore { .. } => Permission::RestoreDomain,
            Self::ApproveTransferOut | Self::DenyTransferOut { .. } => Permission::TransferOut,
            Self::SettleIntent { .. } | Self::TakeRegistryEvent(_) | Self::Observe { .. } => Permission::RecordRegistry,
            Self::PushDesired | Self::AcceptActual | Self::Adopt(_) => Permission::ResolveDrift,
            Self::TakeHolderChange { .. } | Self::TakeHolderNews { .. } | Self::AskHolder { .. } => Permission::RunClock,
            Self::NoticeSent { .. } | Self::Tick => Permission::RunClock,
        }
    }
}

/// Decides a command: what follows, or which rule says no. Pure; the registration is changed by applying the verdict's events.
///
/// The first three commands begin a registration and take none that is still alive; all others need one. A verdict that is
/// empty means that the command was carried out before, or that nothing is due.
///
/// # Errors
///
/// A refusal that names its rule; nothing changed.
pub fn decide(registration: Option<&Registration>, command: &DomainCommand, context: &mut Context<'_>) -> Result<Verdict, Refusal> {
    match command {
        DomainCommand::Register(order) => {
            check_free(registration, &order.name)?;
            register_domain::decide(order, context)
        }
        DomainCommand::RequestTransferIn(order) => {
            check_free(registration, &order.name)?;
            request_transfer_in::decide(order, context)
        }
        DomainCommand::Adopt(order) => {
            check_free(registration, &order.name)?;
            adopt_domain::decide(order, context)
        }
        other => {
            match registration {
                Some(registration) => decide_on(registration, other, context),
                None => Err(Refusal::new("domain.unknown", "RFC 5731 2.1", "no such name is or was registered here")
                    .hint("look at the list of names")),
            }
        }
    }
}

fn check_free(registration: Option<&Registration>, name: &DomainName) -> Result<(), Refusal> {
    match registration.filter(|registration| !registration.phase.is_final()) {
        Some(open) => {
            let sentence = format!("`{name}` is on our books already: {}", open.phase.word());
            Err(Refusal::new("domain.exists", "RFC 5731 3.2.1", sentence).hint("look at it before ordering it again"))
        }
        None => Ok(()),
    }
}

fn decide_on(registration: &Registration, command: &DomainCommand, context: &mut Context<'_>) -> Result<Verdict, Refusal> {
    use DomainCommand as C;
    match command {
        C::Register(order) => register_domain::decide(order, context),
        C::RequestTransferIn(order) => request_transfer_in::decide(order, context),
        C::Adopt(order) => adopt_domain::decide(order, context),
        C::Renew(order) => renew_domain::decide(registration, order, context),
        C::SetAutoRenew { auto_renew } => set_auto_renew::decide(registration, *auto_renew, context),
        C::ChangeNameservers { nameservers } => change_nameservers::decide(registration, nameservers, context),
        C::ChangeDs { ds } => change_ds::decide(registration, ds, context),
        C::ChangeContacts { registrant, contacts, lock_opt_out } => {
            change_contacts::decide(registration, *registrant, contacts, lock_opt_out.as_deref(), context)
        }
        C::TakeHolderChange { contact, change } => take_holder_change::decide(registration, *contact, change, context),
        C::TakeHolderNews { contact, news } => take_holder_news::decide(registration, *contact, *news, context),
        C::AskHolder { contact, round, letter } => ask_holder::decide(registration, *contact, round, *letter, context),
        C::Lock { statuses } => lock::lock(registration, statuses, context),
        C::Unlock { statuses } => lock::unlock(registration, statuses, context),
        C::SetAuthInfo => set_auth_info::decide(registration, context),
        C::Hold { status, reason } => hold::hold(registration, *status, reason, context),
        C::Release { status, reason } => hold::release(registration, *status, reason, context),
        C::Delete { cause } => delete_domain::decide(registration, *cause, context),
        C::Restore { fee, reason } => restore_domain::decide(registration, *fee, reason, context),
        C::CancelTransferIn => cancel_transfer_in::decide(registration, context),
        C::ApproveTransferOut => approve_transfer_out::decide(registration, context),
        C::DenyTransferOut { reason } => deny_transfer_out::decide(registration, reason, context),
        C::PostponeDeletion { until, circumstance } => postpone_deletion::decide(registration, *until, *circumstance, context),
        C::SettleIntent { intent, outcome, .. } => settle_intent::decide(registration, *intent, outcome, context),
        C::TakeRegistryEvent(event) => take_registry_event::decide(registration, event, context),
        C::Observe { actual } => observe::decide(registration, actual.as_deref(), context),
        C::PushDesired => push_desired::decide(registration, context),
        C::AcceptActual => accept_actual::decide(registration, context),
        C::NoticeSent { notice, duty_key, at } => notice_sent::decide(registration, *notice, duty_key.as_deref(), *at, context),
        C::Tick => tick::decide(registration, context),
    }
}
