//! The message queue of a registry account as a durable source of events: stored before it is acknowledged, and processed exactly
//! once, however often the registry sends it and wherever we crash.
//!
//! ```text
//!   req --> 1301 --> stored (frame sealed) --> ack --> processed: one transaction with the command it became
//!            |            |                     |
//!          1300: empty    crash: sent again,    crash: processed at the next start
//!                         recognised
//! ```
//!
//! There is one poller for an account, by lease. A message that nobody understands (RFC 9038), that is about a name we do not hold, or
//! that cannot be processed before somebody mends something, is kept and shown; it never blocks the queue, and can be taken again.

mod drain;
mod identity;
mod lag;
mod list;
mod poller;
mod process;
mod read;
mod take_kept;
#[cfg(test)]
mod tests;

pub use list::{ListMessages, MessageLine};
pub use poller::{PollRound, Poller, PollerParts};
pub use take_kept::TakeKeptMessages;
