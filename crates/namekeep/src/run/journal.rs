//! `namekeep registry journal|messages`: what was said to a registry, what it answered, and what it announced.

use std::fmt::Write as _;

use registrar::poll::{ListMessages, MessageLine};
use registrar::registry::{ExchangeLine, ReadJournal};
use serde::Serialize;

use super::account::known;
use super::{Ending, Session};
use crate::argument;
use crate::cli::{JournalArgs, MessagesArgs};
use crate::failure::Failure;
use crate::output::{Report, print, table};

#[derive(Serialize)]
struct JournalReport {
    exchanges: Vec<ExchangeLine>,
}

impl Report for JournalReport {
    fn text(&self) -> String {
        if self.exchanges.is_empty() {
            return "Nothing of the kind is in the journal.".to_owned();
        }
        let rows = self.exchanges.iter().map(|one| {
            vec![
                one.sent_at.strftime("%Y-%m-%d %H:%M:%S").to_string(),
                took(one),
                one.verb.clone(),
                one.object.clone().unwrap_or_default(),
                one.code.map_or_else(|| "no answer".to_owned(), |code| code.to_string()),
                one.cltrid.to_string(),
                one.svtrid.clone().unwrap_or_default(),
            ]
        });
        let mut text = table(&["sent", "took", "verb", "object", "code", "clTRID", "svTRID"], rows);
        for (one, frames) in self.exchanges.iter().filter_map(|one| one.frames.as_ref().map(|frames| (one, frames))) {
            let response = frames.response.as_deref().unwrap_or("(no answer)");
            // Writing to a string does not fail.
            let _ = write!(text, "\n\n{} {}\n> {}\n< {response}", one.verb, one.cltrid, frames.request);
        }
        text
    }
}

fn took(exchange: &ExchangeLine) -> String {
    let took = exchange.received_at.map(|at| at.duration_since(exchange.sent_at).as_millis());
    took.map(|ms| format!("{ms} ms")).unwrap_or_default()
}

/// Shows the journal of a registry.
pub fn journal(session: &Session, args: &JournalArgs) -> Result<Ending, Failure> {
    let exchanges = session.carry_out(ReadJournal {
        registry: known(session, &args.registry)?,
        name: args.name.as_deref().map(argument::domain).transpose()?,
        intent: args.intent.as_deref().map(|id| argument::parse("intent id", id)).transpose()?,
        before: args.before,
        limit: Some(args.limit),
        with_frames: args.frames,
    })?;
    print(session.format, &JournalReport { exchanges });
    Ok(Ending::Done)
}

#[derive(Serialize)]
struct MessagesReport {
    messages: Vec<MessageLine>,
}

impl Report for MessagesReport {
    fn text(&self) -> String {
        if self.messages.is_empty() {
            return "No such messages.".to_owned();
        }
        let rows = self.messages.iter().map(|one| {
            vec![
                one.received_at.strftime("%Y-%m-%d %H:%M:%S").to_string(),
                one.message.clone(),
                one.outcome.clone().unwrap_or_else(|| "not processed yet".to_owned()),
            ]
        });
        table(&["received", "message", "what became of it"], rows)
    }
}

/// Shows the messages of a registry.
pub fn messages(session: &Session, args: &MessagesArgs) -> Result<Ending, Failure> {
    let registry = known(session, &args.registry)?;
    let wanted = ListMessages { registry: Some(registry), only_kept: args.kept, before: args.before, limit: Some(args.limit) };
    let messages = session.ask(wanted)?;
    print(session.format, &MessagesReport { messages });
    Ok(Ending::Done)
}
