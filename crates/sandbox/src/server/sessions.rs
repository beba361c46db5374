//! How many sessions each registrar has open, so that one too many is answered 2502.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

/// The counts, shared by the connections of one registry.
#[derive(Clone, Debug)]
pub(crate) struct Sessions {
    most: u16,
    counts: Arc<Mutex<HashMap<String, u16>>>,
}

/// One session in the count; dropping it takes it out.
#[derive(Debug)]
pub(crate) struct Seat {
    registrar: String,
    sessions: Sessions,
}

impl Sessions {
    pub(crate) fn new(most: u16) -> Sessions {
        Sessions { most, counts: Arc::default() }
    }

    /// Takes a seat for a registrar; none when all are taken.
    pub(crate) fn take(&self, registrar: &str) -> Option<Seat> {
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(registrar.to_owned()).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Seat { registrar: registrar.to_owned(), sessions: self.clone() })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut counts = self.sessions.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.registrar) {
            *count = count.saturating_sub(1);
            if *count == 0 {
                counts.remove(&self.registrar);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_is_free_again_when_its_session_ends() {
        let sessions = Sessions::new(2);
        let first = sessions.take("ALPHA").unwrap();
        let second = sessions.take("ALPHA").unwrap();
        assert!(sessions.take("ALPHA").is_none());
        assert!(sessions.take("BETA").is_some());
        drop(first);
        assert!(sessions.take("ALPHA").is_some());
        drop(second);
    }
}
