//! `namekeep duties`: what is owed, by when, and what closed it.

use model::{CaseId, DomainName, DutyId, Timestamp};
use policy::desk::{CaseDue, CaseKind};
use policy::{Duty, DutyState};
use registrar::PageRequest;
use registrar::deposit::AskStanding;
use registrar::desk::ListCases;
use registrar::portfolio::{CountLapsed, DomainInfo, DutyFilter, DutyLine, ListDuties, OWED};
use registrar::recovery::AskRecovery;
use serde::Serialize;

use super::{Ending, Session};
use crate::argument;
use crate::cli::{DutiesArgs, DutyFilter as Wanted};
use crate::failure::{Exit, Failure};
use crate::output::{Report, counted, minute, print, table};

/// How a lapsed duty's state is shown.
const LAPSED: &str = "LAPSED ";

/// What separates the instant from the id in the place of a page.
const PLACE_MARK: char = '/';

/// Red and back, for whoever looks at a terminal; `anstream` leaves them out elsewhere.
const RED: (&str, &str) = ("\u{1b}[31m", "\u{1b}[0m");

#[derive(Serialize)]
struct DutiesReport {
    duties: Vec<DutyLine>,
    /// How many are lapsed in all, shown here or not.
    lapsed: u64,
    /// Where the next page begins; none on the last.
    next: Option<String>,
    /// What is owed in cases of the desk, on the first page.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cases: Vec<CaseLine>,
    /// How the duty to deposit stands, on the first page of an instance that has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    deposit: Option<DepositLine>,
    /// Since when the instance is frozen: meanwhile nobody but people fulfils any of them.
    #[serde(skip_serializing_if = "Option::is_none")]
    frozen_since: Option<Timestamp>,
}

/// The duty to deposit: it belongs to no name (ESC-1).
#[derive(Serialize)]
struct DepositLine {
    /// The state that the newest deposit at the agent's holds.
    last_sent: Option<Timestamp>,
    is_lapsed: bool,
}

impl DepositLine {
    fn text(&self) -> String {
        let last =
            self.last_sent.map_or("no deposit lies at the escrow agent's".to_owned(), |at| format!("the last one is of {}", minute(at)));
        let state = if self.is_lapsed { format!("{LAPSED}and waits") } else { "open".to_owned() };
        coloured(&format!("ESC-1, a deposit every day: {last}: {state}"))
    }
}

/// A case that somebody has to work on.
#[derive(Serialize)]
struct CaseLine {
    case: CaseId,
    name: DomainName,
    #[serde(flatten)]
    due: CaseDue,
    is_lapsed: bool,
}

impl Report for DutiesReport {
    fn text(&self) -> String {
        let frozen = self.frozen_since.map(|since| {
            format!("{}FROZEN since {}: nothing below is done by itself; see `namekeep recovery status`.{}\n", RED.0, minute(since), RED.1)
        });
        let mut parts: Vec<String> = frozen.into_iter().collect();
        parts.push(match self.duties.as_slice() {
            [] => "No such duties.".to_owned(),
            duties => duty_table(duties.iter().map(|line| (line.name.as_ref(), &line.duty))),
        });
        if !self.cases.is_empty() {
            parts.push(format!("\n{}", case_table(&self.cases)));
        }
        parts.extend(self.deposit.as_ref().map(|line| format!("\n{}", line.text())));
        if self.lapsed > 0 {
            parts.push(format!("{}{} LAPSED.{}", RED.0, counted(self.lapsed, "duty", "duties"), RED.1));
        }
        parts.extend(self.next.as_ref().map(|next| format!("More: --after {next}")));
        parts.join("\n")
    }
}

/// A table of duties; rows without a name are all about the same one, and have no column for it.
pub fn duty_table<'a>(duties: impl Iterator<Item = (Option<&'a DomainName>, &'a Duty)>) -> String {
    let duties: Vec<_> = duties.collect();
    let is_named = duties.iter().any(|(name, _)| name.is_some());
    let rows = duties.into_iter().map(|(name, duty)| {
        let name = is_named.then(|| name.map(DomainName::to_unicode).unwrap_or_default());
        let columns = [duty.obligation.clone(), duty.clause.clone(), minute(duty.soft_due), minute(duty.hard_due), state(&duty.state)];
        name.into_iter().chain(columns).collect()
    });
    let header = ["name", "duty", "clause", "our target", "at the latest", "state"];
    let table = table(&header[usize::from(!is_named)..], rows);
    coloured(&table)
}

fn case_table(cases: &[CaseLine]) -> String {
    let rows = cases.iter().map(|line| {
        vec![
            line.name.to_unicode(),
            line.due.obligation.to_string(),
            line.case.to_string(),
            minute(line.due.soft_due),
            minute(line.due.hard_due),
            if line.is_lapsed { format!("{LAPSED}and waits") } else { "open".to_owned() },
        ]
    });
    coloured(&table(&["name", "duty", "case of the desk", "our target", "at the latest", "state"], rows))
}

fn coloured(table: &str) -> String {
    let coloured = table.lines().map(|line| if line.contains(LAPSED) { format!("{}{line}{}", RED.0, RED.1) } else { line.to_owned() });
    coloured.collect::<Vec<_>>().join("\n")
}

fn state(state: &DutyState) -> String {
    match state {
        DutyState::Open => "open".to_owned(),
        DutyState::Fulfilled { at, .. } => format!("fulfilled {}", minute(*at)),
        DutyState::Released { reason, .. } => format!("released: {reason}"),
        DutyState::Lapsed { at } => format!("{LAPSED}{}", minute(*at)),
    }
}

/// Lists duties; a lapsed one shows in the exit code, on the page or not.
pub fn run(session: &Session, args: &DutiesArgs) -> Result<Ending, Failure> {
    let report = match &args.name {
        Some(name) => of_name(session, name, args)?,
        None => page(session, args)?,
    };
    let frozen_since = session.ask(AskRecovery)?.freeze.map(|freeze| freeze.since);
    let report = DutiesReport { frozen_since, ..report };
    let has_lapsed = report.lapsed > 0 || frozen_since.is_some();
    print(session.format, &report);
    Ok(if has_lapsed { Ending::Noted(Exit::Finding) } else { Ending::Done })
}

fn of_name(session: &Session, name: &str, args: &DutiesArgs) -> Result<DutiesReport, Failure> {
    let now = session.instance.registrar.now();
    let view = session.ask(DomainInfo { name: argument::domain(name)? })?;
    let name = view.registration.name;
    let lapsed = view.duties.iter().filter(|duty| matches!(duty.state, DutyState::Lapsed { .. })).count() as u64;
    let wanted = view.duties.into_iter().filter(|duty| is_wanted(duty, args.state, now));
    let duties = wanted.map(|duty| DutyLine { name: Some(name.clone()), duty }).collect();
    Ok(DutiesReport { duties, lapsed, next: None, cases: Vec::new(), deposit: None, frozen_since: None })
}

fn page(session: &Session, args: &DutiesArgs) -> Result<DutiesReport, Failure> {
    let after = args.after.as_deref().map(place).transpose()?;
    let filter = filter(args.state, session.instance.registrar.now());
    let page = session.ask(ListDuties { filter, page: PageRequest { after, limit: args.limit } })?;
    let next = page.next.map(|(due, id)| format!("{due}{PLACE_MARK}{id}"));
    let mut cases = cases(session, args)?;
    let deposit = deposit(session)?;
    let lapsed = session.ask(CountLapsed)? + cases.iter().filter(|line| line.is_lapsed).count() as u64;
    let lapsed = lapsed + u64::from(deposit.as_ref().is_some_and(|line| line.is_lapsed));
    if args.after.is_some() {
        cases.clear();
    }
    let deposit = deposit.filter(|_| args.after.is_none());
    Ok(DutiesReport { duties: page.items, lapsed, next, cases, deposit, frozen_since: None })
}

/// How the duty to deposit stands, where the configuration says where to.
fn deposit(session: &Session) -> Result<Option<DepositLine>, Failure> {
    if session.instance.config.escrow.as_ref().is_none_or(|escrow| escrow.agent.is_none()) {
        return Ok(None);
    }
    let standing = session.ask(AskStanding)?;
    let is_lapsed = standing.is_overdue || standing.is_rejected;
    Ok(Some(DepositLine { last_sent: standing.last_sent.map(|sent| sent.watermark), is_lapsed }))
}

/// What people have to do in cases, the one due first first. A case's clock is not a duty of a name: it runs from a letter, by business days too,
/// and ends with the case (DSC-3, DSC-4, ACY-9).
fn cases(session: &Session, args: &DutiesArgs) -> Result<Vec<CaseLine>, Failure> {
    let now = session.instance.registrar.now();
    let mut lines = Vec::new();
    for kind in CaseKind::ALL {
        let page = PageRequest { after: None, limit: args.limit };
        for case in session.ask(ListCases { kind, with_closed: false, page })?.items {
            let Some(due) = case.due() else { continue };
            lines.push(CaseLine { case: case.id, name: case.name, due, is_lapsed: due.hard_due < now });
        }
    }
    lines.retain(|line| match args.state {
        Wanted::Owed | Wanted::Open | Wanted::All => true,
        Wanted::Due => line.due.soft_due <= now,
        Wanted::Lapsed => line.is_lapsed,
    });
    lines.sort_by_key(|line| (line.due.hard_due, line.case));
    Ok(lines)
}

/// The place that an earlier page named: the hard due and the id of its last duty.
fn place(text: &str) -> Result<(Timestamp, DutyId), Failure> {
    let read = text.split_once(PLACE_MARK).and_then(|(due, id)| Some((due.parse().ok()?, id.parse().ok()?)));
    read.ok_or_else(|| Failure::usage(format!("`{text}` is not a place in the list.")).hint("give it as the page before named it"))
}

fn filter(wanted: Wanted, now: Timestamp) -> DutyFilter {
    let state = match wanted {
        Wanted::Owed => Some(OWED),
        Wanted::Open | Wanted::Due => Some("open"),
        Wanted::Lapsed => Some("lapsed"),
        Wanted::All => None,
    };
    DutyFilter { state: state.map(str::to_owned), soft_due_by: (wanted == Wanted::Due).then_some(now), ..DutyFilter::default() }
}

fn is_wanted(duty: &Duty, wanted: Wanted, now: Timestamp) -> bool {
    let is_lapsed = matches!(duty.state, DutyState::Lapsed { .. });
    match wanted {
        Wanted::All => true,
        Wanted::Owed => duty.state == DutyState::Open || is_lapsed,
        Wanted::Open => duty.state == DutyState::Open,
        Wanted::Due => duty.state == DutyState::Open && duty.soft_due <= now,
        Wanted::Lapsed => is_lapsed,
    }
}
