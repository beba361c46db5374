//! Fingerprints of rows: what tells, after a restore, that every object is there and is what it was.

use std::cmp::Ordering;
use std::fmt;
use std::io::{self, Read, Write};
use std::path::Path;

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use super::{connect, fault};
use crate::fault::StoreFault;
use crate::hash::sha256;

/// Bytes of a fingerprint: SHA-256, cut.
const DIGEST_BYTES: usize = 16;

/// What a file of fingerprints begins with.
const MAGIC: &[u8; 16] = b"nk-fingerprints1";

/// Marks in the file.
const TABLE: u8 = 1;
const ROW: u8 = 2;
const END: u8 = 3;

/// Longest name of a table and longest key that is read, in bytes.
const NAME_LIMIT: usize = 128;
const KEY_LIMIT: usize = 8192;

/// Of each kind of difference, so many are told.
const TOLD: usize = 100;

/// A row, and what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint {
    /// Its table.
    pub table: String,
    /// Its key, so written that bytes sort as the database sorts.
    pub key: Vec<u8>,
    /// Digest over all of its columns with their types.
    pub digest: [u8; DIGEST_BYTES],
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.table)?;
        let mut rest = self.key.as_slice();
        while let Some((tag, after)) = rest.split_first() {
            let (word, after) = word_of(*tag, after);
            write!(f, " {word}")?;
            rest = after;
        }
        Ok(())
    }
}

/// Gives the fingerprint of every row to `take`, tables by their names, rows by their keys.
pub(super) fn of<E: From<StoreFault>>(connection: &Connection, mut take: impl FnMut(&Fingerprint) -> Result<(), E>) -> Result<(), E> {
    let names = "select name from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\' order by name";
    let tables: Vec<String> = connection
        .prepare(names)
        .and_then(|mut statement| statement.query_map([], |row| row.get(0))?.collect())
        .map_err(|error| fault("list its tables", &error))?;
    for table in tables {
        of_table(connection, &table, &mut take)?;
    }
    Ok(())
}

/// The same for a database file that nobody uses.
///
/// # Errors
/// [`StoreFault`] if it cannot be read, or what `take` answers.
pub fn fingerprints_of_file<E: From<StoreFault>>(database: &Path, take: impl FnMut(&Fingerprint) -> Result<(), E>) -> Result<(), E> {
    of(&connect(database)?, take)
}

fn of_table<E: From<StoreFault>>(
    connection: &Connection,
    table: &str,
    take: &mut impl FnMut(&Fingerprint) -> Result<(), E>,
) -> Result<(), E> {
    let broken = |error: rusqlite::Error| fault(&format!("read its table {table}"), &error);
    let keys: Vec<String> = connection
        .prepare("select name from pragma_table_info($1) where pk > 0 order by pk")
        .and_then(|mut statement| statement.query_map([table], |row| row.get(0))?.collect())
        .map_err(broken)?;
    let quoted = |name: &String| format!("\"{}\"", name.replace('"', "\"\""));
    let by = if keys.is_empty() { "rowid".to_owned() } else { keys.iter().map(quoted).collect::<Vec<_>>().join(", ") };
    let select = format!("select {by}, * from {} order by {by}", quoted(&table.to_owned()));
    let mut statement = connection.prepare(&select).map_err(broken)?;
    let (key_columns, columns) = (keys.len().max(1), statement.column_count());
    let mut rows = statement.query([]).map_err(broken)?;
    let mut found = Fingerprint { table: table.to_owned(), key: Vec::new(), digest: [0; DIGEST_BYTES] };
    let mut content = Vec::new();
    while let Some(row) = rows.next().map_err(broken)? {
        found.key.clear();
        for column in 0..key_columns {
            push_key(&mut found.key, row.get_ref(column).map_err(broken)?);
        }
        content.clear();
        for column in key_columns..columns {
            push_value(&mut content, row.get_ref(column).map_err(broken)?);
        }
        found.digest.copy_from_slice(&sha256(&[&content])[..DIGEST_BYTES]);
        take(&found)?;
    }
    Ok(())
}

/// Types sort as the database sorts them, and no value is the beginning of another.
fn push_key(key: &mut Vec<u8>, value: ValueRef<'_>) {
    match value {
        ValueRef::Null => key.push(b'n'),
        ValueRef::Integer(number) => {
            key.push(b'o');
            // With the sign turned, bytes sort as numbers.
            key.extend((number as u64 ^ (1 << 63)).to_be_bytes());
        }
        ValueRef::Real(number) => {
            key.push(b'p');
            key.extend(number.to_be_bytes());
        }
        ValueRef::Text(bytes) => push_bytes(key, b'q', bytes),
        ValueRef::Blob(bytes) => push_bytes(key, b'r', bytes),
    }
}

fn push_bytes(key: &mut Vec<u8>, tag: u8, bytes: &[u8]) {
    key.push(tag);
    for byte in bytes {
        key.push(*byte);
        if *byte == 0 {
            key.push(0xff);
        }
    }
    key.extend([0, 0]);
}

/// One value of a key for people, and what comes after it.
fn word_of(tag: u8, rest: &[u8]) -> (String, &[u8]) {
    match tag {
        b'o' | b'p' if rest.len() >= 8 => {
            let (eight, after) = rest.split_at(8);
            let number = eight.iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
            let word = if tag == b'o' { ((number ^ (1 << 63)) as i64).to_string() } else { f64::from_bits(number).to_string() };
            (word, after)
        }
        b'q' | b'r' => {
            let mut bytes = Vec::new();
            let mut at = 0;
            while at < rest.len() && rest.get(at..at + 2) != Some(&[0, 0]) {
                bytes.push(rest[at]);
                at += if rest[at] == 0 { 2 } else { 1 };
            }
            let word = match String::from_utf8(bytes) {
                Ok(text) if tag == b'q' => text,
                read => {
                    let bytes = read.map_or_else(std::string::FromUtf8Error::into_bytes, String::into_bytes);
                    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
                }
            };
            (word, rest.get(at + 2..).unwrap_or_default())
        }
        _ => ("-".to_owned(), rest.get(if tag == b'n' { 0 } else { rest.len() }..).unwrap_or_default()),
    }
}

fn push_value(content: &mut Vec<u8>, value: ValueRef<'_>) {
    let mut sized = |tag: u8, bytes: &[u8]| {
        content.push(tag);
        content.extend((bytes.len() as u64).to_be_bytes());
        content.extend(bytes);
    };
    match value {
        ValueRef::Null => content.push(b'n'),
        ValueRef::Integer(number) => sized(b'i', &number.to_be_bytes()),
        ValueRef::Real(number) => sized(b'f', &number.to_be_bytes()),
        ValueRef::Text(bytes) => sized(b't', bytes),
        ValueRef::Blob(bytes) => sized(b'b', bytes),
    }
}

/// Writes fingerprints to a stream, in the order in which they are given.
pub struct FingerprintWriter<W> {
    out: W,
    table: Option<String>,
    count: u64,
}

impl<W: Write> FingerprintWriter<W> {
    /// Begins.
    ///
    /// # Errors
    /// If `out` takes nothing.
    pub fn new(mut out: W) -> io::Result<Self> {
        out.write_all(MAGIC)?;
        Ok(Self { out, table: None, count: 0 })
    }

    /// Adds one.
    ///
    /// # Errors
    /// As [`FingerprintWriter::new`].
    pub fn add(&mut self, one: &Fingerprint) -> io::Result<()> {
        if self.table.as_deref() != Some(one.table.as_str()) {
            self.out.write_all(&[TABLE])?;
            self.sized(one.table.as_bytes(), NAME_LIMIT)?;
            self.table = Some(one.table.clone());
        }
        self.out.write_all(&[ROW])?;
        self.sized(&one.key, KEY_LIMIT)?;
        self.out.write_all(&one.digest)?;
        self.count += 1;
        Ok(())
    }

    /// Ends; gives how many there are.
    ///
    /// # Errors
    /// As [`FingerprintWriter::new`].
    pub fn finish(mut self) -> io::Result<u64> {
        self.out.write_all(&[END])?;
        self.out.write_all(&self.count.to_be_bytes())?;
        self.out.flush()?;
        Ok(self.count)
    }

    fn sized(&mut self, bytes: &[u8], limit: usize) -> io::Result<()> {
        let length = u16::try_from(bytes.len()).ok().filter(|length| usize::from(*length) <= limit);
        let length = length.ok_or_else(|| io::Error::other(format!("a key of {} bytes is longer than any that is read", bytes.len())))?;
        self.out.write_all(&length.to_be_bytes())?;
        self.out.write_all(bytes)
    }
}

/// Reads what [`FingerprintWriter`] wrote.
pub struct FingerprintReader<R> {
    from: R,
    table: Option<String>,
    count: u64,
}

impl<R: Read> FingerprintReader<R> {
    /// Begins.
    ///
    /// # Errors
    /// If it is no stream of fingerprints.
    pub fn new(mut from: R) -> io::Result<Self> {
        let mut magic = [0; MAGIC.len()];
        from.read_exact(&mut magic)?;
        if &magic != MAGIC {
            return Err(io::Error::other("this is no manifest of fingerprints, or one of a later program"));
        }
        Ok(Self { from, table: None, count: 0 })
    }

    /// The next; none at the end.
    ///
    /// # Errors
    /// If the stream is cut or garbled.
    pub fn read(&mut self) -> io::Result<Option<Fingerprint>> {
        loop {
            let mut mark = [0];
            self.from.read_exact(&mut mark)?;
            match (mark[0], &self.table) {
                (TABLE, _) => {
                    let name = self.sized(NAME_LIMIT)?;
                    self.table = Some(String::from_utf8(name).map_err(io::Error::other)?);
                }
                (ROW, Some(table)) => {
                    let table = table.clone();
                    let key = self.sized(KEY_LIMIT)?;
                    let mut digest = [0; DIGEST_BYTES];
                    self.from.read_exact(&mut digest)?;
                    self.count += 1;
                    return Ok(Some(Fingerprint { table, key, digest }));
                }
                (END, _) => {
                    let mut count = [0; 8];
                    self.from.read_exact(&mut count)?;
                    let counted = u64::from_be_bytes(count);
                    return if counted == self.count {
                        Ok(None)
                    } else {
                        Err(io::Error::other(format!("the manifest says {counted} rows and has {}", self.count)))
                    };
                }
                _ => return Err(io::Error::other("the manifest is garbled")),
            }
        }
    }

    fn sized(&mut self, limit: usize) -> io::Result<Vec<u8>> {
        let mut length = [0; 2];
        self.from.read_exact(&mut length)?;
        let length = usize::from(u16::from_be_bytes(length));
        if length > limit {
            return Err(io::Error::other(format!("the manifest has a key of {length} bytes; none has more than {limit}")));
        }
        let mut bytes = vec![0; length];
        self.from.read_exact(&mut bytes)?;
        Ok(bytes)
    }
}

/// Rows of one kind of difference.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// How many there are.
    pub count: u64,
    /// The first hundred: table and key.
    pub first: Vec<String>,
}

impl Told {
    fn add(&mut self, one: &Fingerprint) {
        self.count += 1;
        if self.first.len() < TOLD {
            self.first.push(one.to_string());
        }
    }
}

/// What was expected against what is there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Rows that are as expected.
    pub equal: u64,
    /// Expected and not there.
    pub missing: Told,
    /// There and not expected.
    pub extra: Told,
    /// There with another content.
    pub different: Told,
}

impl Comparison {
    /// Whether everything is there, nothing else is, and all is what it was.
    #[must_use]
    pub fn is_equal(&self) -> bool {
        self.missing.count + self.extra.count + self.different.count == 0
    }
}

/// Compares a manifest with a database file that nobody uses.
///
/// # Errors
/// [`StoreFault`] if either cannot be read.
pub fn compare<R: Read>(expected: &mut FingerprintReader<R>, database: &Path) -> Result<Comparison, StoreFault> {
    let mut next = || expected.read().map_err(|error| fault("read the manifest", &error));
    let mut comparison = Comparison::default();
    let mut wanted = next()?;
    fingerprints_of_file::<StoreFault>(database, |there| {
        loop {
            let order = wanted.as_ref().map(|wanted| (&wanted.table, &wanted.key).cmp(&(&there.table, &there.key)));
            match (order, &wanted) {
                (Some(Ordering::Less), Some(missing)) => comparison.missing.add(missing),
                (Some(Ordering::Equal), Some(same)) => {
                    if same.digest == there.digest {
                        comparison.equal += 1
                    } else {
                        comparison.different.add(there)
                    }
                    wanted = next()?;
                    return Ok(());
                }
                _ => {
                    comparison.extra.add(there);
                    return Ok(());
                }
            }
            wanted = next()?;
        }
    })?;
    while let Some(missing) = wanted {
        comparison.missing.add(&missing);
        wanted = next()?;
    }
    Ok(comparison)
}
