//! Thaw the instance: its clock, its couriers and its deposits go on, and catch up.
//!
//! Rule: every registry was reconciled after the restore and nothing is left unexplained; or an officer says why not, and answers for it.

use policy::{Permission, Refusal};
use serde::Serialize;
use store::recovery::{self, Freeze};

use super::freeze::{ALARM, SUBJECT};
use super::outbox::Restored;
use super::status::{self, RecoveryStatus};
use crate::actor::ledger_name;
use crate::authorised::NeedsPermission;
use crate::execute::note;
use crate::failure::Failure;
use crate::registry::alarm;
use crate::use_case::{UseCase, Work};

/// Longest reason, in characters.
const REASON_CHARACTERS: usize = 500;

/// Thaw the instance; the answer is the freeze that ended.
#[derive(Clone, Debug)]
pub struct ThawRegistrar {
    /// Why it is thawed although the reconciliation is not green; none where it is to be.
    pub reason: Option<String>,
}

/// What the ledger keeps.
#[derive(Serialize)]
struct Thawed<'a> {
    freeze: &'a Freeze,
    /// How each registry stood.
    standing: &'a RecoveryStatus,
    /// The officer's word, where it took one.
    reason: Option<&'a str>,
}

impl NeedsPermission for ThawRegistrar {
    fn permission(&self) -> Permission {
        Permission::Recover
    }
}

impl UseCase for ThawRegistrar {
    type Answer = Freeze;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Freeze, Failure> {
        let standing = status::read(work.tx, work.registrar)?;
        let Some(freeze) = standing.freeze.clone() else {
            return Err(Refusal::new("recovery.not-frozen", "END-5", "the instance is not frozen").into());
        };
        let reason = self.reason.as_deref().map(str::trim);
        if let Some(reason) = reason.filter(|reason| reason.is_empty() || reason.chars().count() > REASON_CHARACTERS) {
            let sentence = format!("a reason has 1 to {REASON_CHARACTERS} characters, and this one has {}", reason.chars().count());
            return Err(Refusal::new("recovery.reason", "END-5", sentence).into());
        }
        if reason.is_none() && !standing.is_green() {
            return Err(not_green(&standing, &freeze).into());
        }
        Restored { since: freeze.since }.keep(work.tx)?;
        recovery::thaw(work.tx)?;
        let who = ledger_name(work.actor);
        let thawed = Thawed { freeze: &freeze, standing: &standing, reason };
        note(work.tx, work.registrar, &who, SUBJECT, "registrar-thawed", &thawed, work.now)?;
        alarm::clear(work.tx, ALARM)?;
        Ok(freeze)
    }
}

fn not_green(standing: &RecoveryStatus, freeze: &Freeze) -> Refusal {
    let missing: Vec<String> = standing
        .registries
        .iter()
        .filter(|registry| !registry.is_green)
        .map(|registry| match &registry.last {
            _ if registry.unproven > 0 => {
                format!("`{}` ({} orders of before the restore not cleared up)", registry.registry, registry.unproven)
            }
            Some(last) if last.began_at >= freeze.since => {
                format!("`{}` ({} exceptions, {} names unanswered)", registry.registry, last.exceptions, last.unanswered)
            }
            Some(_) | None => format!("`{}` (not asked since)", registry.registry),
        })
        .collect();
    let sentence = format!("the reconciliation is not green yet: {}", missing.join(", "));
    Refusal::new("recovery.not-green", "END-5", sentence)
        .hint("`namekeep recovery reconcile` says what is missing; an officer can thaw with `--reason` and answers for it")
}
