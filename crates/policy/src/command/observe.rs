//! An `info` answered. What it says becomes the actual column; a difference that nothing explains is shown, and changes nothing.

use std::collections::{BTreeMap, BTreeSet};

use jiff::ToSpan;
use jiff::tz::Offset;
use model::{ContactHandle, ContactRole, EppStatus, RgpStatus, Timestamp};

use crate::accounting::take_remaining_term;
use crate::calendar::{add_days, utc_date, years_between};
use crate::chain::{find_drift, take_auto_renewal};
use crate::context::Context;
use crate::data_reminder;
use crate::decision::Decision;
use crate::deletion;
use crate::drift::{PHASE, drift};
use crate::event::Event;
use crate::handover::{complete_in, leave};
use crate::learn::{learn, prove};
use crate::provision::push;
use crate::reason::{Reason, ReasonOwner};
use crate::refusal::Refusal;
use crate::registration::{Actual, ExpiryCase, Phase, Registration};
use crate::term;
use crate::verdict::Verdict;

/// How the proof is named in the evidence of duties.
const INFO: &str = "info";
/// What a reason refers to that was found at the registry after our own record of it was lost.
const FOUND: &str = "found at the registry after a restore";

pub(super) fn decide(registration: &Registration, actual: Option<&Actual>, context: &mut Context<'_>) -> Result<Verdict, Refusal> {
    if registration.phase.is_final() {
        return Ok(Verdict::default());
    }
    let mut decision = Decision::on(registration, context);
    take(&mut decision, actual);
    Ok(decision.finish())
}

/// Takes in what the registry says of the whole object; none where it does not know the name.
pub(super) fn take(decision: &mut Decision<'_, '_>, actual: Option<&Actual>) {
    let Some(actual) = actual else {
        missing(decision);
        return;
    };
    let is_ours = decision.facts().account.as_ref().is_none_or(|account| *account == actual.sponsor);
    match decision.registration.phase {
        Phase::TransferringIn if is_ours && decision.facts().account.is_some() => {
            let at = actual.transferred_at.unwrap_or(actual.observed_at);
            complete_in(decision, at, actual.expires_at);
        }
        // The create or the transfer is not settled; its own reconciliation decides, not this.
        Phase::Ordered | Phase::TransferringIn => return,
        _ if !is_ours => {
            leave(decision, actual.transferred_at.unwrap_or(actual.observed_at));
            return;
        }
        _ => {}
    }
    let known = decision.registration.actual.as_ref().map(|known| known.observed_at);
    if known.is_some_and(|known| actual.observed_at < known) {
        // Asked before, told after something newer: it proves nothing.
        return;
    }
    take_down(decision, actual);
    if has_lapsed(decision, actual) {
        deletion::take_registry_deletion(decision, actual);
        return;
    }
    if decision.registration.phase == Phase::Registered {
        let is_first_look = adopt(decision, actual) || known.is_none();
        note_auto_renewal(decision, actual);
        // After a restore every look is to show what differs: the first one was before our time.
        if !is_first_look || decision.facts().frozen_since.is_some() {
            compare(decision);
        }
        push(decision);
        return;
    }
    let is_back = is_back(decision, actual);
    if is_back {
        find_drift(decision, &[PHASE.to_owned()]);
    } else if matches!(decision.registration.phase, Phase::Redemption | Phase::PendingDelete) {
        take_remaining_term(decision, actual.expires_at, None);
        if decision.registration.phase == Phase::Redemption && is_past_redemption(actual) {
            decision.happen(Event::PendingDeleteBegan { at: actual.observed_at });
        }
    }
    end_drift(decision, is_back);
}

/// What the registry says is put on record if it says anything new. A portfolio is looked at every night, and a ledger entry for each
/// name that stayed as it was would bury the others; what it proves is closed all the same.
fn take_down(decision: &mut Decision<'_, '_>, actual: &Actual) {
    let is_known = decision.registration.actual.as_ref().is_some_and(|known| {
        !known.is_inferred && *known == Actual { observed_at: known.observed_at, is_inferred: false, ..actual.clone() }
    });
    // After a restore it stands in the ledger of every name that the registry was asked again.
    let known_at = decision.registration.actual.as_ref().map(|known| known.observed_at);
    let is_seen_again = decision.facts().frozen_since.is_none_or(|since| known_at.is_some_and(|at| at >= since));
    if is_known && is_seen_again {
        prove(decision, INFO);
    } else {
        learn(decision, actual.clone(), INFO);
    }
}

/// While the registry takes no change, it may have something else than we want for good reason, and nothing new is called drift. What was
/// and no longer differs ends.
fn end_drift(decision: &mut Decision<'_, '_>, is_back: bool) {
    let known = decision.registration.drift.clone();
    if known.is_empty() || decision.registration.is_busy() {
        return;
    }
    let mut differing: BTreeSet<String> =
        drift(&decision.registration, decision.profile(), &decision.facts().contact_handles, decision.now()).into_iter().collect();
    differing.extend(is_back.then(|| PHASE.to_owned()));
    let left: Vec<String> = known.intersection(&differing).cloned().collect();
    if left.len() < known.len() {
        decision.happen(if left.is_empty() { Event::DriftEnded } else { Event::DriftFound { elements: left } });
    }
}

/// A registry that does not renew by itself deletes what nobody renewed, at the end of the time in which it could be.
fn has_lapsed(decision: &Decision<'_, '_>, actual: &Actual) -> bool {
    let registration = &decision.registration;
    let grace_days = i32::from(decision.profile().grace.auto_renew_days);
    let is_over = |case: &ExpiryCase| decision.now() >= add_days(case.expired_at, grace_days);
    let is_expected = !decision.profile().auto_renew && registration.expiry.as_ref().is_some_and(is_over);
    is_expected && registration.phase == Phase::Registered && actual.statuses.contains(&EppStatus::PendingDelete)
}

/// The registry says that the name can no longer be redeemed, whatever we counted on.
fn is_past_redemption(actual: &Actual) -> bool {
    actual.rgp.contains(&RgpStatus::PendingDelete) && !actual.rgp.contains(&RgpStatus::RedemptionPeriod)
}

/// The registry has the name registered again, although we hold it for deleted.
fn is_back(decision: &Decision<'_, '_>, actual: &Actual) -> bool {
    let is_deleted = matches!(decision.registration.phase, Phase::Redemption | Phase::PendingDelete);
    is_deleted && !actual.statuses.contains(&EppStatus::PendingDelete) && actual.rgp.iter().all(|rgp| !rgp.is_after_delete())
}

/// After a transfer in, the delegation is taken over as found, and so is the registry's date. Returns whether it was.
fn adopt(decision: &mut Decision<'_, '_>, actual: &Actual) -> bool {
    if !decision.registration.is_adopting || actual.statuses.contains(&EppStatus::PendingTransfer) {
        return false;
    }
    if decision.registration.desired.nameservers != actual.nameservers {
        decision.happen(Event::NameserversChanged { nameservers: actual.nameservers.clone() });
    }
    if decision.registration.desired.ds != actual.ds {
        decision.happen(Event::DsChanged { ds: actual.ds.clone() });
    }
    if let Some(said) = actual.expires_at.filter(|said| decision.registration.expires_at.map(utc_date) != Some(utc_date(*said))) {
        adopt_expiry(decision, actual, said);
    }
    if decision.facts().frozen_since.is_some() {
        adopt_statuses(decision, actual);
        adopt_contacts(decision, actual);
    }
    decision.happen(Event::DelegationAdopted);
    // Only now is it known when the name was created.
    data_reminder::open(decision);
    true
}

/// The registry's date becomes ours, except where it is only its own renewal that nobody has paid for yet.
fn adopt_expiry(decision: &mut Decision<'_, '_>, actual: &Actual, said: Timestamp) {
    let is_unpaid = decision.facts().frozen_since.is_some() && actual.rgp.contains(&RgpStatus::AutoRenewPeriod);
    match decision.registration.expires_at {
        Some(expires_at) if is_unpaid && decision.now() >= expires_at && said > expires_at => {}
        // Nothing but the registry's date is known: the term that it renewed by itself ended a year before.
        None if is_unpaid => term::extend(decision, year_before(said)),
        _ => term::extend(decision, said),
    }
}

/// Contacts as the registry names them, where all of them are known to us: a record may have known fewer, or taken two people for one.
fn adopt_contacts(decision: &mut Decision<'_, '_>, actual: &Actual) {
    let facts = decision.facts();
    let known = |handle: &ContactHandle| facts.contact_handles.iter().find(|(_, known)| *known == handle).map(|(contact, _)| *contact);
    let (mut registrant, mut contacts) = (decision.registration.registrant, BTreeMap::new());
    for (role, handle) in &actual.contacts {
        let Some(contact) = known(handle) else { return };
        match role {
            ContactRole::Registrant => registrant = Some(contact),
            role => drop(contacts.insert(*role, contact)),
        }
    }
    // A registry that holds no contacts says nothing of them.
    let is_same = registrant == decision.registration.registrant && contacts == decision.registration.desired.contacts;
    if !is_same && !actual.contacts.is_empty() {
        let kept = decision.registration.desired.contacts.clone();
        contacts = kept.into_iter().chain(contacts).collect();
        decision.happen(Event::ContactsChanged { registrant, contacts });
    }
}

fn year_before(at: Timestamp) -> Timestamp {
    let before = Offset::UTC.to_datetime(at).checked_sub(1.year());
    before.and_then(|before| Offset::UTC.to_timestamp(before)).unwrap_or(at)
}

/// Statuses whose reasons were lost with our records. What a registrant's lock sets is taken for that; a hold is taken for the expiry's
/// where the term has ended, and else for one that only staff lifts.
fn adopt_statuses(decision: &mut Decision<'_, '_>, actual: &Actual) {
    let has_ended = decision.registration.expires_at.is_some_and(|at| at <= decision.now());
    for status in actual.statuses.iter().copied().filter(|status| status.is_client()) {
        if decision.registration.desired.statuses.wants(status) {
            continue;
        }
        let owner = match status {
            EppStatus::ClientHold if has_ended => ReasonOwner::Expiry,
            EppStatus::ClientHold | EppStatus::ClientRenewProhibited => ReasonOwner::Abuse,
            _ => ReasonOwner::Registrant,
        };
        let reason = Reason { owner, reference: FOUND.to_owned() };
        decision.happen(Event::ReasonAdded { status, reason });
    }
}

/// Years more at the registry after the term ended are its own renewal, told by `info` instead of a message.
fn note_auto_renewal(decision: &mut Decision<'_, '_>, actual: &Actual) {
    let registration = &decision.registration;
    let Some((expires_at, said)) = registration.expires_at.zip(actual.expires_at) else { return };
    // After a restore the years can be a renewal that we ordered and do not remember: only the grace period that it opens tells (RFC 3915).
    let is_told_apart = decision.facts().frozen_since.is_none()
        || (actual.rgp.contains(&RgpStatus::AutoRenewPeriod) && !actual.rgp.contains(&RgpStatus::RenewPeriod));
    let has_ended = decision.now() >= expires_at && !registration.is_renewing() && is_told_apart;
    if decision.profile().auto_renew && has_ended && years_between(expires_at, said) > 0 {
        take_auto_renewal(decision, said);
    }
}

/// Shows what differs and nothing explains. While an intent is open, it may explain anything.
fn compare(decision: &mut Decision<'_, '_>) {
    if decision.registration.is_busy() {
        return;
    }
    let elements = drift(&decision.registration, decision.profile(), &decision.facts().contact_handles, decision.now());
    let elements: BTreeSet<String> = elements.into_iter().collect();
    if elements == decision.registration.drift {
        return;
    }
    decision.happen(match elements.is_empty() {
        true => Event::DriftEnded,
        false => Event::DriftFound { elements: elements.into_iter().collect() },
    });
}

/// The registry does not know the name (2303), or says that it left. That ends a deletion; otherwise nothing explains it, and a
/// message can be one that waited since an earlier registration of the name, so it is shown and changes nothing.
pub(super) fn missing(decision: &mut Decision<'_, '_>) {
    match decision.registration.phase {
        // Not created, not ours yet, or being deleted: the intent's own answer decides.
        Phase::Ordered | Phase::TransferringIn | Phase::Deleting => {}
        Phase::Redemption | Phase::PendingDelete | Phase::Restoring => super::take_registry_event::purge(decision),
        _ if !decision.registration.drift.contains(crate::drift::EXISTENCE) => decision.happen(Event::NameMissing),
        _ => {}
    }
}
