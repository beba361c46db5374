//! The status of a pool, put together from its parts.

use super::breaker::Circuit;
use super::capacity::lanes_of;
use super::dispatcher::Dispatcher;
use super::{CircuitStatus, Lane, PoolStatus, SessionStatus};

impl Dispatcher {
    pub(super) fn status(&self) -> PoolStatus {
        let now = self.config.clock.now();
        let rate = self.pace.in_force();
        let tls = self.config.target.certificates();
        let mut sessions: Vec<SessionStatus> = self.sessions.values().map(|session| self.session_status(session)).collect();
        sessions.sort_by_key(|session| session.slot);
        PoolStatus {
            account: self.config.account.clone(),
            endpoint: self.config.target.endpoint(),
            sessions,
            is_logging_in: self.opening.is_some(),
            waiting: Lane::ALL.into_iter().map(|lane| (lane, self.backlog.ready(lane))).collect(),
            waiting_total: self.backlog.len(),
            on_the_wire: self.on_the_wire(),
            max_sessions: self.capacity.configured(),
            learned_max_sessions: self.capacity.max(),
            commands_per_minute: rate.map(|(rate, _)| rate),
            is_rate_learned: rate.is_some_and(|(_, is_learned)| is_learned),
            circuit: self.circuit_status(),
            lock_out: self.lock_out.clone(),
            maintenance_until: self.maintenance_end(),
            faults: self.faults.iter().cloned().collect(),
            deviations: self.deviations.iter().map(|(kind, count)| (kind.as_str(), *count)).collect(),
            certificate: tls.as_ref().and_then(|tls| tls.alarm(now)),
            certificate_until: tls.iter().flat_map(|tls| tls.identities()).map(|identity| identity.info().not_after).max(),
        }
    }

    fn session_status(&self, session: &super::session::Session) -> SessionStatus {
        SessionStatus {
            slot: session.slot,
            lanes: lanes_of(session.slot, self.capacity.max()).to_vec(),
            since: session.since,
            is_draining: session.is_draining,
            load: session.connection.load(),
        }
    }

    fn circuit_status(&self) -> CircuitStatus {
        let faults = self.breaker.faults();
        match self.breaker.circuit() {
            Circuit::Closed => CircuitStatus::Closed { faults },
            Circuit::Open { until } => CircuitStatus::Open { faults, until: self.wall(until) },
            Circuit::HalfOpen => CircuitStatus::HalfOpen { faults },
        }
    }
}
