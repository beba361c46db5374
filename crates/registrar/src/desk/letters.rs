//! Carries the letters of the desk into the maildrop, where the mail system takes up notices too.

use model::{LetterId, Timestamp};
use policy::Permission;
use store::desk::{self, LetterRow};

use super::case::letter_place;
use super::text::Letter;
use crate::actor;
use crate::authorised::{NeedsPermission, authorise};
use crate::failure::{Failure, Fault};
use crate::notice::put_message;
use crate::registrar::Registrar;
use crate::use_case::{UseCase, Work};

/// Letters read from the store at once.
const PAGE_LETTERS: u32 = 100;

/// Whether a letter waits.
pub(super) fn has_waiting(registrar: &Registrar) -> Result<bool, Failure> {
    registrar.store().read(|tx| Ok(!desk::list_uncarried(tx, None, 1)?.is_empty()))
}

/// Carries a page of letters; gives how many. After a crash in between, the same message goes again under the same id.
pub(super) fn carry(registrar: &Registrar) -> Result<usize, Failure> {
    let rows = registrar.store().read::<_, Failure>(|tx| Ok(desk::list_uncarried(tx, None, PAGE_LETTERS)?))?;
    for row in &rows {
        let letter = open(registrar, row)?;
        let at = registrar.now();
        put_message(registrar.notices(), &row.id.to_string(), at, &letter.email, &letter.subject, &letter.body)
            .map_err(|error| Fault::new("the maildrop takes no message", &error))?;
        registrar.carry_out(authorise(&actor::timer(), LetterCarried { letter: row.id, at })?)?;
    }
    Ok(rows.len())
}

fn open(registrar: &Registrar, row: &LetterRow) -> Result<Letter, Failure> {
    let id = row.id.to_string();
    registrar.store().read(|tx| Ok(registrar.vault().open(tx, &row.case.to_string(), &letter_place(&id), &row.sealed)?))
}

/// A letter lies in the maildrop.
struct LetterCarried {
    letter: LetterId,
    at: Timestamp,
}

impl NeedsPermission for LetterCarried {
    fn permission(&self) -> Permission {
        Permission::RunClock
    }
}

impl UseCase for LetterCarried {
    type Answer = ();

    fn run(&self, work: &mut Work<'_, '_>) -> Result<(), Failure> {
        Ok(desk::set_carried(work.tx, self.letter, self.at)?)
    }
}
