//! Whether registrants were verified: asking them, taking their answers, and what follows for their names (ACY-3 to ACY-8).
//!
//! ```text
//!  a name opens a case --> ask: token, first letter, reminders (letters)
//!                                       |
//!      token, code or evidence comes back (verify) --> verified, once for all names --> news to each name (contact::HolderChanges)
//!      a letter comes back, somebody complains (doubt) --> to be verified anew ------/
//! ```

mod call;
mod doubt;
mod letters;
mod read;
mod token;
mod verify;

use model::{ContactId, Timestamp};
use policy::HolderNews;
use policy::verification::VerificationCause;
use store::Tx;
use store::jobs::{self, NewJob};
use store::verifications::{self, VerificationRow};

use crate::contact::enqueue_news;
use crate::failure::Failure;
use crate::registrar::Registrar;
use crate::use_case::Work;

pub use call::{CallHolder, PhoneCode, VerifyByCode};
pub use doubt::DoubtHolder;
pub(crate) use doubt::{doubt, doubt_after_bounce};
pub use letters::VerificationLetters;
pub use read::ReadVerification;
pub use verify::{VerifyByHand, VerifyByToken};

pub(crate) use token::token_of;
pub(crate) use verify::verify_by_token;

/// A name waits for its holder: they are asked, unless they are already.
pub(crate) fn ask(
    tx: &mut Tx<'_>,
    registrar: &Registrar,
    contact: ContactId,
    cause: VerificationCause,
    now: Timestamp,
) -> Result<(), Failure> {
    let mut row = verifications::find(tx, contact)?.unwrap_or_else(|| VerificationRow::new(cause));
    if row.is_verified || row.asked_at.is_some() {
        return Ok(());
    }
    row = VerificationRow { cause, asked_at: Some(now), letters: 0, nonce: Some(token::draw_nonce(registrar)), ..row };
    verifications::put(tx, contact, &row)?;
    token::make_key(tx, registrar)?;
    letters::enqueue(tx, registrar, contact, now)
}

/// A contact's data was changed. What was verified is so no longer, unless nothing of it differs; and a token goes to the address that it
/// is to prove. `is_other_holder` where the names learn of it as a change of registrant.
pub(crate) fn follow_change(
    work: &mut Work<'_, '_>,
    contact: ContactId,
    before: &model::Contact,
    after: &model::Contact,
    is_other_holder: bool,
) -> Result<(), Failure> {
    if policy::accuracy::is_same_verified_data(before, after) {
        return Ok(());
    }
    let Some(mut row) = verifications::find(work.tx, contact)? else { return Ok(()) };
    if row.is_verified {
        let cause = VerificationCause::DataChanged;
        let verified = row.verified.take();
        verifications::put(work.tx, contact, &VerificationRow { verified, ..VerificationRow::new(cause) })?;
        if !is_other_holder {
            enqueue_news(work, contact, HolderNews::Doubted { cause, at: work.now })?;
        }
    } else if row.asked_at.is_some() && before.email != after.email {
        row = VerificationRow { letters: 0, nonce: Some(token::draw_nonce(work.registrar)), ..row };
        verifications::put(work.tx, contact, &row)?;
        jobs::cancel(work.tx, letters::KIND, &contact.to_string())?;
        letters::enqueue(work.tx, work.registrar, contact, work.now)?;
    }
    Ok(())
}

/// Draws the id of a job and writes it down.
fn job_of<'j>(registrar: &Registrar, kind: &'j str, key: &'j str, ready_at: Timestamp) -> NewJob<'j> {
    NewJob { id: model::JobId::new(registrar.now(), &mut registrar.draw()), kind, key, ready_at, payload: "{}" }
}
