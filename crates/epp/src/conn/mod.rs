//! One connection to a registry: a task that owns the socket, and handles that callers share.
//!
//! The promise of this module is [`Exchange`]: each command ends answered, provably not sent, or unknown, and an answer is never given to
//! a command it does not belong to. Responses are matched by order *and* verified by clTRID; when the two disagree, or a deadline
//! passes, the connection is closed and everything outstanding is unknown, because a late answer must not meet a later command.
//!
//! A session that idles keeps about 20 kB: the TLS state, one read buffer of 4 kB and the task itself.

mod clock;
mod dial;
mod exchange;
mod fault;
mod handle;
mod prepared;
mod pump;
mod receive;
mod settings;
mod task;

pub use clock::{Clock, Jitter};
pub use dial::{ConnectTarget, Dial, Dialling, EPP_PORT};
pub use exchange::{Answer, Exchange, Frame, NotSent, UnknownOutcome};
pub use fault::{CloseReason, ConnectFault};
pub use handle::{Connection, ConnectionLoad};
pub use prepared::Prepared;
pub use settings::{ConnectionSettings, DEFAULT_TRANSFORM_WINDOW, DEFAULT_WINDOW, Deadlines};

pub(crate) use handle::{Job, Slot};

#[cfg(test)]
mod tests;
