//! `namekeep case ...` and `namekeep disclosure ...`: the desk at the command line.

use std::path::Path;

use model::{CaseId, ReceiptId, Timestamp};
use policy::desk::{Case, CaseCommand as Command, CaseDue, CaseKind, Fields, Finding, Form, FormKind};
use registrar::PageRequest;
use registrar::desk::{CaseView, CaseWords, EnterForm, ListCases, ListReceipts, SetRecipient, ShowCase, WorkCase};
use serde::Serialize;

use super::contact::element;
use super::{Ending, Session, intake};
use crate::argument;
use crate::cli::{CaseCommand, CasesArgs, DecisionArgs, DisclosureCommand, EnterArgs};
use crate::config;
use crate::failure::{Exit, Failure};
use crate::output::{Report, fields, minute, print, table};

/// What separates the instant from the id in the place of a page.
const PLACE_MARK: char = '/';
/// How a text is said to be in a file.
const FILE_MARK: char = '@';
/// Largest file of words, in bytes.
const WORDS_BYTES: u64 = 64 * 1024;

/// Runs one command on reports.
pub fn run_case(session: &Session, command: &CaseCommand) -> Result<Ending, Failure> {
    let kind = CaseKind::Inaccuracy;
    match command {
        CaseCommand::List(args) => list(session, kind, args),
        CaseCommand::Show { case } => show(session, case),
        CaseCommand::Enter(args) => enter(session, FormKind::Inaccuracy, args, false),
        CaseCommand::Acknowledge { case } => work(session, kind, case, Command::Acknowledge, None),
        CaseCommand::Note { case, reason } => work(session, kind, case, Command::Note, Some(words(&reason.reason, None)?)),
        CaseCommand::Inquire { case } => work(session, kind, case, Command::Inquire, None),
        CaseCommand::Close { case, finding, reason } => {
            let found = Finding::ALL.into_iter().find(|one| one.word() == finding);
            let finding = found.ok_or_else(|| Failure::usage(format!("`{finding}` is no finding.")))?;
            work(session, kind, case, Command::Close { finding }, Some(words(&reason.reason, None)?))
        }
        CaseCommand::Receipts { name } => {
            let rows = session.ask(ListReceipts { name: argument::domain(name)? })?;
            let line = |row: store::desk::ReceiptRow| ReceiptLine {
                receipt: row.id,
                form: row.form,
                posted_at: row.posted_at,
                outcome: row.outcome,
            };
            print(session.format, &ReceiptsReport(rows.into_iter().map(line).collect()));
            Ok(Ending::Done)
        }
    }
}

/// Runs one command on requests.
pub fn run_disclosure(session: &Session, command: &DisclosureCommand) -> Result<Ending, Failure> {
    let kind = CaseKind::Disclosure;
    match command {
        DisclosureCommand::List(args) => list(session, kind, args),
        DisclosureCommand::Show { case } => show(session, case),
        DisclosureCommand::Enter { enter: args, urgent } => enter(session, FormKind::Disclosure, args, *urgent),
        DisclosureCommand::Acknowledge { case } => work(session, kind, case, Command::Acknowledge, None),
        DisclosureCommand::Note { case, reason } => work(session, kind, case, Command::Note, Some(words(&reason.reason, None)?)),
        DisclosureCommand::Propose { case, disclose, decision } => {
            let elements = disclose.iter().map(|word| element(word.trim())).collect::<Result<_, _>>()?;
            work(session, kind, case, Command::Propose { elements }, Some(decided(decision)?))
        }
        DisclosureCommand::Approve { case } => work(session, kind, case, Command::Approve, None),
        DisclosureCommand::Refuse { case, decision } => work(session, kind, case, Command::Refuse, Some(decided(decision)?)),
        DisclosureCommand::Extend { case, until, reason } => {
            let until = argument::parse("instant", until)?;
            work(session, kind, case, Command::Extend { until }, Some(words(&reason.reason, None)?))
        }
        DisclosureCommand::Recipient { case, recipient } => {
            session.carry_out(SetRecipient { case: id(case)?, recipient: recipient.clone() })?;
            show(session, case)
        }
        DisclosureCommand::Answer { case } => work(session, kind, case, Command::Answer, None),
    }
}

fn work(session: &Session, kind: CaseKind, case: &str, command: Command, words: Option<CaseWords>) -> Result<Ending, Failure> {
    let case = session.carry_out(WorkCase { case: id(case)?, kind: Some(kind), command, words })?;
    print(session.format, &CaseReport { due: case.due(), case });
    Ok(Ending::Done)
}

fn list(session: &Session, kind: CaseKind, args: &CasesArgs) -> Result<Ending, Failure> {
    let after = args.after.as_deref().map(place).transpose()?;
    let page = session.ask(ListCases { kind, with_closed: args.all, page: PageRequest { after, limit: args.limit } })?;
    let next = page.next.map(|(at, id)| format!("{at}{PLACE_MARK}{id}"));
    let now = session.instance.registrar.now();
    let cases: Vec<CaseReport> = page.items.into_iter().map(|case| CaseReport { due: case.due(), case }).collect();
    let has_lapsed = cases.iter().any(|report| report.due.is_some_and(|due| due.hard_due < now));
    print(session.format, &CasesReport { cases, next, now });
    Ok(if has_lapsed { Ending::Noted(Exit::Finding) } else { Ending::Done })
}

fn show(session: &Session, case: &str) -> Result<Ending, Failure> {
    print(session.format, &ViewReport(session.ask(ShowCase { case: id(case)? })?));
    Ok(Ending::Done)
}

fn enter(session: &Session, kind: FormKind, args: &EnterArgs, is_urgent: bool) -> Result<Ending, Failure> {
    let received_at = args.received_at.as_deref().map(|text| argument::parse("instant", text)).transpose()?;
    let (case, receipt) = session.carry_out(EnterForm {
        kind,
        fields: read_fields(&args.file)?,
        received_at: received_at.unwrap_or_else(|| session.instance.registrar.now()),
        is_urgent,
        rules: intake::rules(&session.instance.config.desk),
    })?;
    print(session.format, &EnteredReport { case, receipt });
    Ok(Ending::Done)
}

/// The fields of a form: a word, `true`, or a list of words each.
fn read_fields(path: &Path) -> Result<Fields, Failure> {
    let text = config::read_text(path, "the file holds the fields of the form, as the page has them")?;
    let table: toml::Table = toml::from_str(&text).map_err(|error| config::fault::of_toml(&text, path, &error))?;
    let word = |value: &toml::Value| match value {
        toml::Value::String(text) => Some(text.clone()),
        toml::Value::Boolean(true) => Some("yes".to_owned()),
        _ => None,
    };
    let values = |value: &toml::Value| match value {
        toml::Value::Array(values) => values.iter().map(word).collect(),
        toml::Value::Boolean(false) => Some(Vec::new()),
        value => word(value).map(|word| vec![word]),
    };
    let field = |(name, value): (&String, &toml::Value)| {
        let wrong = || config::fault::at_key(&text, path, name, "a field is a text, or a list of texts", "write it between quotes");
        Ok((name.clone(), values(value).ok_or_else(wrong)?))
    };
    table.iter().map(field).collect()
}

fn id(text: &str) -> Result<CaseId, Failure> {
    argument::parse("case", text)
}

fn place(text: &str) -> Result<(Timestamp, CaseId), Failure> {
    let read = text.split_once(PLACE_MARK).and_then(|(at, id)| Some((at.parse().ok()?, id.parse().ok()?)));
    read.ok_or_else(|| Failure::usage(format!("`{text}` is not a place in the list.")).hint("give it as the page before named it"))
}

fn decided(decision: &DecisionArgs) -> Result<CaseWords, Failure> {
    words(&decision.reason, Some(&decision.balancing))
}

fn words(reason: &str, balancing: Option<&str>) -> Result<CaseWords, Failure> {
    Ok(CaseWords { reason: said(reason)?, balancing: balancing.map(said).transpose()? })
}

/// The text itself, or that of a file.
fn said(text: &str) -> Result<String, Failure> {
    let Some(path) = text.strip_prefix(FILE_MARK).map(Path::new) else { return Ok(text.to_owned()) };
    let failure = |error| Failure::file(path, "read the words", &error);
    let size = std::fs::metadata(path).map_err(failure)?.len();
    if size > WORDS_BYTES {
        return Err(Failure::usage(format!("`{}` has {size} bytes; words have at most {WORDS_BYTES}.", path.display())));
    }
    std::fs::read_to_string(path).map_err(failure)
}

/// A case without what was sent.
#[derive(Serialize)]
struct CaseReport {
    #[serde(flatten)]
    case: Case,
    due: Option<CaseDue>,
}

impl Report for CaseReport {
    fn text(&self) -> String {
        let due = self.due.map_or_else(|| "nothing is owed".to_owned(), |due| format!("{} by {}", due.obligation, minute(due.hard_due)));
        format!("{}: {} ({due})", self.case.id, self.case.state.word())
    }
}

#[derive(Serialize)]
struct CasesReport {
    cases: Vec<CaseReport>,
    /// Where the next page begins; none on the last.
    next: Option<String>,
    #[serde(skip)]
    now: Timestamp,
}

impl Report for CasesReport {
    fn text(&self) -> String {
        if self.cases.is_empty() {
            return "No such cases.".to_owned();
        }
        let rows = self.cases.iter().map(|CaseReport { case, due }| {
            let (duty, target, limit) = match due {
                Some(due) if due.hard_due < self.now => (due.obligation, minute(due.soft_due), format!("LAPSED {}", minute(due.hard_due))),
                Some(due) => (due.obligation, minute(due.soft_due), minute(due.hard_due)),
                None => ("", String::new(), String::new()),
            };
            let head = [case.id.to_string(), case.name.to_unicode(), case.state.word().to_owned(), minute(case.received_at)];
            head.into_iter().chain([duty.to_owned(), target, limit]).collect()
        });
        let table = table(&["case", "name", "state", "received", "duty", "our target", "at the latest"], rows);
        match &self.next {
            Some(next) => format!("{table}\nMore: --after {next}"),
            None => table,
        }
    }
}

#[derive(Serialize)]
#[serde(transparent)]
struct ViewReport(CaseView);

impl Report for ViewReport {
    fn text(&self) -> String {
        let CaseView { case, due, receipt, form, steps, letters } = &self.0;
        let due = due.map_or_else(String::new, |due| {
            format!("{}, our target {}, at the latest {}", due.obligation, minute(due.soft_due), minute(due.hard_due))
        });
        let mut parts = vec![fields(&[
            ("case", case.id.to_string()),
            ("about", case.kind.word().to_owned()),
            ("name", case.name.to_unicode()),
            ("state", case.state.word().to_owned()),
            ("clock", case.profile.word().to_owned()),
            ("received", minute(case.received_at)),
            ("due", due),
            ("receipt", receipt.to_string()),
        ])];
        parts.push(fields(&sent(form)));
        parts.push(table(
            &["at", "by", "step", "words"],
            steps.iter().map(|step| {
                let words = step.words.as_ref().map(|words| {
                    [Some(words.reason.as_str()), words.balancing.as_deref()].into_iter().flatten().collect::<Vec<_>>().join("\n")
                });
                vec![minute(step.at), step.actor.clone(), step.word.clone(), words.unwrap_or_default()]
            }),
        ));
        if !letters.is_empty() {
            let rows = letters.iter().map(|letter| {
                let carried = letter.carried_at.map(minute).unwrap_or_default();
                vec![letter.id.to_string(), letter.kind.clone(), minute(letter.ordered_at), carried]
            });
            parts.push(table(&["letter", "kind", "ordered", "carried"], rows));
        }
        parts.join("\n\n")
    }
}

/// What was sent, line by line.
fn sent(form: &Form) -> Vec<(&'static str, String)> {
    let mut rows: Vec<_> = form.outsider().map(|from| ("from", format!("{} <{}>", from.name, from.email.as_str()))).into_iter().collect();
    let elements = |elements: &std::collections::BTreeSet<policy::publication::ConsentElement>| {
        elements.iter().map(|element| element.word()).collect::<Vec<_>>().join(", ")
    };
    match form {
        Form::Contact(_) | Form::Verification(_) => {}
        Form::Inaccuracy(report) => {
            rows.extend([("inaccurate", elements(&report.elements)), ("explanation", report.explanation.clone())]);
        }
        Form::Disclosure(request) => {
            let optional = [
                ("organisation", &request.organisation),
                ("phone", &request.phone),
                ("authority", &request.authority),
                ("recipient", &request.recipient),
            ];
            rows.extend([("wants", elements(&request.elements)), ("grounds", request.grounds.clone())]);
            rows.extend(optional.into_iter().filter_map(|(label, value)| Some((label, value.clone()?))));
        }
    }
    rows
}

#[derive(Serialize)]
struct EnteredReport {
    case: CaseId,
    receipt: ReceiptId,
}

impl Report for EnteredReport {
    fn text(&self) -> String {
        format!("{} (receipt {})", self.case, self.receipt)
    }
}

#[derive(Serialize)]
struct ReceiptLine {
    receipt: ReceiptId,
    form: String,
    posted_at: Timestamp,
    outcome: String,
}

#[derive(Serialize)]
#[serde(transparent)]
struct ReceiptsReport(Vec<ReceiptLine>);

impl Report for ReceiptsReport {
    fn text(&self) -> String {
        if self.0.is_empty() {
            return "Nothing came by the forms about this name.".to_owned();
        }
        let rows =
            self.0.iter().map(|line| vec![minute(line.posted_at), line.form.clone(), line.outcome.clone(), line.receipt.to_string()]);
        table(&["posted", "form", "outcome", "receipt"], rows)
    }
}
