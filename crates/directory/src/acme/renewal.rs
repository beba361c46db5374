//! When a certificate is renewed.

use std::time::Duration;

/// The pause after the first failure. Let's Encrypt allows five failures an hour for a host.
const FIRST_PAUSE: Duration = Duration::from_secs(15 * 60);

/// The longest pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(24 * 60 * 60);

/// When a certificate that is valid from `not_before_s` to `not_after_s` is renewed: with a third of its life left.
#[must_use]
pub fn renew_at(not_before_s: i64, not_after_s: i64) -> i64 {
    not_after_s - not_after_s.saturating_sub(not_before_s).max(0) / 3
}

/// How long to wait after so many failures in a row: a quarter of an hour, doubled each time, a day at most.
#[must_use]
pub fn pause_after(failures: u32) -> Duration {
    let doublings = failures.saturating_sub(1).min(16);
    FIRST_PAUSE.saturating_mul(1 << doublings).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_third_of_its_life_is_left_at_renewal() {
        let day = 24 * 60 * 60;
        for (not_before, not_after, want) in [(0, 90 * day, 60 * day), (0, 6 * day, 4 * day), (10, 10, 10), (20, 10, 10)] {
            assert_eq!(renew_at(not_before, not_after), want);
        }
    }

    #[test]
    fn pauses_double_up_to_a_day() {
        let minutes: Vec<u64> = [1, 2, 3, 7, 8, 1000].into_iter().map(|failures| pause_after(failures).as_secs() / 60).collect();
        assert_eq!(minutes, [15, 30, 60, 960, 1440, 1440]);
    }
}
