//! Says, once each, that a case is half through its time, that our own target has come, that its limit has passed (DSC-4).

use jiff::SignedDuration;
use model::Timestamp;
use policy::desk::{Case, Warning};
use store::desk;

use crate::failure::Failure;
use crate::registrar::Registrar;
use crate::registry::alarm::{self, Raised};

/// Cases looked at in one transaction.
const PAGE_CASES: u32 = 100;
/// The least time there is.
const INSTANT: SignedDuration = SignedDuration::from_micros(1);

/// Whether something has to be said now.
pub(super) fn is_due(registrar: &Registrar) -> Result<bool, Failure> {
    let now = registrar.now();
    registrar.store().read(|tx| Ok(!desk::list_warnings(tx, now, 1)?.is_empty()))
}

/// Says what is due; gives how many alarms were raised.
pub(super) fn warn(registrar: &Registrar) -> Result<usize, Failure> {
    let now = registrar.now();
    registrar.store().write(move |tx| {
        let due = desk::list_warnings(tx, now, PAGE_CASES)?;
        for (case, version, at) in &due {
            // The warning that was set for this instant is the first after the instant before.
            if let Some((_, warning)) = case.next_warning(at.saturating_sub(INSTANT).unwrap_or(*at)) {
                alarm::raise(tx, &raised(case, warning), now)?;
            }
            desk::set_warning(tx, case.id, *version, case.next_warning(*at).map(|(at, _)| at))?;
        }
        Ok(due.len())
    })
}

fn raised(case: &Case, warning: Warning) -> Raised {
    let due = case.due().map_or(Timestamp::MAX, |due| due.hard_due);
    let (id, what) = (case.id, case.kind.word());
    let sentence = match warning {
        Warning::Early => format!("half of the time of the {what} case {id} is over; it is due by {due}"),
        Warning::Late => format!("the {what} case {id} should be dealt with by now; it is due by {due}"),
        Warning::Lapsed => format!("the {what} case {id} was due by {due} and is still {}: a breach", case.state.word()),
    };
    Raised { key: format!("case:{id}:{}", warning.word()), registry: None, sentence }
}
