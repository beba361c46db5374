//! Values of `policy` as text columns: JSON documents, and the words of its enums.

use serde::Serialize;
use serde::de::value::StrDeserializer;
use serde::de::{DeserializeOwned, IntoDeserializer};

use crate::fault::StoreFault;
use crate::value::Row;

/// A JSON document for a column of `table`.
pub(crate) fn to_json<T: Serialize>(table: &'static str, value: &T) -> Result<String, StoreFault> {
    serde_json::to_string(value).map_err(|error| fault(table, error))
}

/// The word that serde gives a value without fields, such as `kebab-case` states.
pub(crate) fn to_word<T: Serialize>(table: &'static str, value: &T) -> Result<String, StoreFault> {
    let mut word = to_json(table, value)?;
    // A word needs no escapes, so it stands between its quotes as it is.
    if word.len() < 2 || !word.starts_with('"') || word.contains('\\') {
        return Err(fault(table, "it is not a single word"));
    }
    word.pop();
    word.remove(0);
    Ok(word)
}

/// The value behind a word in a column.
pub(crate) fn from_word<T: DeserializeOwned>(row: &Row<'_>, column: usize) -> Result<T, StoreFault> {
    let word: StrDeserializer<'_, serde::de::value::Error> = row.text(column)?.into_deserializer();
    T::deserialize(word).map_err(|error| row.shape(column, error.to_string()))
}

fn fault(table: &'static str, reason: impl std::fmt::Display) -> StoreFault {
    StoreFault::Statement { statement: table, reason: format!("a value cannot be written as JSON: {reason}") }
}
