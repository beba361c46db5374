//! Whether the clock can be believed. Every deadline is judged by it, so that a machine that wakes up in another year would let names expire,
//! erase people and prune backups, all by the rules. The registries say what time it is in each greeting (RFC 5730, 2.4): where none of them
//! agrees and there is a reason to doubt, nothing acts by itself. It ends by itself as soon as one agrees.
//!
//! | what is known | the clock is |
//! | --- | --- |
//! | some registry agreed within the last day | believed |
//! | a registry said another time, none agrees | doubted |
//! | the newest ledger entry is of a later time, none agrees | doubted: it went back |
//! | nothing was heard or written for a week | doubted until a registry agrees: it leapt, or the machine slept |
//! | no registry ever said the time (a simulation) | believed |

use std::collections::BTreeMap;

use jiff::SignedDuration;
use model::{RegistryId, Timestamp};
use policy::Refusal;
use serde::{Deserialize, Serialize};
use store::settings::{self, InstanceKind};
use store::{Tx, ledger};

use crate::failure::{Failure, Fault};
use crate::registrar::Registrar;
use crate::registry::alarm;

/// Further apart no two clocks are that are kept by a time service, the way of a greeting included.
pub(crate) const TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// How long what a registry said counts.
const SAID_COUNTS: SignedDuration = SignedDuration::from_hours(24);

/// From one note that nothing changed to the next.
const SAID_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// Longer than anybody who works is silent: the ledger has entries every day.
const SILENCE: SignedDuration = SignedDuration::from_hours(7 * 24);

const ALARM: &str = "clock";

/// Setting: what each registry said last.
const SAID: &str = "clock.said";

/// What a registry said last of our clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Said {
    /// When, by our clock.
    at: Timestamp,
    /// By how many milliseconds the registry's is ahead.
    ahead_ms: i64,
}

impl Said {
    fn agrees(&self) -> bool {
        self.ahead_ms.unsigned_abs() <= TOLERANCE.as_millis().unsigned_abs() as u64
    }

    fn counts(&self, now: Timestamp) -> bool {
        now.duration_since(self.at).abs() <= SAID_COUNTS
    }
}

type AllSaid = BTreeMap<RegistryId, Said>;

fn find_said(tx: &mut Tx<'_>) -> Result<AllSaid, Failure> {
    Ok(settings::find(tx, SAID)?.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default())
}

/// Notes what a registry said of our clock at an instant of it, where that is news, and raises or clears the alarm.
pub(crate) fn note_said(registrar: &Registrar, registry: &RegistryId, at: Timestamp, ahead_ms: i64) -> Result<(), Failure> {
    let said = Said { at, ahead_ms };
    let before = registrar.store().read::<_, Failure>(|tx| Ok(find_said(tx)?.get(registry).copied()))?;
    let is_news = before.is_none_or(|before| before.agrees() != said.agrees() || said.at.duration_since(before.at).abs() >= SAID_EVERY);
    if is_news {
        let registry = registry.clone();
        registrar.store().write::<_, Failure>(move |tx| {
            let mut all = find_said(tx)?;
            all.insert(registry.clone(), said);
            let json =
                serde_json::to_string(&all).map_err(|error| Fault::new("what registries say of the clock cannot be written", &error))?;
            Ok(settings::set(tx, SAID, &json)?)
        })?;
    }
    watch(registrar)
}

/// Says what is doubted, once, and that it is not any more.
fn watch(registrar: &Registrar) -> Result<(), Failure> {
    let now = registrar.now();
    let (doubt, is_raised) = registrar.store().read::<_, Failure>(|tx| {
        let doubt = find_doubt(tx, now)?.or(find_odd_one(tx, now)?);
        Ok((doubt, alarm::is_raised(tx, ALARM)?))
    })?;
    if doubt.is_some() == is_raised {
        return Ok(());
    }
    registrar.store().write::<_, Failure>(move |tx| Ok(alarm::say(tx, ALARM, doubt.clone(), now)?))
}

/// Why the clock is doubted, in a sentence; none while it is believed.
pub(crate) fn find_doubt(tx: &mut Tx<'_>, now: Timestamp) -> Result<Option<String>, Failure> {
    // A rehearsal's clock is moved on purpose.
    if settings::find_instance_kind(tx)? == Some(InstanceKind::Rehearsal) {
        return Ok(None);
    }
    let heard = find_said(tx)?;
    let Some(last) = heard.values().map(|said| said.at).max() else { return Ok(None) };
    let mut counting = heard.iter().filter(|(_, said)| said.counts(now));
    if counting.clone().any(|(_, said)| said.agrees()) {
        return Ok(None);
    }
    let advice = "nothing acts by itself until a registry agrees; set the machine's clock, and see that a time service keeps it";
    if let Some((registry, said)) = counting.next() {
        return Ok(Some(differs(registry, said, advice)));
    }
    let written = ledger::list_newest_entries(tx, i64::MAX.unsigned_abs(), 1)?.first().map(|entry| entry.at);
    if let Some(written) = written.filter(|written| written.duration_since(now) > TOLERANCE) {
        return Ok(Some(format!("this machine's clock shows {now}, and the ledger has an entry of {written}: {advice}")));
    }
    let last = written.map_or(last, |written| written.max(last));
    Ok((now.duration_since(last) > SILENCE)
        .then(|| format!("this machine's clock shows {now}, and nothing was written or heard since {last}: {advice}")))
}

/// A registry that differs while another agrees: its clock is wrong, and its dates are not to be relied on.
fn find_odd_one(tx: &mut Tx<'_>, now: Timestamp) -> Result<Option<String>, Failure> {
    let odd = find_said(tx)?.into_iter().find(|(_, said)| said.counts(now) && !said.agrees());
    Ok(odd.map(|(registry, said)| differs(&registry, &said, "another registry agrees with this machine: ask this one about its clock")))
}

fn differs(registry: &RegistryId, said: &Said, advice: &str) -> String {
    let theirs = said.at.saturating_add(SignedDuration::from_millis(said.ahead_ms)).unwrap_or(said.at);
    format!("this machine's clock showed {} when registry `{registry}` said it is {theirs}: {advice}", said.at)
}

/// Refuses what the clock orders while it is doubted.
pub(crate) fn doubted(sentence: String) -> Refusal {
    Refusal::new("clock.doubted", "design rule 1", sentence).hint("`namekeep doctor` shows when it is believed again")
}
