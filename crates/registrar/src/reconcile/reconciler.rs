//! One name, or a page of a TLD or of everything: `info`, taken down as an observation, and the drift that the rules see in it.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use epp::pool::Lane;
use model::{ContactId, DomainId, DomainName, RegistryId, TldName};
use policy::{Actual, DomainCommand, Phase, Registration};
use serde::Serialize;
use store::registrations::{self, DomainFilter};
use store::{Tx, contacts};
use tokio::task::JoinSet;

use super::report::DriftReport;
use crate::actor;
use crate::authorised::{Authorised, authorise};
use crate::execute::execute;
use crate::failure::{Failure, Fault};
use crate::gate::{Asked, Finding, Line, Query, RegistryPort};
use crate::order::{DomainOrder, Target};
use crate::page::MAX_PAGE_ITEMS;
use crate::recovery;
use crate::registrar::Registrar;
use crate::registry::ReconcileNames;
use crate::together::write_together;

/// Names asked about at once for every session.
const QUESTIONS_PER_SESSION: usize = 4;

/// Asks one registry about names. Clones share the port.
#[derive(Clone)]
pub struct Reconciler {
    line: Line,
}

/// What a page of names showed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReconcilePage {
    /// Names that were asked about.
    pub checked: usize,
    /// Those that differ, or about which the registry did not answer.
    pub reports: Vec<DriftReport>,
    /// Where the next page begins; none on the last.
    pub next: Option<(DomainName, DomainId)>,
}

/// What a question about a name led to.
enum Look {
    /// It is to be taken down.
    Seen(Sight),
    /// Nothing is known of how the name is.
    Unseen(DriftReport),
}

/// A name as the registry showed it; none where it does not know it.
struct Sight {
    id: DomainId,
    actual: Option<Box<Actual>>,
    asked: Asked,
}

impl Reconciler {
    /// A reconciler for a registry, by hand.
    ///
    /// # Errors
    /// [`Fault`] if no profile or account of that registry is configured.
    pub fn open(
        _by: &Authorised<ReconcileNames>,
        registrar: Registrar,
        registry: &RegistryId,
        port: Arc<dyn RegistryPort>,
    ) -> Result<Self, Fault> {
        Self::of_the_house(registrar, registry, port)
    }

    /// The machine's own.
    pub(super) fn of_the_house(registrar: Registrar, registry: &RegistryId, port: Arc<dyn RegistryPort>) -> Result<Self, Fault> {
        Ok(Self { line: Line::open(registrar, registry, port)? })
    }

    /// Asks about one name while somebody waits.
    ///
    /// # Errors
    /// A refusal if the name is not in our care, a fault of the store.
    pub async fn one(&self, name: &DomainName) -> Result<DriftReport, Failure> {
        let wanted = name.clone();
        let registration = self.read(move |tx, line| {
            let found = registrations::find_open(tx, &wanted)?.filter(|found| found.registry == *line.registry());
            found.ok_or_else(|| {
                policy::Refusal::new(
                    "domain.unknown",
                    "RFC 5730 3",
                    format!("`{wanted}` is not in our care at registry `{}`", line.registry()),
                )
                .hint("check the spelling, or register it or transfer it in first")
                .into()
            })
        });
        self.reconcile(registration.await?, Lane::Interactive).await
    }

    /// Asks about a page of names, of one TLD or of the whole registry, in the bulk lane. Names that are not ours at the registry
    /// yet, or no more, are left out; but not a transfer in that the registry took: its message may have been lost on the way.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn page(&self, tld: Option<&TldName>, after: Option<(DomainName, DomainId)>, limit: u32) -> Result<ReconcilePage, Failure> {
        let limit = limit.clamp(1, MAX_PAGE_ITEMS);
        let filter = DomainFilter { registry: Some(self.line.registry().clone()), tld: tld.cloned(), ..DomainFilter::default() };
        let rows = self.read(move |tx, _| Ok(registrations::list(tx, &filter, after.clone(), limit)?)).await?;
        let is_full = rows.len() == limit as usize;
        let next = rows.last().filter(|_| is_full).map(|last| (last.name.clone(), last.id));
        let asked_about: Vec<Registration> = rows.into_iter().filter(|row| row.phase.is_sponsored() || is_awaited(row)).collect();
        let checked = asked_about.len();
        let mut reports = self.reconcile_all(asked_about).await?;
        reports.retain(|report| !report.is_clean());
        reports.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(ReconcilePage { checked, reports, next })
    }

    /// Asks about so many at a time as the sessions carry, and takes the answers down as they come: what came while a commit was under
    /// way shares the next one, so that a page costs a few commits and not one a name.
    async fn reconcile_all(&self, registrations: Vec<Registration>) -> Result<Vec<DriftReport>, Failure> {
        let at_once = usize::from(self.line.profile.limits.sessions.max(1)) * QUESTIONS_PER_SESSION;
        let (mut waiting, mut asking, mut writing) = (registrations.into_iter(), JoinSet::new(), JoinSet::new());
        let (mut seen, mut reports) = (Vec::new(), Vec::new());
        loop {
            while asking.len() < at_once
                && let Some(next) = waiting.next()
            {
                let reconciler = self.clone();
                asking.spawn(async move { reconciler.look(next, Lane::Bulk).await });
            }
            if writing.is_empty() && !seen.is_empty() {
                let (reconciler, seen) = (self.clone(), std::mem::take(&mut seen));
                writing.spawn_blocking(move || reconciler.take_down(seen));
            }
            let mut looked = tokio::select! {
                Some(written) = writing.join_next(), if !writing.is_empty() => {
                    reports.extend(written.map_err(broken)??);
                    asking.try_join_next()
                }
                Some(looked) = asking.join_next(), if !asking.is_empty() => Some(looked),
                else => return Ok(reports),
            };
            while let Some(look) = looked {
                match look.map_err(broken)? {
                    Look::Seen(sight) => seen.push(sight),
                    Look::Unseen(report) => reports.push(report),
                }
                looked = asking.try_join_next();
            }
        }
    }

    async fn reconcile(&self, registration: Registration, lane: Lane) -> Result<DriftReport, Failure> {
        match self.look(registration, lane).await {
            Look::Unseen(report) => Ok(report),
            Look::Seen(sight) => {
                let reconciler = self.clone();
                let written = blocking(move || reconciler.take_down(vec![sight])).await?;
                written.into_iter().next().ok_or_else(|| Fault::words("a look at a name left no report; this is a defect").into())
            }
        }
    }

    /// Asks the registry about one name.
    async fn look(&self, registration: Registration, lane: Lane) -> Look {
        let asked = self.line.ask(Query::Domain(registration.name.clone()), lane).await;
        let is_awaited = is_awaited(&registration);
        let (id, name) = (registration.id, registration.name);
        match asked.finding() {
            Finding::Foreign if is_awaited => Look::Unseen(DriftReport::clean(name)),
            Finding::Domain(actual) => Look::Seen(Sight { id, actual: Some(actual), asked }),
            Finding::Absent => Look::Seen(Sight { id, actual: None, asked }),
            Finding::Foreign => Look::Unseen(DriftReport::foreign(name, self.line.us.as_str())),
            Finding::Failed { reason } => Look::Unseen(DriftReport::trouble(name, reason)),
            other => Look::Unseen(DriftReport::trouble(name, format!("the registry's answer does not fit the question: {other:?}"))),
        }
    }

    /// Takes down what the registry said and reads what the rules see in it, a transaction's worth for each name. Blocks.
    fn take_down(&self, seen: Vec<Sight>) -> Result<Vec<DriftReport>, Failure> {
        let closures = seen.into_iter().map(|sight| {
            let line = self.line.clone();
            move |tx: &mut Tx<'_>| observe(tx, &line, &sight)
        });
        write_together(self.line.registrar.store(), closures).into_iter().collect()
    }

    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut Tx<'_>, &Line) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let line = self.line.clone();
        blocking(move || line.registrar.store().read(|tx| read(tx, &line))).await
    }
}

/// Whether it is a transfer in that the registry took and has not told the end of.
fn is_awaited(registration: &Registration) -> bool {
    registration.phase == Phase::TransferringIn && !registration.is_busy()
}

fn observe(tx: &mut Tx<'_>, line: &Line, sight: &Sight) -> Result<DriftReport, Failure> {
    sight.asked.record(tx, line)?;
    if let Some(actual) = &sight.actual
        && store::recovery::find_freeze(tx)?.is_some()
    {
        recovery::learn_handles(tx, &line.registrar, sight.id, actual)?;
    }
    let command = DomainCommand::Observe { actual: sight.actual.clone() };
    let order = authorise(&actor::registry(line.registry()), DomainOrder::new(Target::Existing(sight.id), command))?;
    execute(tx, &line.registrar, &order)?;
    report(tx, line, sight.id)
}

fn report(tx: &mut Tx<'_>, line: &Line, id: DomainId) -> Result<DriftReport, Failure> {
    let missing = || store::StoreFault::Missing { what: format!("registration {id}") };
    let registration = registrations::find(tx, id)?.ok_or_else(missing)?;
    if registration.is_busy() && store::recovery::find_freeze(tx)?.is_some() {
        // An order under way may explain anything; after a restore that is not enough to believe that nothing differs.
        return Ok(DriftReport::trouble(registration.name, "an order about it is under way; ask again when it has ended"));
    }
    let wanted: BTreeSet<ContactId> = registration.desired.contacts.values().copied().chain(registration.registrant).collect();
    let handles = contacts::list_handles(tx, line.registry(), &wanted)?;
    Ok(DriftReport::of(&registration, &handles))
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Failure> + Send + 'static) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.map_err(broken)?
}

fn broken(error: tokio::task::JoinError) -> Failure {
    Fault::new("a task of the reconciler ended", &error).into()
}

impl fmt::Debug for Reconciler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reconciler({})", self.line.registry())
    }
}
