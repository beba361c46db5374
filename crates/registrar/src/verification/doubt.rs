//! Something speaks against a holder's data, or they were asked about it: it is verified anew within 15 days (ACY-7, ACY-8).

use model::{ContactId, NoticeId};
use policy::verification::VerificationCause;
use policy::{HolderNews, Permission};
use serde::Serialize;
use store::contacts;
use store::verifications::{self, VerificationRow};

use super::verify::checked_reference;
use crate::actor::ledger_name;
use crate::authorised::NeedsPermission;
use crate::contact::{enqueue_news, unknown};
use crate::execute::note;
use crate::failure::Failure;
use crate::use_case::{UseCase, Work};

/// Have a holder verified anew.
#[derive(Clone, Debug)]
pub struct DoubtHolder {
    /// Whom.
    pub contact: ContactId,
    /// Whether it is an inquiry that they have to answer (ACY-8), or a doubt (ACY-7).
    pub is_inquiry: bool,
    /// What speaks against the data: a case, a report. It is kept in the ledger, so no personal data.
    pub reference: String,
}

/// What the ledger keeps.
#[derive(Serialize)]
struct Noted<'n> {
    contact: ContactId,
    cause: VerificationCause,
    reference: &'n str,
}

impl NeedsPermission for DoubtHolder {
    fn permission(&self) -> Permission {
        Permission::VerifyHolder
    }
}

impl UseCase for DoubtHolder {
    type Answer = ();

    fn run(&self, work: &mut Work<'_, '_>) -> Result<(), Failure> {
        let reference = checked_reference(&self.reference, "reason")?;
        let cause = if self.is_inquiry { VerificationCause::Inquiry } else { VerificationCause::Doubt };
        doubt(work, self.contact, cause, &reference)
    }
}

/// A letter to a holder came back for good: their address is not what it was (ACY-7).
pub(crate) fn doubt_after_bounce(work: &mut Work<'_, '_>, contact: ContactId, notice: NoticeId) -> Result<(), Failure> {
    doubt(work, contact, VerificationCause::Doubt, &format!("letter {notice} came back"))
}

/// Whoever is asked already stays so, under the dates of then: nobody gains time by a second doubt.
pub(crate) fn doubt(work: &mut Work<'_, '_>, contact: ContactId, cause: VerificationCause, reference: &str) -> Result<(), Failure> {
    if !contacts::is_known(work.tx, contact)? {
        return Err(unknown(contact));
    }
    note(
        work.tx,
        work.registrar,
        &ledger_name(work.actor),
        &contact.to_string(),
        "holder-doubted",
        &Noted { contact, cause, reference },
        work.now,
    )?;
    let row = verifications::find(work.tx, contact)?;
    if row.as_ref().is_some_and(|row| row.asked_at.is_some()) {
        return Ok(());
    }
    let verified = row.and_then(|row| row.verified);
    verifications::put(work.tx, contact, &VerificationRow { verified, ..VerificationRow::new(cause) })?;
    enqueue_news(work, contact, HolderNews::Doubted { cause, at: work.now })
}
