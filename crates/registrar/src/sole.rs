//! Work that one process does at a time: the clock, the courier. Others find the lease taken and do nothing.

use std::time::Duration;

use model::JobId;
use store::{Fence, leases};

use crate::failure::Failure;
use crate::registrar::Registrar;

/// How long a process that died keeps the work from the others, and how long one step may take before another process may step in.
/// Longer than any step, shorter than any deadline.
const LEASE_LENGTH: Duration = Duration::from_secs(5 * 60);

/// One worker of a kind in this process.
#[derive(Clone, Debug)]
pub(crate) struct Sole {
    registrar: Registrar,
    name: &'static str,
    owner: String,
    in_freeze: InFreeze,
}

/// What a worker does while the instance is frozen ([`crate::recovery`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum InFreeze {
    /// Nothing: what it does would act on what is not reconciled.
    Idles,
    /// Its work, as far as it only takes in, watches or shows.
    GoesOn,
}

impl Sole {
    /// A worker that competes for the lease `name`.
    pub(crate) fn new(registrar: &Registrar, name: &'static str, in_freeze: InFreeze) -> Self {
        let owner = JobId::new(registrar.now(), &mut registrar.draw()).to_string();
        Self { registrar: registrar.clone(), name, owner, in_freeze }
    }

    /// Runs `work` while holding the lease; none if another worker holds it, or if it idles in a freeze.
    pub(crate) fn alone<T>(&self, work: impl FnOnce(&Fence) -> Result<T, Failure>) -> Result<Option<T>, Failure> {
        if self.in_freeze == InFreeze::Idles && self.registrar.is_at_rest()? {
            return Ok(None);
        }
        let (name, owner, now) = (self.name, self.owner.clone(), self.registrar.now());
        let store = self.registrar.store();
        let taken = store.write::<_, Failure>(move |tx| Ok(leases::acquire(tx, name, &owner, now, LEASE_LENGTH)?))?;
        let Some(fence) = taken else { return Ok(None) };
        let result = work(&fence);
        store.write::<_, Failure>(move |tx| Ok(leases::release(tx, &fence)?))?;
        result.map(Some)
    }
}
