//! When the registry must look at a domain again: one timer per domain, in order of time and then of name.

use std::collections::BTreeSet;

use model::{DomainName, Timestamp};

/// The queue. A domain is in it once at most.
#[derive(Clone, Debug, Default)]
pub(crate) struct Timers {
    queue: BTreeSet<(Timestamp, DomainName)>,
}

impl Timers {
    /// Moves the timer of `name` from `old` to `new`.
    pub(crate) fn reset(&mut self, name: &DomainName, old: Option<Timestamp>, new: Option<Timestamp>) {
        if old == new {
            return;
        }
        if let Some(old) = old {
            self.queue.remove(&(old, name.clone()));
        }
        if let Some(new) = new {
            self.queue.insert((new, name.clone()));
        }
    }

    /// Takes the earliest timer that is due at `now`.
    pub(crate) fn take_due(&mut self, now: Timestamp) -> Option<(Timestamp, DomainName)> {
        if self.queue.first()?.0 > now {
            return None;
        }
        self.queue.pop_first()
    }

    /// The earliest instant at which something happens by itself.
    pub(crate) fn next(&self) -> Option<Timestamp> {
        self.queue.first().map(|(at, _)| *at)
    }
}
