//! A change of registrant: what counts as one, and what follows from it (Transfer Policy part II).
//!
//! The registrar compares the data, which is sealed, and gathers the finding as a fact; the rules decide on the finding alone. The
//! change is complete when our record names the new holder: from then on the lock runs (COR-7) and both holders are told (COR-6).

use std::collections::BTreeSet;

use model::{Contact, ContactId, EppStatus, Timestamp};
use serde::{Deserialize, Serialize};

use crate::calendar::{add_days, add_hours, add_months, utc_date};
use crate::decision::{Decision, Owed, notice_facts};
use crate::duty::ClockKind;
use crate::event::Event;
use crate::handover::deny_if_obliged;
use crate::notice::{Addressee, NoticeKind};
use crate::reason::{Reason, ReasonOwner};
use crate::refusal::Refusal;
use crate::registration::Registration;

/// COR-7: how long the name does not move to another registrar, in days.
pub const LOCK_DAYS: i32 = 60;
/// COR-10: how long the prior holder's data is kept, in months of the calendar.
pub const KEEP_MONTHS: i32 = 15;

/// COR-6: both holders are told within a day of completion; our own target is an hour.
const NOTICE_LIMIT_DAYS: i32 = 1;
const NOTICE_TARGET_HOURS: i64 = 1;

/// Edits that a correction of a name may take at most: a letter more, less, another, or two that changed places.
const CORRECTION_EDITS: usize = 2;
/// And of so many letters at most one is corrected, so that a short name is not taken for another.
const LETTERS_PER_EDIT: usize = 5;

/// What of the registered name holder a change of registrant is about (COR-1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HolderField {
    /// The name.
    Name,
    /// The organisation.
    Organisation,
    /// The e-mail address.
    Email,
}

/// A contact's data as it stood at one moment. A reference: no personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HolderRevision {
    /// Whose.
    pub contact: ContactId,
    /// Which revision of it.
    pub revision: u64,
}

/// A change of registrant, as the registrar found it: the class and the fields that differ, never what they say (COR-1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HolderChange {
    /// Who held the name before, with the data of then.
    pub prior: HolderRevision,
    /// What differs materially; never empty.
    pub fields: BTreeSet<HolderField>,
}

/// What differs materially between the data of two holders, or of one holder before and after a change (COR-1, Transfer Policy
/// II.A.1.3): any other e-mail address; a name or organisation that is not the same one put right. A name that comes along with another
/// address or telephone is not put right but another. Empty where nothing of it makes a change of registrant.
#[must_use]
pub fn material_difference(before: &Contact, after: &Contact) -> BTreeSet<HolderField> {
    let has_moved = before.address != after.address || before.phone != after.phone;
    let differs = |before: &str, after: &str| {
        let (before, after) = (folded(before), folded(after));
        before != after && (has_moved || !is_correction(&before, &after))
    };
    let organisation = |contact: &Contact| contact.organisation.clone().unwrap_or_default();
    let fields = [
        (HolderField::Name, differs(&before.name, &after.name)),
        (HolderField::Organisation, differs(&organisation(before), &organisation(after))),
        (HolderField::Email, before.email != after.email),
    ];
    fields.into_iter().filter(|(_, is_other)| *is_other).map(|(field, _)| field).collect()
}

/// Letters and digits alone, in lower case: what is left is the same however it was typed.
fn folded(text: &str) -> String {
    text.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn is_correction(before: &str, after: &str) -> bool {
    let letters = before.chars().count().min(after.chars().count());
    strsim::osa_distance(before, after) <= CORRECTION_EDITS.min(letters / LETTERS_PER_EDIT)
}

/// Until when the data of the prior holder is kept after a change that was completed `at` (COR-10).
#[must_use]
pub fn keep_until(at: Timestamp) -> Timestamp {
    add_months(at, KEEP_MONTHS)
}

/// The reason for the lock of a change that was completed `at`; its owner lifts it by the clock.
fn lock_reason(at: Timestamp) -> Reason {
    Reason { owner: ReasonOwner::ChangeOfRegistrant, reference: format!("changed on {}", utc_date(at)) }
}

/// COR-7: the opt-out was given beforehand and is on record, so it has a reference.
pub(crate) fn check_opt_out(opt_out: Option<&str>) -> Result<(), Refusal> {
    if opt_out.is_some_and(|reference| reference.trim().is_empty()) {
        let sentence = "the opt-out of the lock after a change of registrant has no reference".to_owned();
        return Err(Refusal::new("holder-change.opt-out", "COR-7", sentence)
            .hint("name the record in which the registrant opted out beforehand, without personal data"));
    }
    Ok(())
}

/// What follows from a change of registrant: the record of it, the lock unless the registrant opted out beforehand, and the notices.
pub(crate) fn complete(decision: &mut Decision<'_, '_>, change: &HolderChange, opt_out: Option<&str>) {
    let at = decision.now();
    let running = decision.registration.holder_change.as_ref().and_then(|case| case.lock_until);
    // Who opted out of the lock of this change did not opt out of one that runs already.
    let lock_until = if opt_out.is_some() { running } else { Some(add_days(at, LOCK_DAYS)) };
    if opt_out.is_none() {
        lift(decision);
    }
    decision.happen(Event::HolderChanged {
        prior: change.prior,
        fields: change.fields.clone(),
        at,
        lock_until,
        opt_out: opt_out.map(str::to_owned),
    });
    if opt_out.is_none() {
        decision.happen(Event::ReasonAdded { status: EppStatus::ClientTransferProhibited, reason: lock_reason(at) });
        deny_if_obliged(decision);
    }
    tell(decision, change, at);
}

/// COR-6: both holders are told, the prior one under the data of then.
fn tell(decision: &mut Decision<'_, '_>, change: &HolderChange, at: Timestamp) {
    let prior = Addressee { contact: change.prior.contact, revision: Some(change.prior.revision) };
    let new = decision.registration.registrant.map(|contact| Addressee { contact, revision: None });
    for (kind, who, addressee) in [(NoticeKind::HolderChangedPrior, "prior", Some(prior)), (NoticeKind::HolderChangedNew, "new", new)] {
        let Some(addressee) = addressee else { continue };
        let occasion = format!("{who}:{at}");
        let duty_key = decision.owe(&Owed {
            obligation: "COR-6",
            occasion: &occasion,
            clock: ClockKind::CalendarDays,
            opens_at: at,
            soft_due: add_hours(at, NOTICE_TARGET_HOURS),
            hard_due: add_days(at, NOTICE_LIMIT_DAYS),
        });
        let mut facts = notice_facts([("changed_on", utc_date(at).to_string())]);
        let locked_until = decision.registration.holder_change.as_ref().and_then(|case| case.lock_until);
        facts.extend(locked_until.map(|until| ("locked_until".to_owned(), utc_date(until).to_string())));
        decision.notify_at(addressee, kind, &occasion, Some(&duty_key), facts);
    }
}

/// The sixty days are over: the clock alone lifts the lock.
pub(crate) fn end_lock(decision: &mut Decision<'_, '_>) {
    lift(decision);
    decision.happen(Event::HolderLockEnded);
}

fn lift(decision: &mut Decision<'_, '_>) {
    let Some(reason) = running_lock(&decision.registration) else { return };
    let status = EppStatus::ClientTransferProhibited;
    if decision.registration.desired.statuses.reasons(status).any(|known| *known == reason) {
        decision.happen(Event::ReasonLifted { status, reason });
    }
}

/// The reason that the lock of the last change keeps, while it runs.
pub(crate) fn running_lock(registration: &Registration) -> Option<Reason> {
    let case = registration.holder_change.as_ref()?;
    case.lock_until.map(|until| lock_reason(add_days(until, -LOCK_DAYS)))
}

#[cfg(test)]
mod tests {
    use model::{CountryCode, Email, LegalKind, Phone, PostalAddress};

    use super::*;

    fn ada() -> Contact {
        Contact {
            kind: LegalKind::Organisation,
            name: "Ada Lovelace".into(),
            organisation: Some("Analytical Engines Ltd".into()),
            address: PostalAddress {
                street: vec!["1 Example Street".into()],
                city: "London".into(),
                province: None,
                postcode: Some("EC1A 1BB".into()),
                country: CountryCode::parse("GB").unwrap(),
            },
            phone: Some(Phone::parse("+44.2071234567", None).unwrap()),
            fax: None,
            email: Email::parse("ada@holder.example").unwrap(),
        }
    }

    /// What is changed, and what of it is material.
    #[test]
    fn a_correction_is_no_change_of_registrant_and_any_other_address_is() {
        use HolderField as F;
        type Change = fn(&mut Contact);
        let cases: [(&str, Change, &[F]); 16] = [
            ("nothing", |_| (), &[]),
            ("case and blanks", |c| c.name = " ADA  lovelace".into(), &[]),
            ("a letter lost", |c| c.name = "Ada Lovelce".into(), &[]),
            ("letters that changed places", |c| c.name = "Ada Lovelaec".into(), &[]),
            ("two letters", |c| c.name = "Adda Lovelacee".into(), &[]),
            ("three letters", |c| c.name = "Addda Lovelacee".into(), &[F::Name]),
            ("another person", |c| c.name = "Grace Hopper".into(), &[F::Name]),
            ("a short name", |c| c.name = "Ida".into(), &[F::Name]),
            ("punctuation", |c| c.organisation = Some("Analytical Engines, Ltd.".into()), &[]),
            ("no organisation", |c| c.organisation = None, &[F::Organisation]),
            ("another organisation", |c| c.organisation = Some("Difference Engines Ltd".into()), &[F::Organisation]),
            ("the mailbox", |c| c.email = Email::parse("a@holder.example").unwrap(), &[F::Email]),
            ("the mailbox by a letter", |c| c.email = Email::parse("adaa@holder.example").unwrap(), &[F::Email]),
            ("a new address alone", |c| c.address.city = "Leeds".into(), &[]),
            ("a corrected name at a new address", |c| (c.name, c.address.city) = ("Ada Lovelce".into(), "Leeds".into()), &[F::Name]),
            ("a corrected name with a new telephone", |c| (c.name, c.phone) = ("Ada Lovelce".into(), None), &[F::Name]),
        ];
        for (what, change, material) in cases {
            let mut after = ada();
            change(&mut after);
            assert_eq!(material_difference(&ada(), &after).into_iter().collect::<Vec<_>>(), material, "{what}");
            assert_eq!(material_difference(&after, &ada()).into_iter().collect::<Vec<_>>(), material, "{what}, the other way");
        }
    }

    #[test]
    fn the_prior_holder_is_kept_fifteen_months() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        assert_eq!(keep_until(at("2026-11-30T10:00:00Z")), at("2028-02-29T10:00:00Z"), "the month's last day where it is shorter");
        assert_eq!(keep_until(at("2026-03-01T00:00:00Z")), at("2027-06-01T00:00:00Z"));
    }
}
