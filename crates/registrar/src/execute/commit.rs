//! Commits a verdict: the registration, one ledger entry for each event, duties, notices, charges and intents.

use model::Timestamp;
use policy::{Actor, Event, Intent, IntentState, Refusal, Registration, Verdict, retention};
use serde::Serialize;
use store::ledger::{self, NewEntry};
use store::registrations::{self, Outline};
use store::{Tx, charges, custody, duties, intents, notices};

use super::{Subject, learn};
use crate::actor::ledger_name;
use crate::failure::{Failure, Fault};
use crate::journal;
use crate::order::{Receipt, ledger_subject};
use crate::registrar::Registrar;

/// Length of the salt of a ledger entry's commitment, in bytes.
const SALT_BYTES: usize = 16;

/// Writes everything that follows from a decision. A verdict without consequences writes nothing.
pub(crate) fn commit(
    tx: &mut Tx<'_>,
    registrar: &Registrar,
    actor: &Actor,
    subject: Subject<'_>,
    verdict: &Verdict,
    now: Timestamp,
) -> Result<Receipt, Failure> {
    let before = subject.registration.as_ref().map(Outline::of);
    let registration = after(subject.registration, &verdict.events)?;
    let intents = verdict.intents.iter().map(|intent| intent.id).collect();
    if registration.phase.is_final() {
        // Also where nothing follows: the answer to what was under way at the end goes with the rest.
        journal::end_keeping(tx, registration.id, now)?;
        custody::set_name_clock(tx, registration.id, retention::SUBMISSION.keep_until(now))?;
    }
    let mut receipt = Receipt { domain: registration.id, name: registration.name.clone(), ledger: 0..0, intents };
    if verdict.is_empty() {
        return Ok(receipt);
    }
    let next_due = registration.next_due(subject.profile);
    match &before {
        None => registrations::insert(tx, &registration, next_due)?,
        Some(before) => registrations::update(tx, &registration, before, next_due)?,
    }
    before.iter().try_for_each(|before| start_clocks(tx, before, &registration, now))?;
    if registration.phase.is_final() {
        learn::from_end(tx, &registration)?;
    }
    learn::from_waiting(tx, registrar, &registration, &verdict.events)?;
    receipt.ledger = record(tx, registrar, actor, &registration, &verdict.events, now)?;
    for change in &verdict.duties {
        duties::apply(tx, registration.id, change)?;
    }
    for order in &verdict.notices {
        notices::insert(tx, order)?;
    }
    for charge in &verdict.charges {
        charges::insert(tx, registration.id, charge)?;
    }
    for intent in &verdict.intents {
        let state = if intent.after.is_empty() { IntentState::Ready } else { IntentState::Waiting };
        if !intents::insert(tx, intent, state)? {
            return Err(repeated(intent));
        }
    }
    Ok(receipt)
}

/// Whom the name named and names no more, and whom a privacy service stood for, is kept for a while longer (RET-2, RET-3).
fn start_clocks(tx: &mut Tx<'_>, before: &Outline, registration: &Registration, now: Timestamp) -> Result<(), Failure> {
    let class = if registration.phase.is_final() { retention::CONTACT } else { retention::PRIOR_CONTACT };
    for contact in before.contacts_left_by(registration) {
        for kept in std::iter::once(contact).chain(store::contacts::find_customer(tx, contact)?) {
            custody::set_clock(tx, kept, Some(registration.id), class.rule, class.keep_until(now))?;
        }
    }
    Ok(())
}

/// Design rule 2: an operation with the identity of one that was ordered before is the same one, and nothing is done twice.
fn repeated(intent: &Intent) -> Failure {
    let sentence = format!("`{}` of {} was ordered before ({})", intent.operation.word(), intent.object, intent.business_key);
    Refusal::new("intent.repeated", "design 6", sentence).hint("look at the name; what was ordered is under way or done").into()
}

/// The registration after the events. The first event of a new one begins it.
fn after(registration: Option<Registration>, events: &[Event]) -> Result<Registration, Fault> {
    let (mut registration, rest) = match (registration, events) {
        (Some(registration), events) => (registration, events),
        (None, [first, rest @ ..]) => {
            let begun = Registration::begin(first)
                .ok_or_else(|| Fault::words("the first event of a new registration does not begin one; this is a defect of the rules"))?;
            (begun, rest)
        }
        (None, []) => return Err(Fault::words("a command began no registration; this is a defect of the rules")),
    };
    rest.iter().for_each(|event| registration.apply(event));
    Ok(registration)
}

/// One ledger entry for each event; gives their positions.
fn record(
    tx: &mut Tx<'_>,
    registrar: &Registrar,
    actor: &Actor,
    registration: &Registration,
    events: &[Event],
    now: Timestamp,
) -> Result<std::ops::Range<u64>, Failure> {
    let who = ledger_name(actor);
    let subject = ledger_subject(registration.id, &registration.name);
    let mut range: Option<std::ops::Range<u64>> = None;
    for event in events {
        let body = serde_json::to_string(event).map_err(|error| Fault::new("an event cannot be written as JSON", &error))?;
        let new = NewEntry { at: now, actor: &who, subject: &subject, kind: kind_of(&body), body: &body, salt: [0; SALT_BYTES] };
        let at = append(tx, registrar, &new)?;
        range = Some(range.map_or(at, |range| range.start)..at + 1);
    }
    Ok(range.unwrap_or(0..0))
}

/// The word that an event's JSON begins with: its tag is written before its fields.
fn kind_of(body: &str) -> &str {
    body.strip_prefix(r#"{"event":""#).and_then(|rest| rest.split_once('"')).map_or("event", |(kind, _)| kind)
}

/// Notes something that is not about a registration: an operator enrolled, a contact saved. `body` holds no personal data.
pub(crate) fn note(
    tx: &mut Tx<'_>,
    registrar: &Registrar,
    actor: &str,
    subject: &str,
    kind: &str,
    body: &impl Serialize,
    now: Timestamp,
) -> Result<(), Failure> {
    let body = serde_json::to_string(body).map_err(|error| Fault::new("a ledger note cannot be written as JSON", &error))?;
    append(tx, registrar, &NewEntry { at: now, actor, subject, kind, body: &body, salt: [0; SALT_BYTES] })?;
    Ok(())
}

/// Appends an entry with a fresh salt.
fn append(tx: &mut Tx<'_>, registrar: &Registrar, entry: &NewEntry<'_>) -> Result<u64, Failure> {
    let mut salt = [0; SALT_BYTES];
    model::Entropy::fill(&mut registrar.draw(), &mut salt);
    Ok(ledger::append(tx, &NewEntry { salt, ..entry.clone() })?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kind_of_an_entry_is_the_tag_of_its_event() {
        let auto_renew = serde_json::to_string(&Event::AutoRenewSet { auto_renew: true });
        let cases = [(serde_json::to_string(&Event::RenewalFailed), "renewal-failed"), (auto_renew, "auto-renew-set")];
        for (body, kind) in cases {
            assert_eq!(kind_of(&body.unwrap()), kind);
        }
    }
}
