//! What goes into a statement and what comes out: integers, text, blobs and nothing else.

use std::borrow::Cow;
use std::str::FromStr;

use jiff::Timestamp;
use serde::de::DeserializeOwned;

use crate::fault::StoreFault;

/// One parameter or one column. Times are microseconds since the epoch, money is minor units, truth is 0 or 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// A 64-bit integer.
    Int(i64),
    /// Text in UTF-8.
    Text(Cow<'a, str>),
    /// Bytes.
    Blob(Cow<'a, [u8]>),
    /// No value.
    Null,
}

impl Value<'_> {
    /// The kind's word for messages.
    fn kind(&self) -> &'static str {
        match self {
            Self::Int(_) => "an integer",
            Self::Text(_) => "text",
            Self::Blob(_) => "a blob",
            Self::Null => "null",
        }
    }
}

macro_rules! value_from_integer {
    ($($integer:ty),*) => {$(
        impl From<$integer> for Value<'_> {
            fn from(value: $integer) -> Self {
                Self::Int(i64::from(value))
            }
        }
    )*};
}
value_from_integer!(i64, i32, u32, u16, u8, bool);

/// Counters in the store stay far below 2^63; a larger number is stored as the largest integer there is.
impl From<u64> for Value<'_> {
    fn from(value: u64) -> Self {
        Self::Int(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(Cow::Borrowed(value))
    }
}

impl<'a> From<&'a String> for Value<'a> {
    fn from(value: &'a String) -> Self {
        Self::Text(Cow::Borrowed(value))
    }
}

impl From<String> for Value<'_> {
    fn from(value: String) -> Self {
        Self::Text(Cow::Owned(value))
    }
}

impl<'a> From<&'a [u8]> for Value<'a> {
    fn from(value: &'a [u8]) -> Self {
        Self::Blob(Cow::Borrowed(value))
    }
}

impl<'a> From<&'a Vec<u8>> for Value<'a> {
    fn from(value: &'a Vec<u8>) -> Self {
        Self::Blob(Cow::Borrowed(value))
    }
}

impl From<Vec<u8>> for Value<'_> {
    fn from(value: Vec<u8>) -> Self {
        Self::Blob(Cow::Owned(value))
    }
}

impl<'a, const N: usize> From<&'a [u8; N]> for Value<'a> {
    fn from(value: &'a [u8; N]) -> Self {
        Self::Blob(Cow::Borrowed(value))
    }
}

impl From<Timestamp> for Value<'_> {
    fn from(value: Timestamp) -> Self {
        Self::Int(value.as_microsecond())
    }
}

impl<'a, T: Into<Value<'a>>> From<Option<T>> for Value<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

/// Builds the parameters of a statement from anything that turns into a [`Value`].
macro_rules! values {
    ($($value:expr),* $(,)?) => { &[$($crate::value::Value::from($value)),*] };
}
pub(crate) use values;

/// One row of an answer. Columns are read by position; a wrong kind names statement, column and what was found.
#[derive(Clone, Debug)]
pub struct Row<'r> {
    statement: &'static str,
    columns: Vec<Value<'r>>,
}

impl<'r> Row<'r> {
    /// A row of `statement`.
    pub(crate) fn new(statement: &'static str, columns: Vec<Value<'r>>) -> Self {
        Self { statement, columns }
    }

    /// Its columns in order, for tests that look at all of them.
    #[cfg(any(test, feature = "testing"))]
    pub(crate) fn values(&self) -> &[Value<'r>] {
        &self.columns
    }

    /// An integer column.
    pub fn int(&self, column: usize) -> Result<i64, StoreFault> {
        self.opt_int(column)?.ok_or_else(|| self.expected(column, "an integer"))
    }

    /// An integer column that may be null.
    pub fn opt_int(&self, column: usize) -> Result<Option<i64>, StoreFault> {
        match self.column(column)? {
            Value::Int(value) => Ok(Some(*value)),
            Value::Null => Ok(None),
            _ => Err(self.expected(column, "an integer")),
        }
    }

    /// An integer column of any narrower or unsigned type.
    pub fn number<T: TryFrom<i64>>(&self, column: usize) -> Result<T, StoreFault> {
        T::try_from(self.int(column)?).map_err(|_| self.expected(column, "an integer in range"))
    }

    /// An integer column that says yes or no.
    pub fn flag(&self, column: usize) -> Result<bool, StoreFault> {
        Ok(self.int(column)? != 0)
    }

    /// A time column, microseconds since the epoch.
    pub fn time(&self, column: usize) -> Result<Timestamp, StoreFault> {
        self.opt_time(column)?.ok_or_else(|| self.expected(column, "a time"))
    }

    /// A time column that may be null.
    pub fn opt_time(&self, column: usize) -> Result<Option<Timestamp>, StoreFault> {
        self.opt_int(column)?
            .map(|micros| Timestamp::from_microsecond(micros).map_err(|error| self.shape(column, error.to_string())))
            .transpose()
    }

    /// A text column.
    pub fn text(&self, column: usize) -> Result<&str, StoreFault> {
        self.opt_text(column)?.ok_or_else(|| self.expected(column, "text"))
    }

    /// A text column that may be null.
    pub fn opt_text(&self, column: usize) -> Result<Option<&str>, StoreFault> {
        match self.column(column)? {
            Value::Text(value) => Ok(Some(value)),
            Value::Null => Ok(None),
            _ => Err(self.expected(column, "text")),
        }
    }

    /// A text column as an owned string.
    pub fn string(&self, column: usize) -> Result<String, StoreFault> {
        self.text(column).map(str::to_owned)
    }

    /// A text column that may be null, as an owned string.
    pub fn opt_string(&self, column: usize) -> Result<Option<String>, StoreFault> {
        Ok(self.opt_text(column)?.map(str::to_owned))
    }

    /// A text column parsed into a typed value.
    pub fn parse<T>(&self, column: usize) -> Result<T, StoreFault>
    where
        T: FromStr,
        T::Err: std::fmt::Display,
    {
        self.text(column)?.parse().map_err(|error: T::Err| self.shape(column, error.to_string()))
    }

    /// A text column parsed into a typed value that may be null.
    pub fn opt_parse<T>(&self, column: usize) -> Result<Option<T>, StoreFault>
    where
        T: FromStr,
        T::Err: std::fmt::Display,
    {
        self.opt_text(column)?.map(|text| text.parse().map_err(|error: T::Err| self.shape(column, error.to_string()))).transpose()
    }

    /// A text column that holds JSON.
    pub fn json<T: DeserializeOwned>(&self, column: usize) -> Result<T, StoreFault> {
        serde_json::from_str(self.text(column)?).map_err(|error| self.shape(column, error.to_string()))
    }

    /// A text column that holds JSON or null.
    pub fn opt_json<T: DeserializeOwned>(&self, column: usize) -> Result<Option<T>, StoreFault> {
        self.opt_text(column)?.map(|text| serde_json::from_str(text).map_err(|error| self.shape(column, error.to_string()))).transpose()
    }

    /// A blob column.
    pub fn blob(&self, column: usize) -> Result<&[u8], StoreFault> {
        self.opt_blob(column)?.ok_or_else(|| self.expected(column, "a blob"))
    }

    /// A blob column that may be null.
    pub fn opt_blob(&self, column: usize) -> Result<Option<&[u8]>, StoreFault> {
        match self.column(column)? {
            Value::Blob(value) => Ok(Some(value)),
            Value::Null => Ok(None),
            _ => Err(self.expected(column, "a blob")),
        }
    }

    /// A blob column of exactly `N` bytes.
    pub fn bytes<const N: usize>(&self, column: usize) -> Result<[u8; N], StoreFault> {
        let blob = self.blob(column)?;
        blob.try_into().map_err(|_| self.shape(column, format!("expected {N} bytes, found {}", blob.len())))
    }

    /// A blob column of exactly `N` bytes or null.
    pub fn opt_bytes<const N: usize>(&self, column: usize) -> Result<Option<[u8; N]>, StoreFault> {
        self.opt_blob(column)?.map(|_| self.bytes(column)).transpose()
    }

    /// A fault about this column, for readers that find a value they cannot accept.
    pub(crate) fn shape(&self, column: usize, reason: String) -> StoreFault {
        StoreFault::Shape { statement: self.statement, column, reason }
    }

    fn column(&self, column: usize) -> Result<&Value<'r>, StoreFault> {
        self.columns.get(column).ok_or_else(|| self.shape(column, format!("the row has {} columns", self.columns.len())))
    }

    fn expected(&self, column: usize, wanted: &str) -> StoreFault {
        let found = self.columns.get(column).map_or("nothing", Value::kind);
        self.shape(column, format!("expected {wanted}, found {found}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_kind_names_statement_column_and_finding() {
        let row = Row::new("leases.find", vec![Value::from("a"), Value::from(7_i64), Value::Null, Value::from(vec![1_u8, 2])]);
        let cases: [(Result<(), StoreFault>, &str); 6] = [
            (row.int(0).map(drop), "column 0 of statement `leases.find` cannot be read: expected an integer, found text"),
            (row.text(1).map(drop), "column 1 of statement `leases.find` cannot be read: expected text, found an integer"),
            (row.text(2).map(drop), "column 2 of statement `leases.find` cannot be read: expected text, found null"),
            (row.bytes::<3>(3).map(drop), "column 3 of statement `leases.find` cannot be read: expected 3 bytes, found 2"),
            (row.int(4).map(drop), "column 4 of statement `leases.find` cannot be read: the row has 4 columns"),
            (row.number::<u8>(1).map(drop), ""),
        ];
        for (result, sentence) in cases {
            assert_eq!(result.err().map(|fault| fault.to_string()).unwrap_or_default(), sentence);
        }
    }

    #[test]
    fn times_keep_their_microseconds() {
        let time: Timestamp = "2026-11-23T18:30:00.123456Z".parse().unwrap();
        let Value::Int(micros) = Value::from(time) else { panic!("times are integers") };
        assert_eq!(Row::new("x", vec![Value::Int(micros)]).time(0), Ok(time));
    }
}
