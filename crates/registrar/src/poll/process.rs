//! A stored message becomes a command, exactly once: its row is marked in the transaction of what it became.

use model::{ClTrid, DomainName, MessageId, RegistrarHandle, Timestamp};
use policy::{Actual, DomainCommand, IntentState, Outcome, RegistryEvent};
use store::{Tx, intents, polls, registrations};

use super::read::Said;
use crate::actor;
use crate::authorised::authorise;
use crate::execute::execute;
use crate::failure::Failure;
use crate::gate::{Line, settle_intent};
use crate::maintenance::{self, Outage};
use crate::order::{DomainOrder, Target};
use crate::registry::alarm::{self, Raised};

/// EPP result code "data management policy violation": how a pending action that ended without its result is told (RFC 5730 section 3).
const PENDING_REFUSED: u16 = 2308;

/// The kind of the alarm that messages were set aside.
pub(super) const ASIDE_ALARM: &str = "messages-aside";

/// What is known of a stored message.
#[derive(Clone, Debug)]
pub(super) enum Content {
    /// What it says.
    Said(Said),
    /// It is no EPP response.
    Unreadable,
    /// Its frame cannot be opened.
    Sealed {
        /// Why not.
        why: String,
    },
}

impl Content {
    pub(super) fn said(&self) -> Option<&Said> {
        match self {
            Self::Said(said) => Some(said),
            Self::Unreadable | Self::Sealed { .. } => None,
        }
    }
}

/// What became of a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Processed {
    /// A sentence for the list of messages.
    pub(super) outcome: String,
    /// Whether nothing followed from it: it is kept for the operator.
    pub(super) is_kept: bool,
}

impl Processed {
    fn taken(outcome: impl Into<String>) -> Self {
        Self { outcome: outcome.into(), is_kept: false }
    }

    fn kept(outcome: impl Into<String>) -> Self {
        Self { outcome: outcome.into(), is_kept: true }
    }
}

/// Processes a message and marks it. A message that another process marked first undoes the whole.
pub(super) fn process(tx: &mut Tx<'_>, line: &Line, message: MessageId, content: &Content) -> Result<Processed, Failure> {
    let now = line.registrar.now();
    let processed = match content {
        Content::Said(said) => take(tx, line, said, now)?,
        Content::Unreadable => {
            Processed::kept("kept: the message cannot be read; `namekeep registry journal REGISTRY --frames` shows it among the `poll req`")
        }
        Content::Sealed { why } => return set_aside(tx, line, message, why),
    };
    polls::mark_processed(tx, message, now, &processed.outcome, processed.is_kept)?;
    Ok(processed)
}

/// Sets a message aside that cannot be processed before somebody mends something: kept with the reason, and an alarm. It holds up
/// no other, and can be taken again.
pub(super) fn set_aside(tx: &mut Tx<'_>, line: &Line, message: MessageId, why: &str) -> Result<Processed, Failure> {
    let now = line.registrar.now();
    let processed = Processed::kept(format!("kept: it could not be processed: {why}"));
    polls::mark_processed(tx, message, now, &processed.outcome, processed.is_kept)?;
    let registry = line.registry();
    let sentence = format!(
        "a message of registry `{registry}` could not be processed: {why}; mend that, then `namekeep registry poll {registry} --kept` takes what was kept again"
    );
    alarm::raise(tx, &Raised::at(registry, ASIDE_ALARM, sentence), now)?;
    Ok(processed)
}

fn take(tx: &mut Tx<'_>, line: &Line, said: &Said, now: Timestamp) -> Result<Processed, Failure> {
    match said {
        Said::PendingObject { cltrid, svtrid, done } => match settle_pending(tx, line, cltrid.as_deref(), svtrid, *done, now)? {
            Some(processed) => Ok(processed),
            None => Ok(Processed::kept("kept: a pending action on a host or contact ended that none of our intents asked for")),
        },
        Said::Event(event @ RegistryEvent::PendingResult { name, cltrid, svtrid, done }) => {
            match settle_pending(tx, line, cltrid.as_deref(), svtrid, *done, now)? {
                Some(processed) => Ok(processed),
                None => of_name(tx, line, name, event, now),
            }
        }
        Said::Event(RegistryEvent::LowBalance { what }) => {
            let sentence = format!("registry `{}` says that the balance is low ({what}); top up the account", line.registry());
            alarm::raise(tx, &Raised::at(line.registry(), "low-balance", sentence), now)?;
            Ok(Processed::taken(format!("alarm raised: {what}")))
        }
        Said::Event(RegistryEvent::Maintenance { from, to, what }) => {
            let outage = Outage { from: *from, until: *to, what: what.clone() };
            maintenance::announce(tx, line.registry(), outage, now)?;
            Ok(Processed::taken(format!("maintenance from {from} to {to} noted")))
        }
        Said::Event(RegistryEvent::HostChanged { host, what }) => Ok(Processed::kept(format!("kept: host {host}: {what}"))),
        Said::Event(RegistryEvent::Other { what }) => Ok(Processed::kept(format!("kept: {what}"))),
        Said::Event(
            event @ (RegistryEvent::Transfer { name, .. }
            | RegistryEvent::AutoRenewed { name, .. }
            | RegistryEvent::Changed { name, .. }
            | RegistryEvent::Purged { name }),
        ) => of_name(tx, line, name, event, now),
    }
}

/// A pending action of ours ended (`panData`): what was refused is settled; what was done is proven by the gate's prover, which
/// also learns its dates. None if no intent of ours waits for it.
fn settle_pending(
    tx: &mut Tx<'_>,
    line: &Line,
    cltrid: Option<&str>,
    svtrid: &str,
    is_done: bool,
    now: Timestamp,
) -> Result<Option<Processed>, Failure> {
    let intent = cltrid.and_then(|cltrid| ClTrid::parse(cltrid).ok()).and_then(|cltrid| cltrid.intent());
    let Some((intent, _)) = intent else {
        return Ok(None);
    };
    let row = intents::find(tx, intent)?.filter(|row| row.intent.registry == *line.registry() && row.state == IntentState::Pending);
    let Some(row) = row.filter(|row| row.svtrid.as_deref().is_none_or(|known| known.is_empty() || known == svtrid)) else {
        return Ok(None);
    };
    if is_done {
        intents::mark_unknown(tx, intent, now)?;
        return Ok(Some(Processed::taken(format!("`{}` of {} was granted", row.intent.operation.word(), row.intent.object))));
    }
    let message = "the registry decided against the pending request".to_owned();
    settle_intent(tx, line, &row, &Outcome::Refused { code: PENDING_REFUSED, message }, now)?;
    Ok(Some(Processed::taken(format!("`{}` of {} was refused", row.intent.operation.word(), row.intent.object))))
}

/// Tells the rules how a name is that has just come to us: its delegation is taken over as it is found.
pub(super) fn adopt(tx: &mut Tx<'_>, line: &Line, said: &Said, actual: &Actual) -> Result<(), Failure> {
    let Said::Event(RegistryEvent::Transfer { name, .. }) = said else {
        return Ok(());
    };
    let Some(registration) = registrations::find_open(tx, name)?.filter(|known| known.registry == *line.registry()) else {
        return Ok(());
    };
    let command = DomainCommand::Observe { actual: Some(Box::new(actual.clone())) };
    let order = authorise(&actor::registry(line.registry()), DomainOrder::new(Target::Existing(registration.id), command))?;
    match execute(tx, &line.registrar, &order) {
        // What the rules do not take is shown by the next reconciliation.
        Ok(_) | Err(Failure::Refused(_)) => Ok(()),
        Err(other) => Err(other),
    }
}

/// Tells the rules what happened to a name. A name that we do not hold, or an event that the rules do not take, is kept.
fn of_name(tx: &mut Tx<'_>, line: &Line, name: &DomainName, event: &RegistryEvent, now: Timestamp) -> Result<Processed, Failure> {
    let Some(registration) = registrations::find_latest(tx, name)?.filter(|known| known.registry == *line.registry()) else {
        return Ok(Processed::kept(format!("kept: `{name}` is not in our care")));
    };
    let command = DomainCommand::TakeRegistryEvent(completed(event, registration.actual.as_ref()));
    let order = authorise(&actor::registry(line.registry()), DomainOrder::new(Target::Existing(registration.id), command))?;
    match execute(tx, &line.registrar, &order) {
        Ok(_) => Ok(Processed::taken(format!("`{}` for {name}", word_of(event)))),
        Err(Failure::Refused(refusal)) => {
            let sentence = format!("the rules did not take what registry `{}` says of {name}: {refusal}", line.registry());
            alarm::raise(tx, &Raised::at(line.registry(), "unruled", sentence).about(name), now)?;
            Ok(Processed::kept(format!("kept: {refusal}")))
        }
        Err(other) => Err(other),
    }
}

/// A message shows the object, seldom with its DNSSEC data (RFC 5910 section 5.1.2 shows that in answers to `info`): what a
/// message is silent on stays as it was known.
fn completed(event: &RegistryEvent, known: Option<&Actual>) -> RegistryEvent {
    let mut event = event.clone();
    if let RegistryEvent::Changed { info: Some(info), .. } = &mut event
        && info.ds.is_empty()
        && let Some(known) = known
    {
        info.ds.clone_from(&known.ds);
    }
    event
}

fn word_of(event: &RegistryEvent) -> &'static str {
    match event {
        RegistryEvent::Transfer { .. } => "transfer",
        RegistryEvent::AutoRenewed { .. } => "auto-renewed",
        RegistryEvent::Changed { .. } => "changed",
        RegistryEvent::Purged { .. } => "purged",
        RegistryEvent::PendingResult { .. } => "pending-result",
        RegistryEvent::HostChanged { .. } => "host-changed",
        RegistryEvent::LowBalance { .. } => "low-balance",
        RegistryEvent::Maintenance { .. } => "maintenance",
        RegistryEvent::Other { .. } => "other",
    }
}

/// The name that an `info` must show before the message is processed. What the message shows itself is the object as it was when
/// the message was queued, which may be before changes of ours; and a name that has just come to us was never shown.
pub(super) fn object_to_ask<'s>(said: &'s Said, us: &RegistrarHandle) -> Option<&'s DomainName> {
    match said {
        Said::Event(RegistryEvent::Changed { name, .. }) => Some(name),
        Said::Event(RegistryEvent::Transfer { name, transfer }) if transfer.status.is_approved() && transfer.requested_by == *us => {
            Some(name)
        }
        _ => None,
    }
}

/// The same message with the object as an `info` showed it.
pub(super) fn with_object(said: Said, actual: Actual) -> Said {
    match said {
        Said::Event(RegistryEvent::Changed { name, what, .. }) => {
            Said::Event(RegistryEvent::Changed { name, what, info: Some(Box::new(actual)) })
        }
        other => other,
    }
}
