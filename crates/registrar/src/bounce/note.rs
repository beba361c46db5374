//! Notes what became of a notice after it left.

use mail::Reply;
use model::NoticeId;
use serde::Serialize;
use store::Place;
use store::notices::{self, NoticeOutcome, Word};

use crate::actor::ledger_name;
use crate::execute::note;
use crate::failure::{Failure, Fault};
use crate::use_case::Work;
use crate::verification::doubt_after_bounce;

/// What is heard of a notice.
pub(super) struct Heard<'h> {
    pub(super) notice: NoticeId,
    /// The contact it was written to.
    pub(super) key_owner: &'h str,
    pub(super) outcome: NoticeOutcome,
    /// Why, as a code.
    pub(super) reason: Option<String>,
    /// What a server said; it may name the address.
    pub(super) words: &'h str,
}

/// What the ledger keeps.
#[derive(Serialize)]
struct Noted<'a> {
    notice: NoticeId,
    outcome: &'static str,
    reason: Option<&'a str>,
}

/// Whom a letter was written to, by whose keys it is kept under: the first of them.
pub(crate) fn addressee(key_owner: &str) -> &str {
    key_owner.split(' ').next().unwrap_or(key_owner)
}

/// Where the words of a server belong.
pub(crate) fn reply_place(row: &str) -> Place<'_> {
    Place { table: "notice", column: "reply", row, version: 0 }
}

/// Notes it; `false` if nothing worse is heard than before. An address that cannot be reached is doubted.
pub(super) fn heard(work: &mut Work<'_, '_>, heard: &Heard<'_>) -> Result<bool, Failure> {
    let Heard { notice, key_owner, outcome, reason, words } = heard;
    let (row, owner) = (notice.to_string(), addressee(key_owner));
    // Of somebody who was erased since, nothing is kept and nothing doubted.
    let is_erased = work.registrar.vault().is_destroyed(work.tx, owner)?;
    let reply = match is_erased {
        true => None,
        false => Some(work.registrar.vault().seal_bytes(work.tx, owner, &reply_place(&row), words.as_bytes())?),
    };
    let word = Word { outcome: *outcome, at: work.now, reason: reason.as_deref(), reply: reply.as_deref() };
    if !notices::set_outcome(work.tx, *notice, &word)? {
        return Ok(false);
    }
    let noted = Noted { notice: *notice, outcome: outcome.word(), reason: reason.as_deref() };
    let kind = format!("notice-{}", outcome.word());
    note(work.tx, work.registrar, &ledger_name(work.actor), &row, &kind, &noted, work.now)?;
    if !is_erased && matches!(outcome, NoticeOutcome::BouncedHard | NoticeOutcome::Refused) {
        let contact = owner.parse().map_err(|error| Fault::new("a notice was not written to a contact", &error))?;
        doubt_after_bounce(work, contact, *notice)?;
    }
    Ok(true)
}

/// A relay refused the address of a notice for good.
pub(crate) fn refused(work: &mut Work<'_, '_>, notice: NoticeId, key_owner: &str, reply: &Reply) -> Result<(), Failure> {
    let reason = Some(reply.reason());
    heard(work, &Heard { notice, key_owner, outcome: NoticeOutcome::Refused, reason, words: reply.text.expose() }).map(drop)
}
