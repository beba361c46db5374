//! The sandbox's clock: it stands where it is put, or runs with real time from there; it never goes back.
//!
//! This is the only place of the room that reads real time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use jiff::SignedDuration;
use model::Timestamp;

/// A clock shared by every registry of a world. Cloning gives another handle on the same clock.
#[derive(Clone, Debug)]
pub struct VirtualClock {
    state: Arc<Mutex<State>>,
}

#[derive(Debug)]
struct State {
    /// The time shown when the clock was last set.
    base: Timestamp,
    /// When the clock runs with real time: the instant at which it showed `base`.
    running_since: Option<Instant>,
}

/// Why the clock was not moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClockError {
    /// The clock only goes forward, since life-cycle timers cannot be undone.
    #[error("the clock shows {shown} and cannot go back to {asked}; choose a later instant")]
    Backwards {
        /// What it shows.
        shown: Timestamp,
        /// What was asked for.
        asked: Timestamp,
    },
    /// The instant lies beyond what a timestamp can hold.
    #[error("the clock cannot be moved that far; choose an instant before the year 9999")]
    Range,
}

impl VirtualClock {
    /// A clock that stands at `at` until it is moved.
    #[must_use]
    pub fn standing(at: Timestamp) -> VirtualClock {
        VirtualClock { state: Arc::new(Mutex::new(State { base: at, running_since: None })) }
    }

    /// A clock that shows `from` now and runs with real time.
    #[must_use]
    pub fn running_from(from: Timestamp) -> VirtualClock {
        VirtualClock { state: Arc::new(Mutex::new(State { base: from, running_since: Some(Instant::now()) })) }
    }

    /// A clock that shows the real time and runs with it.
    #[must_use]
    #[allow(
        clippy::disallowed_methods,
        reason = "the clock is the edge where the sandbox reads real time; all else takes it as an argument"
    )]
    pub fn real() -> VirtualClock {
        VirtualClock::running_from(Timestamp::now())
    }

    /// What the clock shows.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.lock().now()
    }

    /// Whether the clock runs with real time.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.lock().running_since.is_some()
    }

    /// Moves the clock forward by `by` and gives what it shows then.
    ///
    /// # Errors
    /// [`ClockError`] when `by` is negative or leads beyond what a timestamp holds.
    pub fn advance(&self, by: SignedDuration) -> Result<Timestamp, ClockError> {
        let mut state = self.lock();
        let to = state.now().checked_add(by).map_err(|_| ClockError::Range)?;
        state.set(to)
    }

    /// Moves the clock forward to `to`.
    ///
    /// # Errors
    /// [`ClockError::Backwards`] when `to` has passed.
    pub fn set(&self, to: Timestamp) -> Result<Timestamp, ClockError> {
        self.lock().set(to)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn now(&self) -> Timestamp {
        let passed = self.running_since.map(|since| since.elapsed()).unwrap_or_default();
        SignedDuration::try_from(passed).ok().and_then(|passed| self.base.checked_add(passed).ok()).unwrap_or(self.base)
    }

    fn set(&mut self, to: Timestamp) -> Result<Timestamp, ClockError> {
        let shown = self.now();
        if to < shown {
            return Err(ClockError::Backwards { shown, asked: to });
        }
        self.base = to;
        self.running_since = self.running_since.map(|_| Instant::now());
        Ok(to)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_standing_clock_moves_only_forward_and_only_when_told() {
        let clock = VirtualClock::standing(at("2026-01-01T00:00:00Z"));
        let other = clock.clone();
        assert_eq!(clock.advance(SignedDuration::from_hours(24)), Ok(at("2026-01-02T00:00:00Z")));
        assert_eq!(other.now(), at("2026-01-02T00:00:00Z"));
        let back = other.set(at("2026-01-01T12:00:00Z"));
        assert_eq!(back, Err(ClockError::Backwards { shown: at("2026-01-02T00:00:00Z"), asked: at("2026-01-01T12:00:00Z") }));
        assert_eq!(clock.advance(SignedDuration::MAX), Err(ClockError::Range));
        assert_eq!(clock.now(), at("2026-01-02T00:00:00Z"));
    }

    #[test]
    fn a_running_clock_never_shows_less_than_before() {
        let clock = VirtualClock::running_from(at("2026-01-01T00:00:00Z"));
        let first = clock.now();
        let jumped = clock.advance(SignedDuration::from_hours(1)).unwrap();
        assert!(first >= at("2026-01-01T00:00:00Z") && clock.now() >= jumped && clock.is_running());
    }
}
