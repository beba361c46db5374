//! Single sealed values by class and subject, such as the passwords of registry accounts. Sealed by the caller.

use jiff::Timestamp;

use crate::fault::StoreFault;
use crate::sql::sealed as sql;
use crate::tx::Tx;
use crate::value::values;

/// Keeps a sealed value in place of the one before.
///
/// # Errors
/// If the database cannot be written.
pub fn put(tx: &mut Tx<'_>, class: &str, subject: &str, sealed: &[u8], now: Timestamp) -> Result<(), StoreFault> {
    tx.execute(&sql::PUT, values![class, subject, sealed, now]).map(drop)
}

/// The sealed value, if there is one.
///
/// # Errors
/// If the database cannot be read.
pub fn find(tx: &mut Tx<'_>, class: &str, subject: &str) -> Result<Option<Vec<u8>>, StoreFault> {
    tx.find(&sql::FIND, values![class, subject], |row| Ok(row.blob(0)?.to_vec()))
}

/// Forgets it. Not an error if there is none.
///
/// # Errors
/// If the database cannot be written.
pub fn remove(tx: &mut Tx<'_>, class: &str, subject: &str) -> Result<(), StoreFault> {
    tx.execute(&sql::REMOVE, values![class, subject]).map(drop)
}
