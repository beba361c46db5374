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
}

impl Sole {
    /// A worker that competes for the lease `name`.
    pub(crate) fn new(registrar: &Registrar, name: &'static str) -> Self {
        let owner = JobId::new(registrar.now(), &mut registrar.draw()).to_string();
        Self { registrar: registrar.clone(), name, owner }
    }

    /// Runs `work` while holding the lease; none if another worker holds it.
    pub(crate) fn alone<T>(&self, work: impl FnOnce(&Fence) -> Result<T, Failure>) -> Result<Option<T>, Failure> {
        let (name, owner, now) = (self.name, self.owner.clone(), self.registrar.now());
        let store = self.registrar.store();
        let taken = store.write::<_, Failure>(move |tx| Ok(leases::acquire(tx, name, &owner, now, LEASE_LENGTH)?))?;
        let Some(fence) = taken else { return Ok(None) };
        let result = work(&fence);
        store.write::<_, Failure>(move |tx| Ok(leases::release(tx, &fence)?))?;
        result.map(Some)
    }
}
