//! How long a registration or renewal lasts: whole years, one to ten.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Longest registration or renewal, in years (gTLD Registry Agreement, Specification 9; RFC 5731 section 3.2.1 leaves
/// it to server policy).
pub const MAX_PERIOD_YEARS: u8 = 10;

/// A registration or renewal period: one to ten whole years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Period(u8);

impl Period {
    /// One year: what a transfer or an auto-renewal adds.
    pub const ONE_YEAR: Period = Period(1);

    /// A period of whole years; refused outside 1 to 10.
    pub fn years(years: u8) -> Result<Self, PeriodError> {
        if (1..=MAX_PERIOD_YEARS).contains(&years) { Ok(Self(years)) } else { Err(PeriodError::OutOfRange { years }) }
    }

    /// The number of years.
    pub fn get(self) -> u8 {
        self.0
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            1 => f.pad("1 year"),
            years => f.pad(&format!("{years} years")),
        }
    }
}

impl FromStr for Period {
    type Err = PeriodError;

    /// Reads what `Display` prints, and the bare or suffixed number people type: `2`, `2y`, `2 years`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let unreadable = || PeriodError::Unreadable { text: crate::word::quoted(text) };
        let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
        let unit = text.get(digits.len()..).unwrap_or_default().trim();
        if !matches!(unit, "" | "y" | "year" | "years") || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(unreadable());
        }
        Self::years(digits.parse().map_err(|_| unreadable())?)
    }
}

impl TryFrom<u8> for Period {
    type Error = PeriodError;

    fn try_from(years: u8) -> Result<Self, Self::Error> {
        Self::years(years)
    }
}

impl From<Period> for u8 {
    fn from(period: Period) -> u8 {
        period.0
    }
}

/// Why a period was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PeriodError {
    /// Zero, or more than ten.
    #[error("a period of {years} years is not possible; choose 1 to {MAX_PERIOD_YEARS} years")]
    OutOfRange {
        /// The number that was asked for.
        years: u8,
    },
    /// Not a number of years.
    #[error("`{text}` is not a period; write whole years from 1 to {MAX_PERIOD_YEARS}, such as `2` or `2 years`")]
    Unreadable {
        /// What was given.
        text: String,
    },
}

impl PeriodError {
    /// Stable code for programs.
    pub fn code(&self) -> &'static str {
        match self {
            PeriodError::OutOfRange { .. } => "period.range",
            PeriodError::Unreadable { .. } => "period.unreadable",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_to_ten_years_exist() {
        for years in 0..=u8::MAX {
            assert_eq!(Period::years(years).is_ok(), (1..=10).contains(&years), "{years}");
        }
    }

    #[test]
    fn every_period_prints_and_parses_back() {
        for years in 1..=10 {
            let period = Period::years(years).unwrap();
            assert_eq!(period.to_string().parse(), Ok(period));
            assert_eq!(serde_json::from_str::<Period>(&serde_json::to_string(&period).unwrap()).unwrap(), period);
        }
        assert!(serde_json::from_str::<Period>("11").is_err());
    }

    #[test]
    fn what_people_type() {
        for (text, want) in [("2", Some(2)), ("2y", Some(2)), ("1 year", Some(1)), ("10 years", Some(10))] {
            assert_eq!(text.parse::<Period>().ok().map(Period::get), want, "{text}");
        }
        for text in ["", "y", "0", "11", "300", "-1", "+1", "1.5", "2 months", "2 y x", " ", "２"] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
        insta::assert_snapshot!("12".parse::<Period>().unwrap_err(), @"a period of 12 years is not possible; choose 1 to 10 years");
        insta::assert_snapshot!("2 months".parse::<Period>().unwrap_err(), @"`2 months` is not a period; write whole years from 1 to 10, such as `2` or `2 years`");
    }
}
