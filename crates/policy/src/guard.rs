//! The guards of every change, in the exact order of obligations 23.3: the first rung that says no decides, and a lower rung
//! never lifts a higher one.

use model::{EppStatus, Timestamp};

use crate::matrix::{Answer, LifeState, Transform, answer};
use crate::reason::{Reason, ReasonOwner};
use crate::refusal::Refusal;
use crate::registration::{Phase, Registration};

/// What is about to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Doing {
    /// Nameservers, DS, contacts other than the registrant, authInfo.
    Update,
    /// Another registered name holder.
    ChangeRegistrant,
    /// A longer term.
    Renew,
    /// Letting a transfer away pass before its five days.
    ApproveTransfer,
    /// Denying a transfer away.
    DenyTransfer,
    /// The end.
    Delete,
    /// Back from redemption.
    Restore,
}

/// One rung: its number and name in obligations 23.3, and its test.
type Rung = (&'static str, fn(&Registration, Doing, Timestamp) -> Result<(), Refusal>);

/// The rungs from the highest to the lowest. The order is the rule; nothing else decides it.
const RUNGS: [Rung; 7] = [
    ("registry state or prohibition", registry),
    ("dispute or court", |registration, doing, _| dispute(registration, doing)),
    ("accuracy", |registration, doing, _| owned(registration, doing, ReasonOwner::Accuracy)),
    ("abuse", |registration, doing, _| owned(registration, doing, ReasonOwner::Abuse)),
    ("change of registrant", |registration, doing, _| owned(registration, doing, ReasonOwner::ChangeOfRegistrant)),
    ("registrant's lock", |registration, doing, _| owned(registration, doing, ReasonOwner::Registrant)),
    ("payment", |registration, doing, _| payment(registration, doing)),
];

/// Whether the rungs let it pass at `now`.
///
/// # Errors
///
/// The refusal of the highest rung that says no.
pub fn check(registration: &Registration, doing: Doing, now: Timestamp) -> Result<(), Refusal> {
    RUNGS.iter().try_for_each(|(_, rung)| rung(registration, doing, now))
}

/// Rungs 1 to 5: everything above the registrant's own lock.
///
/// # Errors
///
/// The refusal of the highest rung that says no.
pub fn check_above_registrant(registration: &Registration, doing: Doing, now: Timestamp) -> Result<(), Refusal> {
    const REGISTRANTS_LOCK: usize = 5;
    RUNGS.iter().take(REGISTRANTS_LOCK).try_for_each(|(_, rung)| rung(registration, doing, now))
}

/// Rung 1 alone: whether the registry can do it in the name's state at all.
///
/// # Errors
///
/// The refusal that names the state or the registry's prohibition.
pub fn check_registry(registration: &Registration, doing: Doing, now: Timestamp) -> Result<(), Refusal> {
    registry(registration, doing, now)
}

impl Doing {
    /// The registry's transform that carries it.
    #[must_use]
    pub fn transform(self) -> Transform {
        match self {
            Self::Update | Self::ChangeRegistrant => Transform::Update,
            Self::Renew => Transform::Renew,
            Self::ApproveTransfer | Self::DenyTransfer => Transform::AnswerTransfer,
            Self::Delete => Transform::Delete,
            Self::Restore => Transform::Restore,
        }
    }

    /// The client prohibition whose owners can stop it.
    fn prohibition(self) -> Option<EppStatus> {
        match self {
            Self::ApproveTransfer => Some(EppStatus::ClientTransferProhibited),
            other => other.transform().prohibitions().map(|(client, _)| client),
        }
    }

    fn phrase(self) -> &'static str {
        match self {
            Self::Update => "changed",
            Self::ChangeRegistrant => "given to another holder",
            Self::Renew => "renewed",
            Self::ApproveTransfer => "released to another registrar",
            Self::DenyTransfer => "kept from another registrar",
            Self::Delete => "deleted",
            Self::Restore => "restored",
        }
    }
}

fn registry(registration: &Registration, doing: Doing, now: Timestamp) -> Result<(), Refusal> {
    let (name, state) = (&registration.name, LifeState::of(registration, now));
    if doing.transform() == Transform::AnswerTransfer && registration.phase != Phase::TransferringOut {
        return Err(Refusal::new("transfer.none", "GUARD-1", format!("no transfer of `{name}` away is pending that we were told of")));
    }
    if let Answer::Refused(code) = answer(state, doing.transform()) {
        let sentence = format!("`{name}` cannot be {} while it is {}; the registry would answer {code}", doing.phrase(), state.phrase());
        return Err(Refusal::new("state.prohibits", "GUARD-1", sentence));
    }
    let server = doing.transform().prohibitions().map(|(_, server)| server);
    let is_prohibited = |status| registration.actual.as_ref().is_some_and(|actual| actual.statuses.contains(&status));
    match server.filter(|status| is_prohibited(*status)) {
        Some(status) => Err(Refusal::new(
            "registry.prohibits",
            "GUARD-1",
            format!("`{name}` cannot be {} while the registry keeps `{status}` on it", doing.phrase()),
        )
        .hint("ask the registry why it set the status; only the registry can lift it")),
        None => Ok(()),
    }
}

/// A dispute or a court blocks holder change, transfer and deletion whatever statuses it set; a renewal stays possible.
fn dispute(registration: &Registration, doing: Doing) -> Result<(), Refusal> {
    let is_blocked = matches!(doing, Doing::ChangeRegistrant | Doing::ApproveTransfer | Doing::Delete);
    for owner in [ReasonOwner::Dispute, ReasonOwner::Court] {
        if is_blocked && let Some(reason) = registration.desired.statuses.owned_by(owner).next() {
            return Err(kept(registration, doing, reason));
        }
        if doing != Doing::Renew {
            owned(registration, doing, owner)?;
        }
    }
    Ok(())
}

/// Whether `owner` holds the prohibition that stops it.
fn owned(registration: &Registration, doing: Doing, owner: ReasonOwner) -> Result<(), Refusal> {
    let Some(status) = doing.prohibition() else { return Ok(()) };
    match registration.desired.statuses.reasons(status).find(|reason| reason.owner == owner) {
        Some(reason) => Err(kept(registration, doing, reason)),
        None => Ok(()),
    }
}

/// Payment never stands in the way of a transfer (TRF-9, TRF-15); TRF-7's two cases are preconditions of a denial instead.
fn payment(registration: &Registration, doing: Doing) -> Result<(), Refusal> {
    match doing {
        Doing::ApproveTransfer | Doing::DenyTransfer => Ok(()),
        _ => owned(registration, doing, ReasonOwner::Payment),
    }
}

fn kept(registration: &Registration, doing: Doing, reason: &Reason) -> Refusal {
    let (code, rule, hint) = match reason.owner {
        ReasonOwner::Dispute => ("dispute.locked", "GUARD-2", "it can be done once the proceeding has ended and its reason is lifted"),
        ReasonOwner::Court => ("court.locked", "GUARD-2", "it can be done once the order is lifted"),
        ReasonOwner::Accuracy => ("accuracy.suspended", "GUARD-3", "have the holder verify the registration data"),
        ReasonOwner::Abuse => ("abuse.locked", "GUARD-4", "ask the abuse desk about the case"),
        ReasonOwner::ChangeOfRegistrant => ("holder-change.locked", "GUARD-5", "wait until the 60 days have passed"),
        ReasonOwner::Registrant | ReasonOwner::Expiry => ("registrant.locked", "GUARD-6", "have the registrant unlock it first"),
        ReasonOwner::Payment => ("payment.locked", "GUARD-7", "settle the invoice first"),
    };
    let sentence = format!(
        "`{}` cannot be {} while it is kept for {} ({})",
        registration.name,
        doing.phrase(),
        reason.owner.phrase(),
        reason.reference
    );
    Refusal::new(code, rule, sentence).hint(hint)
}
