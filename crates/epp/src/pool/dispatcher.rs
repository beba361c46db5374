//! The task that owns an account: it takes events one by one, keeps all state, and decides what is sent when.
//!
//! Nothing here waits for the network: sessions are opened by a task of their own (one at a time), commands end by events. So the order of
//! decisions is the order of events, and there is nothing to lock.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use model::Timestamp;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::backlog::Backlog;
use super::breaker::{Breaker, Circuit};
use super::capacity::{Capacity, ahead_in, lanes_of};
use super::config::{PoolConfig, SessionIds};
use super::event::Event;
use super::rate::Pace;
use super::session::{Session, SessionId, best_for};
use super::{FaultNote, Lane, LockOut, MaintenanceWindow, maintenance};
use crate::conn::NotSent;
use crate::wire::DeviationKind;

/// Faults remembered for status.
const FAULTS_KEPT: usize = 16;
/// How often waiting commands are looked through for those that waited long enough or were withdrawn.
pub(super) const SWEEP_INTERVAL: Duration = Duration::from_secs(1);
/// Longest sleep without an event; bounds the effect of a wall clock that jumps.
const MAX_SLEEP: Duration = Duration::from_secs(60);

pub(super) struct Dispatcher {
    pub(super) config: Arc<PoolConfig>,
    pub(super) ids: SessionIds,
    pub(super) events: mpsc::UnboundedSender<Event>,
    pub(super) inbox: mpsc::UnboundedReceiver<Event>,
    pub(super) backlog: Backlog,
    pub(super) sessions: BTreeMap<SessionId, Session>,
    pub(super) last_session: SessionId,
    /// The slot a login is under way for.
    pub(super) opening: Option<usize>,
    pub(super) next_login_at: Instant,
    /// Open a session even if nothing waits: a renewal was asked for.
    pub(super) is_login_wanted: bool,
    pub(super) pace: Pace,
    /// When the pace lets the next command go, if it held one back.
    pub(super) paced_until: Option<Instant>,
    pub(super) capacity: Capacity,
    pub(super) breaker: Breaker,
    pub(super) lock_out: Option<LockOut>,
    pub(super) maintenance: Vec<MaintenanceWindow>,
    /// Until when people keep their place although their wait is over, because the registry was away.
    pub(super) grace_until: Instant,
    pub(super) next_sweep: Instant,
    pub(super) faults: VecDeque<FaultNote>,
    pub(super) deviations: BTreeMap<DeviationKind, u64>,
    pub(super) is_shutting_down: bool,
    pub(super) shutdown_waiters: Vec<oneshot::Sender<()>>,
    /// Sessions being closed: the answer to a `logout` is put on record after the connection has ended.
    pub(super) closing: JoinSet<()>,
}

impl Dispatcher {
    pub(super) fn new(
        config: Arc<PoolConfig>,
        ids: SessionIds,
        events: mpsc::UnboundedSender<Event>,
        inbox: mpsc::UnboundedReceiver<Event>,
    ) -> Dispatcher {
        let now = Instant::now();
        Dispatcher {
            pace: Pace::new(config.limits.commands_per_minute, now),
            capacity: Capacity::new(config.limits.max_sessions),
            config,
            ids,
            events,
            inbox,
            backlog: Backlog::default(),
            sessions: BTreeMap::new(),
            last_session: 0,
            opening: None,
            next_login_at: now,
            is_login_wanted: false,
            paced_until: None,
            breaker: Breaker::new(),
            lock_out: None,
            maintenance: Vec::new(),
            grace_until: now,
            next_sweep: now + SWEEP_INTERVAL,
            faults: VecDeque::new(),
            deviations: BTreeMap::new(),
            is_shutting_down: false,
            shutdown_waiters: Vec::new(),
            closing: JoinSet::new(),
        }
    }

    /// Serves the account until it is shut down or nobody holds the pool any more.
    pub(super) async fn run(mut self) {
        loop {
            let now = Instant::now();
            self.take_time(now);
            self.dispatch(now);
            self.open_if_needed(now);
            if self.is_shutting_down && self.sessions.is_empty() && self.opening.is_none() {
                break;
            }
            let wake = self.next_wake(now);
            tokio::select! {
                Some(event) = self.inbox.recv() => self.take_events(event),
                () = sleep_until(wake) => {}
            }
        }
        while self.closing.join_next().await.is_some() {}
        for waiter in self.shutdown_waiters {
            // Whoever asked may have stopped waiting.
            let _ = waiter.send(());
        }
    }

    fn take_events(&mut self, first: Event) {
        self.take_event(first);
        while let Ok(event) = self.inbox.try_recv() {
            self.take_event(event);
        }
    }

    /// What happens by itself as time passes.
    fn take_time(&mut self, now: Instant) {
        self.capacity.tick(now);
        self.breaker.tick(now);
        self.retire_sessions(now);
        while self.closing.try_join_next().is_some() {}
        if let Some(until) = self.maintenance_end() {
            self.grace_until = now + self.config.limits.queue_wait;
            self.refuse_for_maintenance(until);
        }
        if self.next_sweep <= now {
            self.next_sweep = now + SWEEP_INTERVAL;
            self.sweep(now);
        }
    }

    /// Gives out as many commands as sessions have room for.
    fn dispatch(&mut self, now: Instant) {
        self.paced_until = None;
        if self.breaker.circuit() != Circuit::Closed || self.maintenance_end().is_some() {
            return;
        }
        let events = self.events.clone();
        for lane in Lane::ALL {
            while self.backlog.has_ready(lane) {
                if let Err(until) = self.pace.check(now) {
                    self.paced_until = Some(until);
                    return;
                }
                if !self.dispatch_one(lane, now, &events) {
                    break;
                }
            }
        }
    }

    /// Gives out the next command of a lane; says whether there was one that a session had room for.
    fn dispatch_one(&mut self, lane: Lane, now: Instant, events: &mpsc::UnboundedSender<Event>) -> bool {
        let (max, limits) = (self.capacity.max(), &self.config.limits);
        let sessions = &self.sessions;
        // While somebody waits, sessions are left to become free.
        let goes_ahead = !self.backlog.has_ready(Lane::Interactive);
        let has_room = |session: &Session, lanes: &'static [Lane], class| {
            let ahead = if goes_ahead { ahead_in(lanes, lane) } else { 0 };
            session.has_room(class, ahead, limits)
        };
        let entry = self.backlog.pop(lane, |class| {
            sessions.values().any(|session| {
                let lanes = lanes_of(session.slot, max);
                lanes.contains(&lane) && has_room(session, lanes, class)
            })
        });
        let Some(entry) = entry else { return false };
        if entry.reply.is_closed() {
            if let Some(object) = &entry.object {
                self.backlog.release(object, false);
            }
            return true;
        }
        let candidates = self.sessions.values_mut().map(|session| {
            let lanes = lanes_of(session.slot, max);
            (session, lanes)
        });
        match best_for(candidates, lane, |session, lanes| has_room(session, lanes, entry.prepared.class())) {
            Some(session) => {
                self.pace.spend(now);
                session.hand_over(entry, events);
                true
            }
            None => {
                self.backlog.put_back(entry);
                false
            }
        }
    }

    /// Refuses what waited long enough and forgets what nobody waits for. Over a maintenance window people keep their place.
    fn sweep(&mut self, now: Instant) {
        if self.backlog.len() == 0 {
            return;
        }
        let grace_until = self.grace_until;
        let last_fault = self.faults.back().map(|note| note.what.clone());
        let is_over = |entry: &super::backlog::Entry| {
            let has_grace = entry.lane == Lane::Interactive && now < grace_until;
            entry.reply.is_closed() || (entry.expires <= now && !has_grace)
        };
        for entry in self.backlog.remove(is_over) {
            entry.refuse(NotSent::WaitedTooLong { last_fault: last_fault.clone() });
        }
    }

    /// Refuses everything that waits.
    pub(super) fn refuse_all(&mut self, why: &NotSent) {
        for entry in self.backlog.remove(|_| true) {
            entry.refuse(why.clone());
        }
    }

    fn refuse_for_maintenance(&mut self, until: Timestamp) {
        if self.backlog.has_ready(Lane::Bulk) || self.backlog.has_ready(Lane::Poll) {
            for entry in self.backlog.remove(|entry| entry.lane != Lane::Interactive) {
                entry.refuse(NotSent::Maintenance { until });
            }
        }
    }

    /// When the maintenance under way ends.
    pub(super) fn maintenance_end(&self) -> Option<Timestamp> {
        if self.maintenance.is_empty() { None } else { maintenance::ends_at(&self.maintenance, self.config.clock.now()) }
    }

    fn next_wake(&self, now: Instant) -> Instant {
        let circuit = match self.breaker.circuit() {
            Circuit::Open { until } => Some(until),
            _ => None,
        };
        let maintenance = maintenance::next_change(&self.maintenance, self.config.clock.now()).map(|at| self.instant_of(at));
        let is_draining = self.sessions.values().any(|session| session.is_draining);
        let retirement = self.sessions.values().filter(|_| !is_draining).filter_map(|session| session.retire_at).min();
        let sweep = (self.backlog.len() > 0).then_some(self.next_sweep);
        let login = (self.opening.is_none() && self.next_login_at > now).then_some(self.next_login_at);
        [circuit, maintenance, retirement, sweep, login, self.paced_until].into_iter().flatten().fold(now + MAX_SLEEP, Instant::min)
    }

    /// The wall-clock time of a moment in the near future.
    pub(super) fn wall(&self, at: Instant) -> Timestamp {
        let ahead = at.saturating_duration_since(Instant::now());
        self.config.clock.now().checked_add(ahead).unwrap_or(Timestamp::MAX)
    }

    fn instant_of(&self, at: Timestamp) -> Instant {
        let ahead = at.duration_since(self.config.clock.now());
        Instant::now() + Duration::try_from(ahead).unwrap_or_default().min(MAX_SLEEP)
    }

    /// Remembers a fault for status, and logs it.
    pub(super) fn note(&mut self, what: String) {
        tracing::warn!(account = %self.config.account, "{what}");
        if self.faults.len() == FAULTS_KEPT {
            self.faults.pop_front();
        }
        self.faults.push_back(FaultNote { at: self.config.clock.now(), what });
    }
}
