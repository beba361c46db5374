//! The number under which IANA lists a registrar.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A registrar's number in IANA's registry of registrar ids: it names the files of a deposit and stands in every row of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct IanaId(u32);

impl IanaId {
    /// From the number.
    ///
    /// # Errors
    /// If it is 0, which IANA gives to nobody.
    pub fn new(number: u32) -> Result<Self, IanaIdError> {
        if number == 0 { Err(IanaIdError) } else { Ok(Self(number)) }
    }

    /// The number.
    #[must_use]
    pub fn number(self) -> u32 {
        self.0
    }
}

impl FromStr for IanaId {
    type Err = IanaIdError;

    fn from_str(text: &str) -> Result<Self, IanaIdError> {
        let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
        text.parse().ok().filter(|_| is_plain).ok_or(IanaIdError).and_then(Self::new)
    }
}

impl fmt::Display for IanaId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// What was given is no registrar id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("a registrar id of IANA is a number from 1 on without leading zeros, such as 9999; look it up in IANA's list of registrar ids")]
pub struct IanaIdError;
