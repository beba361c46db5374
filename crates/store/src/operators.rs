//! Operators: the people who run this registrar, and the digests of their tokens. A token itself is never stored.

use jiff::Timestamp;
use model::ActorId;

use crate::fault::StoreFault;
use crate::sql::operators as sql;
use crate::tx::Tx;
use crate::value::{Row, values};

/// A person with a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Operator {
    /// Identity.
    pub id: ActorId,
    /// Name, as shown in lists.
    pub name: String,
    /// SHA-256 of the token's secret.
    pub token_sha256: [u8; 32],
    /// When the operator was enrolled.
    pub created_at: Timestamp,
    /// When the token was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// Stores a new operator.
///
/// # Errors
/// [`StoreFault::Constraint`] if id or token are taken.
pub fn insert(tx: &mut Tx<'_>, operator: &Operator) -> Result<(), StoreFault> {
    let parameters = values![operator.id.to_string(), &operator.name, &operator.token_sha256, operator.created_at, operator.revoked_at];
    tx.execute(&sql::INSERT, parameters).map(drop)
}

/// An operator by id, revoked or not.
///
/// # Errors
/// If the database cannot be read.
pub fn find(tx: &mut Tx<'_>, id: ActorId) -> Result<Option<Operator>, StoreFault> {
    tx.find(&sql::FIND, values![id.to_string()], read)
}

/// All operators, in the order they were enrolled. They are few.
///
/// # Errors
/// If the database cannot be read.
pub fn list(tx: &mut Tx<'_>) -> Result<Vec<Operator>, StoreFault> {
    tx.list(&sql::LIST, &[], read)
}

/// Revokes an operator's token; `false` if there is none in force.
///
/// # Errors
/// If the database cannot be written.
pub fn revoke(tx: &mut Tx<'_>, id: ActorId, now: Timestamp) -> Result<bool, StoreFault> {
    Ok(tx.execute(&sql::REVOKE, values![now, id.to_string()])? > 0)
}

fn read(row: &Row<'_>) -> Result<Operator, StoreFault> {
    Ok(Operator {
        id: row.parse(0)?,
        name: row.string(1)?,
        token_sha256: row.bytes(2)?,
        created_at: row.time(3)?,
        revoked_at: row.opt_time(4)?,
    })
}
