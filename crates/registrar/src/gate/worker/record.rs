//! Putting on record what became of an intent: the answer in the journal, the attempt's end, the intent's new state and the command
//! that tells the rules, in one transaction under the lease's fence.

use model::{ClTrid, Timestamp};
use policy::{DomainCommand, IntentState, Outcome};
use store::intents::IntentRow;
use store::{Fence, Tx, intents};

use super::ruling::{Conclusion, Ruling};
use crate::actor;
use crate::authorised::authorise;
use crate::execute::execute;
use crate::failure::Failure;
use crate::gate::line::{Asked, Line};
use crate::gate::port::Answered;
use crate::order::{DomainOrder, Target};
use crate::registry::alarm::{self, Raised};
use crate::registry::balance;

pub(super) use super::note;

/// Everything there is to put on record once an attempt or a proof has ended.
pub(super) struct Ended {
    /// The intent as it was before.
    pub(super) row: IntentRow,
    /// The attempt that this is about.
    pub(super) cltrid: Option<ClTrid>,
    /// Its answer, if it came just now.
    pub(super) answered: Option<Box<Answered>>,
    /// The questions that were asked, with their answers.
    pub(super) asked: Vec<Asked>,
    /// What follows.
    pub(super) ruling: Ruling,
}

/// Commits it. Nothing is written by a gate that lost its lease: the new owner finds the truth by asking.
pub(super) fn record(tx: &mut Tx<'_>, line: &Line, fence: &Fence, ended: &Ended) -> Result<(), Failure> {
    fence.check(tx)?;
    let now = line.registrar.now();
    let id = ended.row.intent.id;
    if let (Some(cltrid), Some(answered)) = (&ended.cltrid, &ended.answered) {
        line.complete(tx, cltrid, answered)?;
    }
    for asked in &ended.asked {
        asked.record(tx, line)?;
    }
    if let (Some(cltrid), Some(note)) = (&ended.cltrid, ended.ruling.note) {
        intents::end_attempt(tx, cltrid, now, note)?;
    }
    match &ended.ruling.conclusion {
        Conclusion::Settled(outcome) => settle(tx, line, &ended.row, outcome, now)?,
        Conclusion::Pending { svtrid } => {
            intents::mark_pending(tx, id, svtrid)?;
            tell(tx, line, &ended.row, Outcome::Pending { svtrid: svtrid.clone() }, now)?;
        }
        Conclusion::Ready { at, remaining } => intents::mark_ready(tx, id, *at, remaining.as_ref())?,
        Conclusion::Unknown { prove_at, .. } => intents::mark_unknown(tx, id, *prove_at)?,
        Conclusion::Stay => {}
    }
    if let Some(words) = &ended.ruling.money {
        balance::stop(tx, line.registry(), words, now)?;
    }
    if let Some(raised) = &ended.ruling.alarm {
        alarm::raise(tx, raised, now)?;
    }
    if let Some(actual) = &ended.ruling.observed {
        order(tx, line, &ended.row, DomainCommand::Observe { actual: actual.clone() }, now)?;
    }
    Ok(())
}

/// Settles an intent and tells the rules. What waited for a refused or cancelled one is cancelled with it.
pub(crate) fn settle(tx: &mut Tx<'_>, line: &Line, row: &IntentRow, outcome: &Outcome, now: Timestamp) -> Result<(), Failure> {
    let state = match outcome {
        Outcome::Done(_) => IntentState::Confirmed,
        Outcome::Pending { .. } => IntentState::Pending,
        Outcome::Refused { .. } => IntentState::Refused,
        Outcome::Cancelled { .. } => IntentState::Cancelled,
    };
    // Those who wait are read first: the rules may decide new intents that wait for this one.
    let waiting = intents::list_waiting_on(tx, row.intent.id)?;
    intents::settle(tx, row.intent.id, state, outcome, now)?;
    tell(tx, line, row, outcome.clone(), now)?;
    if let Outcome::Refused { message, .. } | Outcome::Cancelled { message } = outcome {
        let message = format!("`{}` of {} came to nothing: {message}", row.intent.operation.word(), row.intent.object);
        for dependent in waiting {
            cancel_unsent(tx, line, &dependent, &Outcome::Cancelled { message: message.clone() }, now)?;
        }
    }
    Ok(())
}

/// Cancels an intent that was never sent, with all that waits for it. One that the rules settled meanwhile stays as it is.
pub(super) fn cancel_unsent(tx: &mut Tx<'_>, line: &Line, row: &IntentRow, outcome: &Outcome, now: Timestamp) -> Result<(), Failure> {
    match intents::find(tx, row.intent.id)? {
        Some(current) if current.state.is_open() => settle(tx, line, &current, outcome, now),
        _ => Ok(()),
    }
}

fn tell(tx: &mut Tx<'_>, line: &Line, row: &IntentRow, outcome: Outcome, now: Timestamp) -> Result<(), Failure> {
    let command = DomainCommand::SettleIntent { intent: row.intent.id, operation: row.intent.operation.clone(), outcome };
    order(tx, line, row, command, now)
}

/// Gives an order as the gate. What happened at the registry happened, so a refusal of the rules does not undo the record: it is
/// raised as an alarm for somebody to look into.
fn order(tx: &mut Tx<'_>, line: &Line, row: &IntentRow, command: DomainCommand, now: Timestamp) -> Result<(), Failure> {
    let order = authorise(&actor::gate(), DomainOrder::new(Target::Existing(row.intent.domain), command))?;
    match execute(tx, &line.registrar, &order) {
        Ok(_) => Ok(()),
        Err(Failure::Refused(refusal)) => {
            let sentence = format!(
                "the rules refused what registry `{}` did for {} ({refusal}); look at the name and reconcile it",
                line.registry(),
                row.intent.object
            );
            alarm::raise(tx, &Raised::at(line.registry(), "unruled", sentence).about(&row.intent.object), now)?;
            Ok(())
        }
        Err(other) => Err(other),
    }
}
