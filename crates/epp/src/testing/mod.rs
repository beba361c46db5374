//! What the tests of connections and pools share: certificates, a clock that follows tokio's, and a registry that does as it is told.

mod acceptor;
mod cut;
mod peer;
mod pki;
mod registry;

pub(crate) use acceptor::Acceptor;
pub(crate) use cut::Cut;
pub(crate) use peer::{Peer, response};
pub(crate) use pki::{Pki, Signed};
pub(crate) use registry::{Reaction, Registry};

use std::sync::Arc;

use model::Timestamp;
use tokio::time::Instant;

use crate::conn::{Clock, Jitter, Prepared};
use crate::wire::{Check, Command, domain};

/// Where test time begins.
pub(crate) const START: &str = "2026-11-23T12:00:00Z";

/// A wall clock that advances with tokio's clock, so that paused time is paused here too.
pub(crate) struct TestClock {
    start: Instant,
    base: Timestamp,
}

impl TestClock {
    pub(crate) fn new() -> Arc<TestClock> {
        TestClock::at(START)
    }

    pub(crate) fn at(base: &str) -> Arc<TestClock> {
        Arc::new(TestClock { start: Instant::now(), base: base.parse().unwrap() })
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        self.base.checked_add(self.start.elapsed()).unwrap()
    }
}

/// Chance that is always in the middle.
pub(crate) struct Even;

impl Jitter for Even {
    fn fraction(&self) -> f64 {
        0.5
    }
}

/// A query.
pub(crate) fn check(cltrid: &str) -> Prepared {
    Prepared::new(&Command::new(domain::Command::Check(Check::of([format!("{}.example", cltrid.to_lowercase()).as_str()])), cltrid))
        .unwrap()
}

/// A transform.
pub(crate) fn delete(cltrid: &str) -> Prepared {
    let name = format!("{}.example", cltrid.to_lowercase());
    Prepared::new(&Command::new(domain::Command::Delete(crate::wire::Named::new(name.as_str())), cltrid)).unwrap()
}
