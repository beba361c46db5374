//! May a person's data go? What stands in the way, in the order in which it is told: a name in our care, a hold, a clock.

use model::{ContactId, Timestamp};
use policy::{Refusal, calendar::utc_date};
use serde::Serialize;
use store::{Tx, custody, registrations};

use super::unknown;
use crate::failure::Failure;

/// A clock that keeps a person's data, as people read it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RunningClock {
    /// The rule.
    pub rule: String,
    /// The name for which it runs, as it is known; none where it is not about one name.
    pub name: Option<String>,
    /// Its end.
    pub keep_until: Timestamp,
}

/// How a contact stands; a refusal if there is none.
pub(crate) fn get(tx: &mut Tx<'_>, id: ContactId) -> Result<custody::Standing, Failure> {
    custody::find(tx, id)?.ok_or_else(|| unknown(id))
}

/// The same of one that must not be erased yet.
pub(crate) fn get_living(tx: &mut Tx<'_>, id: ContactId) -> Result<custody::Standing, Failure> {
    let standing = get(tx, id)?;
    match standing.erased_at {
        Some(at) => Err(erased(id, at)),
        None => Ok(standing),
    }
}

/// Refuses what is asked of a person who was erased.
pub(crate) fn erased(id: ContactId, at: Timestamp) -> Failure {
    Refusal::new("contact.erased", "RET-14", format!("contact `{id}` was erased on {}; nothing of it is left", utc_date(at)))
        .hint("save the person's data as a new contact, if they are a customer again")
        .into()
}

/// Clocks that have not ended at `now`, the last to end first.
pub(crate) fn running_clocks(tx: &mut Tx<'_>, id: ContactId, now: Timestamp) -> Result<Vec<RunningClock>, Failure> {
    let mut running = Vec::new();
    for clock in custody::list_clocks(tx, id)?.into_iter().filter(|clock| clock.keep_until > now) {
        let registration = clock.domain.map_or(Ok(None), |domain| registrations::find(tx, domain))?;
        let name = registration.map(|registration| registration.name.to_string());
        running.push(RunningClock { rule: clock.rule, name, keep_until: clock.keep_until });
    }
    Ok(running)
}

/// Refuses an erasure while an open name names the person, or while something holds the data.
pub(crate) fn require_free(tx: &mut Tx<'_>, id: ContactId) -> Result<(), Failure> {
    if let Some(domain) = custody::find_open_name(tx, id)? {
        let name = registrations::find(tx, domain)?.map_or_else(|| domain.to_string(), |registration| registration.name.to_string());
        return Err(Refusal::new("registrant.in_use", "RET-2", format!("`{name}` is in our care and names contact `{id}`"))
            .hint("name another contact for it, or wait until it is deleted or transferred away")
            .into());
    }
    match custody::list_holds(tx, id)?.first() {
        Some(hold) => Err(Refusal::new(
            "registrant.held",
            "RET-14",
            format!("contact `{id}` is held since {} under `{}`", utc_date(hold.since), hold.reference),
        )
        .hint(format!("once that is over: `namekeep registrant release {id} --reference {}`", hold.reference))
        .into()),
        None => Ok(()),
    }
}

/// Whether nothing needs the data any more at `now`.
pub(crate) fn is_free(tx: &mut Tx<'_>, id: ContactId, now: Timestamp) -> Result<bool, Failure> {
    let is_named = custody::find_open_name(tx, id)?.is_some();
    Ok(!is_named && custody::list_holds(tx, id)?.is_empty() && custody::list_clocks(tx, id)?.iter().all(|clock| clock.keep_until <= now))
}
