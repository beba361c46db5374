//! `namekeep notice ...`: notices with what became of them.

use model::NoticeId;
use registrar::PageRequest;
use registrar::notice::{ListNotices, NoticeEntry, NoticeFilter, NoticeOutcome, NoticeRead, ReadNotice};
use serde::Serialize;

use super::{Ending, Session};
use crate::argument;
use crate::cli::{NoticeCommand, NoticeState};
use crate::failure::Failure;
use crate::output::{Report, minute, print, table};

#[derive(Serialize)]
struct NoticesReport {
    notices: Vec<NoticeEntry>,
    /// Behind which notice the next page begins; none on the last.
    next: Option<NoticeId>,
}

impl Report for NoticesReport {
    fn text(&self) -> String {
        if self.notices.is_empty() {
            return "No such notices.".to_owned();
        }
        let rows = self.notices.iter().map(|notice| {
            vec![
                notice.id.to_string(),
                notice.name.as_ref().map(model::DomainName::to_unicode).unwrap_or_default(),
                kind(notice),
                notice.outcome.to_owned(),
                notice.outcome_at.or(notice.next_try_at).map(minute).unwrap_or_default(),
                notice.reason.clone().unwrap_or_default(),
            ]
        });
        let table = table(&["id", "name", "notice", "outcome", "since, or next try", "reason"], rows);
        match self.next {
            Some(next) => format!("{table}\nMore: --after {next}"),
            None => table,
        }
    }
}

fn kind(notice: &NoticeEntry) -> String {
    serde_json::to_value(notice.kind).ok().and_then(|kind| kind.as_str().map(str::to_owned)).unwrap_or_default()
}

#[derive(Serialize)]
struct NoticeReport {
    #[serde(flatten)]
    entry: NoticeEntry,
    text: Option<String>,
    reply: Option<String>,
}

impl From<NoticeRead> for NoticeReport {
    fn from(read: NoticeRead) -> Self {
        Self { entry: read.entry, text: read.text, reply: read.reply }
    }
}

impl Report for NoticeReport {
    fn text(&self) -> String {
        let NoticeEntry { outcome, outcome_at, reason, .. } = &self.entry;
        let at = outcome_at.map(|at| format!(" on {at}")).unwrap_or_default();
        let reason = reason.as_ref().map(|reason| format!(" ({reason})")).unwrap_or_default();
        let mut parts = vec![format!("{}: {outcome}{at}{reason}", kind(&self.entry))];
        parts.extend(self.reply.as_ref().map(|reply| format!("the last mail server said: {reply}")));
        parts.extend(self.text.as_ref().map(|text| format!("\n{}", text.replace("\r\n", "\n").trim_end())));
        parts.join("\n")
    }
}

/// Runs one command on notices.
pub fn run(session: &Session, command: &NoticeCommand) -> Result<Ending, Failure> {
    match command {
        NoticeCommand::List { name, state, limit, after } => {
            let after = after.as_deref().map(|id| argument::parse("notice id", id)).transpose()?;
            let name = name.as_deref().map(argument::domain).transpose()?;
            let list = ListNotices { name, filter: filter(*state), page: PageRequest { after, limit: *limit } };
            let page = session.ask(list)?;
            print(session.format, &NoticesReport { notices: page.items, next: page.next });
        }
        NoticeCommand::Show { id } => {
            let read = session.ask(ReadNotice { id: argument::parse("notice id", id)? })?;
            print(session.format, &NoticeReport::from(read));
        }
    }
    Ok(Ending::Done)
}

fn filter(state: NoticeState) -> NoticeFilter {
    match state {
        NoticeState::All => NoticeFilter::All,
        NoticeState::Waiting => NoticeFilter::Waiting,
        NoticeState::Delayed => NoticeFilter::Of(NoticeOutcome::Delayed),
        NoticeState::BouncedSoft => NoticeFilter::Of(NoticeOutcome::BouncedSoft),
        NoticeState::BouncedHard => NoticeFilter::Of(NoticeOutcome::BouncedHard),
        NoticeState::Refused => NoticeFilter::Of(NoticeOutcome::Refused),
    }
}
