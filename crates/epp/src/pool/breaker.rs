//! The circuit breaker of an endpoint.
//!
//! ```text
//!            n faults in a row                pause is over
//!   Closed ───────────────────▶ Open ────────────────────────▶ HalfOpen
//!     ▲                          ▲                                │ │
//!     │                          └────────── probe fails ─────────┘ │
//!     └────────────────────────────── probe succeeds ───────────────┘
//! ```
//!
//! The probe is a login, never a command: it costs nothing and leaves nothing unknown.

use std::time::Duration;

use tokio::time::Instant;

/// Faults in a row that open the circuit.
pub(super) const FAULTS_TO_OPEN: u32 = 3;
/// First pause of an open circuit; each failed probe doubles it.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// Longest pause.
const MAX_PAUSE: Duration = Duration::from_secs(300);
/// First pause between two logins before the circuit opens.
const FIRST_RETRY: Duration = Duration::from_millis(250);

/// Where the breaker stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Circuit {
    Closed,
    Open { until: Instant },
    HalfOpen,
}

#[derive(Debug)]
pub(super) struct Breaker {
    circuit: Circuit,
    faults: u32,
    /// Times it opened since a command was last answered.
    trips: u32,
}

impl Breaker {
    pub(super) fn new() -> Breaker {
        Breaker { circuit: Circuit::Closed, faults: 0, trips: 0 }
    }

    pub(super) fn circuit(&self) -> Circuit {
        self.circuit
    }

    /// Faults in a row.
    pub(super) fn faults(&self) -> u32 {
        self.faults
    }

    /// Lets the pause end.
    pub(super) fn tick(&mut self, now: Instant) {
        if matches!(self.circuit, Circuit::Open { until } if until <= now) {
            self.circuit = Circuit::HalfOpen;
        }
    }

    /// A connection failed, or left a command unknown. Says whether the circuit opened by this.
    pub(super) fn fault(&mut self, now: Instant, chance: f64) -> bool {
        self.faults = self.faults.saturating_add(1);
        let opens = match self.circuit {
            Circuit::Closed => self.faults >= FAULTS_TO_OPEN,
            Circuit::HalfOpen => true,
            Circuit::Open { .. } => false,
        };
        if opens {
            self.circuit = Circuit::Open { until: now + jittered(doubled(FIRST_PAUSE, self.trips), chance) };
            self.trips = self.trips.saturating_add(1);
        }
        opens
    }

    /// A login succeeded: the endpoint is back, though it has not answered a command yet.
    pub(super) fn login_succeeded(&mut self) {
        self.circuit = Circuit::Closed;
    }

    /// A command was answered.
    pub(super) fn answered(&mut self) {
        if self.circuit == Circuit::Closed {
            (self.faults, self.trips) = (0, 0);
        }
    }

    /// How long to wait before the next login while the circuit is still closed.
    pub(super) fn retry_pause(&self, chance: f64) -> Duration {
        jittered(doubled(FIRST_RETRY, self.faults.saturating_sub(1)), chance)
    }
}

fn doubled(first: Duration, times: u32) -> Duration {
    first.saturating_mul(1u32.checked_shl(times).unwrap_or(u32::MAX)).min(MAX_PAUSE)
}

/// Between half of the pause and all of it.
fn jittered(pause: Duration, chance: f64) -> Duration {
    pause.mul_f64(0.5 + 0.5 * chance.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn it_opens_probes_and_closes() {
        let start = Instant::now();
        let mut breaker = Breaker::new();
        assert!(!breaker.fault(start, 1.0));
        assert!(!breaker.fault(start, 1.0));
        assert!(breaker.fault(start, 1.0), "the third fault in a row opens it");
        assert_eq!(breaker.circuit(), Circuit::Open { until: start + FIRST_PAUSE });
        breaker.tick(start + FIRST_PAUSE - Duration::from_millis(1));
        assert!(matches!(breaker.circuit(), Circuit::Open { .. }));
        breaker.tick(start + FIRST_PAUSE);
        assert_eq!(breaker.circuit(), Circuit::HalfOpen);
        assert!(breaker.fault(start, 1.0), "a failed probe opens it again");
        assert_eq!(breaker.circuit(), Circuit::Open { until: start + 2 * FIRST_PAUSE });
        breaker.tick(start + 2 * FIRST_PAUSE);
        breaker.login_succeeded();
        assert_eq!(breaker.circuit(), Circuit::Closed);
        assert!(breaker.fault(start, 1.0), "a login alone does not forget the faults before it");
        breaker.tick(start + MAX_PAUSE);
        breaker.login_succeeded();
        breaker.answered();
        assert!(!breaker.fault(start, 1.0), "an answered command does");
    }

    #[test]
    fn pauses_grow_to_a_bound_and_are_spread() {
        assert_eq!(doubled(FIRST_PAUSE, 3), Duration::from_secs(40));
        assert_eq!(doubled(FIRST_PAUSE, 40), MAX_PAUSE);
        assert_eq!(jittered(MAX_PAUSE, 0.0), MAX_PAUSE / 2);
        assert_eq!(jittered(MAX_PAUSE, 1.0), MAX_PAUSE);
    }
}
