//! What came of the questions, month by month, in a small file.
//!
//! A round stands for the time since the round before it. Time in which nobody asked (the prober did not run) is not watched and counts for
//! nothing; the report says how much of the month was watched.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;
use std::time::Duration;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::allowance::{Allowance, LATE_MS, SLOW_MS, Used};
use super::ask::{LONGEST_ROUND, Round, Service};
use super::histogram::Histogram;
use crate::instant::instant;

/// The version of the file's shape.
const SCHEMA: u32 = 1;

/// How many months are kept.
const MONTHS: usize = 25;

/// The largest book in bytes.
const SIZE_LIMIT: u64 = 4 * 1024 * 1024;

/// A pause of more intervals than this, beyond what a round may take, was nobody's watch.
const MAX_PAUSE_INTERVALS: u32 = 3;

/// The book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Book {
    schema: u32,
    /// When the last round was, in seconds since 1970.
    last_at_s: Option<i64>,
    /// Months by their name, `2026-11`.
    months: BTreeMap<String, Month>,
}

/// What came of one month's questions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Month {
    /// Rounds of questions.
    pub rounds: u64,
    /// How much of the month they stand for, in milliseconds.
    pub watched_ms: u64,
    /// RDAP.
    pub rdap: Tally,
    /// WHOIS, which is no duty and is watched where it is configured.
    pub whois: Tally,
    /// How long changes of the feed were not public after 60 minutes, in milliseconds.
    pub late_ms: u64,
    /// How far the public answer was behind the feed, in microseconds.
    pub lags: Histogram,
}

/// What came of the questions to one service.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Tally {
    /// Questions.
    pub questions: u64,
    /// Those that were not answered, or wrongly.
    pub unanswered: u64,
    /// How long one of a round's questions was not answered, in milliseconds: stricter than ICANN, who takes 51 % of its probes.
    pub down_ms: u64,
    /// How long answers were slow, in milliseconds: of a round the share that was.
    pub slow_ms: u64,
    /// How long answers took, in microseconds.
    pub trips: Histogram,
}

impl Default for Book {
    fn default() -> Self {
        Self { schema: SCHEMA, last_at_s: None, months: BTreeMap::new() }
    }
}

impl Book {
    /// Reads the book in a file; an empty one where there is none.
    ///
    /// # Errors
    /// [`BookFault`] if it cannot be read or is no book: it is kept as it is then.
    pub fn read(path: &Path) -> Result<Self, BookFault> {
        let fault = |reason: String| BookFault { path: path.display().to_string(), reason };
        match std::fs::metadata(path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(fault(error.to_string())),
            Ok(metadata) if metadata.len() > SIZE_LIMIT => return Err(fault(format!("it has more than {SIZE_LIMIT} bytes"))),
            Ok(_) => {}
        }
        let text = std::fs::read(path).map_err(|error| fault(error.to_string()))?;
        let book: Self = serde_json::from_slice(&text).map_err(|error| fault(error.to_string()))?;
        if book.schema == SCHEMA {
            Ok(book)
        } else {
            Err(fault(format!("it is of schema {}, and this program reads {SCHEMA}", book.schema)))
        }
    }

    /// Takes a round into the book in a file, whole or not at all, and gives the book. Two probers of one book take turns.
    ///
    /// # Errors
    /// As [`Book::read`], and if it cannot be written.
    pub fn record(path: &Path, round: &Round, interval: Duration) -> Result<Self, BookFault> {
        let fault = |error: std::io::Error| BookFault { path: path.display().to_string(), reason: error.to_string() };
        path.parent().map_or(Ok(()), std::fs::create_dir_all).map_err(fault)?;
        let lock = File::create(path.with_extension("lock")).map_err(fault)?;
        lock.lock().map_err(fault)?;
        let mut book = Self::read(path)?;
        book.add(round, interval);
        let text = serde_json::to_vec(&book).map_err(std::io::Error::other).map_err(fault)?;
        store::secret_file::write(path, &text)
            .map_err(|error| BookFault { path: path.display().to_string(), reason: error.to_string() })?;
        Ok(book)
    }

    /// Takes a round; rounds are meant to come at `interval`.
    pub fn add(&mut self, round: &Round, interval: Duration) {
        let covered_ms = self.covered_ms(round.at_s, interval);
        self.last_at_s = Some(self.last_at_s.map_or(round.at_s, |last| last.max(round.at_s)));
        self.months.entry(month_of(round.at_s)).or_default().add(round, covered_ms);
        while self.months.len() > MONTHS {
            self.months.pop_first();
        }
    }

    /// What the month of that name, `2026-11`, came to.
    #[must_use]
    pub fn month(&self, name: &str) -> Option<&Month> {
        self.months.get(name)
    }

    /// When the last round was, in seconds since 1970.
    #[must_use]
    pub fn last_at_s(&self) -> Option<i64> {
        self.last_at_s
    }

    /// How much of the month a round at `at_s` stands for: the time since the last one; where that was too long ago, or there was none, one
    /// interval; nothing where the clock went back.
    fn covered_ms(&self, at_s: i64, interval: Duration) -> u64 {
        let interval_ms = u64::try_from(interval.as_millis()).unwrap_or(u64::MAX);
        let Some(last) = self.last_at_s else { return interval_ms };
        let since_ms = u64::try_from(at_s.saturating_sub(last)).unwrap_or_default().saturating_mul(1000);
        let longest = interval.saturating_mul(MAX_PAUSE_INTERVALS).saturating_add(LONGEST_ROUND);
        if u128::from(since_ms) > longest.as_millis() { interval_ms } else { since_ms }
    }
}

impl Month {
    fn add(&mut self, round: &Round, covered_ms: u64) {
        self.rounds += 1;
        self.watched_ms += covered_ms;
        self.rdap.add(round, Service::Rdap, covered_ms);
        self.whois.add(round, Service::Whois, covered_ms);
        if let Some(lag_s) = round.lag_s() {
            self.lags.add(lag_s.saturating_mul(1_000_000));
            if lag_s.saturating_mul(1000) > LATE_MS {
                self.late_ms += covered_ms;
            }
        }
    }

    /// How much of each allowance of the month `name` is used.
    #[must_use]
    pub fn used(&self, name: &str) -> Vec<Used> {
        let month_ms = length_ms(name);
        let spent =
            [(Allowance::Availability, self.rdap.down_ms), (Allowance::RoundTrip, self.rdap.slow_ms), (Allowance::Update, self.late_ms)];
        let share = |allowance: Allowance, ms: u64| ms as f64 / allowance.of_month_ms(month_ms) as f64;
        spent.into_iter().map(|(allowance, ms)| Used { allowance, share: share(allowance, ms) }).collect()
    }
}

impl Tally {
    fn add(&mut self, round: &Round, service: Service, covered_ms: u64) {
        let visits: Vec<_> = round.visits.iter().filter(|visit| visit.service == service).collect();
        let Ok(questions) = u64::try_from(visits.len()) else { return };
        if questions == 0 {
            return;
        }
        let mut slow = 0;
        let mut unanswered = 0;
        for visit in visits {
            match &visit.outcome {
                Err(_) => unanswered += 1,
                Ok(_) => {
                    self.trips.add(visit.trip_us);
                    slow += u64::from(visit.trip_us > SLOW_MS * 1000);
                }
            }
        }
        self.questions += questions;
        self.unanswered += unanswered;
        self.slow_ms += covered_ms * slow / questions;
        if unanswered > 0 {
            self.down_ms += covered_ms;
        }
    }

    /// The availability of the time that was watched, in hundredths.
    #[must_use]
    pub fn availability_percent(&self, watched_ms: u64) -> f64 {
        if watched_ms == 0 { 100.0 } else { 100.0 * (1.0 - self.down_ms as f64 / watched_ms as f64) }
    }
}

/// The name of the month, in UTC, of a second since 1970: `2026-11`.
#[must_use]
pub fn month_of(at_s: i64) -> String {
    // RFC 3339 in UTC: the year and the month come first.
    instant(at_s).to_string().chars().take(7).collect()
}

/// How long a month is, in milliseconds; thirty days where the name is no month.
fn length_ms(name: &str) -> u64 {
    let first = format!("{name}-01").parse::<Date>();
    let days = first.map_or(30, |date| date.days_in_month());
    u64::try_from(days).unwrap_or(30) * 24 * 60 * 60 * 1000
}

/// Why the book cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("the book of the probe `{path}` cannot be used: {reason}; put it aside to begin a new one")]
pub struct BookFault {
    /// Which.
    pub path: String,
    /// Why.
    pub reason: String,
}

#[cfg(test)]
mod tests {
    use std::net::{IpAddr, Ipv4Addr};

    use super::super::ask::{Outcome, Visit, VisitFault};
    use super::*;

    const MINUTE: Duration = Duration::from_secs(60);
    /// 2026-11-30T23:58:00Z
    const AT: i64 = 1_796_083_080;

    /// A round at so many seconds after [`AT`]: how long each answer of RDAP took in milliseconds, none where there was none.
    fn round(after_s: i64, trips_ms: &[Option<u64>]) -> Round {
        let at_s = AT + after_s;
        let visits = trips_ms.iter().map(|trip| Visit {
            service: Service::Rdap,
            name: "example.alpha".to_owned(),
            address: Some(IpAddr::V4(Ipv4Addr::LOCALHOST)),
            is_ipv6: false,
            trip_us: trip.unwrap_or(20_000) * 1000,
            outcome: trip.map(|_| Outcome { updated_at_s: at_s - 30 }).ok_or(VisitFault::TimedOut),
        });
        Round { at_s, visits: visits.collect(), feed_updated_at_s: Some(at_s - 20) }
    }

    /// Rounds, and what the last month has: rounds, watched, down and slow time in seconds.
    #[test]
    fn a_round_stands_for_the_time_since_the_one_before() {
        const ANSWERED: Option<u64> = Some(5);
        let (up, down, slow) = (&[ANSWERED, Some(6)][..], &[ANSWERED, None][..], &[ANSWERED, Some(4001)][..]);
        type After = (i64, &'static [Option<u64>]);
        let cases: [(&[After], [u64; 4]); 10] = [
            (&[(0, up)], [1, 60, 0, 0]),
            (&[(0, up), (60, up)], [2, 120, 0, 0]),
            (&[(0, up), (60, down)], [2, 120, 60, 0]),
            (&[(0, up), (90, slow)], [2, 150, 0, 45]),
            (&[(0, down), (100, up)], [2, 160, 60, 0]),
            // A round may take its time where nothing answers, and is not lost for that.
            (&[(-260, up), (0, down)], [2, 320, 260, 0]),
            (&[(-261, up), (0, down)], [2, 120, 60, 0]),
            // Nobody watched for an hour.
            (&[(-3600, up), (0, down)], [2, 120, 60, 0]),
            // The clock went back.
            (&[(0, up), (-30, down)], [2, 60, 0, 0]),
            // The month turned two minutes after.
            (&[(0, down), (60, down), (120, up)], [1, 60, 0, 0]),
        ];
        for (rounds, want) in cases {
            let mut book = Book::default();
            rounds.iter().for_each(|(after_s, trips)| book.add(&round(*after_s, trips), MINUTE));
            let last = month_of(AT + rounds.iter().map(|(after_s, _)| *after_s).max().unwrap());
            let Month { rounds: count, watched_ms, rdap, .. } = book.month(&last).unwrap();
            assert_eq!([*count, watched_ms / 1000, rdap.down_ms / 1000, rdap.slow_ms / 1000], want, "{rounds:?}");
        }
    }

    #[test]
    fn a_tenth_of_an_allowance_is_a_warning() {
        // The month, what was spent in minutes (down, slow, late), and which of the three warn.
        let cases = [
            ("2026-11", [0, 0, 0], [false, false, false]),
            ("2026-11", [86, 0, 0], [false, false, false]),
            ("2026-11", [87, 0, 0], [true, false, false]),
            // 5 % of thirty days is 2160 minutes.
            ("2026-11", [0, 215, 216], [false, false, true]),
            ("2027-02", [0, 202, 201], [false, true, false]),
            ("2026-12", [864, 2232, 2232], [true, true, true]),
        ];
        for (name, [down, slow, late], want) in cases {
            let minutes = |minutes: u64| minutes * 60_000;
            let rdap = Tally { down_ms: minutes(down), slow_ms: minutes(slow), ..Tally::default() };
            let month = Month { rdap, late_ms: minutes(late), ..Month::default() };
            let used = month.used(name);
            assert_eq!(used.iter().map(Used::is_warning).collect::<Vec<_>>(), want, "{name} {used:?}");
        }
        let whole = Month { rdap: Tally { down_ms: 864 * 60_000, ..Tally::default() }, ..Month::default() };
        assert_eq!(whole.used("2026-11")[0], Used { allowance: Allowance::Availability, share: 1.0 });
    }

    #[test]
    fn what_the_public_answer_is_behind_the_feed_is_the_update_time() {
        let mut book = Book::default();
        book.add(&round(0, &[Some(5)]), MINUTE);
        let mut late = round(60, &[Some(5)]);
        late.feed_updated_at_s = Some(late.at_s - 30 + 3601);
        book.add(&late, MINUTE);
        let mut unknown = round(120, &[Some(5)]);
        unknown.feed_updated_at_s = None;
        unknown.at_s = late.at_s + 30;
        book.add(&unknown, MINUTE);
        let month = book.month("2026-11").unwrap();
        assert_eq!((month.late_ms, month.lags.count()), (60_000, 2));
        assert!(month.lags.percentile(50).is_some_and(|us| (10_000_000..10_400_000).contains(&us)), "{:?}", month.lags);
    }

    #[test]
    fn the_book_is_kept_in_a_file_and_old_months_leave_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("probe/book.json");
        let month_s = 31 * 24 * 60 * 60;
        for months in 0..i64::try_from(MONTHS).unwrap() + 2 {
            Book::record(&path, &round(months * month_s, &[Some(5), None]), MINUTE).unwrap();
        }
        let book = Book::read(&path).unwrap();
        assert_eq!((book.months.len(), book.month("2026-11"), book.month("2026-12").is_none()), (MONTHS, None, true));
        std::fs::write(&path, "{}").unwrap();
        assert!(Book::record(&path, &round(0, &[]), MINUTE).unwrap_err().to_string().contains("put it aside"));
        assert_eq!(std::fs::read(&path).unwrap(), b"{}");
    }
}
