//! What the dispatcher does about each event.

use tokio::time::Instant;

use super::Lane;
use super::backlog::Entry;
use super::breaker::Circuit;
use super::dispatcher::Dispatcher;
use super::event::{End, Ended, Event, Order, Submission};
use super::session::SessionId;
use crate::conn::{CloseReason, NotSent};
use crate::wire::VerbClass;

/// Times a command is given to another session after one ended before sending it.
const MAX_RETURNS: u8 = 3;

impl Dispatcher {
    pub(super) fn take_event(&mut self, event: Event) {
        match event {
            Event::Submitted(submission) => self.take_submission(*submission),
            Event::Ended(ended) => self.take_end(ended),
            Event::Returned { session, entry, why } => self.take_return(session, *entry, why),
            Event::LoggedIn { slot, outcome } => self.take_login(slot, *outcome),
            Event::Closed { session, reason } => self.take_close(session, &reason),
            Event::Order(order) => self.take_order(order),
        }
    }

    fn take_submission(&mut self, submission: Submission) {
        let now = Instant::now();
        let refusal = self.refusal_for(submission.lane);
        let entry = Entry {
            lane: submission.lane,
            tenant: submission.tenant,
            object: submission.object,
            prepared: submission.prepared,
            reply: submission.reply,
            expires: now + self.config.limits.queue_wait,
            returns: 0,
        };
        match refusal {
            Some(why) => entry.refuse(why),
            None => {
                if self.backlog.len() == 0 {
                    self.next_sweep = now + super::dispatcher::SWEEP_INTERVAL;
                }
                self.backlog.push(entry);
            }
        }
    }

    /// Why a new command cannot even wait.
    fn refusal_for(&self, lane: Lane) -> Option<NotSent> {
        if self.is_shutting_down {
            return Some(NotSent::ShuttingDown);
        }
        if let Some(why) = self.lock_out_refusal() {
            return Some(why);
        }
        if let Circuit::Open { until } = self.breaker.circuit() {
            return Some(self.circuit_refusal(until));
        }
        if let Some(until) = self.maintenance_end().filter(|_| lane != Lane::Interactive) {
            return Some(NotSent::Maintenance { until });
        }
        let waiting = self.backlog.len();
        (waiting + self.on_the_wire() >= self.config.limits.max_outstanding).then_some(NotSent::QueueFull { waiting })
    }

    /// During a lock-out the sessions that are still open are used up; without any, nothing can be done.
    pub(super) fn lock_out_refusal(&self) -> Option<NotSent> {
        let lock_out = self.lock_out.as_ref().filter(|_| self.sessions.is_empty())?;
        Some(NotSent::LockedOut { since: lock_out.since, code: lock_out.code, message: lock_out.message.clone() })
    }

    pub(super) fn circuit_refusal(&self, until: Instant) -> NotSent {
        let last_fault = self.faults.back().map(|note| note.what.clone()).unwrap_or_default();
        NotSent::CircuitOpen { failures: self.breaker.faults(), until: self.wall(until), last_fault }
    }

    fn take_end(&mut self, ended: Ended) {
        let now = Instant::now();
        if let Some(session) = self.sessions.get_mut(&ended.session) {
            session.ended(ended.class);
            session.has_answered |= matches!(ended.end, End::Answered { .. });
        }
        let is_unsettled = matches!(ended.end, End::Unknown(_)) && ended.class == VerbClass::Transform;
        if let Some(object) = &ended.object {
            self.backlog.release(object, is_unsettled);
        }
        match ended.end {
            End::Withdrawn => {}
            End::Unknown(reason) => self.count_fault(ended.session, &reason),
            End::Answered { is_rate_complaint, deviations } => {
                self.breaker.answered();
                for kind in deviations {
                    *self.deviations.entry(kind).or_default() += 1;
                }
                if is_rate_complaint && self.pace.complained(now) {
                    let rate = self.pace.in_force().map_or(0, |(rate, _)| rate);
                    self.note(format!("the registry says commands come too fast; at most {rate} a minute are sent for now"));
                }
            }
        }
    }

    fn take_return(&mut self, session: SessionId, mut entry: Entry, why: NotSent) {
        if let Some(session) = self.sessions.get_mut(&session) {
            session.ended(entry.prepared.class());
            session.is_draining = true;
        }
        entry.returns += 1;
        if entry.returns <= MAX_RETURNS && !self.is_shutting_down {
            self.backlog.put_back(entry);
            return;
        }
        let object = entry.object.clone();
        entry.refuse(why);
        if let Some(object) = object {
            self.backlog.release(&object, false);
        }
    }

    fn take_close(&mut self, id: SessionId, reason: &CloseReason) {
        let Some(session) = self.sessions.get(&id) else { return };
        let is_ours = *reason == CloseReason::Drained || (session.is_draining && matches!(reason, CloseReason::Announced { .. }));
        // A session that ends before it served anything is a fault even when no command was lost with it.
        if !is_ours && !session.has_answered {
            self.count_fault(id, reason);
        } else if !is_ours {
            tracing::info!(account = %self.config.account, %reason, "a session with the registry ended");
        }
        self.sessions.remove(&id);
        if let Some(why) = self.lock_out_refusal() {
            self.refuse_all(&why);
        }
    }

    /// Counts the loss of a connection once, however many commands were lost with it.
    fn count_fault(&mut self, id: SessionId, reason: &CloseReason) {
        if let Some(session) = self.sessions.get_mut(&id) {
            if session.has_faulted {
                return;
            }
            session.has_faulted = true;
            session.is_draining = true;
        }
        self.note(format!("a session with {} was lost: {reason}", self.config.target.endpoint()));
        self.endpoint_fault();
    }

    /// One more fault of the endpoint in a row; after a few, it is left alone for a while.
    pub(super) fn endpoint_fault(&mut self) {
        let now = Instant::now();
        let chance = self.config.jitter.fraction();
        if self.breaker.fault(now, chance) {
            if let Circuit::Open { until } = self.breaker.circuit() {
                let why = self.circuit_refusal(until);
                self.refuse_all(&why);
            }
            self.drain_all();
        }
        self.next_login_at = self.next_login_at.max(now + self.breaker.retry_pause(chance));
    }

    fn take_order(&mut self, order: Order) {
        match order {
            // Whoever asked may have stopped waiting.
            Order::Status(reply) => drop(reply.send(self.status())),
            Order::AllowLogins => {
                self.lock_out = None;
                self.next_login_at = Instant::now();
            }
            Order::RenewSessions => self.renew_sessions(),
            Order::Maintenance(windows) => self.maintenance = windows,
            Order::Shutdown(waiter) => {
                self.shutdown_waiters.push(waiter);
                self.shut_down();
            }
        }
    }

    pub(super) fn shut_down(&mut self) {
        self.is_shutting_down = true;
        self.refuse_all(&NotSent::ShuttingDown);
        self.drain_all();
    }

    /// Commands given to sessions and not ended.
    pub(super) fn on_the_wire(&self) -> usize {
        self.sessions.values().map(|session| session.outstanding).sum()
    }
}
