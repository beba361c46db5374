//! Why something did not reach its host.

use thiserror::Error;

/// A deposit that was not sent, or not all of it. What was sent stays, and the next run goes on from there.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum SendFault {
    /// A key cannot be used.
    #[error("{what} cannot be used: {reason}")]
    Key {
        /// Which.
        what: &'static str,
        /// Why not.
        reason: String,
    },
    /// The host does not answer, or the line broke.
    #[error("the host {host} cannot be reached: {reason}")]
    Unreachable {
        /// Host and port.
        host: String,
        /// The words of the line.
        reason: String,
    },
    /// The host shows another key than the pinned ones: its keeper changed it, or somebody sits between.
    #[error(
        "the host {host} shows the key {shown}, which is not pinned; nothing was sent. Ask whoever keeps it, by telephone, whether the key is theirs before you pin it"
    )]
    HostKey {
        /// Host and port.
        host: String,
        /// Fingerprint of the key that was shown.
        shown: String,
    },
    /// The host does not let us in.
    #[error("the host {host} does not let `{user}` in with our key; ask whoever keeps it whether the key is registered")]
    Login {
        /// Host and port.
        host: String,
        /// As whom.
        user: String,
    },
    /// The host refused a step.
    #[error("the host refused to {step}: {reason}")]
    Refused {
        /// What was to be done.
        step: String,
        /// The host's words.
        reason: String,
    },
    /// A file of the deposit is not as it was written.
    #[error("{file} is not the file that was written: {reason}; write the deposit again")]
    File {
        /// Which.
        file: String,
        /// What differs.
        reason: String,
    },
}
