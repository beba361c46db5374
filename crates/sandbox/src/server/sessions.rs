//! What each registrar uses of the server: sessions, of which one too many is answered 2502, and commands in a minute, of which one too
//! many is answered 2308.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The span over which commands are counted.
const RATE_WINDOW: Duration = Duration::from_secs(60);

/// The counts, shared by the connections of one registry.
#[derive(Clone, Debug)]
pub(crate) struct Sessions {
    most: u16,
    commands_per_minute: Option<u32>,
    counts: Arc<Mutex<HashMap<String, u16>>>,
    /// Per registrar: when its minute began and how many commands it has sent since.
    rates: Arc<Mutex<HashMap<String, (Instant, u32)>>>,
}

/// One session in the count; dropping it takes it out.
#[derive(Debug)]
pub(crate) struct Seat {
    registrar: String,
    sessions: Sessions,
}

impl Sessions {
    pub(crate) fn new(most: u16, commands_per_minute: Option<u32>) -> Sessions {
        Sessions { most, commands_per_minute, counts: Arc::default(), rates: Arc::default() }
    }

    /// Counts a command of a registrar at `now`; false when it is one too many for its minute.
    pub(crate) fn admits_command(&self, registrar: &str, now: Instant) -> bool {
        let Some(most) = self.commands_per_minute else { return true };
        let mut rates = self.rates.lock().unwrap_or_else(PoisonError::into_inner);
        let (since, count) = rates.entry(registrar.to_owned()).or_insert((now, 0));
        if now.duration_since(*since) >= RATE_WINDOW {
            (*since, *count) = (now, 0);
        }
        *count = count.saturating_add(1);
        *count <= most
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
        let sessions = Sessions::new(2, None);
        let first = sessions.take("ALPHA").unwrap();
        let second = sessions.take("ALPHA").unwrap();
        assert!(sessions.take("ALPHA").is_none());
        assert!(sessions.take("BETA").is_some());
        drop(first);
        assert!(sessions.take("ALPHA").is_some());
        drop(second);
    }

    #[test]
    fn commands_are_counted_per_registrar_and_minute() {
        let sessions = Sessions::new(2, Some(3));
        let start = Instant::now();
        let admitted = |who: &str, after_s: u64| sessions.admits_command(who, start + Duration::from_secs(after_s));
        let seen = [admitted("A", 0), admitted("A", 1), admitted("A", 59), admitted("A", 59), admitted("B", 59), admitted("A", 60)];
        assert_eq!(seen, [true, true, true, false, true, true]);
        assert!((0..1000).all(|_| Sessions::new(1, None).admits_command("A", start)));
    }
}
