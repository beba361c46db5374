//! What keeps a deposit from being written.

use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::openpgp::PgpFault;

/// A deposit that was not written. What was begun is thrown away by the next run.
#[derive(Debug, Error)]
pub enum DepositFault {
    /// A file or folder refused.
    #[error("{path} cannot be written: {reason}", path = path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// The system's words.
        reason: String,
    },
    /// A key may not be used, or the cipher failed.
    #[error(transparent)]
    Sealing(#[from] PgpFault),
    /// A thread ended before its work did.
    #[error("the deposit's writer broke down ({reason}); run it again")]
    Broken {
        /// What is known.
        reason: String,
    },
}

impl DepositFault {
    pub(crate) fn file(path: &Path, error: impl ToString) -> Self {
        Self::File { path: path.to_owned(), reason: error.to_string() }
    }
}
