//! Taking intents from the outbox: each gets its frame, its clTRID and its line in the journal, and is marked as sent, all in one
//! transaction before a byte leaves (design rule 2).

use std::fmt;

use epp::conn::Prepared;
use model::{AuthInfo, ClTrid, Contact, ContactId, Timestamp};
use policy::profile::TldProfile;
use policy::{ObjectKey, Operation, Outcome};
use store::intents::{Attempt, ClaimFilter, IntentRow};
use store::{Tx, intents, registrations};

use super::lease::{self, Held};
use super::record::{cancel_unsent, note};
use crate::failure::Failure;
use crate::gate::frame::{FrameFault, Surroundings, build, tld_of_host};
use crate::gate::line::Line;
use crate::maintenance;
use crate::recovery::Restored;
use crate::registry::alarm::{self, Raised};
use crate::registry::balance;
use crate::{command, contact};

/// An intent that may be sent now: it is marked as sent already.
#[derive(Clone)]
pub(super) struct Claimed {
    /// The intent as it was before this attempt.
    pub(super) row: IntentRow,
    /// What this attempt does: the operation, or what is left of it.
    pub(super) operation: Operation,
    /// The command of this attempt.
    pub(super) prepared: Prepared,
    /// The attempts before this one.
    pub(super) earlier: Vec<Attempt>,
    /// When it was marked as sent.
    pub(super) sent_at: Timestamp,
    /// The contact's data, where the operation is about one.
    pub(super) contact: Option<Contact>,
    /// For whom, in the bulk lane.
    pub(super) tenant: String,
}

impl fmt::Debug for Claimed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Claimed({} {} {})", self.prepared.cltrid(), self.operation.word(), self.row.intent.object)
    }
}

impl Claimed {
    /// The clTRID of this attempt.
    pub(super) fn cltrid(&self) -> &ClTrid {
        self.prepared.cltrid()
    }
}

/// Claims up to `limit` intents and prolongs the lease, so that every claim can be carried out within it.
pub(super) fn claim(tx: &mut Tx<'_>, line: &Line, held: &Held, is_bulk_allowed: bool, limit: u32) -> Result<(Held, Vec<Claimed>), Failure> {
    let now = line.registrar.now();
    let held = lease::renew(tx, line, held, now)?;
    let filter = filter(tx, line, is_bulk_allowed, now)?;
    let mut claimed = Vec::new();
    let restored = Restored::find(tx)?;
    for row in intents::list_claimable(tx, line.registry(), now, &filter, limit)? {
        match restored.filter(|restored| restored.doubts(&row)) {
            // Sent by whoever had this state before it was put back, or not: the registry is asked first.
            Some(Restored { since }) => {
                let cltrid = ClTrid::new(&row.intent.id, row.attempts.saturating_add(1));
                intents::mark_doubted(tx, &row, &cltrid, since, now)?;
            }
            None => claimed.extend(begin(tx, line, &held, row, now)?),
        }
    }
    Ok((held, claimed))
}

/// What may be sent now: no bulk work during an announced outage, nothing paid after 2104.
pub(super) fn filter(tx: &mut Tx<'_>, line: &Line, is_bulk_allowed: bool, now: Timestamp) -> Result<ClaimFilter, Failure> {
    let outages = maintenance::list(tx, line.registry(), now)?;
    Ok(ClaimFilter {
        is_bulk_allowed: is_bulk_allowed && !maintenance::is_under_way(&outages, now),
        is_paid_allowed: balance::stopped_since(tx, line.registry())?.is_none(),
    })
}

/// Begins an attempt. An intent whose frame cannot be made is cancelled with the reason: it never was at the registry.
fn begin(tx: &mut Tx<'_>, line: &Line, held: &Held, row: IntentRow, now: Timestamp) -> Result<Option<Claimed>, Failure> {
    let operation = row.remaining.clone().unwrap_or_else(|| row.intent.operation.clone());
    let contact = contact_of(tx, line, &operation)?;
    let attempt = row.attempts.saturating_add(1);
    let cltrid = ClTrid::new(&row.intent.id, attempt);
    let tld = tld_of(line, &row.intent.object);
    let around = Surroundings {
        registry: &line.profile,
        tld,
        auth_info: auth_info_of(tx, line, &row, &operation)?,
        unknown_auth_info: AuthInfo::generate(&mut line.registrar.draw()),
        contact: contact.clone(),
        papers: command::launch_papers::find(tx, &line.registrar, row.intent.domain, &operation)?,
    };
    let person = person_of(tx, &row, &operation, around.papers.mark.is_some())?;
    let prepared = match prepare(&operation, &row.intent.object, &around, &cltrid) {
        Ok(prepared) => prepared,
        Err(fault) => {
            let sentence = format!("{fault}; the intent was cancelled before it was sent");
            let about = Raised::at(line.registry(), "frame", sentence.as_str()).about(&row.intent.object);
            alarm::raise(tx, &about, now)?;
            cancel_unsent(tx, line, &row, &Outcome::Cancelled { message: sentence }, now)?;
            return Ok(None);
        }
    };
    let earlier = if row.attempts == 0 { Vec::new() } else { intents::list_attempts(tx, row.intent.id)? };
    let object = object_name(&row.intent.object);
    intents::mark_sent(tx, row.intent.id, attempt, &cltrid, now, held.fence.epoch())?;
    line.begin(tx, &cltrid, Some(row.intent.id), (note::verb(&operation), Some(&object), person), prepared.frame(), now)?;
    let tenant = tld.map_or_else(|| line.registry().to_string(), |tld| tld.name.to_string());
    Ok(Some(Claimed { row, operation, prepared, earlier, sent_at: now, contact, tenant }))
}

fn prepare(operation: &Operation, object: &ObjectKey, around: &Surroundings<'_>, cltrid: &ClTrid) -> Result<Prepared, FrameFault> {
    let command = build(operation, object, around, cltrid)?;
    Prepared::new(&command).map_err(|error| FrameFault::Unwritable {
        operation: operation.word(),
        object: object.to_string(),
        reason: error.to_string(),
    })
}

/// The rules of the TLD an object is in. Contacts belong to none; at a registry with several products any of them will do.
fn tld_of<'l>(line: &'l Line, object: &ObjectKey) -> Option<&'l TldProfile> {
    match object {
        ObjectKey::Domain(name) => line.profile.tld_of(name),
        ObjectKey::Host(host) => tld_of_host(&line.profile, host).or_else(|| line.profile.tlds.first()),
        ObjectKey::Contact(_) => line.profile.tlds.first(),
    }
}

/// The object as the journal names it.
pub(super) fn object_name(object: &ObjectKey) -> String {
    match object {
        ObjectKey::Domain(name) => name.to_string(),
        ObjectKey::Host(name) => name.to_string(),
        ObjectKey::Contact(handle) => handle.to_string(),
    }
}

fn auth_info_of(tx: &mut Tx<'_>, line: &Line, row: &IntentRow, operation: &Operation) -> Result<Option<AuthInfo>, Failure> {
    match operation {
        Operation::RequestTransfer { .. } | Operation::SetAuthInfo { clear: false } => {
            command::auth_info::find(tx, &line.registrar, row.intent.domain)
        }
        _ => Ok(None),
    }
}

/// The person whose data the frame of an operation holds; a signed mark tells of whom it is for.
fn person_of(tx: &mut Tx<'_>, row: &IntentRow, operation: &Operation, has_mark: bool) -> Result<Option<ContactId>, Failure> {
    Ok(match operation {
        Operation::CreateContact { contact } | Operation::UpdateContact { contact } => Some(*contact),
        _ if has_mark => registrations::find(tx, row.intent.domain)?.and_then(|registration| registration.registrant),
        _ => None,
    })
}

/// The data of the contact that an operation is about.
pub(super) fn contact_of(tx: &mut Tx<'_>, line: &Line, operation: &Operation) -> Result<Option<Contact>, Failure> {
    match operation {
        Operation::CreateContact { contact } | Operation::UpdateContact { contact } => contact::open_contact(tx, &line.registrar, *contact),
        _ => Ok(None),
    }
}
