//! What follows for the names of a holder whose data was changed materially (COR-1), or who was verified or has to be (ACY-3 to ACY-8): a
//! job that goes through them page by page, because a holder may have very many. It is written in the transaction that makes the change, so
//! a crash loses none of it.

use std::time::Duration;

use jiff::SignedDuration;
use model::{ContactId, DomainId, DomainName, JobId};
use policy::{DomainCommand, HolderChange, HolderNews};
use serde::{Deserialize, Serialize};
use store::jobs::{self, Claim, NewJob};
use store::registrations::{self, DomainFilter};

use crate::actor;
use crate::authorised::authorise;
use crate::failure::{Failure, Fault};
use crate::order::{DomainOrder, Target};
use crate::registrar::Registrar;
use crate::use_case::Work;

/// The kind of the job.
const KIND: &str = "holder-change";
/// Names taken in one step.
const PAGE_NAMES: u32 = 200;
/// How long a worker that died keeps the job from the others.
const LEASE: Duration = Duration::from_secs(5 * 60);
/// Pause before a page that failed is taken again, in seconds.
const PAUSE_SECONDS: i64 = 30;

/// What the worker needs.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Payload {
    contact: ContactId,
    #[serde(flatten)]
    said: Said,
    /// Where the next page begins.
    after: Option<(DomainName, DomainId)>,
}

/// What is said to each name.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Said {
    /// The holder is another one by their data.
    Change(HolderChange),
    /// The holder was verified, or has to be.
    News(HolderNews),
}

impl Said {
    fn command(&self, contact: ContactId) -> DomainCommand {
        match self {
            Self::Change(change) => DomainCommand::TakeHolderChange { contact, change: change.clone() },
            Self::News(news) => DomainCommand::TakeHolderNews { contact, news: *news },
        }
    }
}

/// Writes down that the names take a change of registrant, in the transaction that changes the contact.
pub(super) fn enqueue(work: &mut Work<'_, '_>, contact: ContactId, change: HolderChange) -> Result<(), Failure> {
    let key = format!("{contact}:{}", change.prior.revision);
    write_down(work, &key, Payload { contact, said: Said::Change(change), after: None })
}

/// Writes down that the names learn where their holder stands; what waited to be told of it before is told no more.
pub(crate) fn enqueue_news(work: &mut Work<'_, '_>, contact: ContactId, news: HolderNews) -> Result<(), Failure> {
    let key = format!("{contact}:standing");
    jobs::cancel(work.tx, KIND, &key)?;
    if !registrations::is_registrant(work.tx, contact)? {
        return Ok(());
    }
    write_down(work, &key, Payload { contact, said: Said::News(news), after: None })
}

fn write_down(work: &mut Work<'_, '_>, key: &str, payload: Payload) -> Result<(), Failure> {
    let payload = to_json(&payload)?;
    let id = JobId::new(work.now, &mut work.draw());
    jobs::enqueue(work.tx, &NewJob { id, kind: KIND, key, ready_at: work.now, payload: &payload })?;
    Ok(())
}

/// Takes changes of registrants to the names they hold.
#[derive(Clone, Debug)]
pub struct HolderChanges {
    registrar: Registrar,
    owner: String,
}

impl HolderChanges {
    /// The worker of this registrar.
    #[must_use]
    pub fn new(registrar: &Registrar) -> Self {
        let owner = JobId::new(registrar.now(), &mut registrar.draw()).to_string();
        Self { registrar: registrar.clone(), owner }
    }

    /// Whether no change waits or is under way; for those who wait for the work to rest.
    ///
    /// # Errors
    /// A fault of the store.
    pub fn is_idle(&self) -> Result<bool, Failure> {
        Ok(self.registrar.store().read::<_, Failure>(|tx| Ok(jobs::find_next_ready(tx, KIND)?))?.is_none())
    }

    /// Takes one page of one change; gives the names it went through and the page's own end, 0 where nothing waits. A page that failed is
    /// taken again later: what it did already is not done twice.
    ///
    /// # Errors
    /// A fault of the store, or of a decision.
    pub fn step(&self) -> Result<usize, Failure> {
        let now = self.registrar.now();
        let next = self.registrar.store().read::<_, Failure>(|tx| Ok(jobs::find_next_ready(tx, KIND)?))?;
        if next.is_none_or(|at| at > now) || self.registrar.is_at_rest()? {
            return Ok(0);
        }
        let owner = self.owner.clone();
        let claimed = self.registrar.store().write::<_, Failure>(move |tx| Ok(jobs::claim(tx, KIND, &owner, now, LEASE, 1)?))?;
        let Some(claim) = claimed.into_iter().next() else { return Ok(0) };
        match self.take_page(&claim) {
            Ok(taken) => Ok(taken + 1),
            Err(failure) => {
                let (at, words) = (now.saturating_add(SignedDuration::from_secs(PAUSE_SECONDS)).unwrap_or(now), failure.to_string());
                self.registrar.store().write::<_, Failure>(move |tx| Ok(jobs::retry(tx, &claim, at, &words)?))?;
                Err(failure)
            }
        }
    }

    fn take_page(&self, claim: &Claim) -> Result<usize, Failure> {
        let payload: Payload =
            serde_json::from_str(&claim.payload).map_err(|error| Fault::new("a job's payload is not as expected", &error))?;
        let filter = DomainFilter { registrant: Some(payload.contact), ..DomainFilter::default() };
        let after = payload.after.clone();
        let page = self.registrar.store().read::<_, Failure>(|tx| Ok(registrations::list(tx, &filter, after.clone(), PAGE_NAMES)?))?;
        // All of a page at once, so that the store can commit them together.
        let mut started = Vec::with_capacity(page.len());
        for registration in page.iter().filter(|registration| registration.phase.is_sponsored()) {
            let command = payload.said.command(payload.contact);
            let order = authorise(&actor::timer(), DomainOrder::new(Target::Existing(registration.id), command))?;
            started.push(self.registrar.start(order)?);
        }
        let taken = started.len();
        // Every one is waited for, so that one that failed holds up none of the others.
        let failed = started.into_iter().fold(None, |failed, pending| pending.wait().err().or(failed));
        match failed {
            Some(failure) => return Err(failure),
            None if page.len() < PAGE_NAMES as usize => self.complete(claim)?,
            None => self.go_on(claim, Payload { after: page.last().map(|last| (last.name.clone(), last.id)), ..payload })?,
        }
        Ok(taken)
    }

    fn complete(&self, claim: &Claim) -> Result<(), Failure> {
        let claim = claim.clone();
        self.registrar.store().write(move |tx| Ok(jobs::complete(tx, &claim)?))
    }

    /// The next page is due at once, whoever takes it; the position survives a restart.
    fn go_on(&self, claim: &Claim, payload: Payload) -> Result<(), Failure> {
        let (claim, now, json) = (claim.clone(), self.registrar.now(), to_json(&payload)?);
        let id = JobId::new(now, &mut self.registrar.draw());
        self.registrar.store().write(move |tx| {
            // Only whoever still holds the job moves it on.
            jobs::extend(tx, &claim, now, LEASE)?;
            Ok(jobs::replace(tx, &NewJob { id, kind: KIND, key: &claim.key, ready_at: now, payload: &json })?)
        })
    }
}

fn to_json(payload: &Payload) -> Result<String, Fault> {
    serde_json::to_string(payload).map_err(|error| Fault::new("a job's payload cannot be written as JSON", &error))
}
