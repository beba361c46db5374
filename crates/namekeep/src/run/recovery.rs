//! `namekeep recovery ...`: coming back after a disaster.

mod import;

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use model::DomainName;
use registrar::recovery::{AskRecovery, FreezeRegistrar, Reconciled, RecoveryRun, RecoveryStatus, ThawRegistrar};
use registrar::registry::ReconcileNames;
use serde::Serialize;

use super::{Ending, Session};
use crate::argument;
use crate::carrier::Carrier;
use crate::cli::RecoveryCommand;
use crate::failure::{Exit, Failure};
use crate::output::{Report, counted, fields, minute, print, table};
use crate::progress::Progress;

/// Names of each kind that are printed; the JSON has all that were kept.
const SHOWN: usize = 50;

/// Longest list of names that is read, in bytes: ten million names.
const LIST_BYTES: u64 = 1 << 30;

/// Pause between two looks at orders that are still to be proven.
const PAUSE: Duration = Duration::from_millis(200);

/// How long orders of before the restore are waited for. A registry's "not done" is believed once its own deadline is over.
const PROOF_WAIT: Duration = Duration::from_secs(180);

/// Runs one command on coming back.
pub fn run(session: &Session, command: &RecoveryCommand) -> Result<Ending, Failure> {
    match command {
        RecoveryCommand::Status => status(session),
        RecoveryCommand::Freeze { source, point } => {
            session.carry_out(FreezeRegistrar { source: source.clone(), point: *point })?;
            status(session).map(|_| Ending::Done)
        }
        RecoveryCommand::Import(args) => import::run(session, args),
        RecoveryCommand::Reconcile { names } => reconcile(session, names.as_deref()),
        RecoveryCommand::Thaw { reason } => {
            let freeze = session.carry_out(ThawRegistrar { reason: reason.clone() })?;
            print(session.format, &ThawReport { frozen_since: freeze.since, source: freeze.source });
            Ok(Ending::Done)
        }
    }
}

#[derive(Serialize)]
struct ThawReport {
    frozen_since: model::Timestamp,
    source: String,
}

impl Report for ThawReport {
    fn text(&self) -> String {
        format!("Thawed: it was frozen since {} ({}). `namekeep serve` goes on and catches up.", minute(self.frozen_since), self.source)
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct StatusReport(RecoveryStatus);

impl Report for StatusReport {
    fn text(&self) -> String {
        let Some(freeze) = &self.0.freeze else {
            return "Not frozen: the instance works.".to_owned();
        };
        let head = fields(&[
            ("FROZEN since", minute(freeze.since)),
            ("after", freeze.source.clone()),
            ("recovery point", freeze.point.map_or("not known".to_owned(), minute)),
        ]);
        let rows = self.0.registries.iter().map(|registry| {
            let last = registry.last.as_ref().filter(|last| last.began_at >= freeze.since);
            let told =
                |count: fn(&registrar::recovery::RegistryStanding) -> u64| last.map_or("-".to_owned(), |last| count(last).to_string());
            vec![
                registry.registry.to_string(),
                last.map_or("not asked yet".to_owned(), |last| minute(last.began_at)),
                told(|last| last.checked),
                told(|last| last.taken),
                told(|last| last.adopted),
                told(|last| last.exceptions),
                told(|last| last.unanswered),
                registry.unproven.to_string(),
                if registry.is_green { "green" } else { "NOT GREEN" }.to_owned(),
            ]
        });
        let header = ["registry", "reconciled", "names", "taken", "adopted", "exceptions", "unanswered", "orders to prove", ""];
        let next = if self.0.is_green() { "It can be thawed: `namekeep recovery thaw`." } else { "Next: `namekeep recovery reconcile`." };
        format!("{head}\n\n{}\n{next}", table(&header, rows))
    }
}

fn status(session: &Session) -> Result<Ending, Failure> {
    let status = session.ask(AskRecovery)?;
    let is_frozen = status.freeze.is_some();
    print(session.format, &StatusReport(status));
    Ok(if is_frozen { Ending::Noted(Exit::Finding) } else { Ending::Done })
}

#[derive(Serialize)]
struct ReconcileReport {
    registries: Vec<Reconciled>,
}

impl ReconcileReport {
    fn is_green(&self) -> bool {
        self.registries.iter().all(|found| found.standing.exceptions == 0 && found.standing.unanswered == 0)
    }
}

impl Report for ReconcileReport {
    fn text(&self) -> String {
        self.registries.iter().map(registry_text).collect::<Vec<_>>().join("\n\n")
    }
}

fn registry_text(found: &Reconciled) -> String {
    let standing = &found.standing;
    let mut lines = vec![format!(
        "{}: {} asked about, {} taken as the registry has them, {} taken on, {} for a person, {} without answer.",
        found.registry,
        counted(standing.checked, "name", "names"),
        standing.taken,
        standing.adopted,
        standing.exceptions,
        standing.unanswered
    )];
    let taken = found.taken.iter().map(|taken| format!("  taken: {} ({})", taken.name, taken.elements.join(", ")));
    let adopted = found.adopted.iter().map(|name| format!("  taken on: {name}"));
    let foreign = found.foreign.iter().map(|foreign| format!("  not ours: {} ({})", foreign.name, foreign.why));
    let exceptions = found.exceptions.iter().map(|exception| {
        let elements: Vec<String> = exception
            .report
            .elements
            .iter()
            .map(|element| format!("{}: ours {}, theirs {}", element.element, element.desired, element.actual))
            .collect();
        let what = exception.report.trouble.clone().unwrap_or_else(|| elements.join("; "));
        format!("  FOR A PERSON: {}: {what} ({})", exception.report.name, exception.why)
    });
    for told in [exceptions.collect::<Vec<_>>(), taken.collect(), adopted.collect(), foreign.collect()] {
        let rest = told.len().saturating_sub(SHOWN);
        lines.extend(told.into_iter().take(SHOWN));
        if rest > 0 {
            lines.push(format!("  and {rest} more, with --json"));
        }
    }
    lines.join("\n")
}

fn reconcile(session: &Session, list: Option<&Path>) -> Result<Ending, Failure> {
    let listed = list.map_or(Ok(Vec::new()), read_names)?;
    let report = session.block_on(reconcile_all(session, &listed))?;
    print(session.format, &report);
    Ok(if report.is_green() { Ending::Done } else { Ending::Noted(Exit::Finding) })
}

async fn reconcile_all(session: &Session, listed: &[DomainName]) -> Result<ReconcileReport, Failure> {
    let mut registries = Vec::new();
    for carrier in Carrier::open_all(&session.instance, None)? {
        let found = reconcile_one(session, &carrier, listed).await;
        carrier.close().await;
        registries.push(found?);
    }
    Ok(ReconcileReport { registries })
}

async fn reconcile_one(session: &Session, carrier: &Carrier, listed: &[DomainName]) -> Result<Reconciled, Failure> {
    prove_outbox(session, carrier).await?;
    let by = session.may(ReconcileNames)?;
    let run = RecoveryRun::open(&by, &session.instance.registrar, &carrier.registry, Arc::clone(&carrier.port));
    let run = run.map_err(registrar::Failure::from)?;
    let progress = Progress::counting("names asked about");
    Ok(run.run(listed, &mut |count| progress.at(count)).await?)
}

/// Clears up what stood in the outbox, by this process where no server does it; what is not cleared up in time is told by the status.
async fn prove_outbox(session: &Session, carrier: &Carrier) -> Result<(), Failure> {
    let started = Instant::now();
    let progress = Progress::counting("orders of before the restore to be cleared up");
    loop {
        let status = session.ask(AskRecovery)?;
        let unproven = status.registries.iter().find(|registry| registry.registry == carrier.registry).map_or(0, |one| one.unproven);
        progress.at(unproven);
        if unproven == 0 || status.freeze.is_none() || started.elapsed() > PROOF_WAIT {
            return Ok(carrier.gate.release().await?);
        }
        if carrier.gate.step().await?.is_idle() {
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Names, one a line; empty lines and what follows a `#` are left out.
fn read_names(path: &Path) -> Result<Vec<DomainName>, Failure> {
    let broken = |error: &std::io::Error| Failure::file(path, "read the list of names", error);
    let length = std::fs::metadata(path).map_err(|error| broken(&error))?.len();
    if length > LIST_BYTES {
        return Err(Failure::usage(format!("`{}` has {length} bytes, more than {LIST_BYTES}.", path.display())).hint("give it in parts"));
    }
    let text = std::fs::read_to_string(path).map_err(|error| broken(&error))?;
    let lines = text.lines().map(|line| line.split('#').next().unwrap_or_default().trim());
    lines
        .enumerate()
        .filter(|(_, name)| !name.is_empty())
        .map(|(at, name)| {
            argument::domain(name).map_err(|failure| {
                let sentence = format!("`{}` line {}: {}", path.display(), at + 1, failure.sentence);
                Failure { sentence, ..failure }
            })
        })
        .collect()
}
