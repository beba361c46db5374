//! Intents: the outbox towards registries. What may be sent, what was sent, and what came of it.
//!
//! The states and their moves are those of [`IntentState`]; each function here is one arrow and fails with
//! [`StoreFault::Outdated`] where the arrow does not start at the row's state. The schema itself keeps two unreconciled
//! intents of one object apart.

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::{ClTrid, DomainId, IntentId, RegistryId};
use policy::{Intent, IntentState, Lane, Operation, Outcome};

use crate::fault::StoreFault;
use crate::json::{from_word, to_json, to_word};
use crate::sql::intents as sql;
use crate::tx::Tx;
use crate::value::{Row, values};

const TABLE: &str = "intent";

/// An intent with where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IntentRow {
    /// As decided.
    pub intent: Intent,
    /// Where it stands.
    pub state: IntentState,
    /// How often it was sent.
    pub attempts: u32,
    /// The clTRID of the last attempt.
    pub last_cltrid: Option<ClTrid>,
    /// When it may be sent, or proven, next.
    pub ready_at: Timestamp,
    /// When it was last sent.
    pub sent_at: Option<Timestamp>,
    /// The epoch of the gate's lease at the last attempt.
    pub epoch: u64,
    /// What is left to send after a part was proven done; none for the whole operation.
    pub remaining: Option<Operation>,
    /// The registry's id of a command it has not decided yet.
    pub svtrid: Option<String>,
    /// What came of it.
    pub outcome: Option<Outcome>,
}

/// Which ready intents may be sent now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClaimFilter {
    /// Whether the bulk lane has room.
    pub is_bulk_allowed: bool,
    /// Whether what costs money may be sent; not after 2104.
    pub is_paid_allowed: bool,
}

/// One sending of an intent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// From 1.
    pub attempt: u32,
    /// Its own clTRID.
    pub cltrid: ClTrid,
    /// When it was sent.
    pub sent_at: Timestamp,
    /// When it was known what came of it.
    pub ended_at: Option<Timestamp>,
    /// What came of it, in the gate's words.
    pub outcome: Option<String>,
}

/// Stores an intent, last in the order of decision; `false` if one with its registry, object, operation and business key is
/// there already, which then stays as it is. A waiting intent whose needs are all confirmed is ready at once.
///
/// # Errors
/// If the database cannot be written.
pub fn insert(tx: &mut Tx<'_>, intent: &Intent, state: IntentState) -> Result<bool, StoreFault> {
    let id = intent.id.to_string();
    let added = tx.execute(
        &sql::INSERT,
        values![
            &id,
            intent.registry.as_str(),
            intent.object.to_string(),
            intent.operation.word(),
            &intent.business_key,
            intent.domain.to_string(),
            lane_word(intent.lane),
            is_paid(&intent.operation),
            to_word(TABLE, &state)?,
            intent.decided_at,
            to_json(TABLE, intent)?,
        ],
    )?;
    if added == 0 {
        return Ok(false);
    }
    for needs in &intent.after {
        tx.execute(&sql::ADD_AFTER, values![&id, needs.to_string()])?;
    }
    if state == IntentState::Waiting {
        tx.execute(&sql::READY_IF_FREE, values![intent.decided_at, &id, &id])?;
    }
    Ok(true)
}

/// An intent by id.
///
/// # Errors
/// If the database cannot be read.
pub fn find(tx: &mut Tx<'_>, id: IntentId) -> Result<Option<IntentRow>, StoreFault> {
    tx.find(&sql::FIND, values![id.to_string()], read)
}

/// Every intent of a registration, in the order of decision.
///
/// # Errors
/// If the database cannot be read.
pub fn list_of(tx: &mut Tx<'_>, domain: DomainId) -> Result<Vec<IntentRow>, StoreFault> {
    tx.list(&sql::LIST_OF, values![domain.to_string()], read)
}

/// Up to `limit` intents that may be sent now: ready, with a free object and first in its queue. The interactive lane goes
/// first, then the order of decision.
///
/// # Errors
/// If the database cannot be read.
pub fn list_claimable(
    tx: &mut Tx<'_>,
    registry: &RegistryId,
    now: Timestamp,
    filter: &ClaimFilter,
    limit: u32,
) -> Result<Vec<IntentRow>, StoreFault> {
    let parameters = values![registry.as_str(), now, filter.is_bulk_allowed, filter.is_paid_allowed, limit];
    tx.list(&sql::LIST_CLAIMABLE, parameters, read)
}

/// ready -> sent: committed before the first byte leaves, with the attempt's clTRID and the epoch of the gate's lease.
///
/// # Errors
/// [`StoreFault::Outdated`] unless it is ready; [`StoreFault::Constraint`] if something else is in flight on its object.
pub fn mark_sent(tx: &mut Tx<'_>, id: IntentId, attempt: u32, cltrid: &ClTrid, now: Timestamp, epoch: u64) -> Result<(), StoreFault> {
    let key = id.to_string();
    let parameters = values![attempt, cltrid.as_str(), now, epoch, &key];
    tx.execute_one(&sql::MARK_SENT, parameters, || outdated(id))?;
    tx.execute(&sql::ADD_ATTEMPT, values![cltrid.as_str(), &key, attempt, now]).map(drop)
}

/// ready -> unknown: whoever had this state before it was put back at `until` may have sent it, from when it was decided on. The attempt that
/// nobody remembers gets a row like any other.
///
/// # Errors
/// [`StoreFault::Outdated`] unless it is ready; [`StoreFault::Constraint`] if something else is in flight on its object.
pub fn mark_doubted(tx: &mut Tx<'_>, row: &IntentRow, cltrid: &ClTrid, until: Timestamp, prove_at: Timestamp) -> Result<(), StoreFault> {
    let (id, attempt) = (row.intent.id, row.attempts.saturating_add(1));
    let key = id.to_string();
    let parameters = values![attempt, cltrid.as_str(), until, prove_at, &key];
    tx.execute_one(&sql::MARK_DOUBTED, parameters, || outdated(id))?;
    tx.execute(&sql::ADD_ATTEMPT, values![cltrid.as_str(), &key, attempt, row.intent.decided_at]).map(drop)
}

/// Notes what came of an attempt, once.
///
/// # Errors
/// [`StoreFault::Missing`] if there is no such attempt, or it has ended already.
pub fn end_attempt(tx: &mut Tx<'_>, cltrid: &ClTrid, now: Timestamp, outcome: &str) -> Result<(), StoreFault> {
    tx.execute_one(&sql::END_ATTEMPT, values![now, outcome, cltrid.as_str()], || StoreFault::Missing {
        what: format!("an attempt `{}` under way", cltrid.as_str()),
    })
}

/// The attempts at an intent, first first.
///
/// # Errors
/// If the database cannot be read.
pub fn list_attempts(tx: &mut Tx<'_>, id: IntentId) -> Result<Vec<Attempt>, StoreFault> {
    tx.list(&sql::LIST_ATTEMPTS, values![id.to_string()], |row| {
        Ok(Attempt {
            attempt: row.number(0)?,
            cltrid: row.parse(1)?,
            sent_at: row.time(2)?,
            ended_at: row.opt_time(3)?,
            outcome: row.opt_string(4)?,
        })
    })
}

/// sent | unknown -> ready: proven not done, to be sent from `ready_at` on; `remaining` is the part that is still missing.
///
/// # Errors
/// [`StoreFault::Outdated`] unless it is sent or unknown.
pub fn mark_ready(tx: &mut Tx<'_>, id: IntentId, ready_at: Timestamp, remaining: Option<&Operation>) -> Result<(), StoreFault> {
    let remaining = remaining.map(|operation| to_json(TABLE, operation)).transpose()?;
    tx.execute_one(&sql::MARK_READY, values![ready_at, remaining, id.to_string()], || outdated(id))
}

/// sent | pending | unknown -> unknown: the answer is lost; proof is sought from `prove_at` on.
///
/// # Errors
/// [`StoreFault::Outdated`] in any other state.
pub fn mark_unknown(tx: &mut Tx<'_>, id: IntentId, prove_at: Timestamp) -> Result<(), StoreFault> {
    tx.execute_one(&sql::MARK_UNKNOWN, values![prove_at, id.to_string()], || outdated(id))
}

/// sent | unknown -> pending: the registry took it and will decide later (1001).
///
/// # Errors
/// [`StoreFault::Outdated`] unless it is sent or unknown.
pub fn mark_pending(tx: &mut Tx<'_>, id: IntentId, svtrid: &str) -> Result<(), StoreFault> {
    tx.execute_one(&sql::MARK_PENDING, values![svtrid, id.to_string()], || outdated(id))
}

/// any open state -> confirmed | refused | cancelled. Once confirmed, whatever waited for it alone becomes ready; what
/// waits for a refused or cancelled one is for the caller to cancel, see [`list_waiting_on`].
///
/// # Errors
/// [`StoreFault::Outdated`] if it is settled already.
pub fn settle(tx: &mut Tx<'_>, id: IntentId, state: IntentState, outcome: &Outcome, now: Timestamp) -> Result<(), StoreFault> {
    let key = id.to_string();
    let parameters = values![to_word(TABLE, &state)?, to_json(TABLE, outcome)?, now, &key];
    tx.execute_one(&sql::SETTLE, parameters, || outdated(id))?;
    if state == IntentState::Confirmed {
        tx.execute(&sql::READY_AFTER, values![now, &key])?;
    }
    Ok(())
}

/// Waiting intents that need `id`, in the order of decision.
///
/// # Errors
/// If the database cannot be read.
pub fn list_waiting_on(tx: &mut Tx<'_>, id: IntentId) -> Result<Vec<IntentRow>, StoreFault> {
    tx.list(&sql::LIST_WAITING_ON, values![id.to_string()], read)
}

/// Up to `limit` unknown intents of a registry whose proof is due, longest due first.
///
/// # Errors
/// If the database cannot be read.
pub fn list_provable(tx: &mut Tx<'_>, registry: &RegistryId, now: Timestamp, limit: u32) -> Result<Vec<IntentRow>, StoreFault> {
    tx.list(&sql::LIST_PROVABLE, values![registry.as_str(), now, limit], read)
}

/// Up to `limit` intents of a registry in state sent: after a restart these are unknown.
///
/// # Errors
/// If the database cannot be read.
pub fn list_sent(tx: &mut Tx<'_>, registry: &RegistryId, limit: u32) -> Result<Vec<IntentRow>, StoreFault> {
    tx.list(&sql::LIST_SENT, values![registry.as_str(), limit], read)
}

/// Up to `limit` intents that a registry has not decided and that were sent before `sent_before`.
///
/// # Errors
/// If the database cannot be read.
pub fn list_pending(tx: &mut Tx<'_>, registry: &RegistryId, sent_before: Timestamp, limit: u32) -> Result<Vec<IntentRow>, StoreFault> {
    tx.list(&sql::LIST_PENDING, values![registry.as_str(), sent_before, limit], read)
}

/// Up to `limit` open intents, of one registry or all, by id after `after`.
///
/// # Errors
/// If the database cannot be read.
pub fn list_unsettled(
    tx: &mut Tx<'_>,
    registry: Option<&RegistryId>,
    after: Option<IntentId>,
    limit: u32,
) -> Result<Vec<IntentRow>, StoreFault> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    tx.list(&sql::LIST_UNSETTLED, values![after, registry.map(RegistryId::as_str), limit], read)
}

/// How many intents of a registry are open, by the word of their state. Settled ones are history and not counted.
///
/// # Errors
/// If the database cannot be read.
pub fn count_by_state(tx: &mut Tx<'_>, registry: &RegistryId) -> Result<BTreeMap<String, u64>, StoreFault> {
    let counts = tx.list(&sql::COUNT_BY_STATE, values![registry.as_str()], |row| Ok((row.string(0)?, row.number(1)?)))?;
    Ok(counts.into_iter().collect())
}

fn read(row: &Row<'_>) -> Result<IntentRow, StoreFault> {
    Ok(IntentRow {
        intent: row.json(0)?,
        state: from_word(row, 1)?,
        attempts: row.number(2)?,
        last_cltrid: row.opt_parse(3)?,
        ready_at: row.time(4)?,
        sent_at: row.opt_time(5)?,
        epoch: row.number(6)?,
        remaining: row.opt_json(7)?,
        svtrid: row.opt_string(8)?,
        outcome: row.opt_json(9)?,
    })
}

fn lane_word(lane: Lane) -> &'static str {
    match lane {
        Lane::Interactive => "interactive",
        Lane::Bulk => "bulk",
    }
}

/// Whether the registry charges for it (RFC 5731, RFC 3915): what 2104 stops.
fn is_paid(operation: &Operation) -> bool {
    matches!(
        operation,
        Operation::CreateDomain { .. }
            | Operation::RenewDomain { .. }
            | Operation::RequestTransfer { .. }
            | Operation::RequestRestore { .. }
    )
}

fn outdated(id: IntentId) -> StoreFault {
    StoreFault::Outdated { what: format!("intent {id}") }
}

/// Lets go of every settled intent of a registration, with its attempts; gives how many.
///
/// # Errors
/// If the database cannot be written.
pub fn purge_of(tx: &mut Tx<'_>, domain: DomainId) -> Result<u64, StoreFault> {
    let id = domain.to_string();
    tx.execute(&sql::PURGE_AFTER_OF, values![&id])?;
    tx.execute(&sql::PURGE_ATTEMPTS_OF, values![&id])?;
    tx.execute(&sql::PURGE_OF, values![&id])
}
