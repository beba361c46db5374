//! Limits and deadlines of one connection.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use super::Clock;
use crate::frame::CLIENT_MAX_FRAME_BYTES;
use crate::wire::VerbClass;

/// Longest time each step may take. The defaults suit the registries seen so far; a profile may say otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadlines {
    /// Address look-up, TCP, TLS and greeting together.
    pub connect: Duration,
    /// `login`, `logout` and `hello`. Registries that hash passwords slowly need some of it.
    pub session: Duration,
    /// Commands that change nothing.
    pub query: Duration,
    /// Commands that change something.
    pub transform: Duration,
}

impl Default for Deadlines {
    fn default() -> Deadlines {
        Deadlines {
            connect: Duration::from_secs(20),
            session: Duration::from_secs(20),
            query: Duration::from_secs(10),
            transform: Duration::from_secs(20),
        }
    }
}

impl Deadlines {
    /// The time a command of this class has, from its first byte sent to the last byte of its answer.
    pub fn of(&self, class: VerbClass) -> Duration {
        match class {
            VerbClass::Session => self.session,
            VerbClass::Query => self.query,
            VerbClass::Transform => self.transform,
        }
    }
}

/// How one connection behaves.
#[derive(Clone)]
pub struct ConnectionSettings {
    /// Longest time each step may take.
    pub deadlines: Deadlines,
    /// Most commands on the wire at once. RFC 5734 section 3 allows pipelining.
    pub window: usize,
    /// Most transforms on the wire at once; one, unless the profile says more, because each is an unknown outcome when the line is cut.
    pub transform_window: usize,
    /// The registry's idle timeout; at half of it a `hello` is sent. `None` sends none.
    pub idle: Option<Duration>,
    /// Longest frame accepted, in bytes with header.
    pub max_frame_bytes: usize,
    /// Stamps what is written down.
    pub clock: Arc<dyn Clock>,
}

/// Commands on the wire at once unless set otherwise.
pub const DEFAULT_WINDOW: usize = 16;
/// Transforms on the wire at once unless set otherwise.
pub const DEFAULT_TRANSFORM_WINDOW: usize = 1;

impl ConnectionSettings {
    /// The defaults: window 16, one transform at a time, no keepalive.
    pub fn new(clock: Arc<dyn Clock>) -> ConnectionSettings {
        ConnectionSettings {
            deadlines: Deadlines::default(),
            window: DEFAULT_WINDOW,
            transform_window: DEFAULT_TRANSFORM_WINDOW,
            idle: None,
            max_frame_bytes: CLIENT_MAX_FRAME_BYTES,
            clock,
        }
    }
}

impl fmt::Debug for ConnectionSettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConnectionSettings")
            .field("deadlines", &self.deadlines)
            .field("window", &self.window)
            .field("transform_window", &self.transform_window)
            .field("idle", &self.idle)
            .field("max_frame_bytes", &self.max_frame_bytes)
            .finish_non_exhaustive()
    }
}
