//! Notices: ordered with the decision, carried later, kept sealed as they left.

use jiff::Timestamp;
use model::{DomainId, NoticeId};
use policy::notice::NoticeOrder;

use crate::fault::StoreFault;
use crate::json::to_json;
use crate::sql::notices as sql;
use crate::tx::Tx;
use crate::value::{Row, values};

/// A notice with where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NoticeRow {
    /// As ordered.
    pub order: NoticeOrder,
    /// When it left; none while nobody carried it.
    pub carried_at: Option<Timestamp>,
    /// Under whose vault key its text is sealed.
    pub key_owner: Option<String>,
    /// Its text as it left, sealed.
    pub sealed: Option<Vec<u8>>,
}

/// Orders a notice; `false` if one with its name and key was ordered before.
///
/// # Errors
/// If the database cannot be written.
pub fn insert(tx: &mut Tx<'_>, order: &NoticeOrder) -> Result<bool, StoreFault> {
    let parameters = values![
        order.id.to_string(),
        order.domain.to_string(),
        &order.key,
        order.kind.word(),
        order.decided_at,
        to_json("notice", order)?,
    ];
    Ok(tx.execute(&sql::INSERT, parameters)? > 0)
}

/// Up to `limit` notices that nobody has carried, by id after `after`.
///
/// # Errors
/// If the database cannot be read.
pub fn list_uncarried(tx: &mut Tx<'_>, after: Option<NoticeId>, limit: u32) -> Result<Vec<NoticeOrder>, StoreFault> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    tx.list(&sql::LIST_UNCARRIED, values![after, limit], |row| row.json(0))
}

/// Notes that a notice left at `at`, and keeps its text, sealed under the key of `key_owner`.
///
/// # Errors
/// [`StoreFault::Outdated`] if it was carried already.
pub fn set_carried(tx: &mut Tx<'_>, id: NoticeId, at: Timestamp, key_owner: &str, sealed: &[u8]) -> Result<(), StoreFault> {
    tx.execute_one(&sql::SET_CARRIED, values![at, key_owner, sealed, id.to_string()], || StoreFault::Outdated {
        what: format!("notice {id}"),
    })
}

/// Takes back a notice that nobody has carried and nobody can get any more; `false` if it was carried.
///
/// # Errors
/// If the database cannot be written.
pub fn remove_uncarried(tx: &mut Tx<'_>, id: NoticeId) -> Result<bool, StoreFault> {
    Ok(tx.execute(&sql::REMOVE_UNCARRIED, values![id.to_string()])? > 0)
}

/// Lets go of every notice about a name; gives how many.
///
/// # Errors
/// If the database cannot be written.
pub fn purge_of(tx: &mut Tx<'_>, domain: DomainId) -> Result<u64, StoreFault> {
    tx.execute(&sql::PURGE_OF, values![domain.to_string()])
}

/// Every notice about a name, in the order they were decided.
///
/// # Errors
/// If the database cannot be read.
pub fn list_of(tx: &mut Tx<'_>, domain: DomainId) -> Result<Vec<NoticeRow>, StoreFault> {
    tx.list(&sql::LIST_OF, values![domain.to_string()], read)
}

fn read(row: &Row<'_>) -> Result<NoticeRow, StoreFault> {
    Ok(NoticeRow {
        order: row.json(0)?,
        carried_at: row.opt_time(1)?,
        key_owner: row.opt_string(2)?,
        sealed: row.opt_blob(3)?.map(<[u8]>::to_vec),
    })
}
