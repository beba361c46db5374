//! Take one form out of the spool: once, however often its file comes by.

use jiff::SignedDuration;
use model::Timestamp;
use policy::desk::{DeskRules, Form, Posted};
use policy::{Permission, Refusal};
use store::desk;

use super::{case, holder_answer, relay};
use crate::authorised::NeedsPermission;
use crate::failure::Failure;
use crate::use_case::{UseCase, Work};

/// Oldest form that is taken, in days: younger than receipts are kept, so that no old file is taken twice.
const OLDEST_DAYS: i64 = 90;
/// How far ahead the clock of the public process may be.
const AHEAD: SignedDuration = SignedDuration::from_mins(10);

/// Take a form. The answer says whether it is new.
#[derive(Clone, Debug)]
pub(super) struct TakePosted {
    /// What was opened.
    pub(super) posted: Posted,
    /// What this registrar adds to the rules.
    pub(super) rules: DeskRules,
}

impl NeedsPermission for TakePosted {
    fn permission(&self) -> Permission {
        Permission::RunClock
    }
}

impl UseCase for TakePosted {
    type Answer = bool;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<bool, Failure> {
        let Posted { receipt, at, form } = &self.posted;
        require_recent(*at, work.now)?;
        if desk::find_receipt(work.tx, *receipt)?.is_some() {
            return Ok(false);
        }
        match form {
            Form::Contact(request) => relay::pass_on(work, *receipt, *at, request).map(drop)?,
            Form::Inaccuracy(_) | Form::Disclosure(_) => case::begin(work, *receipt, *at, form, None, &self.rules).map(drop)?,
            Form::Verification(answer) => holder_answer::take(work, *receipt, *at, answer)?,
        }
        Ok(true)
    }

    fn goes_on_while_frozen(&self) -> bool {
        true
    }
}

fn require_recent(at: Timestamp, now: Timestamp) -> Result<(), Refusal> {
    let age = now.duration_since(at);
    if age > SignedDuration::from_hours(24 * OLDEST_DAYS) || age < -AHEAD {
        let sentence = format!("it was posted at {at}, and only what is at most {OLDEST_DAYS} days old is taken");
        return Err(Refusal::new("intake.age", "RDP-15", sentence).hint("check the clock of the machine that serves the directory"));
    }
    Ok(())
}
