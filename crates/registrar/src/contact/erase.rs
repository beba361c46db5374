//! Erase a person: everything that says who they are, here and in every backup of the database.
//!
//! Rule: what a clock, a name in our care or a hold still needs is not erased (RET-2, RET-3, RET-14). An erasure may be ordered ahead, and
//! the clock carries it out when the last one ends. What makes it an erasure is the destroyed data key; what is removed besides would open
//! with nothing. The ledger says that it was done and for what reason, and nothing of whom.

use model::{ContactId, Timestamp};
use policy::calendar::utc_date;
use policy::{Permission, Refusal};
use serde::Serialize;
use store::{Tx, consents, contact_buckets, contacts, custody};

use super::custody::{RunningClock, get_living, is_free, require_free, running_clocks};
use super::unknown;
use crate::actor::ledger_name;
use crate::authorised::NeedsPermission;
use crate::execute::note;
use crate::failure::Failure;
use crate::registrar::Registrar;
use crate::use_case::{UseCase, Work};

/// Longest reason of an erasure or a hold, in characters.
pub(super) const REASON_CHARS: usize = 200;

/// The kind of the ledger's entry.
pub(crate) const ERASED: &str = "registrant-erased";

/// Erase a person.
#[derive(Clone, Debug)]
pub struct EraseRegistrant {
    /// Who.
    pub contact: ContactId,
    /// Why: a request's number, an order. It stays in the ledger, so no personal data.
    pub reason: String,
    /// Whether to erase when the last clock ends, where one still runs.
    pub when_due: bool,
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Erasure {
    /// It is done; the key file is cut by [`Registrar::sweep_keys`].
    Erased,
    /// It is ordered; the clock carries it out.
    Ordered {
        /// When the last clock ends.
        due: Timestamp,
        /// What runs until then.
        clocks: Vec<RunningClock>,
    },
}

/// What the ledger keeps.
#[derive(Serialize)]
struct Noted<'a> {
    contact: ContactId,
    reason: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    due: Option<Timestamp>,
}

impl NeedsPermission for EraseRegistrant {
    fn permission(&self) -> Permission {
        Permission::EraseRegistrant
    }
}

impl UseCase for EraseRegistrant {
    type Answer = Erasure;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Erasure, Failure> {
        let (id, reason) = (self.contact, stated(&self.reason, "an erasure")?);
        get_living(work.tx, id)?;
        require_free(work.tx, id)?;
        let clocks = running_clocks(work.tx, id, work.now)?;
        let who = ledger_name(work.actor);
        let Some(last) = clocks.first() else {
            erase(work.tx, work.registrar, &who, id, reason, work.now)?;
            return Ok(Erasure::Erased);
        };
        if !self.when_due {
            let lines: Vec<String> = clocks.iter().map(|clock| format!("{} until {}", clock.rule, utc_date(clock.keep_until))).collect();
            return Err(Refusal::new("registrant.retained", "RET-14", format!("contact `{id}` has to be kept: {}", lines.join(", ")))
                .hint("order it with `--when-due`: it is then erased by itself on the last of these days")
                .not_before(last.keep_until)
                .into());
        }
        let due = last.keep_until;
        if custody::order_erasure(work.tx, id, reason, work.now)? {
            let noted = Noted { contact: id, reason, due: Some(due) };
            note(work.tx, work.registrar, &who, &id.to_string(), "erasure-ordered", &noted, work.now)?;
        }
        Ok(Erasure::Ordered { due, clocks })
    }
}

/// Take back an erasure that was ordered and is not carried out yet.
#[derive(Clone, Copy, Debug)]
pub struct CancelErasure {
    /// Whose.
    pub contact: ContactId,
}

impl NeedsPermission for CancelErasure {
    fn permission(&self) -> Permission {
        Permission::EraseRegistrant
    }
}

impl UseCase for CancelErasure {
    type Answer = ();

    fn run(&self, work: &mut Work<'_, '_>) -> Result<(), Failure> {
        let id = self.contact;
        get_living(work.tx, id)?;
        if !custody::cancel_erasure(work.tx, id)? {
            return Err(Refusal::new("registrant.not_ordered", "RET-14", format!("no erasure of contact `{id}` is ordered"))
                .hint("`namekeep registrant show` says how a contact stands")
                .into());
        }
        let noted = Noted { contact: id, reason: "", due: None };
        note(work.tx, work.registrar, &ledger_name(work.actor), &id.to_string(), "erasure-cancelled", &noted, work.now)
    }
}

/// Destroys the key and empties what it sealed. `false` if it was erased before.
pub(crate) fn erase(
    tx: &mut Tx<'_>,
    registrar: &Registrar,
    who: &str,
    id: ContactId,
    reason: &str,
    now: Timestamp,
) -> Result<bool, Failure> {
    let owner = id.to_string();
    registrar.vault().destroy(tx, &owner, now)?;
    if !custody::erase(tx, id, now)? {
        return Ok(false);
    }
    contacts::remove_revisions(tx, id)?;
    consents::remove(tx, id)?;
    contact_buckets::remove(tx, id)?;
    note(tx, registrar, who, &owner, ERASED, &Noted { contact: id, reason, due: None }, now)?;
    Ok(true)
}

/// The last clock of a contact ended: erases it if nothing else needs it, for the reason that was given when it was ordered.
pub(crate) fn erase_if_free(tx: &mut Tx<'_>, registrar: &Registrar, who: &str, id: ContactId, now: Timestamp) -> Result<bool, Failure> {
    let standing = custody::find(tx, id)?.ok_or_else(|| unknown(id))?;
    if standing.erased_at.is_some() || !is_free(tx, id, now)? {
        return Ok(false);
    }
    let reason = standing.ordered.map_or_else(|| "kept long enough".to_owned(), |(_, reason)| reason);
    erase(tx, registrar, who, id, &reason, now)
}

/// A reason that can stand in the ledger.
pub(super) fn stated<'a>(reason: &'a str, of: &str) -> Result<&'a str, Failure> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > REASON_CHARS || reason.contains(char::is_control) {
        return Err(Refusal::new("registrant.reason", "RET-14", format!("the reason of {of} has 1 to {REASON_CHARS} characters"))
            .hint("name the request or order, such as `request 4711`; it stays on record, so no personal data")
            .into());
    }
    Ok(reason)
}
