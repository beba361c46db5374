//! Duties: none overdue, none lapsed, each fulfilled inside its window and closed when its name is.

use std::collections::HashMap;

use jiff::SignedDuration;
use model::Timestamp;
use policy::registration::Phase;
use policy::{Duty, DutyState, Registration};
use store::{Store, StoreFault, duties, notices};

use super::PAGE_ROWS;

/// Checks every duty; gives how many.
pub(super) fn check(store: &Store, now: Timestamp, portfolio: &[Registration], findings: &mut Vec<String>) -> Result<u64, StoreFault> {
    let by_id: HashMap<_, _> = portfolio.iter().map(|registration| (registration.id, registration)).collect();
    let mut after = None;
    let mut count = 0;
    loop {
        let page = store.read(|tx| duties::list(tx, &duties::DutyFilter::default(), after, PAGE_ROWS))?;
        let Some(last) = page.last() else { break };
        after = Some((last.hard_due, last.id));
        for duty in &page {
            count += 1;
            if let Some(finding) = judge(duty, by_id.get(&duty.subject).copied(), now) {
                findings.push(finding);
            }
        }
    }
    let waiting = store.read(|tx| notices::list_uncarried(tx, None, PAGE_ROWS))?;
    findings.extend(waiting.iter().map(|order| format!("the notice {} ({}) was never carried", order.id, order.key)));
    Ok(count)
}

fn judge(duty: &Duty, registration: Option<&Registration>, now: Timestamp) -> Option<String> {
    let Some(registration) = registration else { return Some(format!("the duty {} is owed for no registration", duty.key)) };
    let what = format!("the duty {} of `{}` (due {})", duty.key, registration.name, duty.hard_due);
    match &duty.state {
        DutyState::Open if duty.hard_due < now => Some(format!("{what} is overdue")),
        DutyState::Open if is_over(registration.phase) => Some(format!("{what} is open, and the name is {}", registration.phase.word())),
        DutyState::Open | DutyState::Released { .. } => None,
        DutyState::Lapsed { at } => Some(format!("{what} lapsed at {at}")),
        // A duty lapses a second after its hard due.
        DutyState::Fulfilled { at, .. } if at.duration_since(duty.hard_due) > SignedDuration::from_secs(1) => {
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
