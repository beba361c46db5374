//! `namekeep duties`: what is owed, by when, and what closed it.

use model::DomainName;
use policy::{Duty, DutyState};
use registrar::PageRequest;
use registrar::portfolio::{DomainInfo, DutyFilter, DutyLine, ListDuties};
use serde::Serialize;

use super::{Ending, Session};
use crate::argument;
use crate::cli::{DutiesArgs, DutyFilter as Wanted};
use crate::failure::{Exit, Failure};
use crate::output::{Report, print, table};

#[derive(Serialize)]
struct DutiesReport {
    duties: Vec<DutyLine>,
}

impl Report for DutiesReport {
    fn text(&self) -> String {
        match self.duties.as_slice() {
            [] => "No such duties.".to_owned(),
            duties => duty_table(duties.iter().map(|line| (line.name.as_ref(), &line.duty))),
        }
    }
}

/// A table of duties; rows without a name are all about the same one, and have no column for it.
pub fn duty_table<'a>(duties: impl Iterator<Item = (Option<&'a DomainName>, &'a Duty)>) -> String {
    let duties: Vec<_> = duties.collect();
    let is_named = duties.iter().any(|(name, _)| name.is_some());
    let rows = duties.into_iter().map(|(name, duty)| {
        let name = is_named.then(|| name.map(DomainName::to_unicode).unwrap_or_default());
        let columns = [
            duty.obligation.clone(),
            duty.clause.clone(),
            duty.soft_due.strftime("%Y-%m-%d %H:%M").to_string(),
            duty.hard_due.strftime("%Y-%m-%d %H:%M").to_string(),
            state(&duty.state),
        ];
        name.into_iter().chain(columns).collect()
    });
    let header = ["name", "duty", "clause", "our target", "at the latest", "state"];
    table(&header[usize::from(!is_named)..], rows)
}

fn state(state: &DutyState) -> String {
    match state {
        DutyState::Open => "open".to_owned(),
        DutyState::Fulfilled { at, .. } => format!("fulfilled {}", at.strftime("%Y-%m-%d %H:%M")),
        DutyState::Released { reason, .. } => format!("released: {reason}"),
        DutyState::Lapsed { at } => format!("LAPSED {}", at.strftime("%Y-%m-%d %H:%M")),
    }
}

/// Lists duties; a lapsed one shows in the exit code.
pub fn run(session: &Session, args: &DutiesArgs) -> Result<Ending, Failure> {
    let now = session.instance.registrar.now();
    let duties = match &args.name {
        Some(name) => {
            let view = session.ask(DomainInfo { name: argument::domain(name)? })?;
            let name = view.registration.name;
            view.duties.into_iter().map(|duty| DutyLine { name: Some(name.clone()), duty }).collect()
        }
        None => session.ask(ListDuties { filter: filter(args.state), page: PageRequest { after: None, limit: args.limit } })?.items,
    };
    let duties: Vec<DutyLine> = duties.into_iter().filter(|line| is_wanted(&line.duty, args.state, now)).collect();
    let has_lapsed = duties.iter().any(|line| matches!(line.duty.state, DutyState::Lapsed { .. }));
    print(session.format, &DutiesReport { duties });
    Ok(if has_lapsed { Ending::Noted(Exit::Finding) } else { Ending::Done })
}

fn filter(wanted: Wanted) -> DutyFilter {
    let state = match wanted {
        Wanted::Open | Wanted::Due => Some("open"),
        Wanted::Lapsed => Some("lapsed"),
        Wanted::All => None,
    };
    DutyFilter { state: state.map(str::to_owned), ..DutyFilter::default() }
}

fn is_wanted(duty: &Duty, wanted: Wanted, now: model::Timestamp) -> bool {
    match wanted {
        Wanted::All => true,
        Wanted::Open => duty.state == DutyState::Open,
        Wanted::Due => duty.state == DutyState::Open && duty.soft_due <= now,
        Wanted::Lapsed => matches!(duty.state, DutyState::Lapsed { .. }),
    }
}
