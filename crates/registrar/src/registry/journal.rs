//! What was said to a registry and what it answered: the EPP journal, for people.
//!
//! Frames hold personal data and secrets, so they are shown redacted and in no other way (`epp::redact`), and every reading is noted
//! in the ledger: who, of which registry, about what.

use model::{ClTrid, DomainName, IntentId, RegistryId, Timestamp};
use policy::{Permission, Refusal};
use serde::Serialize;
use store::journal;

use crate::actor::ledger_name;
use crate::authorised::NeedsPermission;
use crate::execute::note;
use crate::failure::Failure;
use crate::page::{DEFAULT_PAGE_ITEMS, MAX_PAGE_ITEMS};
use crate::use_case::{UseCase, Work};

/// Read the journal of a registry, newest first; of one intent, its attempts in order.
#[derive(Clone, Debug)]
pub struct ReadJournal {
    /// The registry.
    pub registry: RegistryId,
    /// Only exchanges about this name.
    pub name: Option<DomainName>,
    /// Only the attempts at this intent.
    pub intent: Option<IntentId>,
    /// Only those sent before.
    pub before: Option<Timestamp>,
    /// Most exchanges; 100 where none is given, 1000 at most.
    pub limit: Option<u32>,
    /// Whether both frames are wanted.
    pub with_frames: bool,
}

/// One command and its answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ExchangeLine {
    /// When it was sent.
    pub sent_at: Timestamp,
    /// When the answer came; none while unknown.
    pub received_at: Option<Timestamp>,
    /// Verb and object kind, such as `domain:create`.
    pub verb: String,
    /// The object's name or handle.
    pub object: Option<String>,
    /// The intent it carried out; none for queries and sessions.
    pub intent: Option<IntentId>,
    /// Our id of the command.
    pub cltrid: ClTrid,
    /// The registry's id of it.
    pub svtrid: Option<String>,
    /// The result code; none while unknown.
    pub code: Option<u16>,
    /// Both frames without secrets and personal data, where they were wanted and not erased.
    pub frames: Option<RedactedFrames>,
}

/// The frames of an exchange, as they may be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RedactedFrames {
    /// What we sent.
    pub request: String,
    /// What came back, if it did.
    pub response: Option<String>,
}

/// What the ledger keeps of a reading. A name is no more than its own entries say already.
#[derive(Serialize)]
struct Reading<'a> {
    registry: &'a RegistryId,
    name: Option<&'a DomainName>,
    intent: Option<IntentId>,
    frames: bool,
    exchanges: usize,
}

impl NeedsPermission for ReadJournal {
    fn permission(&self) -> Permission {
        Permission::ReadJournal
    }
}

impl UseCase for ReadJournal {
    type Answer = Vec<ExchangeLine>;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Vec<ExchangeLine>, Failure> {
        if work.registrar.registry(&self.registry).is_none() {
            return Err(Refusal::new("registry.unknown", "design 6", format!("there is no registry `{}`", self.registry))
                .hint("list the registries to see their ids")
                .into());
        }
        let exchanges = self.exchanges(work)?;
        let mut lines = Vec::with_capacity(exchanges.len());
        for exchange in exchanges {
            let frames = if self.with_frames { redacted(work, &exchange.cltrid)? } else { None };
            lines.push(ExchangeLine {
                sent_at: exchange.sent_at,
                received_at: exchange.received_at,
                verb: exchange.verb,
                object: exchange.object,
                intent: exchange.intent,
                cltrid: exchange.cltrid,
                svtrid: exchange.svtrid,
                code: exchange.code,
                frames,
            });
        }
        let reading = Reading {
            registry: &self.registry,
            name: self.name.as_ref(),
            intent: self.intent,
            frames: self.with_frames,
            exchanges: lines.len(),
        };
        note(work.tx, work.registrar, &ledger_name(work.actor), self.registry.as_str(), "journal-read", &reading, work.now)?;
        Ok(lines)
    }
}

impl ReadJournal {
    fn exchanges(&self, work: &mut Work<'_, '_>) -> Result<Vec<journal::Exchange>, Failure> {
        let before = self.before.unwrap_or(Timestamp::MAX);
        let limit = self.limit.unwrap_or(DEFAULT_PAGE_ITEMS).clamp(1, MAX_PAGE_ITEMS);
        let mut found = match (self.intent, &self.name) {
            (Some(intent), _) => journal::list_of_intent(work.tx, intent)?,
            (None, Some(name)) => journal::list_of_object(work.tx, name.as_str(), before, limit)?,
            (None, None) => journal::list_of_account(work.tx, self.registry.as_str(), before, limit)?,
        };
        found.retain(|exchange| {
            exchange.registry == self.registry
                && exchange.sent_at < before
                && self.name.as_ref().is_none_or(|name| exchange.object.as_deref() == Some(name.as_str()))
        });
        found.truncate(limit as usize);
        Ok(found)
    }
}

/// None where the frames were erased with the person they spoke of.
fn redacted(work: &mut Work<'_, '_>, cltrid: &ClTrid) -> Result<Option<RedactedFrames>, Failure> {
    if journal::is_erased(work.tx, work.registrar.vault(), cltrid)? {
        return Ok(None);
    }
    let frames = journal::get_frames(work.tx, work.registrar.vault(), cltrid)?;
    let response = frames.response.as_deref().map(|response| epp::redact(response));
    Ok(Some(RedactedFrames { request: epp::redact(&frames.request), response }))
}
