//! When sessions are opened, replaced and closed.

use std::sync::Arc;

use tokio::time::Instant;

use super::breaker::Circuit;
use super::capacity::{REFUSED_PAUSE, lanes_of};
use super::dispatcher::Dispatcher;
use super::event::Event;
use super::journal;
use super::login::{self, LoginFault, Opened};
use super::session::{Session, SessionId};
use super::{Lane, LockOut};

impl Dispatcher {
    /// Starts a login when one is wanted and allowed. Never two at once: a second one could complete a lock-out or cross a password change.
    pub(super) fn open_if_needed(&mut self, now: Instant) {
        let is_barred = self.opening.is_some()
            || self.is_shutting_down
            || self.lock_out.is_some()
            || now < self.next_login_at
            || self.paced_until.is_some()
            || self.maintenance_end().is_some();
        if is_barred {
            return;
        }
        let Some(slot) = self.slot_to_open() else { return };
        if let Err(until) = self.pace.check(now) {
            self.paced_until = Some(until);
            return;
        }
        self.pace.spend(now);
        self.opening = Some(slot);
        self.is_login_wanted = false;
        let (config, ids, events) = (Arc::clone(&self.config), self.ids.clone(), self.events.clone());
        tokio::spawn(async move {
            let outcome = Box::new(login::open(&config, &ids).await);
            // Without a pool there is nobody to use the session; dropping it closes it.
            let _ = events.send(Event::LoggedIn { slot, outcome });
        });
    }

    /// The slot that needs a session most.
    fn slot_to_open(&self) -> Option<usize> {
        let max = self.capacity.max();
        let is_free = |slot: &usize| self.sessions.values().all(|session| session.slot != *slot);
        if self.sessions.len() >= max {
            return None;
        }
        match self.breaker.circuit() {
            Circuit::Open { .. } => None,
            Circuit::HalfOpen => (0..max).find(is_free),
            Circuit::Closed if self.is_login_wanted => (0..max).find(is_free),
            Circuit::Closed => {
                let lane = Lane::ALL.into_iter().find(|lane| self.backlog.has_ready(*lane) && self.has_free_slot_for(*lane))?;
                (0..max).filter(is_free).filter(|slot| lanes_of(*slot, max).contains(&lane)).min_by_key(|slot| {
                    let is_first_lane = lanes_of(*slot, max).first() == Some(&lane);
                    (!is_first_lane, *slot)
                })
            }
        }
    }

    fn has_free_slot_for(&self, lane: Lane) -> bool {
        let max = self.capacity.max();
        (0..max).any(|slot| lanes_of(slot, max).contains(&lane) && self.sessions.values().all(|session| session.slot != slot))
    }

    pub(super) fn take_login(&mut self, slot: usize, outcome: Result<Opened, LoginFault>) {
        self.opening = None;
        match outcome {
            Ok(opened) => self.add_session(slot, opened),
            Err(fault) => self.take_login_fault(fault),
        }
    }

    fn add_session(&mut self, slot: usize, opened: Opened) {
        self.breaker.login_succeeded();
        for deviation in &opened.deviations {
            *self.deviations.entry(deviation.kind).or_default() += 1;
        }
        for note in opened.notes {
            self.note(note);
        }
        self.last_session += 1;
        let (id, limits, chance) = (self.last_session, &self.config.limits, self.config.jitter.fraction());
        let now = Instant::now();
        let session = Session {
            id,
            slot,
            connection: opened.connection,
            since: self.config.clock.now(),
            retire_at: limits.session_time(chance).map(|time| now + time),
            retire_after: limits.session_frames(chance),
            outstanding: 0,
            transforms: 0,
            is_draining: false,
            has_answered: false,
            has_faulted: false,
        };
        let (watcher, events) = (session.connection.watcher(), self.events.clone());
        tokio::spawn(async move {
            let reason = watcher.closed().await;
            // The pool may be gone.
            let _ = events.send(Event::Closed { session: id, reason });
        });
        self.sessions.insert(id, session);
        if self.is_shutting_down {
            self.drain(id);
        }
    }

    fn take_login_fault(&mut self, fault: LoginFault) {
        let now = Instant::now();
        self.note(fault.to_string());
        match fault {
            LoginFault::LockOut { code, message } => {
                self.lock_out = Some(LockOut { since: self.config.clock.now(), code, message });
                tracing::error!(account = %self.config.account, "logins are stopped: the registry refused our credentials");
                if let Some(why) = self.lock_out_refusal() {
                    self.refuse_all(&why);
                }
            }
            LoginFault::SessionLimit { .. } => {
                self.capacity.refused(self.sessions.len(), now);
                self.next_login_at = now + REFUSED_PAUSE.mul_f64(0.5 + 0.5 * self.config.jitter.fraction());
                self.close_ranks();
            }
            _ => self.endpoint_fault(),
        }
    }

    /// Gives the sessions the lowest slots, so that fewer sessions still serve every lane.
    fn close_ranks(&mut self) {
        for (slot, session) in self.sessions.values_mut().enumerate() {
            session.slot = slot;
        }
    }

    /// Retires a session whose time or quota is nearly used up, or that is to be renewed. One at a time, so that the others carry on meanwhile.
    pub(super) fn retire_sessions(&mut self, now: Instant) {
        if self.sessions.values().any(|session| session.is_draining) {
            return;
        }
        let due = self.sessions.values().filter(|session| session.is_due(now)).min_by_key(|session| session.retire_at);
        if let Some(id) = due.map(|session| session.id) {
            self.drain(id);
        }
    }

    /// Replaces all sessions, one after the other.
    pub(super) fn renew_sessions(&mut self) {
        let now = Instant::now();
        self.is_login_wanted = true;
        for session in self.sessions.values_mut() {
            session.retire_at = Some(now);
        }
    }

    pub(super) fn drain_all(&mut self) {
        let open: Vec<SessionId> = self.sessions.values().filter(|session| !session.is_draining).map(|session| session.id).collect();
        for id in open {
            self.drain(id);
        }
    }

    fn drain(&mut self, id: SessionId) {
        let logout = login::logout(&self.ids);
        let Some(session) = self.sessions.get_mut(&id) else { return };
        session.is_draining = true;
        let (connection, config) = (session.connection.clone(), Arc::clone(&self.config));
        self.closing.spawn(async move { journal::close(&config.journal, &connection, logout).await });
    }
}
