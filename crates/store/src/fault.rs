//! What can go wrong in the store: a few kinds, each a sentence.

/// A fault of the store. It is never a refusal: the rules say no elsewhere, here something broke or a race was lost.
///
/// Faults are cheap to clone because one failed commit is reported to every command that waited for it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreFault {
    /// The database address cannot be used as written.
    #[error("the database address is not usable: {reason}")]
    Address {
        /// What is wrong with it and what to write instead.
        reason: String,
    },
    /// The database could not be opened or reached.
    #[error("the database at {place} cannot be opened: {reason}")]
    Open {
        /// Where it was looked for; never holds a password.
        place: String,
        /// The engine's words.
        reason: String,
    },
    /// The schema in the database is not the one this program knows.
    #[error("the database schema does not fit this program: {reason}")]
    Schema {
        /// What differs and what to do.
        reason: String,
    },
    /// The engine refused a statement.
    #[error("the database refused statement `{statement}`: {reason}")]
    Statement {
        /// The statement's name in `sql`.
        statement: &'static str,
        /// The engine's words.
        reason: String,
    },
    /// A row would break a constraint of the schema (unique key, reference, check).
    #[error("statement `{statement}` would break a rule of the schema: {reason}")]
    Constraint {
        /// The statement's name in `sql`.
        statement: &'static str,
        /// The engine's words.
        reason: String,
    },
    /// A column holds something else than the code expects.
    #[error("column {column} of statement `{statement}` cannot be read: {reason}")]
    Shape {
        /// The statement's name in `sql`.
        statement: &'static str,
        /// Position of the column, from 0.
        column: usize,
        /// What was expected and what was found.
        reason: String,
    },
    /// Other writers kept winning; the transaction was tried as often as the limit allows and nothing was written.
    #[error("the database was too busy: the transaction lost {attempts} races in a row and was given up; try again")]
    Contention {
        /// How often it was tried.
        attempts: u32,
    },
    /// The connection broke while committing: the write may or may not have happened.
    #[error("the connection broke during commit, so it is not known whether the change was stored ({reason}); look before repeating it")]
    CommitUnknown {
        /// The engine's words.
        reason: String,
    },
    /// The aggregate changed since it was read: decide again on the new state.
    #[error("{what} was changed by somebody else since it was read; read it again and repeat the decision")]
    Outdated {
        /// What was changed, for example `registration dom_...`.
        what: String,
    },
    /// Something that must exist does not.
    #[error("{what} does not exist")]
    Missing {
        /// What was looked for.
        what: String,
    },
    /// A stale owner tried to write: the lease has a newer epoch.
    #[error("the lease `{name}` is no longer held at epoch {epoch}; another process owns this work now")]
    LeaseLost {
        /// The lease.
        name: String,
        /// The epoch the caller held.
        epoch: u64,
    },
    /// The ledger cannot be written or does not fit its key.
    #[error("the ledger cannot go on: {reason}")]
    Ledger {
        /// What is wrong and what to do.
        reason: String,
    },
    /// The feed of public records cannot be used.
    #[error("the feed of public records cannot be used: {reason}")]
    Feed {
        /// What is wrong with it.
        reason: String,
    },
    /// A sealed value or its key cannot be used.
    #[error("the vault cannot {action}: {reason}")]
    Vault {
        /// What was attempted, for example `open contact.body of con_...`.
        action: String,
        /// Why not.
        reason: String,
    },
    /// The token that seals the key file cannot be used.
    #[error("the token {name} cannot {action}: {reason}")]
    Token {
        /// Which one, for example "`registrar`".
        name: String,
        /// What was attempted, for example `make a key`.
        action: String,
        /// Why not, and what to do.
        reason: String,
    },
    /// A key or data file cannot be used.
    #[error("the file {path} cannot be used: {reason}")]
    File {
        /// The file.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The store was closed, or a closure given to it broke down.
    #[error("the store did not carry out the transaction: {reason}")]
    Stopped {
        /// What happened.
        reason: String,
    },
}

impl StoreFault {
    /// Whether running the same transaction again can succeed without anybody mending something first.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        matches!(self, Self::Contention { .. } | Self::Outdated { .. })
    }

    /// Whether what was worked on is at fault, not the store: the same work fails again, while other work can succeed.
    #[must_use]
    pub fn is_of_the_matter(&self) -> bool {
        matches!(self, Self::Constraint { .. } | Self::Shape { .. } | Self::Missing { .. } | Self::Vault { .. })
    }

    /// A file fault from an I/O error.
    pub(crate) fn file(path: &std::path::Path, reason: impl std::fmt::Display) -> Self {
        Self::File { path: path.display().to_string(), reason: reason.to_string() }
    }

    /// A ledger fault with this reason.
    pub(crate) fn ledger(reason: impl Into<String>) -> Self {
        Self::Ledger { reason: reason.into() }
    }
}
