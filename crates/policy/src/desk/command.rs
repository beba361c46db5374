//! What is done in a case, and what of it is allowed: pure, like everything here.

use std::collections::BTreeSet;

use model::Timestamp;

use super::case::{Case, CaseKind, CaseProfile, CaseState, Decision, Extension, Finding, Proposal};
use super::clock::THREE_DAYS_HOURS;
use crate::actor::{Actor, ActorKind};
use crate::calendar::add_hours;
use crate::publication::ConsentElement;
use crate::refusal::Refusal;

/// What is asked. Reasons are free text and may name people, so they are kept sealed beside the case and not here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CaseCommand {
    /// The sender was told that it is here (DSC-3).
    Acknowledge,
    /// Write something down.
    Note,
    /// The holder is asked (ACY-8).
    Inquire,
    /// Propose to disclose these elements (DSC-5).
    Propose {
        /// Which.
        elements: BTreeSet<ConsentElement>,
    },
    /// Agree to what somebody else proposed (DSC-5).
    Approve,
    /// Disclose nothing (DSC-5).
    Refuse,
    /// Answer later (DSC-4).
    Extend {
        /// Until when.
        until: Timestamp,
    },
    /// The answer leaves (DSC-4).
    Answer,
    /// A report was dealt with (ACY-9).
    Close {
        /// What came of it.
        finding: Finding,
    },
}

impl CaseCommand {
    /// The word in the ledger and in the log of a case.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Acknowledge => "acknowledge",
            Self::Note => "note",
            Self::Inquire => "inquire",
            Self::Propose { .. } => "propose",
            Self::Approve => "approve",
            Self::Refuse => "refuse",
            Self::Extend { .. } => "extend",
            Self::Answer => "answer",
            Self::Close { .. } => "close",
        }
    }
}

/// Where a command leads; none where it has no place.
fn next(kind: CaseKind, state: CaseState, command: &CaseCommand) -> Option<CaseState> {
    use CaseCommand as C;
    use CaseKind::{Disclosure, Inaccuracy};
    use CaseState as S;
    Some(match (kind, state, command) {
        (_, S::Closed, C::Note) => S::Closed,
        (_, S::Closed, _) => return None,
        (_, state, C::Note) => state,
        (_, S::Received, C::Acknowledge) => S::Open,
        (Inaccuracy, S::Open, C::Inquire) => S::Inquired,
        (Inaccuracy, S::Open | S::Inquired, C::Close { .. }) => S::Closed,
        (Disclosure, S::Open | S::Proposed, C::Propose { .. }) => S::Proposed,
        (Disclosure, S::Proposed, C::Approve) => S::Decided,
        (Disclosure, S::Open | S::Proposed, C::Refuse) => S::Decided,
        (Disclosure, S::Open | S::Proposed | S::Decided, C::Extend { .. }) => state,
        (Disclosure, S::Decided, C::Answer) => S::Closed,
        _ => return None,
    })
}

/// Decides a command: the case as it is afterwards.
///
/// # Errors
/// [`Refusal`] `case.state` where the command has no place; `case.four-eyes` where one person would decide alone to disclose;
/// `case.nothing`, `case.extension` for what cannot be meant.
pub fn decide(case: &Case, command: &CaseCommand, actor: &Actor, now: Timestamp) -> Result<Case, Refusal> {
    let Some(state) = next(case.kind, case.state, command) else {
        let sentence = format!("`{}` has no place in a case about {} that is {}", command.word(), case.kind.word(), case.state.word());
        return Err(Refusal::new("case.state", "DSC-4", sentence).hint(hint(case)));
    };
    let mut after = Case { state, ..case.clone() };
    match command {
        CaseCommand::Note => {}
        CaseCommand::Acknowledge => after.acknowledged_at = Some(now),
        CaseCommand::Inquire => after.inquired_at = Some(now),
        CaseCommand::Propose { elements } => {
            if elements.is_empty() {
                return Err(Refusal::new("case.nothing", "DSC-5", "a proposal to disclose names at least one element")
                    .hint("name elements of the registrant's data, or refuse the request with its reasons"));
            }
            after.proposal = Some(Proposal { by: actor.id, at: now, elements: elements.clone() });
        }
        CaseCommand::Approve => after.decision = Some(approve(case, actor, now)?),
        CaseCommand::Refuse => after.decision = Some(Decision::Refuse { by: actor.id, at: now }),
        CaseCommand::Extend { until } => after.extension = Some(extend(case, *until, actor, now)?),
        CaseCommand::Answer => after.closed_at = Some(now),
        CaseCommand::Close { finding } => (after.finding, after.closed_at) = (Some(*finding), Some(now)),
    }
    Ok(after)
}

/// DSC-5: two people, never one, never the machine.
fn approve(case: &Case, actor: &Actor, now: Timestamp) -> Result<Decision, Refusal> {
    let four_eyes = |sentence: &str| {
        Refusal::new("case.four-eyes", "DSC-5", sentence).hint("have another operator look at the proposal and approve or refuse it")
    };
    if !matches!(actor.kind, ActorKind::Operator { .. }) {
        return Err(four_eyes("only a person decides to disclose personal data"));
    }
    match &case.proposal {
        Some(proposal) if proposal.by != actor.id => Ok(Decision::Disclose { by: actor.id, at: now, elements: proposal.elements.clone() }),
        Some(_) => Err(four_eyes("whoever proposed to disclose personal data cannot approve it")),
        None => Err(four_eyes("nothing was proposed")),
    }
}

fn extend(case: &Case, until: Timestamp, actor: &Actor, now: Timestamp) -> Result<Extension, Refusal> {
    let no = |rule: &'static str, sentence: &str| Refusal::new("case.extension", rule, sentence);
    if case.due().is_none_or(|due| until <= due.hard_due) {
        return Err(no("DSC-4", "an extension ends later than the case does now").hint("give a later instant"));
    }
    match case.profile {
        CaseProfile::Standard => Ok(Extension { by: actor.id, at: now, until }),
        CaseProfile::Nis2 => Err(no("EUL-4", "the reply within 72 hours has no extension").hint("answer with what can be said now")),
        CaseProfile::Urgent if until > add_hours(case.received_at, THREE_DAYS_HOURS) => {
            Err(no("DSC-7", "an urgent request is answered within 72 hours at most").hint("give an earlier instant"))
        }
        CaseProfile::Urgent => Ok(Extension { by: actor.id, at: now, until }),
    }
}

/// What can be done in a case as it stands.
fn hint(case: &Case) -> &'static str {
    match (case.kind, case.state) {
        (_, CaseState::Closed) => "the case is closed; a note can still be added",
        (_, CaseState::Received) => "acknowledge it first",
        (CaseKind::Disclosure, CaseState::Open) => "propose what to disclose, refuse, or extend with a reason",
        (CaseKind::Disclosure, CaseState::Proposed) => "another operator approves or refuses; a new proposal replaces this one",
        (CaseKind::Disclosure, _) => "send the answer",
        (CaseKind::Inaccuracy, CaseState::Open) => "ask the holder, or close it with a finding",
        (CaseKind::Inaccuracy, _) => "close it with a finding",
    }
}
