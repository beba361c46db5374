//! What a command ends with when it does not end well: a sentence, a hint, a stable exit code.

use std::fmt;
use std::io::ErrorKind;
use std::path::Path;

use serde::Serialize;

/// How a command ended; the numbers are part of the command line's contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum Exit {
    /// Something broke, here or at a partner.
    Fault = 1,
    /// The command line or the configuration is wrong (clap uses the same number).
    Usage = 2,
    /// The rules say no.
    Refused = 3,
    /// The operator is not known or may not do this.
    Denied = 4,
    /// Ordered, and not settled within the time waited; it goes on by itself.
    Unsettled = 5,
    /// What was asked for does not exist.
    NotFound = 6,
    /// A check found something: drift, a broken ledger, a lapsed duty.
    Finding = 7,
    /// A message could not be dealt with now and is to be given again (`EX_TEMPFAIL` of `sysexits.h`, which mail servers know).
    TryAgain = 75,
}

/// An end that is not success.
#[derive(Clone, Debug, Serialize)]
pub struct Failure {
    /// The exit code.
    pub exit: Exit,
    /// Stable code for programs, such as `transfer.locked`.
    pub code: String,
    /// What happened, in sentences.
    pub sentence: String,
    /// What to do about it, where we know.
    pub hint: Option<String>,
}

impl Failure {
    /// A failure with its exit, code and sentence.
    pub fn new(exit: Exit, code: impl Into<String>, sentence: impl Into<String>) -> Self {
        Self { exit, code: code.into(), sentence: sentence.into(), hint: None }
    }

    /// Adds what to do about it.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Says what to do where nothing more precise was said.
    pub fn or_hint(mut self, hint: &str) -> Self {
        self.hint.get_or_insert_with(|| hint.to_owned());
        self
    }

    /// A fault of a file or folder: which, doing what, and the system's words.
    pub fn file(path: &Path, doing: &str, error: &std::io::Error) -> Self {
        let failure = Self::new(Exit::Fault, "file", format!("Could not {doing} `{}`: {error}.", path.display()));
        match error.kind() {
            ErrorKind::NotFound => failure.hint("check the path, and that its folder exists"),
            ErrorKind::PermissionDenied => failure.hint("run as the user who owns it, or let that user have it"),
            ErrorKind::NotADirectory => failure.hint("a part of the path is a file; name another folder"),
            ErrorKind::StorageFull => failure.hint("make room on the disk, then try again"),
            _ => failure,
        }
    }

    /// The command line is wrong in a way that clap cannot see.
    pub fn usage(sentence: impl Into<String>) -> Self {
        Self::new(Exit::Usage, "usage", sentence)
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)?;
        match &self.hint {
            Some(hint) => write!(f, "\nhint: {hint}"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Failure {}
