//! The clock worker: runs `Tick` for every registration that has something due.
//!
//! There are no timer rows. A registration says when the clock has something to do for it, the store keeps that in an index, and
//! catching up after an outage or a leap of the clock is the same code as an ordinary minute.

use model::{DomainId, DomainName, Timestamp};
use policy::DomainCommand;
use store::registrations::{self, DomainFilter};
use store::settings;

use crate::actor;
use crate::authorised::authorise;
use crate::failure::{Failure, Fault};
use crate::order::{DomainOrder, Target};
use crate::registrar::{Registrar, log_fault};
use crate::sole::{InFreeze, Sole};

/// Registrations read from the index at once.
const PAGE_REGISTRATIONS: u32 = 500;

/// Under which name the digest of the profiles last used is kept.
const PROFILES_SETTING: &str = "profiles.digest";

/// Carries out what has come due.
#[derive(Clone, Debug)]
pub struct Clockwork {
    registrar: Registrar,
    sole: Sole,
}

impl Clockwork {
    /// The clock worker of this registrar.
    #[must_use]
    pub fn new(registrar: &Registrar) -> Self {
        Self { registrar: registrar.clone(), sole: Sole::new(registrar, "clock", InFreeze::Idles) }
    }

    /// Runs the clock for up to `limit` registrations that are due, the longest due first; gives how many were run, 0 while another
    /// process does it. A registration whose rules refuse or whose tick breaks is said in the log and does not stop the others.
    ///
    /// # Errors
    /// A fault of the store when the due ones cannot be read.
    pub fn step(&self, limit: usize) -> Result<usize, Failure> {
        let now = self.registrar.now();
        let first = self.registrar.store().read::<_, Failure>(|tx| Ok(registrations::list_due(tx, now, None, 1)?))?;
        if first.is_empty() {
            return Ok(0);
        }
        Ok(self.sole.alone(|_| self.run_due(now, limit))?.unwrap_or(0))
    }

    fn run_due(&self, now: Timestamp, limit: usize) -> Result<usize, Failure> {
        let mut run = 0;
        let mut after: Option<(Timestamp, DomainId)> = None;
        while run < limit {
            let due = self.registrar.store().read::<_, Failure>(|tx| Ok(registrations::list_due(tx, now, after, PAGE_REGISTRATIONS)?))?;
            let is_last = due.len() < PAGE_REGISTRATIONS as usize;
            let wanted = due.len().min(limit - run);
            let page: Vec<DomainId> = due[..wanted].iter().map(|(_, domain)| *domain).collect();
            self.run_all(&page)?;
            run += wanted;
            after = due[..wanted].last().copied();
            if is_last {
                break;
            }
        }
        Ok(run)
    }

    /// Runs the clock for every registration if the profiles are others than at the last time, because a changed profile moves
    /// what is due without anything happening to a name. Called once at start; gives how many were run.
    ///
    /// # Errors
    /// A fault of the store.
    pub fn follow_profiles(&self) -> Result<usize, Failure> {
        if self.registrar.is_at_rest()? {
            // Left as it is, so that it is done at the first start after the thaw.
            return Ok(0);
        }
        let now_used = self.profiles_digest()?;
        let last_used = self.registrar.store().read::<_, Failure>(|tx| Ok(settings::find(tx, PROFILES_SETTING)?))?;
        if last_used.as_deref() == Some(now_used.as_str()) {
            return Ok(0);
        }
        let mut run = 0;
        let mut after: Option<(DomainName, DomainId)> = None;
        loop {
            let filter = DomainFilter::default();
            let page = self.registrar.store().read::<_, Failure>(|tx| Ok(registrations::list(tx, &filter, after, PAGE_REGISTRATIONS)?))?;
            let Some(last) = page.last() else { break };
            after = Some((last.name.clone(), last.id));
            let open: Vec<DomainId> = page.iter().filter(|registration| !registration.phase.is_final()).map(|open| open.id).collect();
            self.run_all(&open)?;
            run += open.len();
        }
        self.registrar.store().write::<_, Failure>(move |tx| Ok(settings::set(tx, PROFILES_SETTING, &now_used)?))?;
        Ok(run)
    }

    /// A digest over all profiles in force.
    fn profiles_digest(&self) -> Result<String, Failure> {
        let profiles: Vec<_> = self.registrar.registries().collect();
        let json = serde_json::to_vec(&profiles).map_err(|error| Fault::new("the profiles cannot be written as JSON", &error))?;
        Ok(store::sha256(&[&json]).iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// All of a page at once, so that the store can commit them together.
    fn run_all(&self, page: &[DomainId]) -> Result<(), Failure> {
        let mut started = Vec::with_capacity(page.len());
        for domain in page {
            let order = DomainOrder::new(Target::Existing(*domain), DomainCommand::Tick);
            started.push((domain, self.registrar.start(authorise(&actor::timer(), order)?)?));
        }
        for (domain, pending) in started {
            if let Err(failure) = pending.wait() {
                log_fault(&failure);
                tracing::error!(%domain, code = failure.code(), %failure, "the clock could not be run for a registration");
            }
        }
        Ok(())
    }
}
