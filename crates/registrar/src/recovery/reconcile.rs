//! Reconcile one registry after a restore: every name of ours is asked about; what changed there since the recovery point is taken as the
//! registry has it; names that only the registry knows are taken on, where somebody has a list of them (EPP has no command that lists);
//! whatever else differs is for a person. A registry of which nothing is left over is green.

use std::sync::Arc;

use epp::pool::Lane;
use model::{DomainId, DomainName, RegistryId};
use policy::command::AdoptDomain;
use policy::{Actor, Refusal};
use serde::Serialize;
use store::{recovery, registrations};

use super::freeze::SUBJECT;
use super::standing::{self, RegistryStanding};
use super::truth::{AdoptName, TakeRegistryTruth};
use crate::actor::ledger_name;
use crate::authorised::{Authorised, authorise};
use crate::execute::note;
use crate::failure::{Failure, Fault};
use crate::gate::{Finding, Line, Query, RegistryPort};
use crate::reconcile::{DriftReport, Reconciler};
use crate::registrar::{Registrar, log_fault};
use crate::registry::ReconcileNames;

/// Names asked about between two looks at the progress.
const PAGE_NAMES: u32 = 200;

/// Names of each kind that are told one by one; further ones are counted.
const TOLD: usize = 10_000;

/// The source that the ledger has for names that only the registry knew.
const BY_REGISTRY: &str = "the registry's own word";

/// The reconciliation of one registry.
pub struct RecoveryRun {
    registrar: Registrar,
    line: Line,
    reconciler: Reconciler,
    by: Actor,
}

/// What it found.
#[derive(Clone, Debug, Serialize)]
pub struct Reconciled {
    /// Which registry.
    pub registry: RegistryId,
    /// In numbers.
    pub standing: RegistryStanding,
    /// Where the registry's word was taken.
    pub taken: Vec<Taken>,
    /// Names that only the registry knew.
    pub adopted: Vec<DomainName>,
    /// What a person has to decide, each with why.
    pub exceptions: Vec<Exception>,
    /// Names of the list that are not ours there.
    pub foreign: Vec<ForeignName>,
}

/// A name where the registry's word was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Taken {
    /// The name.
    pub name: DomainName,
    /// What was taken.
    pub elements: Vec<String>,
}

/// A difference that nothing explains, or a name about which there was no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exception {
    /// What differs.
    #[serde(flatten)]
    pub report: DriftReport,
    /// Why it is not taken as the registry has it.
    pub why: String,
}

/// A name of a list that the registry does not hold for us.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ForeignName {
    /// The name.
    pub name: DomainName,
    /// How it is there.
    pub why: String,
}

impl RecoveryRun {
    /// The reconciliation of `registry` by an operator.
    ///
    /// # Errors
    /// [`Fault`] if no profile or account of that registry is configured.
    pub fn open(
        by: &Authorised<ReconcileNames>,
        registrar: &Registrar,
        registry: &RegistryId,
        port: Arc<dyn RegistryPort>,
    ) -> Result<Self, Fault> {
        let line = Line::open(registrar.clone(), registry, Arc::clone(&port))?;
        let reconciler = Reconciler::open(by, registrar.clone(), registry, port)?;
        Ok(Self { registrar: registrar.clone(), line, reconciler, by: by.actor().clone() })
    }

    /// Asks about every name of ours, and about those of `listed` that we do not hold. `told` hears how many names were asked about.
    ///
    /// # Errors
    /// A refusal while the instance is not frozen; a fault of the store.
    pub async fn run(&self, listed: &[DomainName], told: &mut (dyn FnMut(u64) + Send)) -> Result<Reconciled, Failure> {
        let began_at = self.registrar.now();
        if !self.registrar.is_frozen()? {
            return Err(Refusal::new("recovery.not-frozen", "END-5", "the instance is not frozen, so there is nothing to make good")
                .hint("`namekeep registry reconcile` compares with registries at any time")
                .into());
        }
        let standing = RegistryStanding { began_at, ended_at: began_at, checked: 0, taken: 0, adopted: 0, exceptions: 0, unanswered: 0 };
        let registry = self.line.registry().clone();
        let mut found =
            Reconciled { registry, standing, taken: Vec::new(), adopted: Vec::new(), exceptions: Vec::new(), foreign: Vec::new() };
        for name in listed.iter().filter(|name| self.line.profile.tld_of(name).is_some()) {
            self.take_on(name, &mut found).await?;
        }
        let mut after: Option<(DomainName, DomainId)> = None;
        loop {
            let page = self.reconciler.page(None, after, PAGE_NAMES).await?;
            found.standing.checked += page.checked as u64;
            for report in page.reports {
                self.clear_up(report, &mut found)?;
            }
            told(found.standing.checked);
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        found.standing.ended_at = self.registrar.now();
        self.keep(&found.standing)?;
        Ok(found)
    }

    /// Takes on a name of the list that we do not hold, if the registry holds it for us.
    async fn take_on(&self, name: &DomainName, found: &mut Reconciled) -> Result<(), Failure> {
        let is_known = self.registrar.store().read::<_, Failure>(|tx| Ok(registrations::find_open(tx, name)?.is_some()))?;
        if is_known {
            return Ok(());
        }
        let asked = self.line.ask(Query::Domain(name.clone()), Lane::Bulk).await;
        let foreign = |why: &str| ForeignName { name: name.clone(), why: why.to_owned() };
        let actual = match asked.finding() {
            Finding::Domain(actual) if actual.sponsor == self.line.us => actual,
            Finding::Domain(_) | Finding::Foreign => {
                tell(&mut found.foreign, foreign("another registrar sponsors it"));
                return Ok(());
            }
            Finding::Absent => {
                tell(&mut found.foreign, foreign("the registry does not know it"));
                return Ok(());
            }
            Finding::Failed { reason } => {
                found.standing.unanswered += 1;
                tell(&mut found.exceptions, Exception { report: DriftReport::trouble(name.clone(), reason), why: NO_ANSWER.to_owned() });
                return Ok(());
            }
            other => {
                found.standing.unanswered += 1;
                let report = DriftReport::trouble(name.clone(), format!("the registry's answer does not fit the question: {other:?}"));
                tell(&mut found.exceptions, Exception { report, why: NO_ANSWER.to_owned() });
                return Ok(());
            }
        };
        let adoption = AdoptDomain {
            name: name.clone(),
            registrant: None,
            contacts: Default::default(),
            expires_at: None,
            source: BY_REGISTRY.to_owned(),
        };
        self.registrar.carry_out(authorise(&self.by, AdoptName { adoption, actual: Some(actual) })?)?;
        found.standing.adopted += 1;
        tell(&mut found.adopted, name.clone());
        // Its data is taken over when it is asked about with the others.
        Ok(())
    }

    /// Takes the registry's word where the recovery point explains what differs; what is left is for a person.
    fn clear_up(&self, report: DriftReport, found: &mut Reconciled) -> Result<(), Failure> {
        if report.trouble.is_some() {
            found.standing.unanswered += 1;
            tell(&mut found.exceptions, Exception { report, why: NO_ANSWER.to_owned() });
            return Ok(());
        }
        let name = report.name.clone();
        let open = self.registrar.store().read::<_, Failure>(|tx| Ok(registrations::find_open(tx, &name)?))?;
        let Some(registration) = open.filter(|open| !open.drift.is_empty()) else {
            found.standing.exceptions += 1;
            tell(&mut found.exceptions, Exception { report, why: "the registry does not hold it for us".to_owned() });
            return Ok(());
        };
        match self.registrar.carry_out(authorise(&self.by, TakeRegistryTruth { domain: registration.id })?) {
            Ok(elements) => {
                found.standing.taken += 1;
                tell(&mut found.taken, Taken { name, elements: elements.into_iter().collect() });
                Ok(())
            }
            Err(Failure::Refused(refusal)) => {
                found.standing.exceptions += 1;
                tell(&mut found.exceptions, Exception { report, why: refusal.sentence });
                Ok(())
            }
            Err(failure) => Err(failure),
        }
    }

    /// The result stays on record, whether it is green or not.
    fn keep(&self, standing: &RegistryStanding) -> Result<(), Failure> {
        let (registrar, registry, by, standing) =
            (self.registrar.clone(), self.line.registry().clone(), ledger_name(&self.by), standing.clone());
        let kept = self.registrar.store().write::<_, Failure>(move |tx| {
            if recovery::find_freeze(tx)?.is_some() {
                standing::keep(tx, &registry, &standing)?;
                let body = (&registry, &standing);
                note(tx, &registrar, &by, SUBJECT, "registry-reconciled", &body, standing.ended_at)?;
            }
            Ok(())
        });
        kept.inspect_err(log_fault)
    }
}

/// Why a name without an answer is an exception.
const NO_ANSWER: &str = "nothing is known of it; ask again";

fn tell<T>(list: &mut Vec<T>, item: T) {
    if list.len() < TOLD {
        list.push(item);
    }
}

impl std::fmt::Debug for RecoveryRun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "RecoveryRun({})", self.line.registry())
    }
}
