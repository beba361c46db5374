//! Accept what the registry says as what we want, after a drift was shown. A reason that somebody else owns is not lifted by
//! it: a lower rule never lifts a higher one (obligations 23.3).

use std::collections::BTreeMap;

use model::{ContactId, ContactRole, EppStatus};

use crate::accounting::{Line, charge};
use crate::calendar::years_between;
use crate::charge::ChargeKind;
use crate::context::Context;
use crate::decision::Decision;
use crate::deletion;
use crate::drift::{CONTACTS, DS, EXISTENCE, EXPIRY, NAMESERVERS, PHASE, status_element};
use crate::event::Event;
use crate::profile::FeeTable;
use crate::reason::{Reason, ReasonOwner};
use crate::refusal::Refusal;
use crate::registration::{Actual, Phase, Registration};
use crate::term;
use crate::verdict::Verdict;

pub(super) fn decide(registration: &Registration, context: &mut Context<'_>) -> Result<Verdict, Refusal> {
    if registration.drift.is_empty() {
        return Ok(Verdict::default());
    }
    let mut decision = Decision::on(registration, context);
    if registration.drift.contains(EXISTENCE) {
        super::take_registry_event::purge(&mut decision);
        return Ok(decision.finish());
    }
    let Some(actual) = &registration.actual else { return Ok(Verdict::default()) };
    if registration.drift.contains(PHASE) {
        accept_phase(&mut decision, actual)?;
    }
    accept_statuses(&mut decision, actual)?;
    accept_contacts(&mut decision, actual)?;
    if registration.drift.contains(NAMESERVERS) {
        decision.happen(Event::NameserversChanged { nameservers: actual.nameservers.clone() });
    }
    if registration.drift.contains(DS) {
        decision.happen(Event::DsChanged { ds: actual.ds.clone() });
    }
    if registration.drift.contains(EXPIRY) {
        accept_expiry(&mut decision, actual);
    }
    decision.happen(Event::DriftEnded);
    Ok(decision.finish())
}

/// The registry deleted the name without us, if it still says so. A transfer that we did not hear of needs its dates first.
fn accept_phase(decision: &mut Decision<'_, '_>, actual: &Actual) -> Result<(), Refusal> {
    if actual.statuses.contains(&EppStatus::PendingTransfer) {
        let sentence = format!("a transfer of `{}` is pending, and the registry's message on it is missing", decision.registration.name);
        return Err(Refusal::new("drift.transfer", "TRF-5", sentence).hint("query the transfer; its answer opens the five days"));
    }
    let is_deleted = actual.statuses.contains(&EppStatus::PendingDelete);
    match decision.registration.phase {
        Phase::Redemption | Phase::PendingDelete if !is_deleted => {
            take_back(decision, actual);
            return Ok(());
        }
        Phase::Registered if is_deleted => {}
        _ => return Ok(()),
    }
    deletion::take_registry_deletion(decision, actual);
    Ok(())
}

/// The registry restored the name without us: no charge is known, and the term is what it says.
fn take_back(decision: &mut Decision<'_, '_>, actual: &Actual) {
    let Some(expires_at) = actual.expires_at.or(decision.registration.expires_at) else { return };
    decision.release_all(&["EXP-11"], "restored by the registry");
    decision.happen(Event::DomainRestored { expires_at });
    term::lift_expiry_hold(decision);
    term::open(decision);
}

fn accept_statuses(decision: &mut Decision<'_, '_>, actual: &Actual) -> Result<(), Refusal> {
    let drifted = decision.registration.drift.clone();
    let missing: Vec<(EppStatus, Reason)> = decision
        .registration
        .desired
        .statuses
        .iter()
        .filter(|(status, _)| drifted.contains(&status_element(*status)) && !actual.statuses.contains(status))
        .map(|(status, reason)| (status, reason.clone()))
        .collect();
    if let Some((status, reason)) = missing.iter().find(|(_, reason)| reason.owner != ReasonOwner::Registrant) {
        let sentence =
            format!("`{status}` is kept on `{}` for {} ({})", decision.registration.name, reason.owner.phrase(), reason.reference);
        return Err(Refusal::new("drift.owned", "DRIFT", sentence).hint("have its owner release it, or push what we want"));
    }
    for (status, reason) in missing {
        decision.happen(Event::ReasonLifted { status, reason });
    }
    let extra: Vec<EppStatus> = actual
        .statuses
        .iter()
        .copied()
        .filter(|status| {
            status.is_client() && drifted.contains(&status_element(*status)) && !decision.registration.desired.statuses.wants(*status)
        })
        .collect();
    for status in extra {
        let reason = Reason { owner: ReasonOwner::Registrant, reference: "accepted as the registry has it".to_owned() };
        decision.happen(Event::ReasonAdded { status, reason });
    }
    Ok(())
}

fn accept_contacts(decision: &mut Decision<'_, '_>, actual: &Actual) -> Result<(), Refusal> {
    if !decision.registration.drift.contains(CONTACTS) {
        return Ok(());
    }
    let known: BTreeMap<_, ContactId> = decision.facts().contact_handles.iter().map(|(contact, handle)| (handle, *contact)).collect();
    let mut registrant = decision.registration.registrant;
    let mut contacts = BTreeMap::new();
    for (role, handle) in &actual.contacts {
        let Some(contact) = known.get(handle) else {
            let sentence =
                format!("the registry names `{handle}` as {role} of `{}`, which is no contact of ours", decision.registration.name);
            return Err(Refusal::new("drift.unknown-contact", "DRIFT", sentence).hint("push our contacts, or take the contact on first"));
        };
        if *role == ContactRole::Registrant {
            registrant = Some(*contact);
        } else {
            contacts.insert(*role, *contact);
        }
    }
    decision.happen(Event::ContactsChanged { registrant, contacts });
    Ok(())
}

/// The registry's end of term becomes ours, and each year of the difference is charged or credited once.
fn accept_expiry(decision: &mut Decision<'_, '_>, actual: &Actual) {
    let Some((before, said)) = decision.registration.expires_at.zip(actual.expires_at) else { return };
    let years = years_between(before, said);
    if years != 0 {
        let amount = FeeTable::times(decision.profile().fees_of(&decision.registration.name).renew, years.unsigned_abs());
        let sign = i64::from(years.signum());
        let line = Line {
            kind: if years > 0 { ChargeKind::Renew } else { ChargeKind::RenewCredit },
            years,
            amount: amount.and_then(|amount| amount.checked_mul(sign).ok()),
            intent: None,
            key: format!("accepted:{}:v{}", crate::calendar::utc_date(said), decision.registration.version),
            at: decision.now(),
        };
        charge(decision, line, None);
    }
    term::extend(decision, said);
}
