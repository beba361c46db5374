//! The clock worker: runs `Tick` for every registration that has something due.
//!
//! There are no timer rows. A registration says when the clock has something to do for it, the store keeps that in an index, and
//! catching up after an outage or a leap of the clock is the same code as an ordinary minute.

use model::{DomainId, Timestamp};
use policy::DomainCommand;
use store::registrations;

use crate::actor;
use crate::authorised::authorise;
use crate::failure::Failure;
use crate::order::{DomainOrder, Target};
use crate::registrar::{Registrar, log_fault};

/// Registrations read from the index at once.
const PAGE_REGISTRATIONS: u32 = 500;

/// Carries out what has come due.
#[derive(Clone, Debug)]
pub struct Clockwork {
    registrar: Registrar,
}

impl Clockwork {
    /// The clock worker of this registrar.
    #[must_use]
    pub fn new(registrar: &Registrar) -> Self {
        Self { registrar: registrar.clone() }
    }

    /// Runs the clock for up to `limit` registrations that are due, the longest due first; gives how many were run. A registration
    /// whose rules refuse or whose tick breaks is said in the log and does not stop the others.
    ///
    /// # Errors
    /// A fault of the store when the due ones cannot be read.
    pub fn step(&self, limit: usize) -> Result<usize, Failure> {
        let now = self.registrar.now();
        let mut run = 0;
        let mut after: Option<(Timestamp, DomainId)> = None;
        while run < limit {
            let due = self.registrar.store().read::<_, Failure>(|tx| Ok(registrations::list_due(tx, now, after, PAGE_REGISTRATIONS)?))?;
            let is_last = due.len() < PAGE_REGISTRATIONS as usize;
            let wanted = due.len().min(limit - run);
            let page = &due[..wanted];
            self.run_all(page)?;
            run += wanted;
            after = page.last().copied();
            if is_last {
                break;
            }
        }
        Ok(run)
    }

    /// All of a page at once, so that the store can commit them together.
    fn run_all(&self, page: &[(Timestamp, DomainId)]) -> Result<(), Failure> {
        let mut started = Vec::with_capacity(page.len());
        for (_, domain) in page {
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
