//! What the public sent: receipts, cases with their log, letters. What names a person is sealed by the caller.

use jiff::Timestamp;
use model::{CaseId, DomainName, LetterId, NoticeId, ReceiptId};
use policy::desk::{Case, CaseKind, FormKind};
use serde::Serialize;

use crate::fault::StoreFault;
use crate::json::to_json;
use crate::sql::desk as sql;
use crate::tx::Tx;
use crate::value::values;

/// The receipt for something that was posted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt<'r> {
    /// Its number.
    pub id: ReceiptId,
    /// For which form.
    pub form: FormKind,
    /// About which of our names; none where it is not one of ours.
    pub name: Option<&'r DomainName>,
    /// A blind index of the sender's address, where senders are counted.
    pub sender: Option<[u8; 16]>,
    /// When it was posted.
    pub posted_at: Timestamp,
    /// What came of it, in a word.
    pub outcome: &'r str,
    /// Until when it is kept.
    pub keep_until: Timestamp,
}

/// A receipt as it was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptRow {
    /// Its number.
    pub id: ReceiptId,
    /// For which form, as a word.
    pub form: String,
    /// About which of our names.
    pub name: Option<String>,
    /// When it was posted.
    pub posted_at: Timestamp,
    /// What came of it, in a word.
    pub outcome: String,
}

/// Keeps a receipt; `false` if it was kept before.
///
/// # Errors
/// If the database cannot be written.
pub fn insert_receipt(tx: &mut Tx<'_>, receipt: &Receipt<'_>) -> Result<bool, StoreFault> {
    let Receipt { id, form, name, sender, posted_at, outcome, keep_until } = receipt;
    let sender = sender.as_ref().map(<[u8; 16]>::as_slice);
    let name = name.map(DomainName::as_str);
    Ok(tx.execute(&sql::INSERT_RECEIPT, values![id.to_string(), form.word(), name, sender, *posted_at, *outcome, *keep_until])? > 0)
}

/// A receipt by its number.
///
/// # Errors
/// If the database cannot be read.
pub fn find_receipt(tx: &mut Tx<'_>, id: ReceiptId) -> Result<Option<ReceiptRow>, StoreFault> {
    tx.find(&sql::FIND_RECEIPT, values![id.to_string()], |row| {
        Ok(ReceiptRow { id, form: row.string(0)?, name: row.opt_string(1)?, posted_at: row.time(2)?, outcome: row.string(3)? })
    })
}

/// The newest receipts of a name, at most `limit`.
///
/// # Errors
/// If the database cannot be read.
pub fn list_receipts(tx: &mut Tx<'_>, name: &DomainName, limit: u32) -> Result<Vec<ReceiptRow>, StoreFault> {
    tx.list(&sql::LIST_RECEIPTS, values![name.as_str(), limit], |row| {
        Ok(ReceiptRow {
            id: row.parse(0)?,
            form: row.string(1)?,
            name: row.opt_string(2)?,
            posted_at: row.time(3)?,
            outcome: row.string(4)?,
        })
    })
}

/// How many receipts with an outcome a name has since an instant, and how many of them from one sender.
///
/// # Errors
/// If the database cannot be read.
pub fn count_receipts(
    tx: &mut Tx<'_>,
    name: &DomainName,
    sender: &[u8; 16],
    since: Timestamp,
    outcome: &str,
) -> Result<(u64, u64), StoreFault> {
    let of_name = tx.find(&sql::COUNT_OF_NAME, values![name.as_str(), since, outcome], |row| row.number(0))?;
    let of_sender = tx.find(&sql::COUNT_OF_SENDER, values![name.as_str(), since, outcome, sender], |row| row.number(0))?;
    Ok((of_name.unwrap_or(0), of_sender.unwrap_or(0)))
}

/// Lets go of up to `limit` receipts whose time is over.
///
/// # Errors
/// If the database cannot be written.
pub fn purge_receipts(tx: &mut Tx<'_>, now: Timestamp, limit: u32) -> Result<u64, StoreFault> {
    tx.execute(&sql::PURGE_RECEIPTS, values![now, limit])
}

/// Keeps a sealed message for the notice that will carry it.
///
/// # Errors
/// If the database cannot be written.
pub fn put_relayed(tx: &mut Tx<'_>, notice: NoticeId, key_owner: &str, sealed: &[u8]) -> Result<(), StoreFault> {
    tx.execute(&sql::PUT_RELAYED, values![notice.to_string(), key_owner, sealed]).map(drop)
}

/// The sealed message of a notice, with the owner of its key.
///
/// # Errors
/// If the database cannot be read.
pub fn find_relayed(tx: &mut Tx<'_>, notice: NoticeId) -> Result<Option<(String, Vec<u8>)>, StoreFault> {
    tx.find(&sql::FIND_RELAYED, values![notice.to_string()], |row| Ok((row.string(0)?, row.blob(1)?.to_vec())))
}

/// Forgets the message of a notice that was carried.
///
/// # Errors
/// If the database cannot be written.
pub fn remove_relayed(tx: &mut Tx<'_>, notice: NoticeId) -> Result<(), StoreFault> {
    tx.execute(&sql::REMOVE_RELAYED, values![notice.to_string()]).map(drop)
}

/// A case as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseRow {
    /// The case.
    pub case: Case,
    /// How often it was changed.
    pub version: u64,
    /// What was sent, sealed.
    pub sealed: Vec<u8>,
    /// The receipt it came with.
    pub receipt: ReceiptId,
}

/// Keeps a new case.
///
/// # Errors
/// [`StoreFault::Constraint`] if a case has its receipt already.
pub fn insert_case(tx: &mut Tx<'_>, case: &Case, receipt: ReceiptId, sealed: &[u8]) -> Result<(), StoreFault> {
    let parameters = values![
        case.id.to_string(),
        case.kind.word(),
        case.state.word(),
        case.name.as_str(),
        receipt.to_string(),
        case.received_at,
        case.due().map(|due| due.hard_due),
        case.next_warning(case.received_at).map(|(at, _)| at),
        to_json("desk_case", case)?,
        sealed,
    ];
    tx.execute(&sql::INSERT_CASE, parameters).map(drop)
}

/// A case by its id.
///
/// # Errors
/// If the database cannot be read.
pub fn find_case(tx: &mut Tx<'_>, id: CaseId) -> Result<Option<CaseRow>, StoreFault> {
    tx.find(&sql::FIND_CASE, values![id.to_string()], |row| {
        Ok(CaseRow { version: row.number(0)?, case: row.json(1)?, sealed: row.blob(2)?.to_vec(), receipt: row.parse(3)? })
    })
}

/// Keeps a case as a command left it at `now`.
///
/// # Errors
/// [`StoreFault::Outdated`] if it was changed since `version`.
pub fn update_case(tx: &mut Tx<'_>, case: &Case, version: u64, keep_until: Option<Timestamp>, now: Timestamp) -> Result<(), StoreFault> {
    let parameters = values![
        case.state.word(),
        case.due().map(|due| due.hard_due),
        case.next_warning(now).map(|(at, _)| at),
        keep_until,
        to_json("desk_case", case)?,
        case.id.to_string(),
        version,
    ];
    tx.execute_one(&sql::UPDATE_CASE, parameters, || StoreFault::Outdated { what: format!("case {}", case.id) })
}

/// Up to `limit` cases of a kind that are not closed, the one that is due first first.
///
/// # Errors
/// If the database cannot be read.
pub fn list_owed(tx: &mut Tx<'_>, kind: CaseKind, limit: u32) -> Result<Vec<Case>, StoreFault> {
    tx.list(&sql::LIST_OWED, values![kind.word(), limit], |row| row.json(0))
}

/// Up to `limit` cases of a kind by the time they were received, after the key `after`.
///
/// # Errors
/// If the database cannot be read.
pub fn list_cases(tx: &mut Tx<'_>, kind: CaseKind, after: Option<(Timestamp, CaseId)>, limit: u32) -> Result<Vec<Case>, StoreFault> {
    let (at, id) = after.map_or((Timestamp::MIN, String::new()), |(at, id)| (at, id.to_string()));
    tx.list(&sql::LIST_CASES, values![kind.word(), at, id, limit], |row| row.json(0))
}

/// Up to `limit` cases about which something has to be said at `now`: each with its version and since when.
///
/// # Errors
/// If the database cannot be read.
pub fn list_warnings(tx: &mut Tx<'_>, now: Timestamp, limit: u32) -> Result<Vec<(Case, u64, Timestamp)>, StoreFault> {
    tx.list(&sql::LIST_WARNINGS, values![now, limit], |row| Ok((row.json(0)?, row.number(1)?, row.time(2)?)))
}

/// Notes when something has to be said of a case next; nothing happens if it was changed since `version`.
///
/// # Errors
/// If the database cannot be written.
pub fn set_warning(tx: &mut Tx<'_>, case: CaseId, version: u64, at: Option<Timestamp>) -> Result<(), StoreFault> {
    tx.execute(&sql::SET_WARNING, values![at, case.to_string(), version]).map(drop)
}

/// Up to `limit` closed cases whose time is over.
///
/// # Errors
/// If the database cannot be read.
pub fn list_over(tx: &mut Tx<'_>, now: Timestamp, limit: u32) -> Result<Vec<CaseId>, StoreFault> {
    tx.list(&sql::LIST_OVER, values![now, limit], |row| row.parse(0))
}

/// Removes a case with its log and its letters. The caller destroys its key.
///
/// # Errors
/// If the database cannot be written.
pub fn remove_case(tx: &mut Tx<'_>, case: CaseId) -> Result<(), StoreFault> {
    let id = case.to_string();
    for statement in [&sql::REMOVE_STEPS, &sql::REMOVE_LETTERS, &sql::REMOVE_CASE] {
        tx.execute(statement, values![&id])?;
    }
    Ok(())
}

/// A step in the log of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepRow {
    /// Its place, from 0 on.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who, as in the ledger.
    pub actor: String,
    /// What, in a word.
    pub word: String,
    /// What was said, sealed.
    pub sealed: Option<Vec<u8>>,
}

/// The place of the next step of a case.
///
/// # Errors
/// If the database cannot be read.
pub fn next_step(tx: &mut Tx<'_>, case: CaseId) -> Result<u64, StoreFault> {
    Ok(tx.find(&sql::COUNT_STEPS, values![case.to_string()], |row| row.number(0))?.unwrap_or(0))
}

/// Appends a step to the log of a case.
///
/// # Errors
/// [`StoreFault::Constraint`] if its place is taken.
pub fn append_step(tx: &mut Tx<'_>, case: CaseId, step: &StepRow) -> Result<(), StoreFault> {
    let StepRow { seq, at, actor, word, sealed } = step;
    let sealed = sealed.as_deref();
    tx.execute(&sql::INSERT_STEP, values![case.to_string(), *seq, *at, actor, word, sealed]).map(drop)
}

/// The log of a case in order.
///
/// # Errors
/// If the database cannot be read.
pub fn list_steps(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<StepRow>, StoreFault> {
    tx.list(&sql::LIST_STEPS, values![case.to_string()], |row| {
        Ok(StepRow {
            seq: row.number(0)?,
            at: row.time(1)?,
            actor: row.string(2)?,
            word: row.string(3)?,
            sealed: row.opt_blob(4)?.map(<[u8]>::to_vec),
        })
    })
}

/// A letter that nobody has carried.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LetterRow {
    /// Its id.
    pub id: LetterId,
    /// Of which case.
    pub case: CaseId,
    /// Its kind, in a word.
    pub kind: String,
    /// When it was ordered.
    pub ordered_at: Timestamp,
    /// Addressee, subject and text, sealed.
    pub sealed: Vec<u8>,
}

/// Orders a letter.
///
/// # Errors
/// If the database cannot be written.
pub fn insert_letter(tx: &mut Tx<'_>, letter: &LetterRow) -> Result<(), StoreFault> {
    let LetterRow { id, case, kind, ordered_at, sealed } = letter;
    tx.execute(&sql::INSERT_LETTER, values![id.to_string(), case.to_string(), kind, *ordered_at, sealed]).map(drop)
}

/// Up to `limit` letters that nobody has carried, by id after `after`.
///
/// # Errors
/// If the database cannot be read.
pub fn list_uncarried(tx: &mut Tx<'_>, after: Option<LetterId>, limit: u32) -> Result<Vec<LetterRow>, StoreFault> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    tx.list(&sql::LIST_UNCARRIED, values![after, limit], |row| {
        Ok(LetterRow {
            id: row.parse(0)?,
            case: row.parse(1)?,
            kind: row.string(2)?,
            ordered_at: row.time(3)?,
            sealed: row.blob(4)?.to_vec(),
        })
    })
}

/// Notes that a letter left.
///
/// # Errors
/// [`StoreFault::Outdated`] if it had left already.
pub fn set_carried(tx: &mut Tx<'_>, id: LetterId, at: Timestamp) -> Result<(), StoreFault> {
    tx.execute_one(&sql::SET_CARRIED, values![at, id.to_string()], || StoreFault::Outdated { what: format!("letter {id}") })
}

/// A letter of a case, without what it says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LetterLine {
    /// Its id.
    pub id: LetterId,
    /// Its kind, in a word.
    pub kind: String,
    /// When it was ordered.
    pub ordered_at: Timestamp,
    /// When it left.
    pub carried_at: Option<Timestamp>,
}

/// The letters of a case in order.
///
/// # Errors
/// If the database cannot be read.
pub fn list_letters(tx: &mut Tx<'_>, case: CaseId) -> Result<Vec<LetterLine>, StoreFault> {
    tx.list(&sql::LIST_LETTERS, values![case.to_string()], |row| {
        Ok(LetterLine { id: row.parse(0)?, kind: row.string(1)?, ordered_at: row.time(2)?, carried_at: row.opt_time(3)? })
    })
}
