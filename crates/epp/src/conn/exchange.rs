//! What can become of a command that was given to a connection.

use std::fmt;
use std::sync::Arc;

use model::{ClTrid, SecretBytes, Timestamp};

use crate::conn::CloseReason;
use crate::wire::{Deviation, Response};

/// The three ends of a command. There is no fourth: whatever happens to network, server or caller, exactly one of these is true.
#[derive(Clone, Debug)]
pub enum Exchange {
    /// The registry answered this very command; its clTRID says so.
    Answered(Box<Answer>),
    /// No byte of the frame was given to the socket, so the registry cannot have seen it. Sending it again is safe.
    NotSent(NotSent),
    /// At least one byte may have left and no answer came: the registry may or may not have carried it out (usually it has). Only
    /// reconciliation may decide what to do.
    Unknown(Box<UnknownOutcome>),
}

impl Exchange {
    /// The end of a command whose connection was stopped together with the program.
    pub(crate) fn aborted(cltrid: ClTrid, request_frame: Frame) -> Exchange {
        Exchange::Unknown(Box::new(UnknownOutcome { cltrid, request_frame, sent_at: None, reason: CloseReason::Aborted }))
    }

    /// The response, if the registry answered.
    pub fn response(&self) -> Option<&Response> {
        match self {
            Exchange::Answered(answer) => Some(&answer.response),
            Exchange::NotSent(_) | Exchange::Unknown(_) => None,
        }
    }
}

/// A registry's answer to one command.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Which command was answered.
    pub cltrid: ClTrid,
    /// What the registry said.
    pub response: Response,
    /// Where its frame left the standards.
    pub deviations: Vec<Deviation>,
    /// Our frame, for the sealed journal.
    pub request_frame: Frame,
    /// The registry's frame, for the sealed journal.
    pub response_frame: Frame,
    /// When the first byte of the request was given to the socket.
    pub sent_at: Timestamp,
    /// When the last byte of the response arrived.
    pub received_at: Timestamp,
}

/// A command whose fate the connection cannot tell.
#[derive(Clone, Debug)]
pub struct UnknownOutcome {
    /// Which command.
    pub cltrid: ClTrid,
    /// Our frame, for the sealed journal.
    pub request_frame: Frame,
    /// When the frame was given to the socket, `None` when the program stopped before that could be told. A reconciler waits for the
    /// registry's own deadline from here.
    pub sent_at: Option<Timestamp>,
    /// Why no answer can be had.
    pub reason: CloseReason,
}

/// Why a command was provably not sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotSent {
    /// The connection ended before the command's turn.
    #[error("the connection ended before the command was sent: {0}")]
    Closed(CloseReason),
    /// The caller went away before the command's turn.
    #[error("the caller withdrew the command before it was sent")]
    Withdrawn,
    /// The pool or connection is being closed.
    #[error("the link to the registry is being closed; send the command again when it is back")]
    ShuttingDown,
    /// Too many commands wait already.
    #[error("{waiting} commands already wait for this registry; send the command again later")]
    QueueFull {
        /// How many wait.
        waiting: usize,
    },
    /// The command waited longer than the pool lets a command wait.
    #[error("no session with the registry was free in time{}", detail(last_fault.as_deref()))]
    WaitedTooLong {
        /// The last thing that went wrong with the endpoint, if anything did.
        last_fault: Option<String>,
    },
    /// The endpoint failed several times in a row and is left alone for a while.
    #[error("the registry failed {failures} times in a row and is left alone until {until}: {last_fault}")]
    CircuitOpen {
        /// Consecutive faults.
        failures: u32,
        /// When the next attempt is made.
        until: Timestamp,
        /// The last of them.
        last_fault: String,
    },
    /// The registry refused our login; no further login is tried until somebody says so.
    #[error(
        "logins to this registry are stopped since {since}, because it answered {code} ({message}); check the credentials, then allow logins again"
    )]
    LockedOut {
        /// When it refused.
        since: Timestamp,
        /// 2200 or 2501.
        code: u16,
        /// The registry's words.
        message: String,
    },
    /// The registry announced that it is down for maintenance.
    #[error("the registry is under maintenance until {until}")]
    Maintenance {
        /// End of the window.
        until: Timestamp,
    },
    /// An earlier change of the same object has an unknown outcome; it must be settled first.
    #[error("an earlier change of the same object has an unknown outcome; reconcile that one first")]
    PredecessorUnknown,
}

fn detail(fault: Option<&str>) -> String {
    fault.map(|fault| format!("; the last fault was: {fault}")).unwrap_or_default()
}

/// The bytes of one frame without its header. They may hold secrets and personal data, so they can be taken out only by
/// [`Frame::expose`]; `Debug` shows the length.
#[derive(Clone)]
pub struct Frame(Arc<SecretBytes>);

impl Frame {
    pub(crate) fn new(bytes: Vec<u8>) -> Frame {
        Frame(Arc::new(SecretBytes::new(bytes)))
    }

    /// The bytes: for the socket and for the sealed journal, nothing else.
    pub fn expose(&self) -> &[u8] {
        self.0.expose()
    }

    /// The frame as it may be logged and shown (see [`crate::redact()`]).
    pub fn redacted(&self) -> String {
        crate::redact::redact(self.expose())
    }
}

impl fmt::Debug for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "[frame of {} bytes]", self.expose().len())
    }
}
