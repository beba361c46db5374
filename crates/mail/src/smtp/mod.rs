//! Submission of messages to a relay (RFC 5321, RFC 6409): one connection that is kept and used again, TLS demanded, one clear outcome for
//! each message.
//!
//! ```text
//!  connect --TLS--> (AUTH) --> MAIL FROM --> RCPT TO ... --> DATA --> accepted
//!     |        |       |           |            |  \________/  |
//!     |        |       |           |            |      |       +-- line cut: to be tried again, it may have been taken
//!     +--------+-------+-----------+            |      +-- 5xx that blames the address: refused for good
//!     of the relay: nobody's mail leaves        +-- 4xx, 5xx of policy: to be tried again
//! ```
//!
//! A refusal is final only where it blames the address. A relay that will not take our mail at all (a wrong password, relaying denied) says
//! 5xx as well, and must not make every holder look unreachable.

mod outcome;
mod relay;
mod session;
mod settings;

#[cfg(test)]
mod tests;

pub use outcome::{Obstacle, ObstacleKind, Submission};
pub use relay::Relay;
pub use settings::{Login, RelayFault, RelaySettings, Security, Trust};

/// One message on its way: an envelope and its text.
#[derive(Clone, Copy)]
pub struct Letter<'l> {
    /// The envelope sender, to which bounces go.
    pub return_path: &'l str,
    /// Whom it is for. Its outcome is theirs.
    pub to: &'l model::Email,
    /// Who gets the same message besides.
    pub copy: Option<&'l model::Email>,
    /// The message (RFC 5322), lines ended by CRLF.
    pub text: &'l str,
}
