//! What a command is for, which decides on whose time it travels.

use std::fmt;

/// A lane of an account. Lanes do not take each other's sessions; see `capacity`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Lane {
    /// Somebody waits for the answer. First come, first served; waits for at most one bulk command, and for two where the session that is
    /// kept for people is busy.
    Interactive,
    /// Service messages. One at a time, by their nature.
    Poll,
    /// Everything else, shared evenly among tenants.
    Bulk,
}

impl Lane {
    /// Every lane, most important first.
    pub const ALL: [Lane; 3] = [Lane::Interactive, Lane::Poll, Lane::Bulk];

    /// The word for reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Lane::Interactive => "interactive",
            Lane::Poll => "poll",
            Lane::Bulk => "bulk",
        }
    }
}

impl fmt::Display for Lane {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
