//! Who asks, and what asking needs.

use model::{ActorId, RegistryId};
use serde::{Deserialize, Serialize};

/// Who or what a command comes from. There is no default actor: whoever builds a command says who asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
    /// The actor's id, as written into the ledger.
    pub id: ActorId,
    /// What kind of actor it is.
    pub kind: ActorKind,
}

/// The kinds of actor. Each has a fixed set of permissions, see [`ActorKind::may`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ActorKind {
    /// A named person who runs this registrar and proved it with an operator token.
    Operator {
        /// The name given when the operator was enrolled.
        name: String,
    },
    /// The clock: a duty or a schedule that came due.
    Timer,
    /// The EPP gate, when it settles the outcome of an intent.
    Gate,
    /// A registry, speaking through its poll queue or an `info` answer.
    Registry {
        /// Which registry spoke.
        registry: RegistryId,
    },
}

/// What a command needs its actor to be allowed to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Permission {
    /// Register a new name, spend money.
    RegisterDomain,
    /// Renew a name, spend money.
    RenewDomain,
    /// Change nameservers, hosts, DS records or contacts.
    ChangeDomain,
    /// Set or lift the registrant's lock.
    LockDomain,
    /// Obtain an authInfo (TRF-13).
    ReleaseAuthInfo,
    /// Ask for or cancel a transfer in.
    TransferIn,
    /// Approve or deny a transfer out on behalf of the registrant (TRF-1, TRF-7).
    TransferOut,
    /// Delete a name.
    DeleteDomain,
    /// Restore a deleted name, spend money.
    RestoreDomain,
    /// Put a name on hold, or release it, for a stated reason.
    HoldDomain,
    /// Accept what the registry says where it differs from our records.
    ResolveDrift,
    /// Record what a registry answered or announced.
    RecordRegistry,
    /// Carry out what has come due.
    RunClock,
    /// Read registrations, duties and proofs.
    ReadPortfolio,
    /// Ask a registry about names, or log in there to see how the account stands: nothing changes, but the question leaves the house.
    AskRegistry,
    /// Take a registry's waiting messages by hand: they are acknowledged there, and change registrations here.
    TakeMessages,
    /// Compare names with their registries by hand: what the registry says is written down.
    ReconcileNames,
    /// Erase a person's data, hold it for a court, let it go again.
    EraseRegistrant,
    /// Read and hand out everything that is held about a person.
    ReadRegistrant,
    /// Read what was said to registries and what they answered.
    ReadJournal,
    /// Take a holder's answer to a verification, verify by hand, or have one verified anew (ACY-3 to ACY-8).
    VerifyHolder,
    /// Enrol and revoke operators.
    ManageOperators,
    /// Work on what the public sent: read it, decide it, answer it.
    WorkDesk,
    /// Note that a notice came back, which casts doubt on its holder's address.
    TakeBounce,
    /// Read notices as they left, with the personal data in them.
    ReadNotices,
    /// Write and send a deposit, and read one back: everybody's data leaves the vault, sealed for the agent (ESC-1).
    RunDeposit,
    /// Freeze the instance after a restore, take a deposit on, thaw it, hand everything over: everybody's data comes and goes (END-5).
    Recover,
    /// Make and check backups, and play drills with them: everybody's data leaves the machine, sealed for the recovery key.
    RunBackup,
}

impl ActorKind {
    /// Whether this kind of actor holds `permission`.
    ///
    /// Operators hold every permission that a person can use; the machine's own actors hold only what their work needs,
    /// so that a poll message can never order a deletion.
    #[must_use]
    pub fn may(&self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            Self::Operator { .. } => !matches!(permission, P::RecordRegistry | P::RunClock),
            Self::Timer => {
                matches!(permission, P::RunClock | P::ReadPortfolio | P::VerifyHolder | P::TakeBounce | P::RunDeposit | P::RunBackup)
            }
            Self::Gate | Self::Registry { .. } => matches!(permission, P::RecordRegistry | P::ReadPortfolio),
        }
    }

    /// The word used for this kind in ledger rows and tables.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Operator { .. } => "operator",
            Self::Timer => "timer",
            Self::Gate => "gate",
            Self::Registry { .. } => "registry",
        }
    }
}
