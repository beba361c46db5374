//! Hold a person's data for a court, an authority or a dispute, and let it go again (RET-14).
//!
//! Rule: while one hold stands, nothing of the person is let go, whatever clocks end and whoever orders an erasure. Each hold has the
//! reference of whoever asked for it, and only that reference ends it.

use model::ContactId;
use policy::{Permission, Refusal};
use serde::Serialize;
use store::custody::{self, Hold};

use super::custody::get_living;
use super::erase::{REASON_CHARS, stated};
use crate::actor::ledger_name;
use crate::authorised::NeedsPermission;
use crate::execute::note;
use crate::failure::Failure;
use crate::use_case::{UseCase, Work};

/// Hold a person's data.
#[derive(Clone, Debug)]
pub struct HoldRegistrant {
    /// Whose.
    pub contact: ContactId,
    /// The file number of whoever asks for it.
    pub reference: String,
    /// Why. It stays in the ledger, so no personal data.
    pub reason: String,
}

/// Let a person's data go.
#[derive(Clone, Debug)]
pub struct ReleaseRegistrant {
    /// Whose.
    pub contact: ContactId,
    /// The file number under which it is held.
    pub reference: String,
}

/// What the ledger keeps.
#[derive(Serialize)]
struct Noted<'a> {
    contact: ContactId,
    reference: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
}

impl NeedsPermission for HoldRegistrant {
    fn permission(&self) -> Permission {
        Permission::EraseRegistrant
    }
}

impl NeedsPermission for ReleaseRegistrant {
    fn permission(&self) -> Permission {
        Permission::EraseRegistrant
    }
}

impl UseCase for HoldRegistrant {
    type Answer = ();

    fn run(&self, work: &mut Work<'_, '_>) -> Result<(), Failure> {
        let (id, reference, reason) = (self.contact, referred(&self.reference)?, stated(&self.reason, "a hold")?);
        get_living(work.tx, id)?;
        let hold = Hold { reference: reference.to_owned(), reason: reason.to_owned(), since: work.now };
        if !custody::hold(work.tx, id, &hold)? {
            return Ok(());
        }
        let noted = Noted { contact: id, reference, reason: Some(reason) };
        note(work.tx, work.registrar, &ledger_name(work.actor), &id.to_string(), "registrant-held", &noted, work.now)
    }
}

impl UseCase for ReleaseRegistrant {
    type Answer = ();

    fn run(&self, work: &mut Work<'_, '_>) -> Result<(), Failure> {
        let (id, reference) = (self.contact, referred(&self.reference)?);
        get_living(work.tx, id)?;
        if !custody::release(work.tx, id, reference)? {
            return Err(Refusal::new("registrant.not_held", "RET-14", format!("contact `{id}` is not held under `{reference}`"))
                .hint("`namekeep registrant show` names the holds of a contact")
                .into());
        }
        // Clocks that ended meanwhile were passed over: the next purge looks again.
        custody::set_clock(work.tx, id, None, "RET-14", work.now)?;
        let noted = Noted { contact: id, reference, reason: None };
        note(work.tx, work.registrar, &ledger_name(work.actor), &id.to_string(), "registrant-released", &noted, work.now)
    }
}

fn referred(reference: &str) -> Result<&str, Failure> {
    let reference = reference.trim();
    if reference.is_empty() || reference.chars().count() > REASON_CHARS || reference.contains(char::is_control) {
        return Err(Refusal::new("registrant.reference", "RET-14", format!("the reference of a hold has 1 to {REASON_CHARS} characters"))
            .hint("give the file number of whoever asked for it")
            .into());
    }
    Ok(reference)
}
