//! `namekeep escrow ...`: deposits.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use escrow::Layout;
use escrow::openpgp::{Certificate, Form, OwnKey};
use escrow::verify::{self, Expect, Opener};
use jiff::SignedDuration;
use model::Timestamp;
use registrar::deposit::{
    AskStanding, Comparison, DepositEntry, DepositStanding, Depositor, ListDeposits, NoteVerdict, RunDeposit, compare, generic_tlds,
};
use serde::Serialize;

use super::{Ending, Session};
use crate::argument;
use crate::cli::{AgentVerdict, Cli, DepositFolder, EscrowCommand, EscrowKeysCommand};
use crate::escrow_config::{order, read_certificate, read_key, read_recipients, section};
use crate::failure::{Exit, Failure};
use crate::output::{Format, Report, counted, fields, minute, print, table};

/// How long before a key runs out somebody is told (60 days; the agent needs some of them).
const KEY_WARNING: SignedDuration = SignedDuration::from_hours(60 * 24);

/// Findings of a deposit that are printed.
const SHOWN: usize = 200;

/// Runs one command on deposits.
pub fn run(cli: &Cli, command: &EscrowCommand, format: Format) -> Result<Ending, Failure> {
    if let EscrowCommand::Keys(EscrowKeysCommand::New { file, form }) = command {
        print(format, &new_key(file, form, "Registrar data escrow")?);
        return Ok(Ending::Done);
    }
    let session = Session::open(cli, format)?;
    match command {
        EscrowCommand::Run { no_send } => run_now(&session, *no_send),
        EscrowCommand::Status { limit } => status(&session, *limit),
        EscrowCommand::Answer { deposit, verdict, words } => {
            let id = argument::parse("deposit id", deposit)?;
            let is_accepted = *verdict == AgentVerdict::Accepted;
            session.carry_out(NoteVerdict { id, is_accepted, words: words.clone() })?;
            status(&session, 1)
        }
        EscrowCommand::Verify(args) => read(&session, args, false),
        EscrowCommand::Diff(args) => read(&session, args, true),
        EscrowCommand::Keys(_) => show_keys(&session),
        EscrowCommand::Mapping => {
            let layout = Layout { specification: section(&session.instance)?.specification };
            print(format, &MappingReport { mapping: layout.mapping() });
            Ok(Ending::Done)
        }
    }
}

#[derive(Serialize)]
struct MappingReport {
    mapping: String,
}

impl Report for MappingReport {
    fn text(&self) -> String {
        self.mapping.replace("\r\n", "\n").trim_end().to_owned()
    }
}

#[derive(Serialize)]
struct WrittenReport {
    id: String,
    folder: PathBuf,
    names: u64,
    people: u64,
    files: Vec<String>,
    /// Cells that had to be filled and are empty.
    gaps: u64,
    /// The first of them: name or handle, and column.
    first_gaps: Vec<String>,
    is_sent: bool,
}

impl Report for WrittenReport {
    fn text(&self) -> String {
        let mut lines = vec![fields(&[
            ("deposit", self.id.clone()),
            ("folder", self.folder.display().to_string()),
            ("names", self.names.to_string()),
            ("files", self.files.join(", ")),
            ("sent", if self.is_sent { "yes".to_owned() } else { "not yet".to_owned() }),
        ])];
        if self.gaps > 0 {
            let cells = counted(self.gaps, "cell that must be filled is empty", "cells that must be filled are empty");
            lines.push(format!("{cells}; the agent may refuse the deposit:"));
            lines.extend(self.first_gaps.iter().map(|gap| format!("  {gap}")));
        }
        lines.join("\n")
    }
}

fn run_now(session: &Session, no_send: bool) -> Result<Ending, Failure> {
    let leave = session.may(RunDeposit)?;
    let order = order(&session.instance)?;
    let has_agent = order.target.is_some();
    let depositor = Depositor::new(&session.instance.registrar, order);
    let written = depositor.write(&leave)?;
    let is_sent = has_agent && !no_send && depositor.send_now(&leave)?;
    let report = WrittenReport {
        id: written.id.to_string(),
        folder: written.folder,
        names: written.manifest.names,
        people: written.manifest.people,
        files: written.manifest.files.into_iter().map(|file| file.name).collect(),
        gaps: written.gap_count,
        first_gaps: written.gaps.into_iter().map(|gap| format!("{} {}", gap.row, gap.column)).collect(),
        is_sent,
    };
    print(session.format, &report);
    let is_unsent = has_agent && !no_send && !is_sent;
    Ok(if is_unsent {
        Ending::Noted(Exit::Unsettled)
    } else if report.gaps > 0 {
        Ending::Noted(Exit::Finding)
    } else {
        Ending::Done
    })
}

#[derive(Serialize)]
struct StatusReport {
    standing: DepositStanding,
    deposits: Vec<DepositEntry>,
}

impl Report for StatusReport {
    fn text(&self) -> String {
        let DepositStanding { last_sent, last_accepted, is_overdue, is_rejected } = &self.standing;
        let at = |entry: &Option<DepositEntry>| entry.as_ref().map_or("never".to_owned(), |entry| minute(entry.watermark));
        let duty = match (is_overdue, is_rejected) {
            (_, true) => "the agent rejected the newest deposit",
            (true, _) => "overdue: nothing was sent for a day and two hours",
            _ => "kept",
        };
        let head = fields(&[("duty", duty.to_owned()), ("last sent", at(last_sent)), ("last accepted", at(last_accepted))]);
        let rows = self.deposits.iter().map(|entry| {
            let agent = match entry.is_accepted {
                Some(true) => "accepted".to_owned(),
                Some(false) => format!("rejected: {}", entry.verdict.as_deref().unwrap_or_default()),
                None => entry.last_fault.clone().unwrap_or_default(),
            };
            vec![
                entry.id.to_string(),
                entry.kind.clone(),
                minute(entry.watermark),
                entry.names.to_string(),
                entry.sent_at.map(minute).unwrap_or_default(),
                agent,
            ]
        });
        if self.deposits.is_empty() {
            return format!("{head}\nNo deposit was written yet.");
        }
        format!("{head}\n\n{}", table(&["id", "kind", "state of", "names", "sent", "agent"], rows))
    }
}

fn status(session: &Session, limit: u32) -> Result<Ending, Failure> {
    let standing = session.ask(AskStanding)?;
    let deposits = session.ask(ListDeposits { limit })?;
    let is_kept = !standing.is_overdue && !standing.is_rejected;
    print(session.format, &StatusReport { standing, deposits });
    Ok(if is_kept { Ending::Done } else { Ending::Noted(Exit::Finding) })
}

#[derive(Serialize)]
struct ReadReport {
    folder: PathBuf,
    names: u64,
    people: u64,
    names_by_tld: std::collections::BTreeMap<String, u64>,
    /// How many things are wrong, by code.
    counts: std::collections::BTreeMap<&'static str, u64>,
    /// The first of each.
    findings: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comparison: Option<Comparison>,
}

impl Report for ReadReport {
    fn text(&self) -> String {
        let tlds: Vec<String> = self.names_by_tld.iter().map(|(tld, count)| format!("{tld} {count}")).collect();
        let mut lines =
            vec![fields(&[("folder", self.folder.display().to_string()), ("names", format!("{} ({})", self.names, tlds.join(", ")))])];
        if self.counts.is_empty() {
            lines.push("Nothing is wrong with the deposit.".to_owned());
        } else {
            let counts: Vec<String> = self.counts.iter().map(|(code, count)| format!("{code} {count}")).collect();
            lines.push(format!("Wrong: {}", counts.join(", ")));
            lines.extend(self.findings.iter().map(|finding| format!("  {finding}")));
        }
        if let Some(comparison) = &self.comparison {
            lines.push(if comparison.is_equal() {
                format!("It is what the database and the public records hold: {} compared.", counted(comparison.compared, "name", "names"))
            } else {
                "It is not what we hold:".to_owned()
            });
            for (what, told) in [
                ("missing in the deposit", &comparison.missing),
                ("in the deposit alone", &comparison.extra),
                ("different", &comparison.different),
                ("told otherwise to the public", &comparison.public),
            ] {
                if told.count > 0 {
                    lines.push(format!("  {what}: {}, such as {}", told.count, told.first.join(", ")));
                }
            }
            if comparison.changed_since > 0 {
                lines.push(format!("  {} changed since it was written", counted(comparison.changed_since, "name", "names")));
            }
        }
        lines.join("\n")
    }
}

fn read(session: &Session, args: &DepositFolder, compares: bool) -> Result<Ending, Failure> {
    let leave = session.may(RunDeposit)?;
    let instance = &session.instance;
    let config = section(instance)?;
    let key = read_key(&args.key)?;
    let signers = [read_key(&instance.path(&config.key))?.certificate().clone()];
    let recipients = read_recipients(instance)?;
    let tlds: BTreeSet<String> = generic_tlds(&instance.registrar);
    let placeholders = config.placeholders();
    let expect = Expect {
        registrar: Some(config.registrar()?),
        day: args.day.as_deref().map(|day| argument::parse("day", day)).transpose()?,
        specification: None,
        opener: Some(Opener { key: &key, signers: &signers, recipients: Some(&recipients) }),
        tlds: Some(&tlds),
        mapping: None,
        placeholders: &placeholders,
        now: instance.registrar.now(),
    };
    let (report, comparison) = if compares {
        let written_at = session.ask(ListDeposits { limit: 1000 })?;
        let written_at = written_at.iter().find(|entry| args.folder.to_string_lossy().contains(&entry.id.to_string()));
        let written_at: Option<Timestamp> = written_at.map(|entry| entry.watermark);
        let (report, comparison) = compare(&instance.registrar, &leave, &args.folder, &expect, written_at)?;
        (report, Some(comparison))
    } else {
        (verify::verify(&args.folder, &expect, &mut ()), None)
    };
    let is_right = report.is_clean() && comparison.as_ref().is_none_or(Comparison::is_equal);
    let shown = ReadReport {
        folder: args.folder.clone(),
        names: report.names,
        people: report.people,
        names_by_tld: report.names_by_tld,
        counts: report.findings.counts().clone(),
        findings: report.findings.iter().take(SHOWN).map(ToString::to_string).collect(),
        comparison,
    };
    print(session.format, &shown);
    Ok(if is_right { Ending::Done } else { Ending::Noted(Exit::Finding) })
}

#[derive(Serialize)]
pub struct NewKeyReport {
    fingerprint: String,
    secret: PathBuf,
    certificate: PathBuf,
}

impl Report for NewKeyReport {
    fn text(&self) -> String {
        fields(&[
            ("fingerprint", self.fingerprint.clone()),
            ("secret half", self.secret.display().to_string()),
            ("certificate, for others", self.certificate.display().to_string()),
        ])
    }
}

/// Makes a key; the secret half is readable by its owner alone and never written over.
pub fn new_key(file: &Path, form: &str, holder: &str) -> Result<NewKeyReport, Failure> {
    let form: Form = argument::parse("form", form)?;
    let broken = |error: &dyn std::fmt::Display| Failure::new(Exit::Fault, "escrow.key", format!("The key cannot be made: {error}."));
    let mut certificate = file.as_os_str().to_owned();
    certificate.push(".cert");
    let certificate = PathBuf::from(certificate);
    // Keys are made by the clock of the machine: the agent reads their dates.
    let now = registrar::Clock::now(&registrar::SystemClock);
    let key = OwnKey::generate(form, holder, now).map_err(|error| broken(&error))?;
    let secret = key.to_armoured().map_err(|error| broken(&error))?;
    store::secret_file::write_new(file, secret.as_bytes()).map_err(|error| broken(&error))?;
    let public = key.certificate().to_armoured().map_err(|error| broken(&error))?;
    std::fs::write(&certificate, public).map_err(|error| Failure::file(&certificate, "write the certificate", &error))?;
    Ok(NewKeyReport { fingerprint: key.certificate().fingerprint(), secret: file.to_owned(), certificate })
}

#[derive(Serialize)]
struct KeysReport {
    keys: Vec<KeyLine>,
}

#[derive(Serialize)]
struct KeyLine {
    what: &'static str,
    file: PathBuf,
    form: Form,
    fingerprint: String,
    expires_at: Option<Timestamp>,
    /// Why it cannot be used, if so.
    refused: Option<String>,
}

impl Report for KeysReport {
    fn text(&self) -> String {
        let rows = self.keys.iter().map(|key| {
            let until = key.expires_at.map_or("never".to_owned(), minute);
            vec![key.what.to_owned(), key.form.to_string(), key.fingerprint.clone(), until, key.refused.clone().unwrap_or_default()]
        });
        table(&["key", "form", "fingerprint", "runs out", ""], rows)
    }
}

fn show_keys(session: &Session) -> Result<Ending, Failure> {
    let config = section(&session.instance)?;
    let now = session.instance.registrar.now();
    let own = read_key(&session.instance.path(&config.key))?;
    let mut keys = vec![line("ours, signs", &config.key, own.certificate(), now, None)];
    for path in &config.recipients {
        let certificate = read_certificate(&session.instance.path(path))?;
        let refused = certificate.check_recipient(now).err().map(|fault| fault.to_string());
        keys.push(line("recipient", path, &certificate, now, refused));
    }
    let is_soon = |key: &KeyLine| key.expires_at.is_some_and(|end| end.duration_since(now) < KEY_WARNING);
    let is_right = keys.iter().all(|key| key.refused.is_none() && !is_soon(key));
    print(session.format, &KeysReport { keys });
    Ok(if is_right { Ending::Done } else { Ending::Noted(Exit::Finding) })
}

fn line(what: &'static str, file: &Path, certificate: &Certificate, now: Timestamp, refused: Option<String>) -> KeyLine {
    KeyLine {
        what,
        file: file.to_owned(),
        form: certificate.form(),
        fingerprint: certificate.fingerprint(),
        expires_at: certificate.expires_at(now),
        refused,
    }
}
