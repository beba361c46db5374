//! The callers' side of a connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};

use model::Timestamp;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{mpsc, oneshot, watch};

use super::CloseReason;
use super::exchange::{Exchange, Frame, NotSent};
use super::prepared::Prepared;
use super::pump::Pump;
use super::settings::ConnectionSettings;
use super::task::Task;
use crate::wire::Greeting;

/// Commands that may lie between callers and the task; the windows decide how many are on the wire.
const JOB_QUEUE: usize = 16;

/// One connection to a registry. Clones share it; when the last one is dropped, what is outstanding is waited for and the
/// connection closed.
#[derive(Clone, Debug)]
pub struct Connection {
    jobs: mpsc::Sender<Job>,
    drains: mpsc::Sender<DrainOrder>,
    shared: Arc<Shared>,
}

/// What a connection carries at the moment and has carried.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct ConnectionLoad {
    /// Frames sent and not answered.
    pub outstanding: usize,
    /// Bytes of those frames.
    pub bytes_in_flight: usize,
    /// Frames sent since the connection was made, keepalives included.
    pub sent: usize,
    /// By how many milliseconds the registry's clock was ahead of ours in its last greeting (RFC 5730, 2.4 `svDate`); less than 0 where it was
    /// behind, none where a greeting told no time. What the way took is in it.
    pub clock_ahead_ms: Option<i64>,
    /// When that greeting came, by our clock.
    pub clock_told_at: Option<Timestamp>,
}

impl Connection {
    /// Sends one command and waits for its end. Dropping the future before the command's turn withdraws the command; dropping it later changes
    /// nothing for anybody else, but the answer is lost to the caller.
    pub async fn exchange(&self, prepared: Prepared) -> Exchange {
        let (reply, answer) = oneshot::channel();
        let (cltrid, frame) = (prepared.cltrid().clone(), prepared.frame().clone());
        if let Err(not_sent) = self.submit(Job { prepared, slot: Box::new(CallerSlot(reply)) }).await {
            return Exchange::NotSent(not_sent);
        }
        match answer.await {
            Ok(exchange) => exchange,
            Err(_) => Exchange::aborted(cltrid, frame),
        }
    }

    /// Puts a command in line; its end is reported to its slot. Fails when the connection takes no more, without touching the slot.
    pub(crate) async fn submit(&self, job: Job) -> Result<(), NotSent> {
        self.jobs.send(job).await.map_err(|_| self.why_closed())
    }

    /// As [`Connection::submit`], without waiting for room; gives the command back when the connection takes no more.
    pub(crate) fn try_submit(&self, job: Job) -> Result<(), (Job, NotSent)> {
        self.jobs.try_send(job).map_err(|error| (error.into_inner(), self.why_closed()))
    }

    /// Takes no more commands, waits for what is outstanding, sends `logout` if there is one, says goodbye and closes.
    pub async fn close(&self, logout: Option<Prepared>) -> CloseReason {
        let logout = logout.map(|prepared| Job { prepared, slot: Box::new(Unwanted) });
        self.drain(logout).await
    }

    /// As [`Connection::close`], with somebody who wants the answer to the `logout`.
    pub(crate) async fn close_with(&self, logout: Job) -> CloseReason {
        self.drain(Some(logout)).await
    }

    async fn drain(&self, logout: Option<Job>) -> CloseReason {
        // A second order, or one to a connection that is gone, changes nothing.
        let _ = self.drains.try_send(DrainOrder { logout });
        self.closed().await
    }

    /// Waits until the connection has ended and says why.
    pub async fn closed(&self) -> CloseReason {
        self.watcher().closed().await
    }

    /// Watches for the end without keeping the connection open.
    pub(crate) fn watcher(&self) -> Watcher {
        Watcher(self.shared.closed.subscribe())
    }

    /// Why the connection ended, `None` while it is open.
    pub fn close_reason(&self) -> Option<CloseReason> {
        self.shared.closed.borrow().clone()
    }

    /// What it carries.
    pub fn load(&self) -> ConnectionLoad {
        self.shared.load()
    }

    fn why_closed(&self) -> NotSent {
        match self.close_reason() {
            Some(reason) => NotSent::Closed(reason),
            None => NotSent::ShuttingDown,
        }
    }

    /// A greeting came at `received_at`.
    pub(super) fn note_greeting(&self, greeting: &Greeting, received_at: Timestamp) {
        self.shared.note_greeting(greeting, received_at);
    }

    /// Starts the task for a stream whose greeting has been read.
    pub(super) fn start<S>(pump: Pump<S>, settings: ConnectionSettings, hello: Frame) -> Connection
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let (jobs, job_inbox) = mpsc::channel(JOB_QUEUE.max(settings.window));
        let (drains, drain_inbox) = mpsc::channel(1);
        let shared = Arc::new(Shared::default());
        let guard = EndGuard(Arc::clone(&shared));
        let task = Task::new(pump, settings, job_inbox, drain_inbox, Arc::clone(&shared), hello);
        tokio::spawn(async move {
            let _guard = guard;
            task.run().await;
        });
        Connection { jobs, drains, shared }
    }
}

/// Watches for the end of a connection.
pub(crate) struct Watcher(watch::Receiver<Option<CloseReason>>);

impl Watcher {
    pub(crate) async fn closed(mut self) -> CloseReason {
        match self.0.wait_for(Option::is_some).await {
            Ok(reason) => reason.clone().unwrap_or(CloseReason::Aborted),
            Err(_) => CloseReason::Aborted,
        }
    }
}

/// Where the end of a command is reported. It is dropped without `finish` only when the runtime stops.
pub(crate) trait Slot: Send {
    /// Whether nobody wants the command sent any more.
    fn is_abandoned(&self) -> bool;
    /// Reports the end.
    fn finish(self: Box<Self>, exchange: Exchange);
}

/// A command in line, and where its end is reported.
pub(crate) struct Job {
    pub(crate) prepared: Prepared,
    pub(crate) slot: Box<dyn Slot>,
}

/// The order to close.
pub(super) struct DrainOrder {
    pub(super) logout: Option<Job>,
}

/// Nobody wants to know the end of the command; it is sent all the same.
struct Unwanted;

impl Slot for Unwanted {
    fn is_abandoned(&self) -> bool {
        false
    }

    fn finish(self: Box<Self>, _: Exchange) {}
}

struct CallerSlot(oneshot::Sender<Exchange>);

impl Slot for CallerSlot {
    fn is_abandoned(&self) -> bool {
        self.0.is_closed()
    }

    fn finish(self: Box<Self>, exchange: Exchange) {
        // A caller that went away does not need the answer.
        let _ = self.0.send(exchange);
    }
}

/// What the task and its handles both know.
#[derive(Debug)]
pub(super) struct Shared {
    closed: watch::Sender<Option<CloseReason>>,
    outstanding: AtomicUsize,
    bytes_in_flight: AtomicUsize,
    sent: AtomicUsize,
    clock_ahead_ms: AtomicI64,
    clock_told_at_us: AtomicI64,
}

/// What stands for a clock that nobody told.
const UNTOLD: i64 = i64::MIN;

impl Default for Shared {
    fn default() -> Shared {
        let zero = || AtomicUsize::new(0);
        let untold = || AtomicI64::new(UNTOLD);
        Shared {
            closed: watch::Sender::new(None),
            outstanding: zero(),
            bytes_in_flight: zero(),
            sent: zero(),
            clock_ahead_ms: untold(),
            clock_told_at_us: untold(),
        }
    }
}

impl Shared {
    pub(super) fn note_sent(&self, bytes: usize) {
        self.outstanding.fetch_add(1, Ordering::Relaxed);
        self.bytes_in_flight.fetch_add(bytes, Ordering::Relaxed);
        self.sent.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn note_answered(&self, bytes: usize) {
        self.outstanding.fetch_sub(1, Ordering::Relaxed);
        self.bytes_in_flight.fetch_sub(bytes, Ordering::Relaxed);
    }

    /// A greeting came at `received_at`.
    pub(super) fn note_greeting(&self, greeting: &Greeting, received_at: Timestamp) {
        if let Some(date) = greeting.server_date {
            let ahead = date.as_millisecond().saturating_sub(received_at.as_millisecond());
            self.clock_ahead_ms.store(ahead, Ordering::Relaxed);
            self.clock_told_at_us.store(received_at.as_microsecond(), Ordering::Relaxed);
        }
    }

    pub(super) fn close(&self, reason: CloseReason) {
        self.outstanding.store(0, Ordering::Relaxed);
        self.bytes_in_flight.store(0, Ordering::Relaxed);
        self.closed.send_replace(Some(reason));
    }

    fn load(&self) -> ConnectionLoad {
        ConnectionLoad {
            outstanding: self.outstanding.load(Ordering::Relaxed),
            bytes_in_flight: self.bytes_in_flight.load(Ordering::Relaxed),
            sent: self.sent.load(Ordering::Relaxed),
            clock_ahead_ms: Some(self.clock_ahead_ms.load(Ordering::Relaxed)).filter(|ahead| *ahead != UNTOLD),
            clock_told_at: Timestamp::from_microsecond(self.clock_told_at_us.load(Ordering::Relaxed)).ok(),
        }
    }
}

/// Marks the connection closed even when its task is stopped from outside.
struct EndGuard(Arc<Shared>);

impl Drop for EndGuard {
    fn drop(&mut self) {
        if self.0.closed.borrow().is_none() {
            self.0.close(CloseReason::Aborted);
        }
    }
}
