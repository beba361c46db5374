//! Deaths of the process, rehearsed: a store that was opened for a rehearsal can die just before or just after the commit of a
//! command, and then answers nobody any more, as the store of a killed process would.
//!
//! A store is opened so by [`Store::open_for_rehearsal`](crate::Store::open_for_rehearsal) alone, with a value that says when; no
//! configuration, no variable and no file leads here.

/// What becomes of the process at one command.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Fate {
    /// It goes on.
    #[default]
    Lives,
    /// It dies once the command has run, before its commit: what was queued before it is durable, the command is not.
    DiesBeforeCommit,
    /// It dies once the commit has happened: the command is durable, and nobody is told.
    DiesAfterCommit,
    /// It is dead: nothing is taken in any more.
    IsDead,
}

/// Says when a rehearsed process dies. Asked once for each command, on the thread that gives it and in the order in which commands are
/// given, so that the same rehearsal meets the same deaths; after one that was fatal it is to answer [`Fate::IsDead`].
pub trait Rehearsal: Send + Sync {
    /// The fate of the next command.
    fn next(&self) -> Fate;
}
