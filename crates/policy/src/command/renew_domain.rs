//! Extend the term (RFC 5731 section 3.2.3; in expiry, the right of the registrant at expiration, EXP-5 and EXP-10).
//!
//! Three cases:
//!
//! - Before the term ends: an EPP renewal on top of it.
//! - After it ended, where the registry has renewed by itself: the first year is the one the registry has added and charged
//!   already, so paying for it is our own bookkeeping and no EPP command; years beyond it are an EPP renewal on top. The
//!   interruption is lifted at once.
//! - After it ended, where the registry has not renewed (or not told us yet): an EPP renewal from the old expiry. Should the
//!   registry have renewed meanwhile, the old expiry in the command makes it refuse, so no year is bought twice.

use model::expiry::extend;
use model::{Money, Period, Timestamp};

use super::RenewDomain;
use crate::calendar::{utc_date, years_between};
use crate::context::Context;
use crate::decision::Decision;
use crate::event::Event;
use crate::fee;
use crate::guard::{self, Doing};
use crate::intent::Operation;
use crate::profile::FeeTable;
use crate::provision::push;
use crate::refusal::Refusal;
use crate::registration::{Registration, Step};
use crate::term;
use crate::verdict::Verdict;

pub(super) fn decide(registration: &Registration, command: &RenewDomain, context: &mut Context<'_>) -> Result<Verdict, Refusal> {
    guard::check(registration, Doing::Renew, context.now)?;
    let expires_at = check_expiry(registration, command)?;
    check_nothing_under_way(registration)?;
    let renewed_to = registration.expiry.as_ref().and_then(|case| case.auto_renewed_to);
    let fee = check_fee(registration, command, context)?;
    check_years(registration, command, expires_at, context)?;

    let mut decision = Decision::on(registration, context);
    if registration.stalled.contains(&Step::Renewal) {
        decision.happen(Event::StepsResumed);
    }
    match renewed_to {
        Some(renewed_to) => {
            term::extend(&mut decision, renewed_to);
            let added = u8::try_from(years_between(expires_at, renewed_to)).unwrap_or(1);
            if let Ok(rest) = Period::years(command.period.get().saturating_sub(added)) {
                order(&mut decision, renewed_to, rest, fee);
            }
            push(&mut decision);
        }
        None => order(&mut decision, expires_at, command.period, fee),
    }
    Ok(decision.finish())
}

fn order(decision: &mut Decision<'_, '_>, current_expiry: Timestamp, period: Period, fee: Option<Money>) {
    decision.happen(Event::RenewalOrdered { period });
    let occasion = format!("renew:{}", utc_date(current_expiry));
    decision.intend(Operation::RenewDomain { current_expiry, period, fee }, &occasion, Vec::new());
}

/// The asker sees the same end of term as we do: a repeat of a renewal that was done ends here.
fn check_expiry(registration: &Registration, command: &RenewDomain) -> Result<Timestamp, Refusal> {
    match registration.expires_at {
        Some(expires_at) if utc_date(expires_at) == utc_date(command.current_expiry) => Ok(expires_at),
        Some(expires_at) => {
            let sentence =
                format!("`{}` runs until {}, not until {}", registration.name, utc_date(expires_at), utc_date(command.current_expiry));
            Err(Refusal::new("renew.expiry-differs", "RFC 5731 3.2.3", sentence)
                .hint("look whether it was renewed already; if another renewal is wanted, repeat it with the present expiry"))
        }
        None => {
            let sentence = format!("the end of the term of `{}` is not known yet", registration.name);
            Err(Refusal::new("renew.expiry-unknown", "RFC 5731 3.2.3", sentence).hint("wait until the registry has confirmed the name"))
        }
    }
}

fn check_nothing_under_way(registration: &Registration) -> Result<(), Refusal> {
    if !registration.is_renewing() {
        return Ok(());
    }
    let sentence = format!("a renewal of `{}` is under way", registration.name);
    Err(Refusal::new("renew.under-way", "RFC 5731 3.2.3", sentence).hint("wait until the registry has answered it"))
}

fn check_years(registration: &Registration, command: &RenewDomain, expires_at: Timestamp, context: &Context<'_>) -> Result<(), Refusal> {
    let periods = context.profile.periods;
    if !(periods.min..=periods.max).contains(&command.period) {
        let sentence =
            format!("`.{}` is renewed for {} to {}, and {} were asked for", context.profile.name, periods.min, periods.max, command.period);
        return Err(Refusal::new("renew.period", "RFC 5731 3.2.3", sentence));
    }
    extend(expires_at, command.period, context.now)
        .map(|_| ())
        .map_err(|error| Refusal::new("renew.ten-years", "RFC 5731 3.2.3", format!("`{}`: {error}", registration.name)))
}

fn check_fee(registration: &Registration, command: &RenewDomain, context: &Context<'_>) -> Result<Option<Money>, Refusal> {
    let usual = FeeTable::times(context.profile.fees_of(&registration.name).renew, command.period.get());
    fee::agreed(context, &registration.name, usual, command.fee)
}
