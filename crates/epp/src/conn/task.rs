//! The task that owns one connection.
//!
//! ```text
//!   callers ──jobs──▶ [ next ] ──window──▶ [ out: one frame ] ──▶ socket
//!                                               │
//!   callers ◀──slots── [ outstanding, in order ] ◀── responses ── socket
//! ```
//!
//! A command's slot lives here, not with its caller, so a caller that goes away changes nothing: the answer is still matched to the command
//! it belongs to. When anything makes that matching doubtful, the connection ends and everything outstanding is unknown.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use model::{ClTrid, Timestamp};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout};

use super::CloseReason;
use super::exchange::{Answer, Exchange, Frame, NotSent, UnknownOutcome};
use super::handle::{DrainOrder, Job, Shared, Slot};
use super::pump::{Pump, PumpEvent};
use super::receive::{Received, receive};
use super::settings::ConnectionSettings;
use crate::wire::VerbClass;

/// Longest the goodbye of TLS may take; the registry's side is of no interest any more.
const GOODBYE_TIMEOUT: Duration = Duration::from_secs(2);

pub(super) struct Task<S> {
    pub(super) pump: Pump<S>,
    pub(super) settings: ConnectionSettings,
    pub(super) jobs: mpsc::Receiver<Job>,
    pub(super) drains: mpsc::Receiver<DrainOrder>,
    pub(super) shared: Arc<Shared>,
    /// The frame of `hello`, for keepalives.
    pub(super) hello: Frame,
    /// The command whose turn has not come. The others wait with their callers.
    next: Option<Job>,
    outstanding: VecDeque<Outstanding>,
    last_sent: Instant,
    is_draining: bool,
    /// The logout to send when everything outstanding is answered.
    logout: Option<Job>,
}

/// A frame that was given to the pump and has no answer yet.
struct Outstanding {
    expects: Expects,
    frame: Frame,
    class: VerbClass,
    sent_at: Timestamp,
    sent: Instant,
    deadline: Instant,
    slot: Option<Box<dyn Slot>>,
}

/// What answers a frame.
enum Expects {
    Greeting,
    Response(ClTrid),
}

impl<S: AsyncRead + AsyncWrite + Unpin> Task<S> {
    pub(super) fn new(
        pump: Pump<S>,
        settings: ConnectionSettings,
        jobs: mpsc::Receiver<Job>,
        drains: mpsc::Receiver<DrainOrder>,
        shared: Arc<Shared>,
        hello: Frame,
    ) -> Task<S> {
        Task {
            pump,
            settings,
            jobs,
            drains,
            shared,
            hello,
            next: None,
            outstanding: VecDeque::new(),
            last_sent: Instant::now(),
            is_draining: false,
            logout: None,
        }
    }

    /// Serves the connection until it ends, then settles whatever is left.
    pub(super) async fn run(mut self) {
        let reason = loop {
            if let Err(reason) = self.send_next() {
                break reason;
            }
            if self.is_draining && self.outstanding.is_empty() {
                break CloseReason::Drained;
            }
            if let Err(reason) = self.step().await {
                break reason;
            }
        };
        if matches!(reason, CloseReason::Drained | CloseReason::Announced { .. }) {
            // A peer that does not take the goodbye is gone either way.
            let _ = timeout(GOODBYE_TIMEOUT, self.pump.shutdown()).await;
        }
        let (shared, ends) = (Arc::clone(&self.shared), self.settle(&reason));
        // The stream goes first: nothing may leave after somebody was told that the outcome is unknown.
        drop(self);
        for (slot, end) in ends {
            slot.finish(end);
        }
        shared.close(reason);
    }

    /// Waits for the next thing to happen and deals with it. News from the registry comes first, so that a closed connection is noticed
    /// before a command is given to it.
    async fn step(&mut self) -> Result<(), CloseReason> {
        let wake = self.next_wake();
        tokio::select! {
            biased;
            event = self.pump.next() => match event {
                PumpEvent::Frame(body) => self.take_frame(body),
                PumpEvent::Written => Ok(()),
                PumpEvent::Ended(reason) => Err(reason),
            },
            () = sleep_until(wake.unwrap_or_else(Instant::now)), if wake.is_some() => self.take_time(),
            Some(order) = self.drains.recv(), if !self.is_draining => {
                self.start_drain(order.logout);
                Ok(())
            }
            job = self.jobs.recv(), if !self.is_draining && self.next.is_none() => {
                match job {
                    Some(job) => self.next = Some(job),
                    None => self.start_drain(None),
                }
                Ok(())
            }
        }
    }

    /// Gives the next command to the pump if the pump is free and a window is open.
    fn send_next(&mut self) -> Result<(), CloseReason> {
        if self.pump.is_writing() {
            return Ok(());
        }
        let Some(job) = self.next.take() else {
            return self.send_logout();
        };
        if job.slot.is_abandoned() {
            job.slot.finish(Exchange::NotSent(NotSent::Withdrawn));
            return Ok(());
        }
        if !self.has_room_for(job.prepared.class()) {
            self.next = Some(job);
            return Ok(());
        }
        let expects = Expects::Response(job.prepared.cltrid().clone());
        self.send(expects, job.prepared.frame().clone(), job.prepared.class(), Some(job.slot))
    }

    fn send_logout(&mut self) -> Result<(), CloseReason> {
        if !self.is_draining || !self.outstanding.is_empty() {
            return Ok(());
        }
        let Some(logout) = self.logout.take() else { return Ok(()) };
        let Job { prepared, slot } = logout;
        self.send(Expects::Response(prepared.cltrid().clone()), prepared.frame().clone(), VerbClass::Session, Some(slot))
    }

    fn send(&mut self, expects: Expects, frame: Frame, class: VerbClass, slot: Option<Box<dyn Slot>>) -> Result<(), CloseReason> {
        self.pump.begin(frame.expose()).map_err(CloseReason::Frame)?;
        let sent = Instant::now();
        let deadline = sent + self.settings.deadlines.of(class);
        self.last_sent = sent;
        self.shared.note_sent(frame.expose().len());
        self.outstanding.push_back(Outstanding { expects, frame, class, sent_at: self.settings.clock.now(), sent, deadline, slot });
        Ok(())
    }

    /// Session commands go alone; transforms have a window of their own inside the whole one.
    fn has_room_for(&self, class: VerbClass) -> bool {
        let out = &self.outstanding;
        let transforms = || out.iter().filter(|waiting| waiting.class == VerbClass::Transform).count();
        match class {
            VerbClass::Session => out.is_empty(),
            _ if out.iter().any(|waiting| waiting.class == VerbClass::Session) => false,
            VerbClass::Query => out.len() < self.settings.window,
            VerbClass::Transform => out.len() < self.settings.window && transforms() < self.settings.transform_window,
        }
    }

    /// When to wake up without news: at the earliest deadline, else when the keepalive is due.
    fn next_wake(&self) -> Option<Instant> {
        match self.outstanding.iter().map(|waiting| waiting.deadline).min() {
            Some(deadline) => Some(deadline),
            None => self.settings.idle.map(|idle| self.last_sent + idle / 2),
        }
    }

    fn take_time(&mut self) -> Result<(), CloseReason> {
        let now = Instant::now();
        if let Some(late) = self.outstanding.iter().find(|waiting| waiting.deadline <= now) {
            return Err(CloseReason::Deadline(late.deadline - late.sent));
        }
        if self.pump.is_writing() {
            // Answered, yet not taken by the peer: whatever answered has not read the command.
            return Err(CloseReason::OutOfOrder("a command was answered that had not been sent whole".to_owned()));
        }
        self.send(Expects::Greeting, self.hello.clone(), VerbClass::Session, None)
    }

    /// Matches a frame to the oldest outstanding command, or ends the connection.
    fn take_frame(&mut self, body: Vec<u8>) -> Result<(), CloseReason> {
        let received_at = self.settings.clock.now();
        let received = receive(&body)?;
        let is_only_one = self.outstanding.len() == 1;
        // Nobody can answer a frame that has not been sent whole.
        if is_only_one && self.pump.is_incomplete() {
            return Err(received.unsolicited());
        }
        let Some(front) = self.outstanding.pop_front() else { return Err(received.unsolicited()) };
        let (cltrid, decoded) = match (&front.expects, received) {
            (Expects::Greeting, Received::Greeting(greeting)) => {
                self.shared.note_greeting(&greeting.value, received_at);
                self.shared.note_answered(front.frame.expose().len());
                return Ok(());
            }
            (Expects::Response(cltrid), Received::Response(mut decoded)) => {
                let verdict = super::receive::verify(cltrid, front.class, &mut decoded, is_only_one);
                if let Err(reason) = verdict {
                    self.outstanding.push_front(front);
                    return Err(reason);
                }
                (cltrid.clone(), decoded)
            }
            (_, received) => {
                self.outstanding.push_front(front);
                return Err(received.unsolicited());
            }
        };
        self.shared.note_answered(front.frame.expose().len());
        let code = decoded.value.code();
        if let Some(slot) = front.slot {
            slot.finish(Exchange::Answered(Box::new(Answer {
                cltrid,
                response: decoded.value,
                deviations: decoded.deviations,
                request_frame: front.frame,
                response_frame: Frame::new(body),
                sent_at: front.sent_at,
                received_at,
            })));
        }
        if code.closes_connection() { Err(CloseReason::Announced { code: code.get() }) } else { Ok(()) }
    }

    /// Takes no new command; those not sent yet are given back.
    fn start_drain(&mut self, logout: Option<Job>) {
        self.is_draining = true;
        self.logout = logout;
        self.jobs.close();
        self.give_back(&NotSent::ShuttingDown);
    }

    fn give_back(&mut self, why: &NotSent) {
        for job in self.take_unsent() {
            job.slot.finish(Exchange::NotSent(why.clone()));
        }
    }

    /// Every command that was not given to the pump.
    fn take_unsent(&mut self) -> Vec<Job> {
        let mut unsent: Vec<Job> = self.next.take().into_iter().collect();
        while let Ok(job) = self.jobs.try_recv() {
            unsent.push(job);
        }
        unsent
    }

    /// How every command ends, now that no answer can come any more.
    fn settle(&mut self, reason: &CloseReason) -> Vec<(Box<dyn Slot>, Exchange)> {
        let mut ends = Vec::new();
        let is_last_untouched = self.pump.is_untouched();
        while let Some(waiting) = self.outstanding.pop_front() {
            let is_untouched = is_last_untouched && self.outstanding.is_empty();
            let (Some(slot), Expects::Response(cltrid)) = (waiting.slot, waiting.expects) else { continue };
            let end = if is_untouched {
                Exchange::NotSent(NotSent::Closed(reason.clone()))
            } else {
                let (request_frame, sent_at) = (waiting.frame, Some(waiting.sent_at));
                Exchange::Unknown(Box::new(UnknownOutcome { cltrid, request_frame, sent_at, reason: reason.clone() }))
            };
            ends.push((slot, end));
        }
        self.jobs.close();
        ends.extend(self.take_unsent().into_iter().map(|job| (job.slot, Exchange::NotSent(NotSent::Closed(reason.clone())))));
        ends
    }
}
