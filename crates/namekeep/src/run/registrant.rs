//! `namekeep registrant ...`: everything about a person, found, shown, handed out, held and erased.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use model::{ContactId, Timestamp};
use policy::calendar::utc_date;
use registrar::contact::{
    CancelErasure, Clue, Dossier, DossierOf, EraseRegistrant, Erasure, FindRegistrant, FoundRegistrant, HoldRegistrant, ListErasures,
    OrderedErasure, ReleaseRegistrant, index_contacts,
};
use serde::Serialize;

use super::contact::ContactReport;
use super::duties::duty_table;
use super::{Ending, Session};
use crate::argument;
use crate::cli::{EraseArgs, FindArgs, RegistrantCommand};
use crate::failure::{Exit, Failure};
use crate::output::{Report, counted, fields, print, table};

/// Runs one command on people.
pub fn run(session: &Session, command: &RegistrantCommand) -> Result<Ending, Failure> {
    match command {
        RegistrantCommand::Show { id } => print(session.format, &DossierReport(session.ask(DossierOf { contact: contact(id)? })?)),
        RegistrantCommand::Export { id, out } => {
            let dossier = session.ask(DossierOf { contact: contact(id)? })?;
            write_private(out, &dossier)?;
            print(session.format, &ExportedReport { contact: dossier.id, file: out.display().to_string() });
        }
        RegistrantCommand::Find(args) => {
            index_contacts(&session.instance.registrar)?;
            print(session.format, &FoundReport { found: session.ask(FindRegistrant { clue: clue(args) })? });
        }
        RegistrantCommand::Erase(args) if args.cancel => {
            let contact = contact(&args.id)?;
            session.carry_out(CancelErasure { contact })?;
            print(session.format, &StandingReport { contact, state: "kept" });
        }
        RegistrantCommand::Erase(args) => print(session.format, &erase(session, args)?),
        RegistrantCommand::Erasures => print(session.format, &ErasuresReport { erasures: session.ask(ListErasures)? }),
        RegistrantCommand::Hold { id, reference, reason } => {
            let contact = contact(id)?;
            session.carry_out(HoldRegistrant { contact, reference: reference.clone(), reason: reason.clone() })?;
            print(session.format, &StandingReport { contact, state: "held" });
        }
        RegistrantCommand::Release { id, reference } => {
            let contact = contact(id)?;
            session.carry_out(ReleaseRegistrant { contact, reference: reference.clone() })?;
            print(session.format, &StandingReport { contact, state: "released" });
        }
    }
    Ok(Ending::Done)
}

fn contact(id: &str) -> Result<ContactId, Failure> {
    argument::parse("contact id", id)
}

fn clue(args: &FindArgs) -> Clue {
    match (&args.email, &args.phone, &args.name) {
        (Some(email), ..) => Clue::Email(email.clone()),
        (_, Some(phone), _) => Clue::Phone(phone.clone()),
        (.., name) => Clue::Name(name.clone().unwrap_or_default()),
    }
}

/// What came of an erasure.
#[derive(Serialize)]
struct ErasedReport {
    contact: ContactId,
    #[serde(flatten)]
    erasure: Erasure,
    /// Keys that were cut out of the key file: its copies are to be replaced.
    keys_cut: usize,
    #[serde(skip)]
    is_scrubbed: bool,
}

fn erase(session: &Session, args: &EraseArgs) -> Result<ErasedReport, Failure> {
    let contact = contact(&args.id)?;
    let reason = args.reason.clone().unwrap_or_default();
    let erasure = session.carry_out(EraseRegistrant { contact, reason, when_due: args.when_due })?;
    let swept = session.instance.registrar.sweep_keys()?;
    Ok(ErasedReport { contact, erasure, keys_cut: swept.cut, is_scrubbed: swept.is_scrubbed })
}

impl Report for ErasedReport {
    fn text(&self) -> String {
        match &self.erasure {
            Erasure::Erased => {
                let mut text = format!(
                    "{}: erased. The key file was changed: replace the copies you keep of it, and keep no older one.",
                    self.contact
                );
                if !self.is_scrubbed {
                    text.push_str("\nA reader was at the database; the next night takes what was overwritten out of its log.");
                }
                text
            }
            Erasure::Ordered { due, clocks } => {
                let rows = clocks
                    .iter()
                    .map(|clock| vec![clock.rule.clone(), clock.name.clone().unwrap_or_default(), utc_date(clock.keep_until).to_string()]);
                format!("{}: to be erased on {}.\n{}", self.contact, utc_date(*due), table(&["rule", "name", "until"], rows))
            }
        }
    }
}

#[derive(Serialize)]
struct StandingReport {
    contact: ContactId,
    state: &'static str,
}

impl Report for StandingReport {
    fn text(&self) -> String {
        format!("{}: {}", self.contact, self.state)
    }
}

#[derive(Serialize)]
struct ExportedReport {
    contact: ContactId,
    file: String,
}

impl Report for ExportedReport {
    fn text(&self) -> String {
        format!("{}: everything that is held is in `{}`; it is personal data.", self.contact, self.file)
    }
}

#[derive(Serialize)]
struct FoundReport {
    found: Vec<FoundRegistrant>,
}

impl Report for FoundReport {
    fn text(&self) -> String {
        if self.found.is_empty() {
            return "Nobody.".to_owned();
        }
        table(&["id", "name"], self.found.iter().map(|found| vec![found.id.to_string(), found.name.clone()]))
    }
}

#[derive(Serialize)]
struct ErasuresReport {
    erasures: Vec<OrderedErasure>,
}

impl Report for ErasuresReport {
    fn text(&self) -> String {
        if self.erasures.is_empty() {
            return "No erasure waits.".to_owned();
        }
        let rows = self.erasures.iter().map(|erasure| {
            let due = erasure.due.map_or_else(|| "tonight".to_owned(), |due| utc_date(due).to_string());
            let due = if erasure.is_held { "held".to_owned() } else { due };
            vec![erasure.contact.to_string(), due, utc_date(erasure.ordered_at).to_string(), erasure.reason.clone()]
        });
        table(&["contact", "due", "ordered", "reason"], rows)
    }
}

/// Everything about a person, as people read it.
#[derive(Serialize)]
#[serde(transparent)]
struct DossierReport(Dossier);

impl Report for DossierReport {
    fn text(&self) -> String {
        let dossier = &self.0;
        let person = dossier.contact.as_ref().map(|contact| ContactReport(contact.clone()).text());
        let parts = [Some(standing(dossier)), person, kept(dossier), said(dossier), held_names(dossier), done(dossier)];
        parts.into_iter().flatten().collect::<Vec<_>>().join("\n\n")
    }
}

/// A table under its title; nothing where it has no rows.
fn section(title: &str, columns: &[&str], rows: impl Iterator<Item = Vec<String>>) -> Option<String> {
    let rows: Vec<Vec<String>> = rows.collect();
    (!rows.is_empty()).then(|| format!("{title}\n{}", table(columns, rows)))
}

fn joined(sections: impl IntoIterator<Item = Option<String>>) -> Option<String> {
    let sections: Vec<String> = sections.into_iter().flatten().collect();
    (!sections.is_empty()).then(|| sections.join("\n\n"))
}

fn day(at: Timestamp) -> String {
    utc_date(at).to_string()
}

/// Why the data is kept, and what is kept of earlier days.
fn kept(dossier: &Dossier) -> Option<String> {
    let clocks = dossier.clocks.iter().map(|clock| vec![clock.rule.clone(), clock.name.clone().unwrap_or_default(), day(clock.keep_until)]);
    let holds = dossier.holds.iter().map(|hold| vec![hold.reference.clone(), day(hold.since), hold.reason.clone()]);
    let revisions = dossier.revisions.iter().map(|kept| vec![kept.revision.to_string(), day(kept.keep_until)]);
    joined([
        section("Kept by", &["rule", "name", "until"], clocks),
        section("Held for", &["reference", "since", "reason"], holds),
        section("Earlier data", &["revision", "kept until"], revisions),
    ])
}

/// What the person agreed to.
fn said(dossier: &Dossier) -> Option<String> {
    let words = dossier.consents.iter().map(|word| {
        let state = if word.is_given { "published" } else { "withdrawn" };
        vec![word.element.word().to_owned(), state.to_owned(), word.at.to_string(), word.source.clone()]
    });
    section("Consents", &["element", "consent", "since", "source"], words)
}

/// Where the person is named.
fn held_names(dossier: &Dossier) -> Option<String> {
    let names = dossier.names.iter().map(|line| {
        vec![line.name.to_string(), line.phase.word().to_owned(), line.roles.join(", "), line.expires_at.map(day).unwrap_or_default()]
    });
    let handles = dossier.handles.iter().map(|line| vec![line.registry.to_string(), line.handle.to_string()]);
    joined([section("Names", &["name", "phase", "as", "expires"], names), section("At registries", &["registry", "handle"], handles)])
}

/// What was done for the person.
fn done(dossier: &Dossier) -> Option<String> {
    let notices = dossier.notices.iter().map(|line| {
        vec![line.sent_at.map_or_else(|| "not sent".to_owned(), |at| at.to_string()), line.name.to_string(), line.kind.clone()]
    });
    let duties = duty_table(dossier.duties.iter().map(|line| (Some(&line.name), &line.duty)));
    let ledger = dossier.ledger.iter().map(|line| vec![line.seq.to_string(), line.at.to_string(), line.kind.clone()]);
    joined([
        section("Notices", &["sent", "name", "notice"], notices),
        (!dossier.duties.is_empty()).then(|| format!("Duties\n{duties}")),
        section("In the ledger", &["entry", "at", "what"], ledger),
    ])
}

/// The lines at the head: who, since when, and whether anything waits.
fn standing(dossier: &Dossier) -> String {
    let mut lines = vec![("contact", dossier.id.to_string()), ("saved", day(dossier.created_at)), ("changed", day(dossier.changed_at))];
    if let Some(at) = dossier.erased_at {
        lines.push(("erased", format!("on {}; nothing of the person is left", day(at))));
    }
    if let Some(erasure) = &dossier.erasure {
        let due = erasure.due.map_or_else(|| "tonight".to_owned(), day);
        lines.push(("erasure", format!("due {due}, ordered {} ({})", day(erasure.ordered_at), erasure.reason)));
    }
    if !dossier.notices.is_empty() {
        lines.push(("notices", counted(dossier.notices.len() as u64, "message", "messages")));
    }
    fields(&lines)
}

/// Writes a dossier to a new file that its owner alone can read.
fn write_private(path: &Path, dossier: &Dossier) -> Result<(), Failure> {
    let json = serde_json::to_vec_pretty(dossier)
        .map_err(|error| Failure::new(Exit::Fault, "export", format!("The data cannot be written as JSON: {error}.")))?;
    let written = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    written
        .and_then(|mut file| file.write_all(&json).and_then(|()| file.sync_all()))
        .map_err(|error| Failure::file(path, "write the export", &error))
}
