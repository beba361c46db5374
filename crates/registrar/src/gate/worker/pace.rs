//! How long to wait before the next try. Pure, and spread by the intent's own id, so that a thousand intents that failed together do
//! not come back together.

use jiff::SignedDuration;
use model::{IntentId, Timestamp};

/// First pause, in seconds.
const FIRST_SECONDS: i64 = 1;
/// Longest pause, in seconds.
const LONGEST_SECONDS: i64 = 300;
/// Part by which a pause is spread, in percent.
const SPREAD_PERCENT: i64 = 20;

/// When an intent that was sent `attempts` times without effect may be sent again: the pause doubles each time.
pub(super) fn retry_at(intent: IntentId, attempts: u32, now: Timestamp) -> Timestamp {
    let doubled = FIRST_SECONDS.checked_shl(attempts.saturating_sub(1).min(16)).unwrap_or(LONGEST_SECONDS);
    later(now, spread(intent, doubled.min(LONGEST_SECONDS)))
}

/// When an outcome that a question did not prove is asked for again: after half of the time that it is unknown already.
pub(super) fn ask_again_at(intent: IntentId, unknown_since: Timestamp, now: Timestamp) -> Timestamp {
    let half = now.duration_since(unknown_since).as_secs() / 2;
    later(now, spread(intent, half.clamp(FIRST_SECONDS, LONGEST_SECONDS)))
}

fn spread(intent: IntentId, seconds: i64) -> SignedDuration {
    let chance = i64::from(intent.to_bytes()[15]);
    SignedDuration::from_millis(seconds * 1000 + seconds * 10 * SPREAD_PERCENT * chance / 255)
}

fn later(now: Timestamp, by: SignedDuration) -> Timestamp {
    now.saturating_add(by).unwrap_or(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intent(last_byte: u8) -> IntentId {
        let mut bytes = [0; 16];
        bytes[15] = last_byte;
        IntentId::from_bytes(bytes)
    }

    #[test]
    fn pauses_double_to_five_minutes_and_are_spread() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        let table =
            [(1, 0, 1_000), (2, 0, 2_000), (5, 0, 16_000), (9, 0, 256_000), (10, 0, 300_000), (4_000_000, 0, 300_000), (1, 255, 1_200)];
        for (attempts, last_byte, millis) in table {
            let pause = retry_at(intent(last_byte), attempts, now).duration_since(now);
            assert_eq!(pause, SignedDuration::from_millis(millis), "after {attempts} attempts");
        }
    }

    #[test]
    fn the_longer_unknown_the_rarer_asked() {
        let now: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        for (unknown_seconds, pause_seconds) in [(0, 1), (10, 5), (100, 50), (86_400, 300)] {
            let since = now.saturating_sub(SignedDuration::from_secs(unknown_seconds)).unwrap();
            assert_eq!(ask_again_at(intent(0), since, now).duration_since(now).as_secs(), pause_seconds, "after {unknown_seconds} s");
        }
    }
}
