//! What is wrong with a deposit. A finding names its place and says what is wrong; it never repeats what stands in a cell with personal data.

use std::collections::BTreeMap;
use std::fmt;

/// Findings of a code that are kept with their place; further ones are counted.
const KEPT_OF_A_CODE: usize = 20;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Stable code for programs, such as `hash.differs`.
    pub code: &'static str,
    /// The file, with row and column where it has them.
    pub place: String,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}: {}", self.code, self.place, self.what)
    }
}

/// Everything that is wrong: a file with a million bad rows does not fill the memory.
#[derive(Debug, Default)]
pub struct Findings {
    kept: Vec<Finding>,
    counts: BTreeMap<&'static str, u64>,
}

impl Findings {
    /// Adds a finding.
    pub fn add(&mut self, code: &'static str, place: &str, what: impl fmt::Display) {
        let count = self.counts.entry(code).or_default();
        *count += 1;
        if *count <= KEPT_OF_A_CODE as u64 {
            self.kept.push(Finding { code, place: place.to_owned(), what: what.to_string() });
        }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.counts.values().sum()
    }

    /// How many there are of each code.
    #[must_use]
    pub fn counts(&self) -> &BTreeMap<&'static str, u64> {
        &self.counts
    }

    /// The first of each code, in the order in which they were found.
    pub fn iter(&self) -> impl Iterator<Item = &Finding> {
        self.kept.iter()
    }

    /// Whether there is one with this code.
    #[must_use]
    pub fn has(&self, code: &str) -> bool {
        self.counts.contains_key(code)
    }
}
