//! What a registry account allows, as its profile says.

use std::time::Duration;

use crate::conn::{DEFAULT_TRANSFORM_WINDOW, DEFAULT_WINDOW, Deadlines};

/// Limits of one registry account. `None` stands for "no such limit".
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PoolLimits {
    /// Most sessions open at once; at least one.
    pub max_sessions: usize,
    /// Most commands in one session, `login` and `logout` included.
    pub commands_per_session: Option<usize>,
    /// The registry ends a session that is silent for this long.
    pub idle: Option<Duration>,
    /// The registry ends any session after this long.
    pub lifetime: Option<Duration>,
    /// Most commands in any minute over all sessions, `login` included.
    pub commands_per_minute: Option<u32>,
    /// Most commands on the wire at once in one session.
    pub window: usize,
    /// Most transforms on the wire at once in one session.
    pub transform_window: usize,
    /// Most commands in the pool, waiting or on the wire; more are refused at once.
    pub max_outstanding: usize,
    /// Longest a command waits for its turn.
    pub queue_wait: Duration,
    /// Longest each step may take.
    pub deadlines: Deadlines,
}

/// Sessions unless the profile says otherwise: one interactive, one poll, two bulk.
const DEFAULT_MAX_SESSIONS: usize = 4;
/// Commands in the pool unless set otherwise. Intents beyond it stay in the store, where they are safe.
const DEFAULT_MAX_OUTSTANDING: usize = 10_000;
/// Wait for a turn unless set otherwise.
const DEFAULT_QUEUE_WAIT: Duration = Duration::from_secs(60);

impl Default for PoolLimits {
    fn default() -> PoolLimits {
        PoolLimits {
            max_sessions: DEFAULT_MAX_SESSIONS,
            commands_per_session: None,
            idle: None,
            lifetime: None,
            commands_per_minute: None,
            window: DEFAULT_WINDOW,
            transform_window: DEFAULT_TRANSFORM_WINDOW,
            max_outstanding: DEFAULT_MAX_OUTSTANDING,
            queue_wait: DEFAULT_QUEUE_WAIT,
            deadlines: Deadlines::default(),
        }
    }
}

/// Part of a session's lifetime or quota that is never used, so that it ends by our `logout` and not by the registry's axe.
const SPARE_PERCENT: f64 = 5.0;
/// Part over which reconnects are spread, so that sessions opened together do not end together.
const SPREAD_PERCENT: f64 = 10.0;

impl PoolLimits {
    /// How long a session is used: between 85 % and 95 % of its lifetime. `chance` is even over 0 to 1.
    pub(super) fn session_time(&self, chance: f64) -> Option<Duration> {
        self.lifetime.map(|lifetime| lifetime.mul_f64(share(chance)))
    }

    /// How many frames a session is used for: between 85 % and 95 % of its quota, and always two fewer, for `logout` and a
    /// keepalive that crosses.
    pub(super) fn session_frames(&self, chance: f64) -> Option<usize> {
        self.commands_per_session.map(|quota| {
            let used = (quota as f64 * share(chance)) as usize;
            used.min(quota.saturating_sub(2)).max(2)
        })
    }
}

fn share(chance: f64) -> f64 {
    1.0 - (SPARE_PERCENT + SPREAD_PERCENT * chance.clamp(0.0, 1.0)) / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_end_before_the_registry_ends_them() {
        let limits = PoolLimits { lifetime: Some(Duration::from_secs(1000)), commands_per_session: Some(1000), ..PoolLimits::default() };
        assert_eq!(limits.session_time(0.0), Some(Duration::from_secs(950)));
        assert_eq!(limits.session_time(1.0), Some(Duration::from_secs(850)));
        assert_eq!(limits.session_frames(0.5), Some(900));
        for (quota, expected) in [(2, 2), (3, 2), (10, 8), (20, 18)] {
            let limits = PoolLimits { commands_per_session: Some(quota), ..PoolLimits::default() };
            assert_eq!(limits.session_frames(0.0), Some(expected), "of {quota}");
        }
    }
}
