//! A session of the pool, and the commands given to it.

use std::sync::Arc;

use model::Timestamp;
use tokio::sync::mpsc;
use tokio::time::Instant;

use super::backlog::Entry;
use super::event::{End, Ended, Event};
use super::rate::is_rate_complaint;
use super::{Lane, PoolLimits};
use crate::conn::{CloseReason, Connection, Exchange, Job, NotSent, Slot};
use crate::wire::VerbClass;

/// Number of a session, never used twice in a pool.
pub(super) type SessionId = u64;

#[derive(Debug)]
pub(super) struct Session {
    pub(super) id: SessionId,
    pub(super) slot: usize,
    pub(super) connection: Connection,
    pub(super) since: Timestamp,
    /// When it is to be replaced.
    pub(super) retire_at: Option<Instant>,
    /// After how many frames it is to be replaced.
    pub(super) retire_after: Option<usize>,
    pub(super) outstanding: usize,
    pub(super) transforms: usize,
    pub(super) is_draining: bool,
    /// Whether it has answered a command since login.
    pub(super) has_answered: bool,
    /// Whether its end was counted as a fault; several unknown commands of one connection are one fault.
    pub(super) has_faulted: bool,
}

impl Session {
    /// Whether a command of this class can be given to it, up to `ahead` of what its windows hold. The connection sends what is ahead the
    /// moment a window opens, without asking the pool.
    pub(super) fn has_room(&self, class: VerbClass, ahead: usize, limits: &PoolLimits) -> bool {
        !self.is_draining
            && self.retire_after.is_none_or(|after| self.frames_used() < after)
            && self.outstanding < limits.window.max(1) + ahead
            && (class != VerbClass::Transform || self.transforms < limits.transform_window.max(1) + ahead)
    }

    /// Frames sent, and commands on their way to be sent. May be wrong by a keepalive that crosses, which the quota leaves room for.
    fn frames_used(&self) -> usize {
        let load = self.connection.load();
        load.sent + self.outstanding.saturating_sub(load.outstanding)
    }

    pub(super) fn is_due(&self, now: Instant) -> bool {
        self.retire_at.is_some_and(|at| at <= now) || self.retire_after.is_some_and(|after| self.connection.load().sent >= after)
    }

    /// Gives a command to the connection. If the connection takes no more, the command comes back as an event.
    pub(super) fn hand_over(&mut self, entry: Entry, events: &mpsc::UnboundedSender<Event>) {
        self.outstanding += 1;
        self.transforms += usize::from(entry.prepared.class() == VerbClass::Transform);
        let prepared = entry.prepared.clone();
        let slot = PoolSlot { events: events.clone(), session: self.id, entry: Some(entry) };
        if let Err((job, why)) = self.connection.try_submit(Job { prepared, slot: Box::new(slot) }) {
            job.slot.finish(Exchange::NotSent(why));
        }
    }

    pub(super) fn ended(&mut self, class: VerbClass) {
        self.outstanding = self.outstanding.saturating_sub(1);
        if class == VerbClass::Transform {
            self.transforms = self.transforms.saturating_sub(1);
        }
    }
}

/// Reports the end of a command first to the pool, then to its caller, so that the pool knows of it before the caller's next command.
struct PoolSlot {
    events: mpsc::UnboundedSender<Event>,
    session: SessionId,
    entry: Option<Entry>,
}

impl PoolSlot {
    /// The pool may be gone; then nobody needs to know.
    fn report(&self, class: VerbClass, object: Option<Arc<str>>, end: End) {
        let _ = self.events.send(Event::Ended(Ended { session: self.session, class, object, end }));
    }
}

impl Slot for PoolSlot {
    fn is_abandoned(&self) -> bool {
        self.entry.as_ref().is_none_or(|entry| entry.reply.is_closed())
    }

    fn finish(mut self: Box<Self>, exchange: Exchange) {
        let Some(entry) = self.entry.take() else { return };
        let class = entry.prepared.class();
        let end = match &exchange {
            Exchange::NotSent(NotSent::Withdrawn) => End::Withdrawn,
            Exchange::NotSent(why) => {
                let _ = self.events.send(Event::Returned { session: self.session, entry: Box::new(entry), why: why.clone() });
                return;
            }
            Exchange::Unknown(unknown) => End::Unknown(unknown.reason.clone()),
            Exchange::Answered(answer) => End::Answered {
                is_rate_complaint: is_rate_complaint(&answer.response),
                deviations: answer.deviations.iter().map(|deviation| deviation.kind).collect(),
            },
        };
        self.report(class, entry.object.clone(), end);
        // A caller that went away does not need the answer.
        let _ = entry.reply.send(exchange);
    }
}

impl Drop for PoolSlot {
    fn drop(&mut self) {
        if let Some(entry) = self.entry.take() {
            self.report(entry.prepared.class(), entry.object.clone(), End::Unknown(CloseReason::Aborted));
        }
    }
}

/// Of the sessions that serve the lane and have room, the one with the fewest commands; of those, the one whose first lane this is.
pub(super) fn best_for<'a>(
    sessions: impl Iterator<Item = (&'a mut Session, &'static [Lane])>,
    lane: Lane,
    has_room: impl Fn(&Session, &'static [Lane]) -> bool,
) -> Option<&'a mut Session> {
    sessions
        .filter(|(session, lanes)| lanes.contains(&lane) && has_room(session, lanes))
        .min_by_key(|(session, lanes)| (session.outstanding, lanes.first() != Some(&lane), session.slot))
        .map(|(session, _)| session)
}
