//! The one authInfo a registration may have here: to present for a transfer in, or set for a transfer away. Sealed by the
//! caller, removed when it has served (TRF-16).

use jiff::Timestamp;
use model::DomainId;

use crate::fault::StoreFault;
use crate::sql::sealed as sql;
use crate::tx::Tx;
use crate::value::values;

/// Keeps a sealed authInfo in place of the one before.
///
/// # Errors
/// If the database cannot be written.
pub fn set(tx: &mut Tx<'_>, domain: DomainId, sealed: &[u8], now: Timestamp) -> Result<(), StoreFault> {
    tx.execute(&sql::SET_AUTH_INFO, values![domain.to_string(), sealed, now]).map(drop)
}

/// The sealed authInfo, if there is one.
///
/// # Errors
/// If the database cannot be read.
pub fn find(tx: &mut Tx<'_>, domain: DomainId) -> Result<Option<Vec<u8>>, StoreFault> {
    tx.find(&sql::FIND_AUTH_INFO, values![domain.to_string()], |row| Ok(row.blob(0)?.to_vec()))
}

/// Forgets it. Not an error if there is none.
///
/// # Errors
/// If the database cannot be written.
pub fn remove(tx: &mut Tx<'_>, domain: DomainId) -> Result<(), StoreFault> {
    tx.execute(&sql::REMOVE_AUTH_INFO, values![domain.to_string()]).map(drop)
}
