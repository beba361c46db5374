//! What can be wrong with certificates, keys and pins, as sentences.

use std::fmt;
use std::path::{Path, PathBuf};

/// Why a TLS setting cannot be used. Every message says where, what is wrong and what to do.
#[derive(Debug, thiserror::Error)]
pub enum TlsFault {
    /// A file cannot be read or does not hold what it should.
    #[error("`{}`: {what}; {hint}", path.display())]
    File {
        /// The file as configured.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
        /// What to do about it.
        hint: &'static str,
    },
    /// A pin is not the SHA-256 of a public key.
    #[error(
        "the pin `{text}` is not usable: {what}; write `sha256/` and the base64 form of the SHA-256 of the server's public key (44 characters), or 64 hexadecimal digits"
    )]
    Pin {
        /// The pin as configured.
        text: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// Settings that cannot work together.
    #[error("{what}; {hint}")]
    Setting {
        /// What does not fit.
        what: String,
        /// What to do about it.
        hint: &'static str,
    },
}

impl TlsFault {
    pub(super) fn file(path: &Path, what: impl fmt::Display, hint: &'static str) -> TlsFault {
        TlsFault::File { path: path.to_owned(), what: what.to_string(), hint }
    }

    pub(super) fn setting(what: impl fmt::Display, hint: &'static str) -> TlsFault {
        TlsFault::Setting { what: what.to_string(), hint }
    }
}
