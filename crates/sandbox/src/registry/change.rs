//! Why an object changes.

/// Who is behind a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Cause {
    /// A command, which answers for itself.
    Command,
    /// The registry, by a timer: the sponsor is told by poll.
    Registry,
}
