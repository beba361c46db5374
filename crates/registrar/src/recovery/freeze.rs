//! Freeze the instance: by a restore, once the state is back, or by an officer who has reason to stop the machine.

use model::Timestamp;
use policy::{Permission, Refusal};
use store::recovery::{self, Freeze};

use crate::actor::ledger_name;
use crate::authorised::NeedsPermission;
use crate::execute::note;
use crate::failure::Failure;
use crate::registry::alarm::{self, Raised};
use crate::use_case::{UseCase, Work};

/// Under which subject the ledger has it.
pub(super) const SUBJECT: &str = "recovery";
/// The alarm that stands while the instance is frozen.
pub(super) const ALARM: &str = "recovery";

/// Longest text of a source, in characters.
const SOURCE_CHARACTERS: usize = 200;

/// Freeze the instance. One that is frozen already stays so since then: what was put back first is the older state.
#[derive(Clone, Debug)]
pub struct FreezeRegistrar {
    /// What was put back, or why else, in words for people. No personal data.
    pub source: String,
    /// The recovery point, where one is known.
    pub point: Option<Timestamp>,
}

impl NeedsPermission for FreezeRegistrar {
    fn permission(&self) -> Permission {
        Permission::Recover
    }
}

impl UseCase for FreezeRegistrar {
    type Answer = Freeze;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Freeze, Failure> {
        let source = self.source.trim();
        if source.is_empty() || source.chars().count() > SOURCE_CHARACTERS {
            let sentence = format!("what is frozen for has to be said, in at most {SOURCE_CHARACTERS} characters");
            return Err(Refusal::new("recovery.source", "END-5", sentence).hint("name the backup, the deposit or the incident").into());
        }
        if let Some(point) = self.point.filter(|point| *point > work.now) {
            let sentence = format!("a recovery point of {point} lies in the future");
            return Err(Refusal::new("recovery.point", "END-5", sentence)
                .hint("give the instant of the last commit in what was put back")
                .into());
        }
        let known = recovery::find_freeze(work.tx)?;
        let freeze = known.unwrap_or_else(|| Freeze { since: work.now, source: source.to_owned(), point: self.point });
        recovery::freeze(work.tx, &freeze)?;
        let who = ledger_name(work.actor);
        note(
            work.tx,
            work.registrar,
            &who,
            SUBJECT,
            "registrar-frozen",
            &Freeze { source: source.to_owned(), ..freeze.clone() },
            work.now,
        )?;
        alarm::raise(work.tx, &raised(&freeze), work.now)?;
        Ok(freeze)
    }
}

fn raised(freeze: &Freeze) -> Raised {
    let sentence = format!(
        "frozen since {} ({}): nothing is renewed, deleted, sent or deposited by itself; reconcile with every registry (`namekeep recovery \
         reconcile`), then `namekeep recovery thaw`",
        freeze.since, freeze.source
    );
    Raised { key: ALARM.to_owned(), registry: None, sentence }
}
