//! Carry out whatever has come due. The agenda says what; catching up after an outage or a jump of the clock is the same loop.

use super::settle_intent::restore;
use crate::chain;
use crate::context::Context;
use crate::decision::Decision;
use crate::deletion;
use crate::event::Event;
use crate::guard::{self, Doing};
use crate::holder;
use crate::intent::Operation;
use crate::provision::push;
use crate::refusal::Refusal;
use crate::registration::{DeletionCause, Item, Registration, Step};
use crate::verdict::Verdict;
use crate::{data_reminder, verification};

/// Far more entries than one registration can have due at once; past it the next tick goes on.
const MAX_ENTRIES: usize = 256;

pub(super) fn decide(registration: &Registration, context: &mut Context<'_>) -> Result<Verdict, Refusal> {
    let mut decision = Decision::on(registration, context);
    for _ in 0..MAX_ENTRIES {
        let Some(item) = next(&decision) else { break };
        carry_out(&mut decision, item);
    }
    Ok(decision.finish())
}

/// The first entry that is due, in the order of [`Item`]: an expiry or an interruption found late sets its dates anew before
/// anything is called a lapse, and a lapse is noted before the notice that came too late for it.
fn next(decision: &Decision<'_, '_>) -> Option<Item> {
    let due = decision.registration.agenda(decision.profile()).into_iter().filter(|(at, _)| *at <= decision.now());
    due.map(|(at, item)| (item, at)).min().map(|(item, _)| item)
}

fn carry_out(decision: &mut Decision<'_, '_>, item: Item) {
    match item {
        Item::Expire => chain::expire(decision),
        Item::Interrupt => chain::interrupt(decision),
        Item::Lapse(key) => chain::lapse(decision, &key),
        Item::Notice(notice) => chain::send_notice(decision, notice),
        Item::Suspend => verification::suspend(decision),
        Item::RemindOfData(occasion) => data_reminder::remind(decision, &occasion),
        Item::Renew => chain::renew_for_holder(decision),
        Item::KeepForDispute => chain::keep_for_dispute(decision),
        Item::Delete => delete(decision),
        Item::ForgetGrace(charge_key) => decision.happen(Event::GraceEnded { charge_keys: vec![charge_key] }),
        Item::ClearAuthInfo => {
            decision.intend(Operation::SetAuthInfo { clear: true }, "authinfo", Vec::new());
        }
        Item::EndHolderLock => {
            holder::end_lock(decision);
            push(decision);
        }
        Item::ReportAgain => restore::report_again(decision),
        Item::EndRedemption => {
            let at = decision.now();
            decision.happen(Event::PendingDeleteBegan { at });
        }
        Item::Purge => {
            let at = decision.now();
            decision.release_every_duty("purged");
            decision.happen(Event::DomainPurged { at });
        }
    }
}

/// EXP-14. The registrant's own lock does not outlive the term it was for; every higher rung does.
fn delete(decision: &mut Decision<'_, '_>) {
    let is_allowed = guard::check_above_registrant(&decision.registration, Doing::Delete, decision.now()).is_ok();
    if !is_allowed || deletion::order(decision, DeletionCause::Expiry).is_err() {
        decision.happen(Event::StepStalled { step: Step::Deletion });
    }
}
