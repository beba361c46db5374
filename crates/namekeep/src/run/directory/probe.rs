//! The self-probe: once for `namekeep directory probe`, and for ever inside `serve` (RDAP-11).

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use directory::http::client::trust;
use directory::metrics::ProbeGauges;
use directory::probe::{Book, Prober, Round, Service, Used, Visit, month_of};
use serde::Serialize;
use store::VerifierKey;
use tokio::sync::watch;

use super::now_second;
use super::watched::{Probed, head};
use crate::directory_config::{Checked, DirectoryConfig};
use crate::failure::{Exit, Failure};
use crate::output::{Format, Report, print, table};
use crate::run::Ending;
use crate::run::session::runtime;

/// Asks once, and says what came of it.
pub(super) fn run(file: &Path, format: Format) -> Result<Ending, Failure> {
    let (config, checked) = DirectoryConfig::read(file)?;
    let base = file.parent().unwrap_or(Path::new(""));
    let Some(schedule) = Schedule::new(&config, &checked, base)? else { return Err(not_configured(file)) };
    let (round, used) = runtime()?.block_on(schedule.ask())?;
    let is_well = round.is_up() && !used.iter().any(Used::is_warning);
    print(format, &Asking::of(&round, used));
    Ok(if is_well { Ending::Done } else { Ending::Noted(Exit::Finding) })
}

/// There is no section `[probe]`.
pub(super) fn not_configured(file: &Path) -> Failure {
    Failure::new(Exit::Usage, "directory.probe", format!("`{}` has no section `[probe]`.", file.display()))
        .hint("`namekeep directory init` writes a file in which the section is explained")
}

/// A probe that asks again and again.
pub(super) struct Schedule {
    prober: Prober,
    interval: Duration,
    book: PathBuf,
    feed: PathBuf,
    feed_key: VerifierKey,
    probed: Probed,
}

impl Schedule {
    /// The probe of a configuration; none where it has none.
    pub(super) fn new(config: &DirectoryConfig, checked: &Checked, base: &Path) -> Result<Option<Self>, Failure> {
        let (Some(probe), Some(asked)) = (&config.probe, &checked.asked) else { return Ok(None) };
        let roots = probe.trust.as_ref().map(|path| base.join(path));
        let tls = trust(roots.as_deref()).map_err(|fault| {
            Failure::new(Exit::Usage, "directory.probe", format!("{}.", crate::instance::capitalised(&fault.to_string())))
        })?;
        Ok(Some(Self {
            prober: Prober::new(asked.clone(), tls),
            interval: probe.interval(),
            book: base.join(&probe.book),
            feed: base.join(&config.feed.folder),
            feed_key: checked.feed_key.clone(),
            probed: Arc::new(Mutex::new(None)),
        }))
    }

    /// What it found last, for whoever watches.
    pub(super) fn probed(&self) -> Probed {
        Arc::clone(&self.probed)
    }

    /// Asks until `stopped` says so. The log hears of what changes, not of every round.
    pub(super) async fn run(self, mut stopped: watch::Receiver<bool>) {
        let mut before = Said::default();
        loop {
            if tokio::time::timeout(self.interval, stopped.wait_for(|stop| *stop)).await.is_ok() {
                return;
            }
            let asked = tokio::select! {
                asked = self.ask() => asked,
                _ = stopped.wait_for(|stop| *stop) => return,
            };
            match asked {
                Ok((round, used)) => before = before.and_now(&round, &used),
                Err(failure) => tracing::error!(%failure, "the probe's round was not kept"),
            }
        }
    }

    /// One round, taken into the book.
    async fn ask(&self) -> Result<(Round, Vec<Used>), Failure> {
        // The head is read first: what it vouches for before the question has to be in the answer.
        let feed_updated_at_s = head(&self.feed, &self.feed_key).map(|(_, at_s)| at_s);
        let visits = self.prober.visit().await;
        let round = Round { at_s: now_second(), visits, feed_updated_at_s };
        let (path, interval) = (self.book.clone(), self.interval);
        let recorded = tokio::task::spawn_blocking(move || (Book::record(&path, &round, interval), round)).await;
        let (book, round) =
            recorded.map_err(|_| Failure::new(Exit::Fault, "directory.book", "Writing the book of the probe ended by a panic."))?;
        let book = book.map_err(|fault| book_failure(&fault))?;
        let month = month_of(round.at_s);
        let used = book.month(&month).map(|entry| entry.used(&month)).unwrap_or_default();
        let gauges = ProbeGauges { at_s: round.at_s, is_up: round.is_up(), used: used.clone() };
        *self.probed.lock().unwrap_or_else(PoisonError::into_inner) = Some(gauges);
        Ok((round, used))
    }
}

/// The book cannot be used.
pub(super) fn book_failure(fault: &directory::probe::BookFault) -> Failure {
    Failure::new(Exit::Fault, "directory.book", format!("{}.", crate::instance::capitalised(&fault.to_string())))
}

/// What the log has heard.
#[derive(Default)]
struct Said {
    is_down: bool,
    warnings: usize,
}

impl Said {
    fn and_now(self, round: &Round, used: &[Used]) -> Self {
        let failed = round.visits.iter().find_map(|visit| visit.outcome.as_ref().err().map(|fault| (visit, fault)));
        match failed {
            Some((visit, fault)) if !self.is_down => {
                let Visit { service, is_ipv6, .. } = visit;
                tracing::error!(?service, is_ipv6, %fault, "the public address does not answer the probe");
            }
            None if self.is_down => tracing::info!("the public address answers the probe again"),
            _ => {}
        }
        let warnings = used.iter().filter(|used| used.is_warning());
        if warnings.clone().count() > self.warnings {
            let words: Vec<String> =
                warnings.clone().map(|used| format!("{} {:.0} %", used.allowance.label(), used.share * 100.0)).collect();
            tracing::warn!(used = words.join(", "), "a tenth of the month's allowance is used");
        }
        Self { is_down: failed.is_some(), warnings: warnings.count() }
    }
}

/// One round as it is printed.
#[derive(Serialize)]
struct Asking {
    is_up: bool,
    behind_feed_s: Option<u64>,
    questions: Vec<Question>,
    used: Vec<Used>,
}

#[derive(Serialize)]
struct Question {
    service: &'static str,
    name: String,
    family: &'static str,
    address: Option<String>,
    round_trip_ms: f64,
    fault: Option<String>,
}

impl Asking {
    fn of(round: &Round, used: Vec<Used>) -> Self {
        let question = |visit: &Visit| Question {
            service: if visit.service == Service::Rdap { "RDAP" } else { "WHOIS" },
            name: visit.name.clone(),
            family: if visit.is_ipv6 { "IPv6" } else { "IPv4" },
            address: visit.address.map(|address| address.to_string()),
            round_trip_ms: visit.trip_us as f64 / 1000.0,
            fault: visit.outcome.as_ref().err().map(ToString::to_string),
        };
        Self { is_up: round.is_up(), behind_feed_s: round.lag_s(), questions: round.visits.iter().map(question).collect(), used }
    }
}

impl Report for Asking {
    fn text(&self) -> String {
        let rows = self.questions.iter().map(|question| {
            let Question { service, name, family, address, round_trip_ms, fault } = question;
            let address = address.clone().unwrap_or_else(|| "none".to_owned());
            let answer = fault.clone().unwrap_or_else(|| "right".to_owned());
            vec![(*service).to_owned(), name.clone(), (*family).to_owned(), address, format!("{round_trip_ms:.1} ms"), answer]
        });
        let mut text = table(&["service", "name", "over", "address", "round trip", "answer"], rows);
        if let Some(behind) = self.behind_feed_s {
            text.push_str(&format!("\n\nThe public answer is {behind} s behind the feed."));
        }
        for used in self.used.iter().filter(|used| used.is_warning()) {
            text.push_str(&format!(
                "\nWarning: {:.0} % of the month's allowance for {} is used.",
                used.share * 100.0,
                used.allowance.label()
            ));
        }
        text
    }
}
