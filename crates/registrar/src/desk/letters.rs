//! Hands out the letters of the desk, the way notices leave.
//!
//! ```text
//!  ordered, sealed --> left, or its address refused for good: that is a step of the case, and an alarm where an answer was owed
//!     ^         \
//!     +----------+-- not now: tried again, at last given up like a refused one
//! ```

use jiff::SignedDuration;
use model::{LetterId, Timestamp};
use policy::Permission;
use store::desk::{self, LetterRow};

use super::case::{ACKNOWLEDGEMENT, CaseWords, get, letter_place, log};
use super::text::Letter;
use crate::actor;
use crate::authorised::{NeedsPermission, authorise};
use crate::failure::Failure;
use crate::notice::{Courier, PlainLetter, Posting, STEP_TIME, Standing, relay_answers};
use crate::registrar::Registrar;
use crate::registry::alarm::{self, Raised};
use crate::use_case::{UseCase, Work};

/// Letters read from the store at once.
const PAGE_LETTERS: u32 = 100;
/// How long a letter is tried whose mail server does not take it (RFC 5321 section 4.5.4.1: four to five days).
const GIVE_UP: SignedDuration = SignedDuration::from_hours(5 * 24);
/// The step of a case whose letter was refused.
const REFUSED: &str = "letter-refused";

/// Who hands the letters out.
pub(super) struct Post {
    registrar: Registrar,
    courier: Courier,
    /// Of the letters that were not taken by themselves; the relay's is the courier's.
    standing: Standing,
}

/// How far a letter got.
enum Way {
    Gone,
    Waits,
    AllWait,
}

impl Post {
    pub(super) fn new(registrar: &Registrar, courier: &Courier) -> Self {
        Self { registrar: registrar.clone(), courier: courier.clone(), standing: Standing::default() }
    }

    /// Whether a letter waits that can be tried.
    pub(super) fn is_due(&self) -> Result<bool, Failure> {
        Ok(!self.is_resting() && !self.list(None, 1)?.is_empty())
    }

    fn is_resting(&self) -> bool {
        self.courier.is_resting() || self.standing.is_resting(self.registrar.now())
    }

    /// Hands out what waits; gives how many left. After a crash in between, the same message goes again under the same id.
    pub(super) fn carry(&self) -> Result<usize, Failure> {
        if self.is_resting() {
            return Ok(0);
        }
        let started_at = self.registrar.now();
        let (mut gone, mut waiting) = (0, 0_u32);
        let mut after = None;
        loop {
            let page = self.list(after, PAGE_LETTERS)?;
            let Some(last) = page.last() else { break };
            after = Some(last.id);
            for row in &page {
                match self.hand_out(row)? {
                    Way::Gone => gone += 1,
                    Way::Waits => waiting += 1,
                    Way::AllWait => return Ok(gone),
                }
                if self.registrar.now().duration_since(started_at) >= STEP_TIME {
                    return Ok(gone);
                }
            }
        }
        if waiting > 0 {
            let failures = self.standing.failed(self.registrar.now());
            tracing::warn!(waiting, failures, "letters of the desk were not taken; they are tried again");
        } else {
            self.standing.is_well();
        }
        Ok(gone)
    }

    fn list(&self, after: Option<LetterId>, limit: u32) -> Result<Vec<LetterRow>, Failure> {
        self.registrar.store().read(|tx| Ok(desk::list_uncarried(tx, after, limit)?))
    }

    fn hand_out(&self, row: &LetterRow) -> Result<Way, Failure> {
        let (id, vault) = (row.id.to_string(), self.registrar.vault());
        let letter: Letter = self
            .registrar
            .store()
            .read::<_, Failure>(|tx| Ok(vault.open(tx, &row.case.to_string(), &letter_place(&id), &row.sealed)?))?;
        let at = self.registrar.now();
        let plain = PlainLetter { id: &id, to: &letter.email, subject: &letter.subject, body: &letter.body };
        let refused = match self.courier.post(&plain)? {
            Posting::Left => None,
            Posting::Refused(reply) => Some((reply.reason(), format!("({} {})", reply.code, reply.text.expose()))),
            Posting::Stays(reason) if at.duration_since(row.ordered_at) > GIVE_UP => Some((reason, "(tried for five days)".to_owned())),
            Posting::Stays(_) => return Ok(Way::Waits),
            Posting::AllStay => return Ok(Way::AllWait),
        };
        self.registrar.carry_out(authorise(&actor::timer(), LetterGone { row: row.clone(), at, refused })?)?;
        Ok(Way::Gone)
    }
}

/// A letter left, or never will.
struct LetterGone {
    row: LetterRow,
    at: Timestamp,
    /// Why it never will: the code, and what was said with it.
    refused: Option<(String, String)>,
}

impl NeedsPermission for LetterGone {
    fn permission(&self) -> Permission {
        Permission::RunClock
    }
}

impl UseCase for LetterGone {
    type Answer = ();

    fn run(&self, work: &mut Work<'_, '_>) -> Result<(), Failure> {
        let Self { row, at, refused } = self;
        desk::set_carried(work.tx, row.id, *at)?;
        relay_answers(work.tx)?;
        let Some((code, said)) = refused else { return Ok(()) };
        let case = get(work.tx, row.case)?.case;
        let reason = format!("the {} did not reach its address: {code} {said}", row.kind);
        log(work, &case, REFUSED, Some(&CaseWords { reason, balancing: None }))?;
        if row.kind != ACKNOWLEDGEMENT {
            // Who asks under an address that does not exist is no matter for anybody; who waits for an answer is.
            let sentence = format!("the {} of case {} did not reach its address ({code}); reach them in another way", row.kind, row.case);
            alarm::raise(work.tx, &Raised { key: format!("letter:{}", row.id), registry: None, sentence }, work.now)?;
        }
        Ok(())
    }
}
