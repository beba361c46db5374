//! An answer settles an intent, or shows what must happen before it can be settled. Pure: operation and response in, [`Settled`] out.

mod facts;
mod reaction;
#[cfg(test)]
mod tests;

use epp::{Response, ResultCode};
use policy::{Operation, Outcome};

#[cfg(test)]
use facts::fee_in;
pub(crate) use reaction::{Reaction, reaction_to, words_of};

/// What an answer means for its intent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Settled {
    /// The answer says it all.
    Outcome {
        /// What came of it.
        outcome: Outcome,
        /// What the registry's answer says about us besides.
        reaction: Reaction,
    },
    /// Carried out, and the answer does not say what the registry made of it: a query tells.
    NeedsFacts,
    /// Refused, and the refusal may be the echo of an earlier attempt that was carried out, or of a state that is as wanted: a query
    /// tells. If the query shows that it was not done, the refusal stands.
    Doubtful {
        /// The result code.
        code: u16,
        /// The registry's words.
        message: String,
    },
    /// The registry failed or closed the session: it may have been carried out.
    Unknown {
        /// The registry's words.
        message: String,
    },
    /// The registry failed and says that nothing was done (2400): again after an `info`, a bounded number of times.
    Again {
        /// The result code.
        code: u16,
        /// The registry's words.
        message: String,
    },
    /// The account's balance does not cover it (2104).
    NoMoney {
        /// The result code.
        code: u16,
        /// The registry's words.
        message: String,
    },
}

/// Reads the answer to one attempt. `had_unknown` says whether an earlier attempt at the same intent ended unknown.
pub(crate) fn settle(operation: &Operation, response: &Response, had_unknown: bool) -> Settled {
    let (code, reaction) = reaction_to(response);
    let message = words_of(response);
    match reaction {
        Reaction::Done | Reaction::Pending => accepted(operation, response, code),
        Reaction::Unknown => Settled::Unknown { message },
        Reaction::Again => Settled::Again { code: code.get(), message },
        Reaction::NoMoney => Settled::NoMoney { code: code.get(), message },
        Reaction::OurFault | Reaction::ObjectState | Reaction::Caller => {
            if had_unknown || may_be_as_wanted(operation, code) {
                return Settled::Doubtful { code: code.get(), message };
            }
            Settled::Outcome { outcome: Outcome::Refused { code: code.get(), message }, reaction }
        }
    }
}

fn accepted(operation: &Operation, response: &Response, code: ResultCode) -> Settled {
    let done = facts::done(operation, response);
    // A transfer that was requested is done as a command; the transfer itself is pending. A delete or restore that the registry
    // completes by itself later is described by the object's state, which is asked for.
    if code.is_pending() && done.transfer.is_none() && !facts::follows_up(operation) {
        let svtrid = response.svtrid.as_ref().map(|id| id.as_str().to_owned()).unwrap_or_default();
        return Settled::Outcome { outcome: Outcome::Pending { svtrid }, reaction: Reaction::Pending };
    }
    if facts::suffice(operation, &done) {
        Settled::Outcome { outcome: Outcome::Done(done), reaction: Reaction::Done }
    } else {
        Settled::NeedsFacts
    }
}

/// Refusals that can mean that things are as wanted already, even at the first attempt.
fn may_be_as_wanted(operation: &Operation, code: ResultCode) -> bool {
    match operation {
        // Two names ordered at once plan the same host, or the same holder's contact, and one of the two is first.
        Operation::CreateHost { .. } | Operation::CreateContact { .. } => code == ResultCode::OBJECT_EXISTS,
        Operation::DeleteDomain | Operation::DeleteHost | Operation::DeleteContact => code == ResultCode::OBJECT_DOES_NOT_EXIST,
        Operation::CancelTransfer | Operation::ApproveTransfer | Operation::RejectTransfer => code == ResultCode::NOT_PENDING_TRANSFER,
        _ => false,
    }
}
