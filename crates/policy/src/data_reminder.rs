//! The yearly reminder: each year, before the anniversary of a name's creation, its holder is shown the data on record and told that false
//! data can cost the name (Registration Data Reminder Policy; ACY-10).
//!
//! One duty is open at a time, for the next anniversary; it is fulfilled when the letter has left, and then the next year's is open.

use jiff::Timestamp;
use model::expiry::add_years;

use crate::calendar::{add_days, utc_date};
use crate::decision::{Decision, Owed, notice_facts, notice_key};
use crate::duty::ClockKind;
use crate::notice::{Addressee, NoticeKind};
use crate::registration::Registration;

/// The obligation.
const OBLIGATION: &str = "ACY-10";
/// When our own course sends it, in days before the anniversary.
const REMIND_DAYS_BEFORE: i32 = 45;
/// From when on it counts for the year, in days before the anniversary.
const OPENS_DAYS_BEFORE: i32 = 60;
/// A name that came to us so few days before an anniversary is reminded of by the next one.
const LEAST_DAYS: i32 = 3;
/// Years a name can be old.
const MOST_YEARS: u8 = 250;

/// Opens the duty for the next anniversary, unless one is open.
pub(crate) fn open(decision: &mut Decision<'_, '_>) {
    if decision.is_owed(OBLIGATION) {
        return;
    }
    let Some(anniversary) = next_anniversary(&decision.registration, decision.now()) else { return };
    decision.owe(&Owed {
        obligation: OBLIGATION,
        occasion: &utc_date(anniversary).to_string(),
        clock: ClockKind::CalendarDays,
        opens_at: add_days(anniversary, -OPENS_DAYS_BEFORE),
        soft_due: add_days(anniversary, -REMIND_DAYS_BEFORE),
        hard_due: anniversary,
    });
}

/// The next anniversary that leaves time for a letter; none while the registry has not said when the name was created.
fn next_anniversary(registration: &Registration, now: Timestamp) -> Option<Timestamp> {
    let created_at = registration.created_at?;
    let earliest = add_days(now, LEAST_DAYS);
    // An anniversary whose letter has gone out is not owed twice.
    let is_told = |at: Timestamp| registration.ordered_notices.contains(&notice_key(NoticeKind::DataReminder, &utc_date(at).to_string()));
    (1..=MOST_YEARS).map(|years| add_years(created_at, years)).find(|at| *at >= earliest && !is_told(*at))
}

/// The duties whose letter has not been ordered, with the instant at which it is.
pub(crate) fn due(registration: &Registration) -> impl Iterator<Item = (Timestamp, String)> + '_ {
    let owed = registration.open_duties.iter().filter_map(|(key, duty)| Some((occasion_of(key)?, duty.hard_due)));
    owed.filter(|(occasion, _)| !registration.ordered_notices.contains(&notice_key(NoticeKind::DataReminder, occasion)))
        .map(|(occasion, hard_due)| (add_days(hard_due, -REMIND_DAYS_BEFORE), occasion.to_owned()))
}

/// The anniversary in the key of one of these duties.
pub(crate) fn occasion_of(duty_key: &str) -> Option<&str> {
    duty_key.strip_prefix(OBLIGATION)?.strip_prefix(':')
}

/// Orders the letter for an anniversary.
pub(crate) fn remind(decision: &mut Decision<'_, '_>, occasion: &str) {
    let facts = notice_facts([("anniversary", occasion.to_owned())]);
    // Whose data it is, whoever may renew an expired name.
    let Some(contact) = decision.registration.registrant else { return };
    let addressee = Addressee { contact, revision: None };
    decision.notify_at(addressee, NoticeKind::DataReminder, occasion, Some(&format!("{OBLIGATION}:{occasion}")), facts);
}

/// The duty of an anniversary lapsed: its letter is sent all the same, and the next year's duty opens.
pub(crate) fn lapse(decision: &mut Decision<'_, '_>, key: &str) {
    if let Some(occasion) = occasion_of(key).map(str::to_owned) {
        remind(decision, &occasion);
    }
    decision.lapse(key);
    open(decision);
}
