//! Deposits in escrow: what was written, sent and answered (ESC-1, ESC-7). The files lie outside the database, sealed for the agent.

use jiff::Timestamp;
use model::DepositId;

use crate::fault::StoreFault;
use crate::sql::deposits as sql;
use crate::tx::Tx;
use crate::value::{Row, values};

/// A deposit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DepositRow {
    /// Identity.
    pub id: DepositId,
    /// `full` or `inc`.
    pub kind: String,
    /// The instant of the state that it holds.
    pub watermark: Timestamp,
    /// Names in it.
    pub names: u64,
    /// Cells that had to be filled and are empty.
    pub gaps: u64,
    /// Its whole account, as JSON.
    pub manifest: String,
    /// When its files were whole.
    pub written_at: Timestamp,
    /// Tries to send it.
    pub tries: u32,
    /// What the last try that failed said.
    pub last_fault: Option<String>,
    /// When it is tried next; none once it was sent.
    pub next_try_at: Option<Timestamp>,
    /// When all of it lay at the agent's.
    pub sent_at: Option<Timestamp>,
    /// What the agent said of it.
    pub verdict: Option<Verdict>,
}

/// What an agent said of a deposit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it was accepted.
    pub is_accepted: bool,
    /// The agent's words.
    pub words: String,
    /// When we learned it.
    pub at: Timestamp,
}

/// The words of the column.
const ACCEPTED: &str = "accepted";
const REJECTED: &str = "rejected";

/// Keeps a deposit whose files are whole.
///
/// # Errors
/// [`StoreFault::Constraint`] if its id is taken.
pub fn insert(tx: &mut Tx<'_>, deposit: &DepositRow) -> Result<(), StoreFault> {
    let DepositRow { id, kind, watermark, names, gaps, manifest, written_at, .. } = deposit;
    tx.execute(&sql::INSERT, values![id.to_string(), kind, *watermark, *names, *gaps, manifest, *written_at]).map(drop)
}

/// A deposit by id.
///
/// # Errors
/// If the database cannot be read.
pub fn find(tx: &mut Tx<'_>, id: DepositId) -> Result<Option<DepositRow>, StoreFault> {
    tx.find(&sql::FIND, values![id.to_string()], read)
}

/// Up to `limit` deposits whose state is older than `before`, the newest first.
///
/// # Errors
/// If the database cannot be read.
pub fn list(tx: &mut Tx<'_>, before: Timestamp, limit: u32) -> Result<Vec<DepositRow>, StoreFault> {
    tx.list(&sql::LIST, values![before, limit], read)
}

/// Up to `limit` deposits of states up to `until` that wait to be sent, the newest first.
///
/// # Errors
/// If the database cannot be read.
pub fn list_unsent(tx: &mut Tx<'_>, until: Timestamp, limit: u32) -> Result<Vec<DepositRow>, StoreFault> {
    tx.list(&sql::LIST_UNSENT, values![until, limit], read)
}

/// The newest of states up to `until` that was sent.
///
/// # Errors
/// If the database cannot be read.
pub fn find_last_sent(tx: &mut Tx<'_>, until: Timestamp) -> Result<Option<DepositRow>, StoreFault> {
    tx.find(&sql::FIND_LAST_SENT, values![until], read)
}

/// The newest of states up to `until` that the agent accepted.
///
/// # Errors
/// If the database cannot be read.
pub fn find_last_accepted(tx: &mut Tx<'_>, until: Timestamp) -> Result<Option<DepositRow>, StoreFault> {
    tx.find(&sql::FIND_LAST_ACCEPTED, values![until], read)
}

/// A try to send it failed; it is tried again at `next_try_at`.
///
/// # Errors
/// If the database cannot be written.
pub fn note_try(tx: &mut Tx<'_>, id: DepositId, fault: &str, next_try_at: Timestamp) -> Result<(), StoreFault> {
    tx.execute(&sql::NOTE_TRY, values![fault, next_try_at, id.to_string()]).map(drop)
}

/// All of it lies at the agent's. `false` if that was known.
///
/// # Errors
/// If the database cannot be written.
pub fn note_sent(tx: &mut Tx<'_>, id: DepositId, at: Timestamp) -> Result<bool, StoreFault> {
    Ok(tx.execute(&sql::NOTE_SENT, values![at, id.to_string()])? > 0)
}

/// The agent answered.
///
/// # Errors
/// [`StoreFault::Missing`] if there is no such deposit.
pub fn note_verdict(tx: &mut Tx<'_>, id: DepositId, verdict: &Verdict) -> Result<(), StoreFault> {
    let word = if verdict.is_accepted { ACCEPTED } else { REJECTED };
    let parameters = values![word, &verdict.words, verdict.at, id.to_string()];
    tx.execute_one(&sql::NOTE_VERDICT, parameters, || StoreFault::Missing { what: format!("deposit {id}") })
}

/// Forgets deposits that were never sent and that a later one makes needless.
///
/// # Errors
/// If the database cannot be written.
pub fn remove_unsent_before(tx: &mut Tx<'_>, watermark: Timestamp) -> Result<u64, StoreFault> {
    tx.execute(&sql::REMOVE_UNSENT_BEFORE, values![watermark])
}

fn read(row: &Row<'_>) -> Result<DepositRow, StoreFault> {
    let verdict = match (row.opt_text(11)?, row.opt_time(13)?) {
        (Some(word), Some(at)) => {
            Some(Verdict { is_accepted: word == ACCEPTED, words: row.opt_text(12)?.unwrap_or_default().to_owned(), at })
        }
        _ => None,
    };
    Ok(DepositRow {
        id: row.parse(0)?,
        kind: row.string(1)?,
        watermark: row.time(2)?,
        names: row.number(3)?,
        gaps: row.number(4)?,
        manifest: row.string(5)?,
        written_at: row.time(6)?,
        tries: row.number(7)?,
        last_fault: row.opt_text(8)?.map(str::to_owned),
        next_try_at: row.opt_time(9)?,
        sent_at: row.opt_time(10)?,
        verdict,
    })
}
