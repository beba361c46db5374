//! What can happen to a pool.

use std::sync::Arc;

use tokio::sync::oneshot;

use super::backlog::Entry;
use super::login::{LoginFault, Opened};
use super::session::SessionId;
use super::{Lane, MaintenanceWindow, PoolStatus};
use crate::conn::{CloseReason, Exchange, NotSent, Prepared};
use crate::wire::{DeviationKind, VerbClass};

#[derive(Debug)]
pub(super) enum Event {
    /// A caller wants a command sent.
    Submitted(Box<Submission>),
    /// A command given to a session has ended.
    Ended(Ended),
    /// A command given to a session was provably not sent.
    Returned { session: SessionId, entry: Box<Entry>, why: NotSent },
    /// A login has ended; the slot it was for.
    LoggedIn { slot: usize, outcome: Box<Result<Opened, LoginFault>> },
    /// A session's connection has ended.
    Closed { session: SessionId, reason: CloseReason },
    /// An order from outside.
    Order(Order),
}

/// Orders from outside.
#[derive(Debug)]
pub(super) enum Order {
    Status(oneshot::Sender<PoolStatus>),
    AllowLogins,
    RenewSessions,
    Maintenance(Vec<MaintenanceWindow>),
    Shutdown(oneshot::Sender<()>),
}

#[derive(Debug)]
pub(super) struct Submission {
    pub(super) lane: Lane,
    pub(super) tenant: Arc<str>,
    pub(super) object: Option<Arc<str>>,
    pub(super) prepared: Prepared,
    pub(super) reply: oneshot::Sender<Exchange>,
}

#[derive(Debug)]
pub(super) struct Ended {
    pub(super) session: SessionId,
    pub(super) class: VerbClass,
    pub(super) object: Option<Arc<str>>,
    pub(super) end: End,
}

#[derive(Debug)]
pub(super) enum End {
    Answered { is_rate_complaint: bool, deviations: Vec<DeviationKind> },
    Unknown(CloseReason),
    Withdrawn,
}
