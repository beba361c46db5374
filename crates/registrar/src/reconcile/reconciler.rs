//! One name, or a page of a TLD or of everything: `info`, taken down as an observation, and the drift that the rules see in it.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use epp::pool::Lane;
use model::{ContactId, DomainId, DomainName, RegistryId, TldName};
use policy::{Actual, DomainCommand, Registration};
use serde::Serialize;
use store::registrations::{self, DomainFilter};
use store::{Tx, contacts};
use tokio::task::JoinSet;

use super::report::DriftReport;
use crate::actor;
use crate::authorised::authorise;
use crate::execute::execute;
use crate::failure::{Failure, Fault};
use crate::gate::{Asked, Finding, Line, Query, RegistryPort};
use crate::order::{DomainOrder, Target};
use crate::page::MAX_PAGE_ITEMS;
use crate::registrar::Registrar;

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

impl Reconciler {
    /// A reconciler for a registry.
    ///
    /// # Errors
    /// [`Fault`] if no profile or account of that registry is configured.
    pub fn open(registrar: Registrar, registry: &RegistryId, port: Arc<dyn RegistryPort>) -> Result<Self, Fault> {
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
    /// yet, or no more, are left out.
    ///
    /// # Errors
    /// A fault of the store.
    pub async fn page(&self, tld: Option<&TldName>, after: Option<(DomainName, DomainId)>, limit: u32) -> Result<ReconcilePage, Failure> {
        let limit = limit.clamp(1, MAX_PAGE_ITEMS);
        let filter = DomainFilter { registry: Some(self.line.registry().clone()), tld: tld.cloned(), ..DomainFilter::default() };
        let rows = self.read(move |tx, _| Ok(registrations::list(tx, &filter, after.clone(), limit)?)).await?;
        let is_full = rows.len() == limit as usize;
        let next = rows.last().filter(|_| is_full).map(|last| (last.name.clone(), last.id));
        let sponsored: Vec<Registration> = rows.into_iter().filter(|row| row.phase.is_sponsored()).collect();
        let checked = sponsored.len();
        let mut reports = self.reconcile_all(sponsored).await?;
        reports.retain(|report| !report.is_clean());
        reports.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(ReconcilePage { checked, reports, next })
    }

    async fn reconcile_all(&self, registrations: Vec<Registration>) -> Result<Vec<DriftReport>, Failure> {
        let at_once = usize::from(self.line.profile.limits.sessions.max(1)) * QUESTIONS_PER_SESSION;
        let (mut waiting, mut under_way, mut reports) = (registrations.into_iter(), JoinSet::new(), Vec::new());
        loop {
            while under_way.len() < at_once
                && let Some(next) = waiting.next()
            {
                let reconciler = self.clone();
                under_way.spawn(async move { reconciler.reconcile(next, Lane::Bulk).await });
            }
            match under_way.join_next().await {
                Some(report) => reports.push(report.map_err(broken)??),
                None => return Ok(reports),
            }
        }
    }

    async fn reconcile(&self, registration: Registration, lane: Lane) -> Result<DriftReport, Failure> {
        let asked = self.line.ask(Query::Domain(registration.name.clone()), lane).await;
        let name = registration.name.clone();
        match asked.finding() {
            Finding::Domain(actual) => self.observe(registration.id, Some(actual), asked).await,
            Finding::Absent => self.observe(registration.id, None, asked).await,
            Finding::Foreign => Ok(DriftReport::foreign(name, self.line.us.as_str())),
            Finding::Failed { reason } => Ok(DriftReport::trouble(name, reason)),
            other => Ok(DriftReport::trouble(name, format!("the registry's answer does not fit the question: {other:?}"))),
        }
    }

    /// Takes down what the registry said and reads what the rules see in it.
    async fn observe(&self, id: DomainId, actual: Option<Box<Actual>>, asked: Asked) -> Result<DriftReport, Failure> {
        let line = self.line.clone();
        blocking(move || {
            let shared = line.clone();
            line.registrar.store().write(move |tx| {
                asked.record(tx, &shared)?;
                let command = DomainCommand::Observe { actual: actual.clone() };
                let order = authorise(&actor::registry(shared.registry()), DomainOrder::new(Target::Existing(id), command))?;
                execute(tx, &shared.registrar, &order)?;
                report(tx, &shared, id)
            })
        })
        .await
    }

    async fn read<T: Send + 'static>(
        &self,
        read: impl FnOnce(&mut Tx<'_>, &Line) -> Result<T, Failure> + Send + 'static,
    ) -> Result<T, Failure> {
        let line = self.line.clone();
        blocking(move || line.registrar.store().read(|tx| read(tx, &line))).await
    }
}

fn report(tx: &mut Tx<'_>, line: &Line, id: DomainId) -> Result<DriftReport, Failure> {
    let missing = || store::StoreFault::Missing { what: format!("registration {id}") };
    let registration = registrations::find(tx, id)?.ok_or_else(missing)?;
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
