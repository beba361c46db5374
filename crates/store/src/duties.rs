//! Duties: who owes what by when, and what closed it (design section 7).

use std::collections::BTreeMap;

use jiff::Timestamp;
use model::{DomainId, DutyId};
use policy::duty::{Duty, DutyChange, DutyState};

use crate::fault::StoreFault;
use crate::json::{from_word, to_json, to_word};
use crate::sql::duties as sql;
use crate::tx::Tx;
use crate::value::{Row, values};

const TABLE: &str = "duty";

/// The two states in which something is still owed, `open` and `lapsed`, as one word of [`DutyFilter::state`].
pub const OWED: &str = "owed";

/// Which duties to list; every filter that is set must fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DutyFilter {
    /// `open`, `fulfilled`, `released` or `lapsed`, or [`OWED`].
    pub state: Option<String>,
    /// Of this obligation, such as `EXP-1`.
    pub obligation: Option<String>,
    /// Whose hard due is before this instant.
    pub due_before: Option<Timestamp>,
    /// Whose soft due, our own target, is not after this instant.
    pub soft_due_by: Option<Timestamp>,
}

/// Carries out a change; `false` if there was nothing to change, because it was carried out before. The ledger entry that
/// was appended last in this transaction is noted as what opened or closed the duty.
///
/// # Errors
/// If the database cannot be written.
pub fn apply(tx: &mut Tx<'_>, subject: DomainId, change: &DutyChange) -> Result<bool, StoreFault> {
    let (key, standing, may_have_lapsed) = match change {
        DutyChange::Open(duty) => return open(tx, subject, duty),
        DutyChange::Fulfil { key, at, evidence } => (key, DutyState::Fulfilled { at: *at, evidence: evidence.clone() }, true),
        DutyChange::Release { key, at, reason } => (key, DutyState::Released { at: *at, reason: reason.clone() }, true),
        DutyChange::Lapse { key, at } => (key, DutyState::Lapsed { at: *at }, false),
    };
    let entry = tx.last_ledger_entry();
    let parameters = values![word(&standing), to_json(TABLE, &standing)?, entry, subject.to_string(), key, may_have_lapsed];
    Ok(tx.execute(&sql::CLOSE, parameters)? > 0)
}

/// A duty by id.
///
/// # Errors
/// If the database cannot be read.
pub fn find_by_id(tx: &mut Tx<'_>, id: DutyId) -> Result<Option<Duty>, StoreFault> {
    tx.find(&sql::FIND_BY_ID, values![id.to_string()], read)
}

/// The positions of the ledger entries that opened and closed a duty.
///
/// # Errors
/// [`StoreFault::Missing`] if there is no such duty.
pub fn get_ledger_entries(tx: &mut Tx<'_>, id: DutyId) -> Result<(Option<u64>, Option<u64>), StoreFault> {
    let number = |row: &Row<'_>, column| row.opt_int(column).map(|seq| seq.and_then(|seq| u64::try_from(seq).ok()));
    tx.find(&sql::FIND_LEDGER_ENTRIES, values![id.to_string()], |row| Ok((number(row, 0)?, number(row, 1)?)))?
        .ok_or_else(|| StoreFault::Missing { what: format!("duty {id}") })
}

/// Every duty of a registration, earliest hard due first.
///
/// # Errors
/// If the database cannot be read.
pub fn list_of(tx: &mut Tx<'_>, subject: DomainId) -> Result<Vec<Duty>, StoreFault> {
    tx.list(&sql::LIST_OF, values![subject.to_string()], read)
}

/// Up to `limit` duties by hard due and id, after the key `after`.
///
/// # Errors
/// If the database cannot be read.
pub fn list(tx: &mut Tx<'_>, filter: &DutyFilter, after: Option<(Timestamp, DutyId)>, limit: u32) -> Result<Vec<Duty>, StoreFault> {
    let (due, id) = after.map_or((Timestamp::MIN, String::new()), |(due, id)| (due, id.to_string()));
    let obligation = filter.obligation.as_deref();
    let mut in_state = |state: &str| {
        let parameters = values![state, due, &id, filter.due_before, filter.soft_due_by, obligation, limit];
        tx.list(&sql::LIST_IN_STATE, parameters, read)
    };
    match filter.state.as_deref() {
        None => tx.list(&sql::LIST, values![due, &id, filter.due_before, filter.soft_due_by, obligation, limit], read),
        Some(OWED) => {
            // Two walks along the index by state and due are merged; one walk over both states would have to sort them all.
            let mut owed = in_state("open")?;
            owed.extend(in_state("lapsed")?);
            owed.sort_by_key(|duty| (duty.hard_due, duty.id));
            owed.truncate(limit as usize);
            Ok(owed)
        }
        Some(state) => in_state(state),
    }
}

/// How many duties there are in each state.
///
/// # Errors
/// If the database cannot be read.
pub fn count_by_state(tx: &mut Tx<'_>) -> Result<BTreeMap<String, u64>, StoreFault> {
    let counts = tx.list(&sql::COUNT_BY_STATE, &[], |row| Ok((row.string(0)?, row.number(1)?)))?;
    Ok(counts.into_iter().collect())
}

fn open(tx: &mut Tx<'_>, subject: DomainId, duty: &Duty) -> Result<bool, StoreFault> {
    let entry = tx.last_ledger_entry();
    let added = tx.execute(
        &sql::OPEN,
        values![
            duty.id.to_string(),
            subject.to_string(),
            &duty.obligation,
            &duty.clause,
            &duty.key,
            to_word(TABLE, &duty.clock)?,
            duty.opens_at,
            duty.soft_due,
            duty.hard_due,
            word(&duty.state),
            to_json(TABLE, &duty.state)?,
            entry,
        ],
    )?;
    Ok(added > 0)
}

fn read(row: &Row<'_>) -> Result<Duty, StoreFault> {
    Ok(Duty {
        id: row.parse(0)?,
        subject: row.parse(1)?,
        obligation: row.string(2)?,
        clause: row.string(3)?,
        key: row.string(4)?,
        clock: from_word(row, 5)?,
        opens_at: row.time(6)?,
        soft_due: row.time(7)?,
        hard_due: row.time(8)?,
        state: row.json(9)?,
    })
}

/// The word of a state, as it is filtered by.
fn word(state: &DutyState) -> &'static str {
    match state {
        DutyState::Open => "open",
        DutyState::Fulfilled { .. } => "fulfilled",
        DutyState::Released { .. } => "released",
        DutyState::Lapsed { .. } => "lapsed",
    }
}
