//! `namekeep directory report`: what a month came to, against what the agreement allows (RDAP-11).

use std::path::Path;

use directory::probe::{Allowance, Book, Month, Tally, Used, month_of};
use serde::Serialize;

use super::now_second;
use super::probe::{book_failure, not_configured};
use crate::directory_config::DirectoryConfig;
use crate::failure::{Exit, Failure};
use crate::output::{Format, Report, print, table};
use crate::run::Ending;

/// Prints the month `name`, or the one that is now.
pub(super) fn run(file: &Path, name: Option<&str>, format: Format) -> Result<Ending, Failure> {
    let (config, _) = DirectoryConfig::read(file)?;
    let Some(probe) = &config.probe else { return Err(not_configured(file)) };
    let name = name.map_or_else(|| month_of(now_second()), str::to_owned);
    let book = Book::read(&file.parent().unwrap_or(Path::new("")).join(&probe.book)).map_err(|fault| book_failure(&fault))?;
    let month = book.month(&name).ok_or_else(|| {
        Failure::new(Exit::NotFound, "directory.month", format!("The book of the probe has nothing of `{name}`."))
            .hint("write the month as `2026-11`; the probe has to have run in it")
    })?;
    let report = MonthReport::of(&name, month);
    print(format, &report);
    Ok(if report.used.iter().any(Used::is_warning) { Ending::Noted(Exit::Finding) } else { Ending::Done })
}

/// A month as it is printed.
#[derive(Serialize)]
struct MonthReport {
    month: String,
    rounds: u64,
    watched_s: u64,
    rdap: ServiceReport,
    whois: Option<ServiceReport>,
    late_s: u64,
    behind_feed_p95_s: Option<f64>,
    used: Vec<Used>,
}

/// One service in a month.
#[derive(Serialize)]
struct ServiceReport {
    questions: u64,
    unanswered: u64,
    down_s: u64,
    slow_s: u64,
    availability_percent: f64,
    round_trip_p95_ms: Option<f64>,
}

impl MonthReport {
    fn of(name: &str, month: &Month) -> Self {
        let service = |tally: &Tally| ServiceReport {
            questions: tally.questions,
            unanswered: tally.unanswered,
            down_s: tally.down_ms / 1000,
            slow_s: tally.slow_ms / 1000,
            availability_percent: tally.availability_percent(month.watched_ms),
            round_trip_p95_ms: tally.trips.percentile(95).map(|us| us as f64 / 1000.0),
        };
        Self {
            month: name.to_owned(),
            rounds: month.rounds,
            watched_s: month.watched_ms / 1000,
            rdap: service(&month.rdap),
            whois: (month.whois.questions > 0).then(|| service(&month.whois)),
            late_s: month.late_ms / 1000,
            behind_feed_p95_s: month.lags.percentile(95).map(|us| us as f64 / 1_000_000.0),
            used: month.used(name),
        }
    }
}

impl Report for MonthReport {
    fn text(&self) -> String {
        let services = [("RDAP", Some(&self.rdap)), ("WHOIS", self.whois.as_ref())];
        let rows = services.into_iter().filter_map(|(name, service)| {
            let service = service?;
            Some(vec![
                name.to_owned(),
                service.questions.to_string(),
                service.unanswered.to_string(),
                format!("{:.3} %", service.availability_percent),
                service.round_trip_p95_ms.map_or_else(|| "-".to_owned(), |ms| format!("{ms:.1} ms")),
            ])
        });
        let services = table(&["service", "questions", "unanswered", "available", "95 % within"], rows);
        let allowances = self.used.iter().map(|used| {
            let spent_s = match used.allowance {
                Allowance::Availability => self.rdap.down_s,
                Allowance::RoundTrip => self.rdap.slow_s,
                Allowance::Update => self.late_s,
            };
            let warning = if used.is_warning() { "look now" } else { "" };
            vec![used.allowance.label().to_owned(), minutes(spent_s), format!("{:.2} %", used.share * 100.0), warning.to_owned()]
        });
        let allowances = table(&["allowance", "spent", "used", ""], allowances);
        let behind =
            self.behind_feed_p95_s.map_or_else(String::new, |s| format!("\n\n95 % of answers were at most {s:.0} s behind the feed."));
        let Self { month, rounds, watched_s, .. } = self;
        format!("{month}: {rounds} rounds, {} watched\n\n{services}{behind}\n\n{allowances}", minutes(*watched_s))
    }
}

fn minutes(seconds: u64) -> String {
    format!("{}.{} min", seconds / 60, seconds % 60 / 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_told_in_two_tables() {
        let mut month = Month { rounds: 43_000, watched_ms: 2_580_000_000, late_ms: 60_000, ..Month::default() };
        month.rdap = Tally { questions: 86_000, unanswered: 90, down_ms: 90 * 60_000, slow_ms: 30_000, ..Tally::default() };
        (0..100).for_each(|number| month.rdap.trips.add(1000 * number));
        (0..100).for_each(|number| month.lags.add(1_000_000 * (number / 50)));
        let report = MonthReport::of("2026-11", &month);
        insta::assert_snapshot!(report.text());
        insta::assert_snapshot!(serde_json::to_string_pretty(&report).unwrap());
    }
}
