//! Duties: none overdue, none lapsed, each fulfilled inside its window and closed when its name is.

use std::collections::HashMap;

use jiff::SignedDuration;
use model::Timestamp;
use policy::expiry::INTERRUPTION_MIN_DAYS;
use policy::registration::Phase;
use policy::{Duty, DutyState, Registration};
use store::{Store, StoreFault, duties, notices};

use super::PAGE_ROWS;

/// How long before an outage a duty may have come up and still be excused by it: we work once a day.
const WORKS_EVERY: SignedDuration = SignedDuration::from_hours(24);

/// How long before a deletion its work begins: the interruption, a day longer than it must be (EXP-8).
const INTERRUPTION: SignedDuration = SignedDuration::from_hours(24 * (INTERRUPTION_MIN_DAYS as i64 + 1));

/// What was looked at.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Owed {
    /// Duties.
    pub(super) count: u64,
    /// Of these, lapsed and excused by an outage.
    pub(super) excused: u64,
}

/// A duty lapses a second after its hard due.
const LAPSE_MARGIN: SignedDuration = SignedDuration::from_secs(1);

/// Checks every duty.
pub(super) fn check(
    store: &Store,
    now: Timestamp,
    portfolio: &[Registration],
    outages: &[(Timestamp, Timestamp)],
    findings: &mut Vec<String>,
) -> Result<Owed, StoreFault> {
    let by_id: HashMap<_, _> = portfolio.iter().map(|registration| (registration.id, registration)).collect();
    let mut after = None;
    let mut owed = Owed::default();
    loop {
        let page = store.read(|tx| duties::list(tx, &duties::DutyFilter::default(), after, PAGE_ROWS))?;
        let Some(last) = page.last() else { break };
        after = Some((last.hard_due, last.id));
        for duty in &page {
            owed.count += 1;
            if is_excused(duty, outages) {
                owed.excused += 1;
            } else if let Some(finding) = judge(duty, by_id.get(&duty.subject).copied(), now) {
                findings.push(finding);
            }
        }
    }
    let waiting = store.read(|tx| notices::list_uncarried(tx, None, now, PAGE_ROWS))?;
    findings.extend(waiting.iter().map(|(order, _)| format!("the notice {} ({}) was never carried", order.id, order.key)));
    Ok(owed)
}

/// Whether a duty lapsed, or was found fulfilled late, because nothing of ours ran: its time came up no earlier than on the last day before an outage, and was over
/// before its end. The contract knows no outage, so such a duty lapses in the open, with an entry in the ledger; what it must not be is
/// the fault of a registrar that was at work.
fn is_excused(duty: &Duty, outages: &[(Timestamp, Timestamp)]) -> bool {
    let is_late = match &duty.state {
        DutyState::Lapsed { .. } => true,
        DutyState::Fulfilled { at, .. } => at.duration_since(duty.hard_due) > LAPSE_MARGIN,
        DutyState::Open | DutyState::Released { .. } => false,
    };
    if !is_late {
        return false;
    }
    let came_up_at = duty.soft_due.max(duty.opens_at);
    let lies_in_one = |lead: SignedDuration, rest: SignedDuration| {
        let begins_in = |from: Timestamp| came_up_at.duration_since(from) >= lead - WORKS_EVERY;
        outages.iter().any(|(from, to)| begins_in(*from) && duty.hard_due.duration_since(*to) <= rest)
    };
    // A deletion whose interruption fell into the outage waits for a whole one after it, and then for the next day of work.
    lies_in_one(SignedDuration::ZERO, SignedDuration::ZERO)
        || (duty.obligation == "EXP-14" && lies_in_one(INTERRUPTION, INTERRUPTION + WORKS_EVERY))
}

fn judge(duty: &Duty, registration: Option<&Registration>, now: Timestamp) -> Option<String> {
    let Some(registration) = registration else { return Some(format!("the duty {} is owed for no registration", duty.key)) };
    let what = format!("the duty {} of `{}` (due {})", duty.key, registration.name, duty.hard_due);
    match &duty.state {
        DutyState::Open if duty.hard_due < now => Some(format!("{what} is overdue")),
        DutyState::Open if is_over(registration.phase) => Some(format!("{what} is open, and the name is {}", registration.phase.word())),
        DutyState::Open | DutyState::Released { .. } => None,
        DutyState::Lapsed { at } => Some(format!("{what} lapsed at {at}")),
        DutyState::Fulfilled { at, .. } if at.duration_since(duty.hard_due) > LAPSE_MARGIN => {
            Some(format!("{what} was fulfilled late, at {at}"))
        }
        DutyState::Fulfilled { at, .. } if *at < duty.opens_at => Some(format!("{what} was fulfilled at {at}, before it could be")),
        DutyState::Fulfilled { .. } => None,
    }
}

/// A name that left by transfer or purge owes nothing; a name that was denied owes nothing either.
fn is_over(phase: Phase) -> bool {
    phase.is_final()
}
