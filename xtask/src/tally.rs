//! What came of a step, and the sum over all of them.

use crate::command_line::Failure;

/// What a step that did not fail has to say.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// Checks that passed; a step that does not count its checks is one.
    pub checks: usize,
    /// Numbers worth a line.
    pub notes: Vec<String>,
    /// Parts that could not be done here, each with its reason.
    pub left_out: Vec<String>,
}

/// How a step ended when it did not pass.
#[derive(Debug)]
pub struct Failed {
    /// Checks that passed before.
    pub passed: usize,
    /// Checks that failed, at least one.
    pub failed: usize,
    /// Why, and how to see it again.
    pub failure: Failure,
}

impl From<Failure> for Failed {
    fn from(failure: Failure) -> Self {
        Self { passed: 0, failed: 1, failure }
    }
}

/// The sum.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: usize,
    pub failed: usize,
    pub skipped: usize,
}

impl Tally {
    /// The closing line.
    pub fn line(&self) -> String {
        format!("{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

/// The tests that passed and failed according to the log of `cargo nextest` or `cargo test`.
pub fn count_tests(log: &str) -> (usize, usize) {
    let is_summary = |line: &&str| line.contains(" tests run: ") || line.contains(" test run: ") || line.starts_with("test result: ");
    log.lines().filter(is_summary).fold((0, 0), |(passed, failed), line| (passed + before(line, "passed"), failed + before(line, "failed")))
}

/// The number before a word, as in `12 passed`.
fn before(line: &str, word: &str) -> usize {
    let words: Vec<&str> = line.split([' ', ',', ';']).filter(|word| !word.is_empty()).collect();
    words.windows(2).find(|pair| pair[1] == word).and_then(|pair| pair[0].parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_are_counted_from_either_runner() {
        let cases = [
            ("     Summary [   0.018s] 3 tests run: 2 passed, 1 failed, 4 skipped", (2, 1)),
            ("     Summary [   0.018s] 1 test run: 1 passed (1 slow), 0 skipped", (1, 0)),
            ("test result: ok. 5 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s", (5, 0)),
            ("test result: ok. 5 passed; 0 failed;\ntest result: FAILED. 2 passed; 3 failed;", (7, 3)),
            ("error: no test target", (0, 0)),
        ];
        for (log, counts) in cases {
            assert_eq!(count_tests(log), counts, "{log}");
        }
    }
}
