//! Time at the edge: the one place where the registrar reads a real clock (design rule 1).

use std::fmt;
use std::sync::{Mutex, PoisonError};

use jiff::SignedDuration;
use model::Timestamp;

/// Where the registrar takes `now` from.
pub trait Clock: Send + Sync + fmt::Debug {
    /// The instant it is, to the microsecond, in UTC.
    fn now(&self) -> Timestamp;
}

/// Microseconds are what the store keeps; a finer instant would not come back as it went in.
fn whole_micros(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "this is the edge that the rule speaks of")]
    fn now(&self) -> Timestamp {
        whole_micros(Timestamp::now())
    }
}

/// The machine's clock moved by an offset that can grow: a rehearsal runs in real time and can leap ahead.
#[derive(Debug, Default)]
pub struct OffsetClock {
    offset: Mutex<SignedDuration>,
}

impl OffsetClock {
    /// A clock that starts with this offset to real time.
    #[must_use]
    pub fn new(offset: SignedDuration) -> Self {
        Self { offset: Mutex::new(offset) }
    }

    /// Leaps ahead (or back) by `step`.
    pub fn advance(&self, step: SignedDuration) {
        let mut offset = self.offset.lock().unwrap_or_else(PoisonError::into_inner);
        *offset = offset.saturating_add(step);
    }

    /// The offset now.
    #[must_use]
    pub fn offset(&self) -> SignedDuration {
        *self.offset.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for OffsetClock {
    fn now(&self) -> Timestamp {
        let now = SystemClock.now();
        now.saturating_add(self.offset()).unwrap_or(now)
    }
}

/// A clock that stands still until it is moved, for simulation and tests.
#[derive(Debug)]
pub struct ManualClock {
    now: Mutex<Timestamp>,
}

impl ManualClock {
    /// A clock that stands at `now`.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self { now: Mutex::new(whole_micros(now)) }
    }

    /// Moves the clock to `now`.
    pub fn set(&self, now: Timestamp) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = whole_micros(now);
    }

    /// Moves the clock by `step`.
    pub fn advance(&self, step: SignedDuration) {
        let mut now = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        *now = now.saturating_add(step).unwrap_or(*now);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manual_clock_moves_only_when_told() {
        let clock = ManualClock::new("2026-11-23T12:00:00.0000015Z".parse().unwrap());
        assert_eq!(clock.now().to_string(), "2026-11-23T12:00:00.000001Z");
        clock.advance(SignedDuration::from_hours(24));
        assert_eq!(clock.now().to_string(), "2026-11-24T12:00:00.000001Z");
        clock.set("2027-01-01T00:00:00Z".parse().unwrap());
        assert_eq!(clock.now().to_string(), "2027-01-01T00:00:00Z");
    }

    #[test]
    fn an_offset_clock_leaps() {
        let clock = OffsetClock::new(SignedDuration::ZERO);
        let before = clock.now();
        clock.advance(SignedDuration::from_hours(24 * 365));
        assert_eq!(clock.offset(), SignedDuration::from_hours(24 * 365));
        assert!(clock.now().duration_since(before) >= SignedDuration::from_hours(24 * 365));
    }
}
