//! Take a message that came to a return path: note what it says of a notice, once.
//!
//! Rule: a hard bounce of a mandated notice is a fact that suggests bad data (ACY-7). It counts where it bears the notice's seal, however
//! often it comes; what bears none is refused and changes nothing.

use mail::bounce::{self, OtherMail, Reading, Report, Unreadable, Verdict};
use model::NoticeId;
use policy::{Permission, Refusal};
use serde::Serialize;
use store::Place;
use store::notices::{self, NoticeOutcome, NoticeRow};

use super::note::{Heard, heard};
use crate::authorised::NeedsPermission;
use crate::failure::Failure;
use crate::notice::return_key;
use crate::use_case::{UseCase, Work};

/// Take a message that came to a return path.
#[derive(Clone, Debug)]
pub struct TakeBounce {
    reading: Reading,
}

/// What followed from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "taken")]
pub enum Taken {
    /// It was noted.
    Noted {
        /// The notice it is about.
        notice: NoticeId,
        /// What became of it: `delayed`, `bounced-soft`, `bounced-hard`.
        outcome: &'static str,
        /// Why, as a code.
        reason: Option<String>,
    },
    /// That, or worse, was known.
    Known {
        /// The notice it is about.
        notice: NoticeId,
    },
    /// It says that the message arrived, or went on, or speaks of a copy alone.
    NothingWrong {
        /// The notice it is about.
        notice: NoticeId,
    },
    /// It is no report on a delivery.
    OtherMail {
        /// What it is: `auto-reply`, `receipt`, `complaint`, `ordinary`.
        kind: &'static str,
    },
}

impl TakeBounce {
    /// Reads a message; `arrived_at` is the address it came to, where whoever hands it over knows.
    ///
    /// # Errors
    /// [`Refusal`] if it is no mail message, too large, or a report without content.
    pub fn read(message: &[u8], arrived_at: Option<&str>) -> Result<Self, Refusal> {
        bounce::read(message, arrived_at).map(|reading| Self { reading }).map_err(|unreadable: Unreadable| {
            Refusal::new(unreadable.code(), "RFC 3464", unreadable.to_string()).hint("look at the message, then delete it")
        })
    }
}

impl NeedsPermission for TakeBounce {
    fn permission(&self) -> Permission {
        Permission::TakeBounce
    }
}

impl UseCase for TakeBounce {
    type Answer = Taken;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Taken, Failure> {
        match &self.reading {
            Reading::Other(other) => Ok(Taken::OtherMail { kind: OtherMail::word(*other) }),
            Reading::Report(report) => take(work, report),
        }
    }

    fn goes_on_while_frozen(&self) -> bool {
        true
    }
}

fn take(work: &mut Work<'_, '_>, report: &Report) -> Result<Taken, Failure> {
    let key = return_key::find(work.tx, work.registrar)?;
    let notice = key.and_then(|key| report.about(&key)).ok_or_else(unsealed)?;
    let row = notices::find(work.tx, notice)?.ok_or_else(|| unknown(notice))?;
    let (Some(key_owner), Some((present, _))) = (&row.key_owner, row.outcome) else {
        return Err(early(notice));
    };
    // What is known already, or no worse, costs nothing: not the opening of the letter to see who else got it.
    if report.worst(None).and_then(|worst| outcome_of(worst.verdict)).is_some_and(|outcome| outcome <= present) {
        return Ok(Taken::Known { notice });
    }
    let copy = copied_to(work, &row, key_owner)?;
    let Some((worst, outcome)) = report.worst(copy.as_deref()).and_then(|worst| Some((worst, outcome_of(worst.verdict)?))) else {
        return Ok(Taken::NothingWrong { notice });
    };
    let reason = worst.status.map(|status| status.to_string());
    let words = worst.diagnostic.expose();
    let is_new = heard(work, &Heard { notice, key_owner, outcome, reason: reason.clone(), words })?;
    Ok(if is_new { Taken::Noted { notice, outcome: outcome.word(), reason } } else { Taken::Known { notice } })
}

/// What a verdict makes of a notice; nothing where it says that nothing went wrong.
fn outcome_of(verdict: Verdict) -> Option<NoticeOutcome> {
    match verdict {
        Verdict::Relayed => None,
        Verdict::Delayed => Some(NoticeOutcome::Delayed),
        Verdict::Soft => Some(NoticeOutcome::BouncedSoft),
        Verdict::Hard => Some(NoticeOutcome::BouncedHard),
    }
}

/// To whom a copy of a notice went (EXP-4): what is said of that address is not said of the holder's.
fn copied_to(work: &mut Work<'_, '_>, row: &NoticeRow, key_owner: &str) -> Result<Option<String>, Failure> {
    let Some(sealed) = &row.sealed else { return Ok(None) };
    let id = row.order.id.to_string();
    let place = Place { table: "notice", column: "sealed", row: &id, version: 0 };
    let text = work.registrar.vault().open_bytes(work.tx, key_owner, &place, sealed)?;
    let (to, copy) = bounce::addressees(&String::from_utf8_lossy(&text));
    Ok(copy.filter(|copy| to.is_none_or(|to| !to.eq_ignore_ascii_case(copy))))
}

fn unsealed() -> Failure {
    Refusal::new("bounce.unsealed", "ACY-7", "the report bears the seal of no notice of ours; nothing follows from it")
        .hint("it is a forgery, or about mail that did not leave from here; delete it")
        .into()
}

fn unknown(notice: NoticeId) -> Failure {
    Refusal::new("notice.unknown", "ACY-7", format!("there is no notice `{notice}`"))
        .hint("it may have left after the backup was made that this database was restored from")
        .into()
}

fn early(notice: NoticeId) -> Failure {
    Refusal::new("bounce.early", "ACY-7", format!("notice `{notice}` came back before its leaving was on record"))
        .hint("give it again in a minute")
        .into()
}
