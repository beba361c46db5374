//! Proof of an unknown outcome. A lost connection after sending usually means *done*, and a blind repeat of a command that moves
//! money is the wrong default, so each operation has a question whose answer decides:
//!
//! | operation | asked | done if | else |
//! | --- | --- | --- | --- |
//! | domain create | `info` | ours, created by us inside the window of our attempts | repeat; somebody else's is a lost race |
//! | renew | `info` | expiry = old + period | repeat with the *old* `curExpDate`, so that a second success is impossible |
//! | transfer request | `transfer query`, `info` | pending for us, or the name is ours | repeat; pending for another is a lost race |
//! | approve, reject, cancel | `transfer query`, `info` | the status says so | repeat; decided otherwise is a refusal |
//! | delete | `info` | 2303, redemption or pending delete | repeat |
//! | restore, report | `info` | its grace status | repeat |
//! | update | `info` | every element is as intended | repeat the *difference* |
//! | authInfo | none | never | set the same again, which harms nobody |
//! | host, contact | `info` | as above | repeat |
//!
//! "Not found" is believed only after the registry's own deadline for a command has passed since the last attempt. Pure:
//! operation, evidence and answers in, [`Proof`] out.

mod change;
mod create;
mod delete;
mod finding;
mod object;
mod renew;
mod restore;
#[cfg(test)]
mod tests;
mod transfer;

use model::{Contact, RegistrarHandle, Timestamp};
use policy::calendar::CLOCK_SKEW_MINUTES;
use policy::{Done, ObjectKey, Operation};

use super::frame::Query;

pub(crate) use finding::{Finding, read};

/// How far a registry's clock may differ from ours, in seconds: five minutes, beyond what any registry was seen to drift.
pub(crate) const CLOCK_SKEW_SECONDS: i64 = CLOCK_SKEW_MINUTES * 60;

/// What is known besides the answers.
pub(crate) struct Evidence<'a> {
    /// Our handle at the registry.
    pub(crate) us: &'a RegistrarHandle,
    /// When the first attempt that may have left was sent.
    pub(crate) first_sent_at: Timestamp,
    /// From when on "not done" is believed: the last attempt plus the registry's deadline for a command.
    pub(crate) settled_from: Timestamp,
    /// The instant of the question.
    pub(crate) now: Timestamp,
    /// The contact's data as it should be, for contact updates.
    pub(crate) contact: Option<&'a Contact>,
}

/// What the answers prove.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Proof {
    /// It was carried out.
    Done(Box<Done>),
    /// The registry has it and decides later.
    Pending,
    /// It was not carried out. It is to be repeated with a new clTRID; only this part where not the whole.
    NotDone {
        /// What is left to do, where it is less than the whole.
        remaining: Option<Box<Operation>>,
    },
    /// It cannot be carried out any more: somebody else was first, or the object is gone.
    Lost {
        /// The code that a repeat would be answered with.
        code: u16,
        /// A sentence.
        message: String,
    },
    /// The answers prove nothing yet: ask again.
    StillUnknown {
        /// Why.
        reason: String,
    },
}

/// What to ask, in order; every answer is needed.
pub(crate) fn questions(operation: &Operation, object: &ObjectKey) -> Vec<Query> {
    match (object, operation) {
        (
            ObjectKey::Domain(name),
            Operation::RequestTransfer { .. } | Operation::CancelTransfer | Operation::ApproveTransfer | Operation::RejectTransfer,
        ) => vec![Query::Transfer(name.clone()), Query::Domain(name.clone())],
        (ObjectKey::Domain(name), _) => vec![Query::Domain(name.clone())],
        (ObjectKey::Host(_), Operation::RenameHost { to }) => vec![Query::Host(to.clone())],
        (ObjectKey::Host(host), _) => vec![Query::Host(host.clone())],
        (ObjectKey::Contact(handle), _) => vec![Query::Contact(handle.clone())],
    }
}

/// Decides by the table above.
pub(crate) fn prove(operation: &Operation, object: &ObjectKey, evidence: &Evidence<'_>, findings: &[Finding]) -> Proof {
    if let Some(reason) = findings.iter().find_map(Finding::failure) {
        return Proof::StillUnknown { reason };
    }
    let Some(first) = findings.first() else {
        return Proof::StillUnknown { reason: "the registry was not asked".to_owned() };
    };
    let proof = match operation {
        Operation::CreateDomain { .. } => create::prove(evidence, first),
        Operation::RenewDomain { current_expiry, period, .. } => renew::prove(*current_expiry, *period, evidence, first),
        Operation::RequestTransfer { .. } => transfer::prove_request(evidence, first, findings.get(1)),
        Operation::CancelTransfer | Operation::ApproveTransfer | Operation::RejectTransfer => {
            transfer::prove_answer(operation, evidence, first, findings.get(1))
        }
        Operation::UpdateDomain { change: wanted } => change::prove(wanted, evidence, first),
        Operation::SetAuthInfo { .. } => change::prove_auth_info(evidence, first),
        Operation::DeleteDomain => delete::prove(evidence, first),
        Operation::RequestRestore { .. } => restore::prove_request(evidence, first),
        Operation::ReportRestore { .. } => restore::prove_report(evidence, first),
        Operation::CreateHost { addresses } => object::prove_host_created(object, addresses, evidence, first),
        Operation::UpdateHost { add, remove } => object::prove_host_updated(add, remove, first),
        Operation::RenameHost { .. } => object::prove_host_renamed(first),
        Operation::DeleteHost | Operation::DeleteContact => object::prove_deleted(first),
        Operation::CreateContact { .. } => object::prove_contact_created(evidence, first),
        Operation::UpdateContact { .. } => object::prove_contact_updated(evidence, first),
    };
    believe(proof, evidence)
}

/// "Not done" and "lost" can be the calm before a late execution: they are believed only once no attempt can still be under way.
fn believe(proof: Proof, evidence: &Evidence<'_>) -> Proof {
    match proof {
        Proof::NotDone { .. } | Proof::Lost { .. } if evidence.now < evidence.settled_from => {
            Proof::StillUnknown { reason: format!("not done yet, and the registry may still carry it out until {}", evidence.settled_from) }
        }
        other => other,
    }
}

impl Proof {
    /// Not done, to be repeated as a whole.
    fn repeat() -> Self {
        Self::NotDone { remaining: None }
    }

    fn lost(code: u16, message: impl Into<String>) -> Self {
        Self::Lost { code, message: message.into() }
    }

    fn done(done: Done) -> Self {
        Self::Done(Box::new(Done { by_reconciliation: true, ..done }))
    }

    fn puzzled(finding: &Finding) -> Self {
        Self::StillUnknown { reason: format!("the registry's answer ({}) does not fit the question", finding.word()) }
    }
}
