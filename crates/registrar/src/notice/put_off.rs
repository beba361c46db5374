//! A notice that did not leave is tried again, ever more rarely, and somebody is told before its duty lapses.

use jiff::SignedDuration;
use mail::smtp::Obstacle;
use model::{DutyId, Timestamp};
use policy::duty::{Duty, DutyState};
use policy::{NoticeOrder, Permission};
use store::{Fence, StoreFault, Tx, duties, notices};

use super::carriage::doubled;
use crate::authorised::NeedsPermission;
use crate::failure::Failure;
use crate::registrar::Registrar;
use crate::registry::alarm::{self, Raised};
use crate::use_case::{UseCase, Work};

/// When a notice is tried again the first time; each further time after twice as long.
const FIRST_WAIT: SignedDuration = SignedDuration::from_mins(5);
/// The longest wait: several tries on the last day before a duty lapses.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(4);
/// How long before a duty's limit somebody is told, where the duty has that much time.
const WARNING: SignedDuration = SignedDuration::from_hours(24);
/// Failures of the relay in a row after which somebody is told, duty or not: three and a half minutes.
const RELAY_FAILURES: u32 = 3;
/// Waiting notices that are looked through for the one that is due first.
const WAITING_ORDERS: u32 = 1_000;

/// What the alarm about the relay is called.
const RELAY_ALARM: &str = "mail-relay";

/// What the alarm about one notice is called.
pub(super) fn alarm_key(order: &NoticeOrder) -> String {
    format!("undelivered:{}", order.id)
}

/// Puts a notice off.
pub(super) struct PutOff {
    pub(super) order: NoticeOrder,
    /// How often it was tried in vain before.
    pub(super) attempts: u32,
    /// Why it did not leave, as a code.
    pub(super) reason: String,
    pub(super) fence: Fence,
}

impl NeedsPermission for PutOff {
    fn permission(&self) -> Permission {
        Permission::RunClock
    }
}

impl UseCase for PutOff {
    type Answer = ();

    fn run(&self, work: &mut Work<'_, '_>) -> Result<(), Failure> {
        self.fence.check(work.tx)?;
        let wait = doubled(FIRST_WAIT, self.attempts).min(LONGEST_WAIT);
        let next = work.now.saturating_add(wait).unwrap_or(work.now);
        notices::put_off(work.tx, self.order.id, next, &self.reason)?;
        let due = open_duty(work.tx, self.order.duty)?.filter(|duty| warns_from(duty, &self.order) <= next);
        if let Some(duty) = due {
            let sentence = format!(
                "the notice `{}` for {} was not taken by its mail server ({}), and is due by {}; reach the holder in another way",
                self.order.kind.word(),
                self.order.domain,
                self.reason,
                duty.hard_due
            );
            alarm::raise(work.tx, &Raised { key: alarm_key(&self.order), registry: None, sentence }, work.now)?;
        }
        Ok(())
    }
}

/// From when on somebody is told: a day before the limit, or when half of the time is over where there is less.
fn warns_from(duty: &Duty, order: &NoticeOrder) -> Timestamp {
    let time = duty.hard_due.duration_since(order.decided_at);
    let warning = WARNING.min(time / 2);
    duty.hard_due.checked_sub(warning).unwrap_or(duty.hard_due)
}

fn open_duty(tx: &mut Tx<'_>, id: Option<DutyId>) -> Result<Option<Duty>, StoreFault> {
    let duty = id.map(|id| duties::find_by_id(tx, id)).transpose()?.flatten();
    Ok(duty.filter(|duty| duty.state == DutyState::Open))
}

/// The relay took nothing, `failures` times in a row: says so, if it lasts, or sooner if a duty is near its limit.
pub(super) fn relay_failed(registrar: &Registrar, obstacle: &Obstacle, failures: u32) -> Result<(), Failure> {
    let (now, reason, word) = (registrar.now(), obstacle.reason(), obstacle.kind.word());
    tracing::warn!(reason, word, failures, "the mail relay took nothing; it is tried again");
    Ok(registrar.store().write::<_, StoreFault>(move |tx| {
        let waiting = notices::list_uncarried(tx, None, Timestamp::MAX, WAITING_ORDERS)?;
        let mut first: Option<(Timestamp, bool)> = None;
        for (order, _) in &waiting {
            if let Some(duty) = open_duty(tx, order.duty)? {
                let is_near = warns_from(&duty, order) <= now;
                first = Some(first.map_or((duty.hard_due, is_near), |(due, near)| (due.min(duty.hard_due), near || is_near)));
            }
        }
        if failures >= RELAY_FAILURES || first.is_some_and(|(_, is_near)| is_near) {
            let due = first.map(|(due, _)| format!("; the first of their duties lapses at {due}")).unwrap_or_default();
            let sentence = format!("the mail relay takes nothing ({word}: {reason}), {} notices wait{due}", waiting.len());
            alarm::raise(tx, &Raised { key: RELAY_ALARM.to_owned(), registry: None, sentence }, now)?;
        }
        Ok(())
    })?)
}

/// A notice left by the relay: what was said about both is over.
pub(super) fn ends(tx: &mut Tx<'_>, order: &NoticeOrder) -> Result<(), StoreFault> {
    relay_answers(tx)?;
    alarm::clear(tx, &alarm_key(order))?;
    Ok(())
}

/// The relay takes mail: what was said about it is over.
pub(crate) fn relay_answers(tx: &mut Tx<'_>) -> Result<(), StoreFault> {
    alarm::clear(tx, RELAY_ALARM).map(drop)
}
