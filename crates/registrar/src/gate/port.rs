//! The gate's view of a registry: a command goes in, one of three ends comes out. Two adapters: [`super::EppPort`] over real
//! sessions, and an in-process one in the simulator.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

use epp::conn::Prepared;
use epp::pool::{Lane, MaintenanceWindow, PoolStatus};
use epp::{DecodeError, Deviation, Response, decode_response};
use model::{SecretBytes, Timestamp};

/// A future that can be called through a trait object.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A registry account that commands can be sent to.
pub trait RegistryPort: Send + Sync {
    /// Sends one command and waits for its end. The frame is in the request already, so that it can be durable before this is
    /// called; it is sent byte for byte.
    ///
    /// Dropping the future does not withdraw a command that has begun: what became of it is then unknown.
    fn exchange(&self, request: PortRequest) -> BoxFuture<'_, Exchange>;

    /// Tells of announced outages, so that the port can spare the registry (RFC 9167).
    fn set_maintenance(&self, windows: &[MaintenanceWindow]) {
        let _ = windows;
    }

    /// Takes up logging in again after a refused login, once an operator has seen to the credentials.
    fn allow_logins(&self) {}

    /// Replaces all sessions by new logins, which take up another password.
    fn renew_sessions(&self) {}

    /// How the sessions are, where there are any.
    fn status(&self) -> BoxFuture<'_, Option<PoolStatus>> {
        Box::pin(async { None })
    }
}

/// A command on its way.
#[derive(Clone, Debug)]
pub struct PortRequest {
    /// On whose time it travels.
    pub lane: Lane,
    /// For whom, so that bulk work is shared out evenly: the registration's TLD.
    pub tenant: String,
    /// The object it changes; commands on one object keep their order. None for queries that may overtake.
    pub object: Option<String>,
    /// The frame with its clTRID.
    pub prepared: Prepared,
}

/// The three ends of a command. There is no fourth.
#[derive(Debug)]
pub enum Exchange {
    /// The registry answered this very command.
    Answered(Box<Answered>),
    /// Not a byte left; it can be sent again.
    NotSent(NotSent),
    /// It may have been carried out; only proof tells.
    Unknown(Unknown),
}

/// A registry's answer.
pub struct Answered {
    /// What it said.
    pub response: Response,
    /// Its frame, for the sealed journal.
    pub frame: SecretBytes,
    /// Where its frame left the standards.
    pub deviations: Vec<Deviation>,
    /// When the first byte of the command was given to the socket.
    pub sent_at: Timestamp,
    /// When the last byte of the answer came.
    pub received_at: Timestamp,
}

/// Why a command was not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotSent {
    /// A sentence.
    pub reason: String,
    /// Before when it makes no sense to try again, where that is known.
    pub retry_at: Option<Timestamp>,
    /// Whether nothing but a person can mend it: the registry refused our login.
    pub is_locked_out: bool,
}

/// Why the end of a command is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unknown {
    /// A sentence.
    pub reason: String,
    /// When the frame was given to the socket, where that can be told.
    pub sent_at: Option<Timestamp>,
}

impl Answered {
    /// Reads an answer from its frame, for ports that have no connection of the `epp` room beneath them.
    ///
    /// # Errors
    /// [`DecodeError`] when the frame is no response.
    pub fn decode(frame: &[u8], sent_at: Timestamp, received_at: Timestamp) -> Result<Self, DecodeError> {
        let decoded = decode_response(frame)?;
        Ok(Self { response: decoded.value, frame: SecretBytes::new(frame), deviations: decoded.deviations, sent_at, received_at })
    }
}

impl fmt::Debug for Answered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Answered({})", self.response.code())
    }
}

impl NotSent {
    /// A passing reason.
    #[must_use]
    pub fn passing(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), retry_at: None, is_locked_out: false }
    }
}
