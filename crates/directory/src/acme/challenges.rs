//! What an authority may ask for, to see that the host is ours (RFC 8555 section 8.3).

use std::sync::{PoisonError, RwLock};

/// Where the authority asks.
pub const PATH: &str = "/.well-known/acme-challenge/";

/// Most challenges at once: an order of one host has one.
const LIMIT: usize = 16;

/// Tokens and their answers, while an order is under way.
#[derive(Debug, Default)]
pub struct Challenges(RwLock<Vec<(String, String)>>);

impl Challenges {
    /// The answer for a path; nothing where nobody waits for one.
    #[must_use]
    pub fn answer(&self, path: &str) -> Option<String> {
        let token = path.strip_prefix(PATH)?;
        let open = self.0.read().unwrap_or_else(PoisonError::into_inner);
        open.iter().find(|(known, _)| known == token).map(|(_, answer)| answer.clone())
    }

    /// Answers `token` from now on. Of too many the oldest is forgotten.
    pub fn put(&self, token: &str, answer: &str) {
        let mut open = self.0.write().unwrap_or_else(PoisonError::into_inner);
        open.retain(|(known, _)| known != token);
        if open.len() == LIMIT {
            open.remove(0);
        }
        open.push((token.to_owned(), answer.to_owned()));
    }

    /// The order is over.
    pub fn clear(&self) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_waits_is_answered_and_only_so_much() {
        let challenges = Challenges::default();
        for number in 0..=LIMIT {
            challenges.put(&format!("token-{number}"), &format!("answer-{number}"));
        }
        let ask = |token: &str| challenges.answer(&format!("{PATH}{token}"));
        assert_eq!((ask("token-0"), ask("token-16").as_deref(), ask("")), (None, Some("answer-16"), None));
        assert_eq!(challenges.answer("/token-16"), None);
        challenges.clear();
        assert_eq!(ask("token-16"), None);
    }
}
