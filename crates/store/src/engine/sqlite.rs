//! SQLite: one file in WAL mode, every commit flushed to disk before it is acknowledged.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, ErrorCode, OpenFlags, ToSql};

use super::{Connection, Engine, Mode, Session, Survives};
use crate::fault::StoreFault;
use crate::sql::Statement;
use crate::value::{Row, Value};

/// How long one attempt waits for another process that writes (a command line beside a running server); the writer makes
/// several attempts.
const BUSY_TIMEOUT: Duration = Duration::from_secs(3);

/// Prepared statements kept per connection; above the number of statements in `sql`.
const STATEMENT_CACHE: usize = 512;

/// Page cache of a connection in KiB: the writer's holds the hot part of the indexes, readers are several.
const CACHE_KIB: [i64; 2] = [64 * 1024, 16 * 1024];

/// Commands per commit. The gain flattens at about fifty; the rest is room for bursts.
const BATCH_LIMIT: usize = 256;

/// A database file.
pub(super) struct Sqlite {
    path: PathBuf,
    survives: Survives,
}

impl Sqlite {
    pub(super) fn new(path: &Path, survives: Survives) -> Self {
        Self { path: path.to_owned(), survives }
    }

    fn open_fault(&self, error: impl std::fmt::Display) -> StoreFault {
        StoreFault::Open { place: format!("sqlite:{}", self.path.display()), reason: error.to_string() }
    }

    /// Creates the file readable by its owner only, because SQLite would use the process's umask.
    fn create_private(&self) -> Result<(), StoreFault> {
        match std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(&self.path) {
            Ok(_) => Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(self.open_fault(error)),
        }
    }

    fn configure(&self, connection: &rusqlite::Connection, mode: Mode) -> Result<(), rusqlite::Error> {
        connection.busy_timeout(BUSY_TIMEOUT)?;
        connection.set_prepared_statement_cache_capacity(STATEMENT_CACHE);
        // One plan for a statement, the one that the tests know. Without it SQLite compiles many of them anew for each value that is
        // bound, in search of a plan that fits it better: most of what a small command costs.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        if mode != Mode::Read {
            connection.pragma_update(None, "journal_mode", "wal")?;
        }
        let synchronous = match self.survives {
            Survives::PowerLoss => "full",
            Survives::ProcessDeath => "off",
        };
        connection.pragma_update(None, "synchronous", synchronous)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        // What is removed is overwritten, not only forgotten: free pages hold nothing of an erased person.
        connection.pragma_update(None, "secure_delete", true)?;
        connection.pragma_update(None, "mmap_size", 0)?;
        connection.pragma_update(None, "trusted_schema", false)?;
        connection.pragma_update(None, "temp_store", "memory")?;
        connection.pragma_update(None, "cache_size", -CACHE_KIB[usize::from(mode == Mode::Read)])?;
        connection.pragma_update(None, "query_only", mode == Mode::Read)
    }
}

impl Engine for Sqlite {
    fn connect(&self, mode: Mode) -> Result<Box<dyn Connection>, StoreFault> {
        if mode != Mode::Read {
            self.create_private()?;
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = rusqlite::Connection::open_with_flags(&self.path, flags).map_err(|error| self.open_fault(error))?;
        self.configure(&connection, mode).map_err(|error| self.open_fault(error))?;
        Ok(Box::new(SqliteConnection { connection, is_broken: false }))
    }

    fn batch_limit(&self) -> usize {
        BATCH_LIMIT
    }
}

struct SqliteConnection {
    connection: rusqlite::Connection,
    is_broken: bool,
}

impl Connection for SqliteConnection {
    fn begin(&mut self, mode: Mode) -> Result<(), StoreFault> {
        match mode {
            Mode::Read => control(&self.connection, "begin", "begin deferred"),
            Mode::Write | Mode::Schema => control(&self.connection, "begin", "begin immediate"),
        }
    }

    fn session(&mut self) -> Box<dyn Session + '_> {
        Box::new(SqliteSession { connection: &self.connection, is_broken: &mut self.is_broken, prepared: HashMap::new() })
    }

    fn is_alive(&self) -> bool {
        !self.is_broken
    }

    /// The log holds pages as they were before: it is carried into the file and cut to nothing.
    fn scrub(&mut self) -> Result<bool, StoreFault> {
        let is_busy = self.connection.query_row("pragma wal_checkpoint(truncate)", [], |row| row.get::<_, i64>(0));
        is_busy.map(|is_busy| is_busy == 0).map_err(|error| fault("scrub", &error))
    }

    #[cfg(test)]
    fn prepare(&mut self, statement: &Statement) -> Result<(), StoreFault> {
        self.connection.prepare(statement.sql).map(drop).map_err(|error| fault(statement.name, &error))
    }
}

struct SqliteSession<'c> {
    connection: &'c rusqlite::Connection,
    is_broken: &'c mut bool,
    /// Statements that this transaction has used, by where their text lies.
    prepared: HashMap<*const str, CachedStatement<'c>>,
}

impl<'c> SqliteSession<'c> {
    fn bound(&mut self, statement: &Statement, parameters: &[Value<'_>]) -> Result<&mut CachedStatement<'c>, rusqlite::Error> {
        // A text is never changed nor freed, so the place and length of one mean that one for ever.
        let prepared = match self.prepared.entry(std::ptr::from_ref(statement.sql)) {
            Entry::Occupied(found) => found.into_mut(),
            Entry::Vacant(empty) => empty.insert(self.connection.prepare_cached(statement.sql)?),
        };
        // SQLite numbers `$name` parameters in order of first use, which the dialect keeps ascending: no translation needed.
        if prepared.parameter_count() != parameters.len() {
            return Err(rusqlite::Error::InvalidParameterCount(parameters.len(), prepared.parameter_count()));
        }
        for (at, value) in parameters.iter().enumerate() {
            prepared.raw_bind_parameter(at + 1, Bound(value))?;
        }
        Ok(prepared)
    }
}

impl Session for SqliteSession<'_> {
    fn commit(&mut self) -> Result<(), StoreFault> {
        self.connection.prepare_cached("commit").and_then(|mut statement| statement.raw_execute()).map(drop).map_err(|error| {
            match error.sqlite_error_code() {
                // The flush failed: the bytes may or may not have reached the disk.
                Some(ErrorCode::SystemIoFailure) => StoreFault::CommitUnknown { reason: error.to_string() },
                _ => fault("commit", &error),
            }
        })
    }

    fn rollback(&mut self) {
        if !self.connection.is_autocommit()
            && let Err(error) = control(self.connection, "rollback", "rollback")
        {
            *self.is_broken = true;
            tracing::warn!(%error, "a rollback failed; the connection is given up");
        }
    }

    fn savepoint(&mut self) -> Result<(), StoreFault> {
        control(self.connection, "savepoint", "savepoint command")
    }

    fn release(&mut self) -> Result<(), StoreFault> {
        control(self.connection, "release", "release command")
    }

    fn rollback_to_savepoint(&mut self) -> Result<(), StoreFault> {
        control(self.connection, "rollback to", "rollback to command")?;
        self.release()
    }

    fn execute(&mut self, statement: &Statement, parameters: &[Value<'_>]) -> Result<u64, StoreFault> {
        self.bound(statement, parameters)
            .and_then(|prepared| prepared.raw_execute())
            .map(|touched| touched as u64)
            .map_err(|error| fault(statement.name, &error))
    }

    fn query(
        &mut self,
        statement: &Statement,
        parameters: &[Value<'_>],
        sink: &mut dyn FnMut(Row<'_>) -> Result<(), StoreFault>,
    ) -> Result<(), StoreFault> {
        let prepared = self.bound(statement, parameters).map_err(|error| fault(statement.name, &error))?;
        let width = prepared.column_count();
        let mut rows = prepared.raw_query();
        while let Some(row) = rows.next().map_err(|error| fault(statement.name, &error))? {
            let columns = (0..width).map(|column| read(statement.name, column, row.get_ref(column))).collect::<Result<Vec<_>, _>>()?;
            sink(Row::new(statement.name, columns))?;
        }
        Ok(())
    }

    fn migrate(&mut self, name: &'static str, text: &str) -> Result<(), StoreFault> {
        self.connection.execute_batch(text).map_err(|error| fault(name, &error))
    }

    fn is_alive(&self) -> bool {
        !*self.is_broken
    }
}

/// Runs a statement of the transaction itself.
fn control(connection: &rusqlite::Connection, name: &'static str, sql: &str) -> Result<(), StoreFault> {
    connection.prepare_cached(sql).and_then(|mut statement| statement.raw_execute()).map(drop).map_err(|error| fault(name, &error))
}

/// A parameter as rusqlite binds it, without a copy.
struct Bound<'v>(&'v Value<'v>);

impl ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Int(value) => ValueRef::Integer(*value),
            Value::Text(value) => ValueRef::Text(value.as_bytes()),
            Value::Blob(value) => ValueRef::Blob(value),
            Value::Null => ValueRef::Null,
        }))
    }
}

fn read<'r>(statement: &'static str, column: usize, value: Result<ValueRef<'r>, rusqlite::Error>) -> Result<Value<'r>, StoreFault> {
    let shape = |reason: String| StoreFault::Shape { statement, column, reason };
    Ok(match value.map_err(|error| fault(statement, &error))? {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(value) => Value::Int(value),
        ValueRef::Real(_) => return Err(shape("a floating-point number is not a value of this store".to_owned())),
        ValueRef::Text(bytes) => {
            let text = std::str::from_utf8(bytes).map_err(|error| shape(error.to_string()))?;
            Value::Text(Cow::Borrowed(text))
        }
        ValueRef::Blob(bytes) => Value::Blob(Cow::Borrowed(bytes)),
    })
}

fn fault(statement: &'static str, error: &rusqlite::Error) -> StoreFault {
    let reason = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::ConstraintViolation) => StoreFault::Constraint { statement, reason },
        // Another process had the turn for longer than the busy timeout.
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreFault::Contention { attempts: 1 },
        _ => StoreFault::Statement { statement, reason },
    }
}
