//! Commands per minute: a token bucket, and what a registry's complaints teach it.

use std::collections::VecDeque;
use std::time::Duration;

use tokio::time::Instant;

use crate::wire::{Response, ResultCode};

const MINUTE: Duration = Duration::from_secs(60);
/// Part of a minute's commands that may go at once. The bucket refills that much slower, so no minute sees more than the limit.
const BURST_PERCENT: u32 = 10;
/// Complaints within [`MINUTE`] after which the rate is lowered; one may be chance.
const COMPLAINTS: usize = 2;
/// A lowered rate grows by this part of the full one each quiet minute.
const RAISE_PERCENT: u32 = 10;
/// The rate is never learned below this many commands a minute.
const FLOOR_PER_MINUTE: u32 = 6;

/// Paces the commands of one account.
#[derive(Debug)]
pub(super) struct Pace {
    configured: Option<u32>,
    /// A lower rate learned from complaints, with the rate it grows back to and the time of its next growth.
    learned: Option<Learned>,
    bucket: Option<Bucket>,
    complaints: VecDeque<Instant>,
    /// When recent commands were sent, to know the rate a complaint was about; only the last minute's count.
    minute: Count,
}

#[derive(Debug)]
struct Learned {
    per_minute: u32,
    full: u32,
    raise_at: Instant,
}

impl Pace {
    pub(super) fn new(configured: Option<u32>, now: Instant) -> Pace {
        let configured = configured.map(|rate| rate.max(1));
        Pace {
            configured,
            learned: None,
            bucket: configured.map(|rate| Bucket::full(rate, now)),
            complaints: VecDeque::new(),
            minute: Count::new(now),
        }
    }

    /// The rate in force and whether it was learned; `None` when there is no limit.
    pub(super) fn in_force(&self) -> Option<(u32, bool)> {
        match &self.learned {
            Some(learned) => Some((learned.per_minute, true)),
            None => self.configured.map(|rate| (rate, false)),
        }
    }

    /// Whether one command may be sent now.
    ///
    /// # Errors
    /// When the next one may be sent.
    pub(super) fn check(&mut self, now: Instant) -> Result<(), Instant> {
        self.raise(now);
        self.bucket.as_mut().map_or(Ok(()), |bucket| bucket.check(now))
    }

    /// Counts a command that is being sent.
    pub(super) fn spend(&mut self, now: Instant) {
        if let Some(bucket) = &mut self.bucket {
            bucket.tokens -= 1.0;
        }
        self.minute.add(now);
    }

    /// The registry said that commands come too fast; says whether the rate was lowered.
    pub(super) fn complained(&mut self, now: Instant) -> bool {
        self.complaints.push_back(now);
        while self.complaints.front().is_some_and(|at| now.duration_since(*at) > MINUTE) {
            self.complaints.pop_front();
        }
        if self.complaints.len() < COMPLAINTS {
            return false;
        }
        self.complaints.clear();
        let full = match (&self.learned, self.configured) {
            (Some(learned), _) => learned.full,
            (None, Some(rate)) => rate,
            (None, None) => self.minute.recent(now),
        };
        let current = self.learned.as_ref().map_or(full, |learned| learned.per_minute);
        let per_minute = (current / 2).max(FLOOR_PER_MINUTE.min(full.max(1)));
        self.learned = Some(Learned { per_minute, full, raise_at: now + MINUTE });
        self.bucket = Some(Bucket::empty(per_minute, now));
        true
    }

    fn raise(&mut self, now: Instant) {
        let Some(learned) = &mut self.learned else { return };
        let mut has_changed = false;
        while learned.raise_at <= now && learned.per_minute < learned.full {
            learned.per_minute = (learned.per_minute + (learned.full * RAISE_PERCENT / 100).max(1)).min(learned.full);
            learned.raise_at += MINUTE;
            has_changed = true;
        }
        if learned.per_minute >= learned.full {
            self.learned = None;
            self.bucket = self.configured.map(|rate| Bucket::empty(rate, now));
        } else if has_changed {
            self.bucket = Some(Bucket::empty(learned.per_minute, now));
        }
    }
}

/// Whether a response complains that commands come too fast. Registries say so in words, under codes that mean other things too.
pub(super) fn is_rate_complaint(response: &Response) -> bool {
    const CODES: [ResultCode; 2] = [ResultCode::DATA_POLICY_VIOLATION, ResultCode::COMMAND_FAILED];
    const WORDS: [&str; 4] = ["rate", "throttled", "throttling", "throttle"];
    const PHRASES: [&str; 3] = ["too many commands", "too many requests", "slow down"];
    let speaks_of_rate = |text: &str| {
        let text = text.to_lowercase();
        let mut words = text.split(|c: char| !c.is_alphanumeric());
        words.any(|word| WORDS.contains(&word)) || PHRASES.iter().any(|phrase| text.contains(phrase))
    };
    response
        .results
        .iter()
        .filter(|result| CODES.contains(&result.code))
        .any(|result| speaks_of_rate(&result.message.text) || result.ext_values.iter().any(|value| speaks_of_rate(&value.reason.text)))
}

#[derive(Debug)]
struct Bucket {
    tokens: f64,
    burst: f64,
    per_second: f64,
    filled_at: Instant,
}

impl Bucket {
    fn full(per_minute: u32, now: Instant) -> Bucket {
        let burst = (per_minute * BURST_PERCENT / 100).max(1);
        let steady = per_minute.saturating_sub(burst).max(1);
        Bucket { tokens: f64::from(burst), burst: f64::from(burst), per_second: f64::from(steady) / 60.0, filled_at: now }
    }

    fn empty(per_minute: u32, now: Instant) -> Bucket {
        Bucket { tokens: 0.0, ..Bucket::full(per_minute, now) }
    }

    fn refill(&mut self, now: Instant) {
        let elapsed = now.saturating_duration_since(self.filled_at).as_secs_f64();
        self.tokens = (self.tokens + elapsed * self.per_second).min(self.burst);
        self.filled_at = now;
    }

    fn check(&mut self, now: Instant) -> Result<(), Instant> {
        /// Less than any real token; makes up for rounding of the time that was waited.
        const ROUNDING: f64 = 1e-6;
        self.refill(now);
        if self.tokens + ROUNDING >= 1.0 {
            return Ok(());
        }
        // A millisecond more, because tokio's timers have that grain.
        Err(now + Duration::from_secs_f64((1.0 - self.tokens) / self.per_second) + Duration::from_millis(1))
    }
}

/// Commands in this minute and the one before, which is as exact as a learned rate needs.
#[derive(Debug)]
struct Count {
    began: Instant,
    this: u32,
    before: u32,
}

impl Count {
    fn new(now: Instant) -> Count {
        Count { began: now, this: 0, before: 0 }
    }

    fn add(&mut self, now: Instant) {
        let elapsed = now.saturating_duration_since(self.began);
        if elapsed >= MINUTE {
            self.before = if elapsed < 2 * MINUTE { self.this } else { 0 };
            (self.this, self.began) = (0, now);
        }
        self.this = self.this.saturating_add(1);
    }

    fn recent(&mut self, now: Instant) -> u32 {
        let elapsed = now.saturating_duration_since(self.began);
        if elapsed < MINUTE { self.this.max(self.before) } else { self.this }.max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends as fast as allowed for `span` and gives the moments.
    fn send(pace: &mut Pace, start: Instant, span: Duration) -> Vec<Instant> {
        let (mut now, mut sent) = (start, Vec::new());
        while now < start + span {
            match pace.check(now) {
                Ok(()) => {
                    pace.spend(now);
                    sent.push(now);
                }
                Err(next) => now = next,
            }
        }
        sent
    }

    #[tokio::test(start_paused = true)]
    async fn no_minute_sees_more_than_the_limit() {
        for limit in [1, 5, 60, 100, 1500] {
            let start = Instant::now();
            let sent = send(&mut Pace::new(Some(limit), start), start, 5 * MINUTE);
            assert!(sent.len() as u32 >= limit * 4, "{limit} a minute: only {} in five minutes", sent.len());
            for (index, first) in sent.iter().enumerate() {
                let within = sent[index..].iter().take_while(|at| at.duration_since(*first) < MINUTE).count();
                assert!(within as u32 <= limit + 1, "{limit} a minute: {within} in one");
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn complaints_halve_the_rate_and_quiet_minutes_give_it_back() {
        let start = Instant::now();
        let mut pace = Pace::new(Some(100), start);
        assert!(!pace.complained(start), "one complaint may be chance");
        assert!(pace.complained(start + Duration::from_secs(5)));
        assert_eq!(pace.in_force(), Some((50, true)));
        let later = |minutes: u32| start + Duration::from_secs(6) + MINUTE * minutes;
        let _ = pace.check(later(1));
        assert_eq!(pace.in_force(), Some((60, true)));
        let _ = pace.check(later(6));
        assert_eq!(pace.in_force(), Some((100, false)));
    }

    #[test]
    fn complaints_are_known_by_their_words() {
        let cases = [
            (2308, "Rate limit exceeded", true),
            (2400, "Command failed; too many requests, retry later", true),
            (2308, "Data management policy violation", false),
            (2308, "name server is not registrated", false),
            (2304, "rate", false),
            (2400, "Client throttled", true),
        ];
        for (code, text, expected) in cases {
            let mut response = Response::new(ResultCode(code), None, "SV-1");
            response.results[0].message.text = text.to_owned();
            assert_eq!(is_rate_complaint(&response), expected, "{code} {text}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn without_a_limit_the_rate_at_hand_is_what_is_halved() {
        let start = Instant::now();
        let mut pace = Pace::new(None, start);
        for _ in 0..200 {
            pace.spend(start);
        }
        pace.complained(start);
        assert!(pace.complained(start));
        assert_eq!(pace.in_force(), Some((100, true)));
    }
}
