//! Every night each registry is asked about every name (obligations 23.4): page after page in the bulk lane, so that people and bulk work
//! go on beside it. What the registry says becomes the actual column and changes nothing else; how many names differ is one alarm.
//!
//! ```text
//!  (no night) -- the schedule came due --> a night under way -- page -- page -- ... --> its last page: finding, alarm
//!       ^                                        |   position and counts are stored with every page      |
//!       |                                        +-- restart, another node: goes on at the position      |
//!       +------------------------------------------------------------------------------------------------+
//! ```
//!
//! A night that lasts longer than a day is brought to its end before the next begins.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;
use jiff::tz::Offset;
use model::{DomainId, DomainName, RegistryId, Timestamp};
use policy::Permission;
use policy::calendar::{add_days, utc_date};
use serde::{Deserialize, Serialize};
use store::{Fence, Tx, leases, schedules, settings};
use tokio::sync::watch;

use super::reconciler::{ReconcilePage, Reconciler};
use crate::actor::{self, ledger_name};
use crate::authorised::NeedsPermission;
use crate::execute::note;
use crate::failure::{Failure, Fault};
use crate::gate::RegistryPort;
use crate::registrar::Registrar;
use crate::registry::alarm::{self, Raised};
use crate::use_case::{Question, Work};

/// The kind of the alarm.
const ALARM: &str = "drift";
/// Names asked about before the position is stored.
const PAGE_NAMES: u32 = 100;
/// From one night to the next.
const EVERY: Duration = Duration::from_secs(24 * 60 * 60);
/// How long a process that died keeps the night from the others; a page takes less.
const LEASE: Duration = Duration::from_secs(5 * 60);
/// Pause when there is nothing to do: a night begins within a minute of its hour.
const IDLE_PAUSE: Duration = Duration::from_secs(10);
/// Pause before a page is asked again that the registry did not answer at all.
const SILENCE_PAUSE: Duration = Duration::from_secs(60);
/// After so many minutes of silence the night goes on, and counts what was not answered for.
const SILENCE_LIMIT_MINUTES: i64 = 120;

/// One night: under way, or at its end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Night {
    /// When it began.
    pub began_at: Timestamp,
    /// When its last page was done.
    pub ended_at: Option<Timestamp>,
    /// Names asked about.
    pub checked: u64,
    /// Of them, those that differ from what we want.
    pub differing: u64,
    /// Of them, those that the registry did not answer for.
    pub unanswered: u64,
    /// Where the next page begins.
    after: Option<(DomainName, DomainId)>,
    /// Since when the registry answers nothing.
    silent_since: Option<Timestamp>,
}

/// How the nightly reconciliation of one registry stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NightStanding {
    /// The night under way.
    pub under_way: Option<Night>,
    /// The last one that came to its end.
    pub last: Option<Night>,
    /// When the next begins; none until a server has planned it.
    #[serde(skip_deserializing)]
    pub next_at: Option<Timestamp>,
}

/// What one step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NightStep {
    /// Nothing: it is not time, or another process is at it.
    Idle,
    /// A page; more follow.
    Page,
    /// The last page.
    Ended,
    /// The registry answered for no name of the page; it is asked again later.
    Silent,
}

/// The nightly reconciliation of one registry. Clones share the port.
#[derive(Clone, Debug)]
pub struct Nightly {
    registrar: Registrar,
    registry: RegistryId,
    reconciler: Reconciler,
    owner: String,
    hour: i8,
    page_names: u32,
}

impl Nightly {
    /// The nightly reconciliation at `hour` of the day (UTC, 0 to 23), by the process `owner`.
    ///
    /// # Errors
    /// [`Fault`] if no profile or account of that registry is configured.
    pub fn open(
        registrar: Registrar,
        registry: &RegistryId,
        port: Arc<dyn RegistryPort>,
        owner: impl Into<String>,
        hour: u8,
    ) -> Result<Self, Fault> {
        let reconciler = Reconciler::of_the_house(registrar.clone(), registry, port)?;
        let hour = i8::try_from(hour).unwrap_or_default().min(23);
        Ok(Self { registrar, registry: registry.clone(), reconciler, owner: owner.into(), hour, page_names: PAGE_NAMES })
    }

    /// Works until `shutdown` says true. A page that is under way then is left: its names are asked about again at the next start.
    pub async fn run(&self, mut shutdown: watch::Receiver<bool>) {
        while !*shutdown.borrow_and_update() {
            let stepped = tokio::select! {
                stepped = self.step() => stepped,
                _ = shutdown.changed() => continue,
            };
            let pause = match stepped {
                Ok(NightStep::Page | NightStep::Ended) => continue,
                Ok(NightStep::Idle) => IDLE_PAUSE,
                Ok(NightStep::Silent) => SILENCE_PAUSE,
                Err(failure) => {
                    tracing::error!(registry = %self.registry, %failure, "the nightly reconciliation could not work; it tries again");
                    SILENCE_PAUSE
                }
            };
            // A closed channel means shutdown as well.
            let _ = tokio::time::timeout(pause, shutdown.changed()).await;
        }
    }

    /// Begins a night that is due, or goes on with the one under way by a page.
    ///
    /// # Errors
    /// A fault of the store; passing if another process took over.
    pub async fn step(&self) -> Result<NightStep, Failure> {
        let Some((fence, night)) = self.blocking(Self::take_up).await? else {
            return Ok(NightStep::Idle);
        };
        let page = self.reconciler.page(None, night.after.clone(), self.page_names).await?;
        self.blocking(move |nightly| nightly.put_down(&fence, &night, &page)).await
    }

    /// The night under way, or the one that begins now, under a lease. None if there is none, or another process is at it.
    fn take_up(&self) -> Result<Option<(Fence, Night)>, Failure> {
        let now = self.registrar.now();
        if !self.registrar.store().read(|tx| self.has_work(tx, now))? {
            return Ok(None);
        }
        let shared = self.clone();
        self.registrar.store().write(move |tx| {
            let Some(fence) = leases::acquire(tx, &format!("reconcile/{}", shared.registry), &shared.owner, now, LEASE)? else {
                return Ok(None);
            };
            let mut standing = find(tx, &shared.registry)?;
            if standing.under_way.is_none() {
                shared.plan(tx, now)?;
                if schedules::take(tx, &schedule(&shared.registry), now)?.is_none() {
                    leases::release(tx, &fence)?;
                    return Ok(None);
                }
                standing.under_way = Some(Night::begin(now));
                keep(tx, &shared.registry, &standing)?;
            }
            Ok(standing.under_way.map(|night| (fence, night)))
        })
    }

    /// A look without a write, so that an idle process leaves the database alone.
    fn has_work(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<bool, Failure> {
        let planned = schedules::find(tx, &schedule(&self.registry))?;
        let is_planned = planned.is_some_and(|planned| planned.next_at > now && self.is_at_hour(planned.next_at));
        Ok(!is_planned || find(tx, &self.registry)?.under_way.is_some())
    }

    /// Plans the next night at the configured hour; one that is overdue stays so and begins at once.
    fn plan(&self, tx: &mut Tx<'_>, now: Timestamp) -> Result<(), Failure> {
        let name = schedule(&self.registry);
        let planned = schedules::find(tx, &name)?;
        if planned.as_ref().is_some_and(|planned| planned.next_at > now && !self.is_at_hour(planned.next_at)) {
            schedules::remove(tx, &name)?;
        }
        Ok(schedules::set(tx, &name, EVERY, self.next_hour(now))?)
    }

    fn is_at_hour(&self, at: Timestamp) -> bool {
        self.next_hour(add_days(at, -1)) == at
    }

    /// The first time after `now` that the clock shows the hour.
    fn next_hour(&self, now: Timestamp) -> Timestamp {
        let today = Offset::UTC.to_timestamp(utc_date(now).at(self.hour, 0, 0, 0)).unwrap_or(now);
        if today > now { today } else { add_days(today, 1) }
    }

    /// Stores what a page showed, and where the next begins; after the last, what the night found.
    fn put_down(&self, fence: &Fence, night: &Night, page: &ReconcilePage) -> Result<NightStep, Failure> {
        let (shared, now, fence) = (self.clone(), self.registrar.now(), fence.clone());
        let (night, step) = night.clone().with(page, now);
        self.registrar.store().write(move |tx| {
            fence.check(tx)?;
            let mut standing = find(tx, &shared.registry)?;
            if step == NightStep::Ended {
                shared.conclude(tx, &night)?;
                (standing.under_way, standing.last) = (None, Some(night.clone()));
                leases::release(tx, &fence)?;
            } else {
                standing.under_way = Some(night.clone());
            }
            keep(tx, &shared.registry, &standing)?;
            Ok(step)
        })
    }

    /// The night is over: it goes on record, and what differs is one alarm, until a night finds nothing.
    fn conclude(&self, tx: &mut Tx<'_>, night: &Night) -> Result<(), Failure> {
        let registry = &self.registry;
        let who = ledger_name(&actor::timer());
        let at = night.ended_at.unwrap_or(night.began_at);
        note(tx, &self.registrar, &who, registry.as_str(), "reconciled", night, at)?;
        if night.is_clean() {
            alarm::clear(tx, &format!("{ALARM}:{registry}"))?;
            return Ok(());
        }
        let mut sentence = match night.differing {
            0 => format!("none of {} at registry `{registry}` differs from what we want", names(night.checked)),
            1 => format!("1 of {} at registry `{registry}` differs from what we want", names(night.checked)),
            many => format!("{many} of {} at registry `{registry}` differ from what we want", names(night.checked)),
        };
        if night.unanswered > 0 {
            sentence.push_str(&format!(", and it gave no answer about {}", names(night.unanswered)));
        }
        sentence.push_str(&format!(
            " (night of {}). See which: `namekeep registry reconcile --all`, which changes nothing; then decide for each: \
             `namekeep registry reconcile --name NAME` with `--push` or `--accept`",
            utc_date(night.began_at)
        ));
        alarm::raise(tx, &Raised::at(registry, ALARM, sentence), at)?;
        Ok(())
    }

    async fn blocking<T: Send + 'static>(&self, work: impl FnOnce(&Self) -> Result<T, Failure> + Send + 'static) -> Result<T, Failure> {
        let shared = self.clone();
        tokio::task::spawn_blocking(move || work(&shared))
            .await
            .map_err(|error| Fault::new("a task of the nightly reconciliation ended", &error))?
    }
}

impl Night {
    fn begin(now: Timestamp) -> Self {
        Self { began_at: now, ended_at: None, checked: 0, differing: 0, unanswered: 0, after: None, silent_since: None }
    }

    /// Whether every name was answered for and none differs.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.differing == 0 && self.unanswered == 0
    }

    /// The night after a page. A page without any answer is left for later, for as long as the registry may be down.
    fn with(mut self, page: &ReconcilePage, now: Timestamp) -> (Self, NightStep) {
        let unanswered = page.reports.iter().filter(|report| report.trouble.is_some()).count();
        let is_silent = page.checked > 0 && unanswered == page.checked;
        if is_silent {
            let since = *self.silent_since.get_or_insert(now);
            if now.duration_since(since) < SignedDuration::from_mins(SILENCE_LIMIT_MINUTES) {
                return (self, NightStep::Silent);
            }
        } else if page.checked > 0 {
            self.silent_since = None;
        }
        self.checked += page.checked as u64;
        self.unanswered += unanswered as u64;
        self.differing += (page.reports.len() - unanswered) as u64;
        self.after = page.next.clone();
        if self.after.is_some() {
            return (self, NightStep::Page);
        }
        self.ended_at = Some(now);
        self.silent_since = None;
        (self, NightStep::Ended)
    }
}

/// How does the nightly reconciliation of a registry stand?
#[derive(Clone, Debug)]
pub struct NightOf {
    /// Which registry.
    pub registry: RegistryId,
}

impl NeedsPermission for NightOf {
    fn permission(&self) -> Permission {
        Permission::ReadPortfolio
    }
}

impl Question for NightOf {
    type Answer = NightStanding;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<NightStanding, Failure> {
        standing(work.tx, &self.registry)
    }
}

/// How the nightly reconciliation of a registry stands.
pub(crate) fn standing(tx: &mut Tx<'_>, registry: &RegistryId) -> Result<NightStanding, Failure> {
    let next_at = schedules::find(tx, &schedule(registry))?.map(|planned| planned.next_at);
    Ok(NightStanding { next_at, ..find(tx, registry)? })
}

fn find(tx: &mut Tx<'_>, registry: &RegistryId) -> Result<NightStanding, Failure> {
    let Some(json) = settings::find(tx, &setting(registry))? else {
        return Ok(NightStanding::default());
    };
    Ok(serde_json::from_str(&json).map_err(|error| Fault::new("the standing of a reconciliation is not as expected", &error))?)
}

fn keep(tx: &mut Tx<'_>, registry: &RegistryId, standing: &NightStanding) -> Result<(), Failure> {
    let json = serde_json::to_string(standing).map_err(|error| Fault::new("the standing of a reconciliation cannot be written", &error))?;
    Ok(settings::set(tx, &setting(registry), &json)?)
}

/// The schedule of a registry.
fn schedule(registry: &RegistryId) -> String {
    format!("reconcile:{registry}")
}

fn setting(registry: &RegistryId) -> String {
    format!("registry.{registry}.reconciliation")
}

fn names(count: u64) -> String {
    if count == 1 { "1 name".to_owned() } else { format!("{count} names") }
}
