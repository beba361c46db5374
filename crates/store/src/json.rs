//! Values of `policy` as text columns: JSON documents, and the words of its enums.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::fault::StoreFault;
use crate::value::Row;

/// A JSON document for a column of `table`.
pub(crate) fn to_json<T: Serialize>(table: &'static str, value: &T) -> Result<String, StoreFault> {
    serde_json::to_string(value).map_err(|error| fault(table, error))
}

/// The word that serde gives a value without fields, such as `kebab-case` states.
pub(crate) fn to_word<T: Serialize>(table: &'static str, value: &T) -> Result<String, StoreFault> {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => Ok(word),
        Ok(_) => Err(fault(table, "it is not a single word")),
        Err(error) => Err(fault(table, error)),
    }
}

/// The value behind a word in a column.
pub(crate) fn from_word<T: DeserializeOwned>(row: &Row, column: usize) -> Result<T, StoreFault> {
    let word = serde_json::Value::String(row.string(column)?);
    serde_json::from_value(word).map_err(|error| row.shape(column, error.to_string()))
}

fn fault(table: &'static str, reason: impl std::fmt::Display) -> StoreFault {
    StoreFault::Statement { statement: table, reason: format!("a value cannot be written as JSON: {reason}") }
}
