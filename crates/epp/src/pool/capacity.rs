//! How many sessions the account may hold: what the profile says, and what the registry's refusals (2502) teach.

use std::time::Duration;

use tokio::time::Instant;

use super::Lane;

/// A learned limit grows by one session after this long without a refusal.
const RAISE_AFTER: Duration = Duration::from_secs(600);
/// Pause before the next login after a refusal for too many sessions.
pub(super) const REFUSED_PAUSE: Duration = Duration::from_secs(30);

/// The number of sessions, configured and learned.
#[derive(Debug)]
pub(super) struct Capacity {
    configured: usize,
    learned: Option<(usize, Instant)>,
}

impl Capacity {
    pub(super) fn new(configured: usize) -> Capacity {
        Capacity { configured: configured.max(1), learned: None }
    }

    /// Most sessions now.
    pub(super) fn max(&self) -> usize {
        self.learned.map_or(self.configured, |(learned, _)| learned)
    }

    pub(super) fn configured(&self) -> usize {
        self.configured
    }

    /// The registry refused one more session while `open` were open.
    pub(super) fn refused(&mut self, open: usize, now: Instant) {
        self.learned = Some((open.clamp(1, self.configured), now + RAISE_AFTER));
    }

    /// Lets a learned limit grow back.
    pub(super) fn tick(&mut self, now: Instant) {
        while let Some((learned, raise_at)) = self.learned {
            if raise_at > now {
                return;
            }
            let raised = learned + 1;
            self.learned = (raised < self.configured).then_some((raised, raise_at + RAISE_AFTER));
        }
    }
}

/// The lanes a session serves, most important first. Sessions are numbered from 0.
///
/// One session serves all. Two: the first is kept for people and poll messages, the second does the bulk. Three or more: one for people, one
/// for poll, the rest bulk. Bulk sessions help people out; nothing else uses the session that is kept for them.
pub(super) fn lanes_of(session: usize, max: usize) -> &'static [Lane] {
    use Lane::{Bulk, Interactive, Poll};
    match (session, max) {
        (_, 0 | 1) => &[Interactive, Poll, Bulk],
        (0, 2) => &[Interactive, Poll],
        (0, _) => &[Interactive],
        (1, 3..) => &[Poll],
        _ => &[Interactive, Bulk],
    }
}

/// How many commands of a lane a session that serves `lanes` is given ahead of its windows: one of bulk, so that the session does not stand
/// idle while an answer travels through the pool. None where poll messages would wait behind it in their own session.
pub(super) fn ahead_in(lanes: &[Lane], lane: Lane) -> usize {
    usize::from(lane == Lane::Bulk && !lanes.contains(&Lane::Poll))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_refusal_lowers_the_number_and_time_raises_it() {
        let now = Instant::now();
        let mut capacity = Capacity::new(4);
        capacity.refused(2, now);
        assert_eq!(capacity.max(), 2);
        capacity.tick(now + RAISE_AFTER);
        assert_eq!(capacity.max(), 3);
        capacity.tick(now + 2 * RAISE_AFTER);
        assert_eq!((capacity.max(), capacity.learned), (4, None));
        capacity.refused(0, now);
        assert_eq!(capacity.max(), 1, "at least one is tried");
    }

    #[test]
    fn every_lane_is_served_by_any_number_of_sessions() {
        for max in 1..6 {
            for lane in Lane::ALL {
                assert!((0..max).any(|session| lanes_of(session, max).contains(&lane)), "{lane} with {max} sessions");
            }
            assert!(max == 1 || !lanes_of(0, max).contains(&Lane::Bulk), "bulk may not take the session kept for people");
        }
    }

    #[test]
    fn only_bulk_goes_ahead_and_not_where_poll_messages_would_wait() {
        let ahead = |lane| [1, 2, 4].map(|max| ahead_in(lanes_of(max - 1, max), lane));
        assert_eq!((ahead(Lane::Bulk), ahead(Lane::Interactive), ahead(Lane::Poll)), ([0, 1, 1], [0; 3], [0; 3]));
    }
}
