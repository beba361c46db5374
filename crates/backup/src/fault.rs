//! What can go wrong with backups: a few kinds, each a sentence.

/// A fault of the repository.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BackupFault {
    /// The place does not take or give something.
    #[error("the place of backups {place} does not {doing}: {reason}")]
    Place {
        /// Which.
        place: String,
        /// What was asked of it.
        doing: String,
        /// Its words.
        reason: String,
    },
    /// An object is not what was put there.
    #[error("`{object}` is damaged: {reason}")]
    Damaged {
        /// Its name.
        object: String,
        /// What is wrong with it.
        reason: String,
    },
    /// An object that has to be there is not.
    #[error("`{object}` is missing")]
    Missing {
        /// Its name.
        object: String,
    },
    /// Another object lies where one was to be put.
    #[error("`{object}` is there already, with other content; somebody else wrote it, or this machine was set back to an earlier state")]
    Occupied {
        /// Its name.
        object: String,
    },
    /// There is nothing to restore.
    #[error("there is no backup {what}")]
    Nothing {
        /// Of what, or by when.
        what: String,
    },
    /// Something cannot be sealed.
    #[error("a backup cannot be sealed: {reason}")]
    Seal {
        /// What the policy or the library has against it.
        reason: String,
    },
    /// A local file cannot be read or written.
    #[error("`{file}`: {reason}")]
    File {
        /// Which.
        file: String,
        /// The system's words.
        reason: String,
    },
    /// What was given to be backed up cannot be read.
    #[error("what is to be backed up cannot be read: {reason}")]
    Source {
        /// Its words.
        reason: String,
    },
}

impl BackupFault {
    pub(crate) fn damaged(object: &str, reason: impl std::fmt::Display) -> Self {
        Self::Damaged { object: object.to_owned(), reason: reason.to_string() }
    }

    pub(crate) fn file(path: &std::path::Path, error: &std::io::Error) -> Self {
        Self::File { file: path.display().to_string(), reason: error.to_string() }
    }
}
