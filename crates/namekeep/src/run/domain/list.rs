//! `namekeep domain list`: the portfolio by name, a page at a time.

use registrar::PageRequest;
use registrar::portfolio::{DomainFilter, DomainLine, ListDomains};
use serde::Serialize;

use super::super::{Ending, Session};
use crate::argument;
use crate::cli::ListArgs;
use crate::failure::Failure;
use crate::output::{Report, print, table};

#[derive(Serialize)]
struct ListReport {
    domains: Vec<DomainLine>,
    /// The name to continue after; absent on the last page.
    next: Option<String>,
}

impl Report for ListReport {
    fn text(&self) -> String {
        if self.domains.is_empty() {
            return "No names.".to_owned();
        }
        let rows = self.domains.iter().map(|line| {
            let expires = line.expires_at.map(|at| at.strftime("%Y-%m-%d").to_string()).unwrap_or_default();
            let mut notes: Vec<String> = line.statuses.clone();
            notes.extend(line.is_expired.then(|| "expired".to_owned()));
            notes.extend((line.open_intents > 0).then(|| format!("{} open", line.open_intents)));
            notes.extend((!line.drift.is_empty()).then(|| format!("drift: {}", line.drift.join(", "))));
            let renew = if line.auto_renew { "auto" } else { "" };
            vec![line.name.to_unicode(), line.phase.word().to_owned(), expires, renew.to_owned(), notes.join(", ")]
        });
        let listed = table(&["name", "phase", "expires", "renewal", "notes"], rows);
        match &self.next {
            Some(next) => format!("{listed}\nMore: --after {next}"),
            None => listed,
        }
    }
}

/// Lists names.
pub fn run(session: &Session, args: &ListArgs) -> Result<Ending, Failure> {
    let phase = args.phase.as_deref().map(phase).transpose()?;
    let filter = DomainFilter {
        tld: args.tld.as_deref().map(|tld| argument::parse("TLD", tld)).transpose()?,
        phase,
        expires_before: args.expires_before.map(argument::midnight).transpose()?,
        ..DomainFilter::default()
    };
    // Every life of the name is skipped: ids sort by time, and no id is greater than the last.
    let after = args.after.as_deref().map(argument::domain).transpose()?.map(|name| (name, model::DomainId::from_bytes([0xff; 16])));
    let page = session.ask(ListDomains { filter, page: PageRequest { after, limit: args.limit } })?;
    let report = ListReport { next: page.next.map(|(name, _)| name.to_string()), domains: page.items };
    print(session.format, &report);
    Ok(Ending::Done)
}

fn phase(word: &str) -> Result<policy::Phase, Failure> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).map_err(|_| {
        Failure::usage(format!("`{word}` is not a phase.")).hint(
            "one of: ordered, failed, registered, transferring-in, transferring-out, transferred-away, deleting, redemption, restoring, \
             pending-delete, purged",
        )
    })
}
