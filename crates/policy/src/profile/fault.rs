//! A fault of a profile file, said so that its author can mend it.

use std::fmt;

use serde::Serialize;
use thiserror::Error;

/// One fault: where it is, what is wrong, what to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Error)]
pub struct ProfileFault {
    /// The file, as it was named to the reader.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The key, with its tables: `tld[0].grace.add_days`; empty for a fault of the whole file.
    pub key: String,
    /// What is wrong, as a clause without a full stop.
    pub problem: String,
    /// What to do, as a clause without a full stop.
    pub advice: String,
}

impl fmt::Display for ProfileFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: ", self.file, self.line)?;
        if !self.key.is_empty() {
            write!(f, "`{}`: ", self.key)?;
        }
        write!(f, "{}; {}", self.problem, self.advice)
    }
}
