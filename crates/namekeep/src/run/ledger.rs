//! `namekeep ledger ...`: verify, prove, check, list.

use std::path::Path;

use registrar::ledger_subject;
use registrar::portfolio::DomainInfo;
use registrar::prove::VerifyLedger;
use serde::Serialize;
use store::ledger::{self, Folder, LedgerRow};
use store::{VerifierKey, registrations};

use super::{Ending, Session};
use crate::argument;
use crate::cli::LedgerCommand;
use crate::failure::{Exit, Failure};
use crate::instance::{capitalised, store_failure};
use crate::output::{Format, Report, counted, print, table};
use crate::progress::Progress;

/// Runs one command on the ledger.
pub fn run(session: &Session, command: &LedgerCommand) -> Result<Ending, Failure> {
    match command {
        LedgerCommand::Verify => verify(session),
        LedgerCommand::Prove { name, out } => prove(session, name, out.as_deref()),
        LedgerCommand::Check { file, key } => check(file, key, session.format),
        LedgerCommand::Key => {
            anstream::println!("{}", session.instance.ledger_key);
            Ok(Ending::Done)
        }
        LedgerCommand::List { name, limit } => list(session, name.as_deref(), *limit),
    }
}

#[derive(Serialize)]
struct VerifyReport {
    entries: u64,
    finding: Option<String>,
}

impl Report for VerifyReport {
    fn text(&self) -> String {
        match &self.finding {
            None => {
                let entries = counted(self.entries, "entry", "entries");
                format!("The ledger holds: {entries}, every row as its tile says, every checkpoint signed.")
            }
            Some(finding) => format!("THE LEDGER DOES NOT HOLD: {finding}"),
        }
    }
}

/// Recomputes every row; first against the published folder, which a hand on the database cannot reach.
fn verify(session: &Session) -> Result<Ending, Failure> {
    session.may(VerifyLedger)?;
    let progress = Progress::waiting("every row is recomputed and compared");
    let store = session.instance.registrar.store();
    let folder = Folder::new(&session.instance.path(&session.instance.config.instance.ledger));
    let verification = ledger::verify_store_against(store, &folder, &session.instance.ledger_key).map_err(store_failure)?;
    let verification = match verification.finding {
        Some(_) => verification,
        None => ledger::verify_store(store, &session.instance.ledger_key).map_err(store_failure)?,
    };
    if verification.finding.is_none() {
        folder.follow(store).map_err(store_failure)?;
    }
    drop(progress);
    let report = VerifyReport { entries: verification.verified, finding: verification.finding.map(|finding| finding.to_string()) };
    print(session.format, &report);
    Ok(if report.finding.is_some() { Ending::Noted(Exit::Finding) } else { Ending::Done })
}

/// Writes the inclusion proof of every entry of a name's latest life, and says so where it had others.
fn prove(session: &Session, name: &str, out: Option<&Path>) -> Result<Ending, Failure> {
    let view = session.ask(DomainInfo { name: argument::domain(name)? })?;
    let subject = ledger_subject(view.registration.id, &view.registration.name);
    let store = session.instance.registrar.store();
    let proof = store.read(|tx| ledger::prove(tx, &subject)).map_err(store_failure)?;
    let lives = store.read(|tx| registrations::list_by_name(tx, &view.registration.name)).map_err(store_failure)?;
    if let Some(earlier) = lives.len().checked_sub(1).filter(|earlier| *earlier > 0) {
        anstream::eprintln!(
            "note: this is the latest life of the name with us; `namekeep prove {}` covers {} earlier as well",
            view.registration.name,
            counted(earlier as u64, "life", "lives")
        );
    }
    match out {
        None => anstream::println!("{proof}"),
        Some(path) => {
            std::fs::write(path, &proof).map_err(|error| Failure::file(path, "write the proof to", &error))?;
            if session.format == Format::Text {
                anstream::println!(
                    "The proof is in `{0}`. Anyone can check it:\n  namekeep ledger check {0} --key '{1}'",
                    path.display(),
                    session.instance.ledger_key
                );
            }
        }
    }
    Ok(Ending::Done)
}

#[derive(Serialize)]
struct CheckReport {
    subject: String,
    origin: String,
    size: u64,
    entries: Vec<CheckedEntry>,
}

#[derive(Serialize)]
struct CheckedEntry {
    position: u64,
    at: model::Timestamp,
    actor: String,
    kind: String,
    body: Option<String>,
}

impl Report for CheckReport {
    fn text(&self) -> String {
        let rows = self
            .entries
            .iter()
            .map(|entry| vec![entry.position.to_string(), entry.at.to_string(), entry.actor.clone(), entry.kind.clone()]);
        format!(
            "The proof holds: {} entries about `{}` are in the ledger `{}` of {} entries.\n{}",
            self.entries.len(),
            self.subject,
            self.origin,
            self.size,
            table(&["position", "at", "by", "what"], rows)
        )
    }
}

/// Checks a proof with nothing but the public key.
pub fn check(file: &Path, key: &str, format: Format) -> Result<Ending, Failure> {
    let proof = std::fs::read_to_string(file).map_err(|error| Failure::file(file, "read the proof", &error))?;
    let key = VerifierKey::parse(key.trim()).map_err(|fault| {
        Failure::usage(sentence_of(&fault)).hint("give the whole line that `namekeep ledger key` prints, between quotation marks")
    })?;
    let held = ledger::verify_proof(&proof, &key).map_err(|fault| {
        Failure::new(Exit::Finding, "proof", sentence_of(&fault))
            .hint("do not rely on this file; ask whoever gave it to you for a fresh proof")
    })?;
    let entries = held.entries.into_iter().map(|proven| CheckedEntry {
        position: proven.entry.seq,
        at: proven.entry.at,
        actor: proven.entry.actor,
        kind: proven.entry.kind,
        body: proven.body,
    });
    let report =
        CheckReport { subject: held.subject, origin: held.checkpoint.origin, size: held.checkpoint.size, entries: entries.collect() };
    print(format, &report);
    Ok(Ending::Done)
}

/// What the store says of a key or a proof, without its remark that the ledger stops there: nothing of ours does.
fn sentence_of(fault: &store::StoreFault) -> String {
    let said = fault.to_string();
    let reason = said.split_once("cannot go on: ").map_or(said.as_str(), |(_, reason)| reason);
    format!("{}.", capitalised(reason))
}

#[derive(Serialize)]
struct ListReport {
    entries: Vec<ListedEntry>,
}

#[derive(Serialize)]
struct ListedEntry {
    position: u64,
    at: model::Timestamp,
    actor: String,
    subject: String,
    kind: String,
    body: Option<serde_json::Value>,
}

impl Report for ListReport {
    fn text(&self) -> String {
        let rows = self.entries.iter().map(|entry| {
            vec![entry.position.to_string(), entry.at.to_string(), entry.actor.clone(), entry.subject.clone(), entry.kind.clone()]
        });
        table(&["position", "at", "by", "about", "what"], rows)
    }
}

impl From<LedgerRow> for ListedEntry {
    fn from(row: LedgerRow) -> Self {
        let body = row.body.and_then(|body| serde_json::from_str(&body).ok());
        Self { position: row.seq, at: row.at, actor: row.actor, subject: row.subject, kind: row.kind, body }
    }
}

/// Lists entries: the newest, or all of a name from its beginning.
fn list(session: &Session, name: Option<&str>, limit: u32) -> Result<Ending, Failure> {
    session.may(VerifyLedger)?;
    let store = session.instance.registrar.store();
    let rows = match name {
        Some(name) => {
            let view = session.ask(DomainInfo { name: argument::domain(name)? })?;
            let subject = ledger_subject(view.registration.id, &view.registration.name);
            store.read(|tx| ledger::list_subject_entries(tx, &subject, 0, limit)).map_err(store_failure)?
        }
        None => {
            let mut rows = store.read(|tx| ledger::list_newest_entries(tx, i64::MAX.unsigned_abs(), limit)).map_err(store_failure)?;
            rows.reverse();
            rows
        }
    };
    print(session.format, &ListReport { entries: rows.into_iter().map(ListedEntry::from).collect() });
    Ok(Ending::Done)
}
