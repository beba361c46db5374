//! PostgreSQL: serializable transactions, one writing node at a time, prepared statements per connection.

use std::borrow::Cow;
use std::collections::HashMap;
use std::error::Error;
use std::path::Path;

use postgres::error::{Severity, SqlState};
use postgres::types::private::BytesMut;
use postgres::types::{IsNull, ToSql, Type, to_sql_checked};
use postgres::{Client, Column};

use super::postgres_connect::Connector;
use super::{Connection, Engine, Mode, Session};
use crate::fault::StoreFault;
use crate::passfile::PasswordSources;
use crate::sql::Statement;
use crate::value::{Row, Value};
use crate::writer;

/// Commands per commit; each costs two more round trips than on its own, and the turn is held meanwhile.
const BATCH_LIMIT: usize = 64;

/// Nodes take turns to write: a ledger has one order. The lock is taken before the snapshot, so that waiting for the turn
/// does not end in a serialization failure (PostgreSQL manual, `LOCK TABLE`).
const BEGIN_WRITE: &str = "begin isolation level serializable; lock table write_turn in exclusive mode";

/// Readers never wait: the writers' turns make every snapshot a serial prefix.
const BEGIN_READ: &str = "begin isolation level repeatable read read only";

/// Before the tables exist, an advisory lock ("namekeep" in ASCII) keeps two migrations apart.
const BEGIN_SCHEMA: &str = "begin; select pg_advisory_xact_lock(7953757755013227888)";

/// A database on a server.
pub(super) struct Postgres {
    connector: Connector,
}

impl Postgres {
    pub(super) fn new(place: String, address: &str, ca_file: Option<&Path>, passwords: &PasswordSources) -> Result<Self, StoreFault> {
        Ok(Self { connector: Connector::new(place, address, ca_file, passwords)? })
    }
}

impl Engine for Postgres {
    fn connect(&self, _mode: Mode) -> Result<Box<dyn Connection>, StoreFault> {
        let client = apart(|| self.connector.connect())?;
        Ok(Box::new(PostgresConnection { client: Some(client), prepared: HashMap::new(), is_broken: false }))
    }

    fn batch_limit(&self) -> usize {
        BATCH_LIMIT
    }
}

/// Runs what blocks on the driver on a thread of its own, unless this is the writer's, which is one. The driver waits on a
/// runtime inside it, and panics where the caller's thread drives one already; readers are called from such threads. A thread
/// costs less than the round trip it waits for.
fn apart<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    if std::thread::current().name() == Some(writer::THREAD) {
        return work();
    }
    std::thread::scope(|scope| scope.spawn(work).join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
}

struct PostgresConnection {
    /// Taken when the connection is dropped.
    client: Option<Client>,
    prepared: HashMap<&'static str, postgres::Statement>,
    is_broken: bool,
}

impl PostgresConnection {
    fn control(&mut self, name: &'static str, sql: &str) -> Result<(), StoreFault> {
        self.call(name, |client| client.batch_execute(sql))
    }

    /// Asks the server something.
    fn call<T: Send>(
        &mut self,
        name: &'static str,
        work: impl FnOnce(&mut Client) -> Result<T, postgres::Error> + Send,
    ) -> Result<T, StoreFault> {
        let client = self.client.as_mut().ok_or_else(closed)?;
        let result = apart(|| work(client));
        self.checked(name, result)
    }

    fn statement(&mut self, statement: &Statement) -> Result<postgres::Statement, StoreFault> {
        if let Some(prepared) = self.prepared.get(statement.name) {
            return Ok(prepared.clone());
        }
        let prepared = self.call(statement.name, |client| client.prepare(statement.sql))?;
        self.prepared.insert(statement.name, prepared.clone());
        Ok(prepared)
    }

    /// Turns the driver's error into a fault, and remembers if the connection is gone: the driver itself notices later.
    fn checked<T>(&mut self, name: &'static str, result: Result<T, postgres::Error>) -> Result<T, StoreFault> {
        result.map_err(|error| {
            self.is_broken |= ends_connection(&error);
            fault(name, &error)
        })
    }
}

impl Connection for PostgresConnection {
    fn begin(&mut self, mode: Mode) -> Result<(), StoreFault> {
        self.control(
            "begin",
            match mode {
                Mode::Read => BEGIN_READ,
                Mode::Write => BEGIN_WRITE,
                Mode::Schema => BEGIN_SCHEMA,
            },
        )
    }

    fn session(&mut self) -> Box<dyn Session + '_> {
        Box::new(self)
    }

    fn is_alive(&self) -> bool {
        !self.is_broken && self.client.as_ref().is_some_and(|client| !client.is_closed())
    }

    /// The server's own business: its vacuum takes old rows away, its log is recycled.
    fn scrub(&mut self) -> Result<bool, StoreFault> {
        Ok(true)
    }

    #[cfg(test)]
    fn prepare(&mut self, statement: &Statement) -> Result<(), StoreFault> {
        self.statement(statement).map(drop)
    }
}

/// A connection that is in use for a transaction; its statements stay prepared beyond it.
impl Session for &mut PostgresConnection {
    fn commit(&mut self) -> Result<(), StoreFault> {
        let client = self.client.as_mut().ok_or_else(closed)?;
        apart(|| client.batch_execute("commit")).map_err(|error| {
            // A refusal means that it was rolled back; an end of the connection tells nothing.
            if ends_connection(&error) {
                self.is_broken = true;
                StoreFault::CommitUnknown { reason: error.to_string() }
            } else {
                fault("commit", &error)
            }
        })
    }

    fn rollback(&mut self) {
        if let Err(error) = self.control("rollback", "rollback") {
            self.is_broken = true;
            tracing::warn!(%error, "a rollback failed; the connection is given up");
        }
    }

    fn savepoint(&mut self) -> Result<(), StoreFault> {
        self.control("savepoint", "savepoint command")
    }

    fn release(&mut self) -> Result<(), StoreFault> {
        self.control("release", "release savepoint command")
    }

    fn rollback_to_savepoint(&mut self) -> Result<(), StoreFault> {
        self.control("rollback to", "rollback to savepoint command; release savepoint command")
    }

    fn execute(&mut self, statement: &Statement, parameters: &[Value<'_>]) -> Result<u64, StoreFault> {
        let prepared = self.statement(statement)?;
        let bound: Vec<&(dyn ToSql + Sync)> = parameters.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
        self.call(statement.name, |client| client.execute(&prepared, &bound))
    }

    fn query(
        &mut self,
        statement: &Statement,
        parameters: &[Value<'_>],
        sink: &mut dyn FnMut(Row<'_>) -> Result<(), StoreFault>,
    ) -> Result<(), StoreFault> {
        let prepared = self.statement(statement)?;
        let bound: Vec<&(dyn ToSql + Sync)> = parameters.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
        let rows = self.call(statement.name, |client| client.query(&prepared, &bound))?;
        for row in &rows {
            let columns = row
                .columns()
                .iter()
                .enumerate()
                .map(|(at, column)| read(statement.name, row, at, column))
                .collect::<Result<Vec<_>, _>>()?;
            sink(Row::new(statement.name, columns))?;
        }
        Ok(())
    }

    fn migrate(&mut self, name: &'static str, text: &str) -> Result<(), StoreFault> {
        self.control(name, &to_postgres(text))
    }

    fn is_alive(&self) -> bool {
        Connection::is_alive(&**self)
    }
}

impl Drop for PostgresConnection {
    fn drop(&mut self) {
        // Saying goodbye blocks as well.
        let client = self.client.take();
        apart(move || drop(client));
    }
}

fn closed() -> StoreFault {
    StoreFault::Stopped { reason: "the connection is closed".to_owned() }
}

/// A migration's text for PostgreSQL: 64-bit integers, bytes ordered as bytes, and no word for strict tables.
fn to_postgres(text: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for line in text.lines() {
        let line = line.split("--").next().unwrap_or_default();
        for word in line.split_inclusive(|c: char| !c.is_ascii_alphanumeric() && c != '_') {
            let name = word.trim_end_matches(|c: char| !c.is_ascii_alphanumeric() && c != '_');
            let rest = &word[name.len()..];
            out.push_str(match name {
                "integer" => "bigint",
                "text" => "text collate \"C\"",
                "blob" => "bytea",
                "strict" => "",
                other => other,
            });
            out.push_str(rest);
        }
        out.push('\n');
    }
    out
}

impl ToSql for Value<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Int(value) if *ty == Type::INT4 => i32::try_from(*value)?.to_sql(ty, out),
            Self::Int(value) if *ty == Type::INT8 => value.to_sql(ty, out),
            Self::Text(value) if *ty == Type::TEXT || *ty == Type::VARCHAR => value.as_ref().to_sql(ty, out),
            Self::Blob(value) if *ty == Type::BYTEA => value.as_ref().to_sql(ty, out),
            _ => Err(format!("a parameter of another kind was given where {ty} is wanted").into()),
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}

fn read<'r>(statement: &'static str, row: &'r postgres::Row, at: usize, column: &Column) -> Result<Value<'r>, StoreFault> {
    let broken = |error: postgres::Error| fault(statement, &error);
    let value = match *column.type_() {
        Type::INT8 => row.try_get::<_, Option<i64>>(at).map_err(broken)?.map(Value::Int),
        Type::INT4 => row.try_get::<_, Option<i32>>(at).map_err(broken)?.map(Value::from),
        Type::BOOL => row.try_get::<_, Option<bool>>(at).map_err(broken)?.map(Value::from),
        Type::TEXT | Type::VARCHAR => row.try_get::<_, Option<&str>>(at).map_err(broken)?.map(|text| Value::Text(Cow::Borrowed(text))),
        Type::BYTEA => row.try_get::<_, Option<&[u8]>>(at).map_err(broken)?.map(|bytes| Value::Blob(Cow::Borrowed(bytes))),
        ref other => {
            let reason = format!("type {other} is not integer, text or blob; cast it");
            return Err(StoreFault::Shape { statement, column: at, reason });
        }
    };
    Ok(value.unwrap_or(Value::Null))
}

/// Whether the server cut the connection, or the line broke.
fn ends_connection(error: &postgres::Error) -> bool {
    error.as_db_error().is_none_or(|said| matches!(said.parsed_severity(), Some(Severity::Fatal | Severity::Panic)))
}

fn fault(statement: &'static str, error: &postgres::Error) -> StoreFault {
    let reason = error.as_db_error().map_or_else(|| error.to_string(), ToString::to_string);
    match error.code() {
        Some(code) if *code == SqlState::T_R_SERIALIZATION_FAILURE || *code == SqlState::T_R_DEADLOCK_DETECTED => {
            StoreFault::Contention { attempts: 1 }
        }
        // Class 23 is "integrity constraint violation".
        Some(code) if code.code().starts_with("23") => StoreFault::Constraint { statement, reason },
        _ => StoreFault::Statement { statement, reason },
    }
}

#[cfg(test)]
mod tests {
    use super::to_postgres;

    #[test]
    fn a_migration_changes_only_its_three_types_and_strict() {
        let text = "create table t (\n  id integer primary key, -- text in a remark\n  integer_like text not null,\n  b blob\n) strict;";
        let wanted = "create table t (\n  id bigint primary key, \n  integer_like text collate \"C\" not null,\n  b bytea\n) ;\n";
        assert_eq!(to_postgres(text), wanted);
    }
}
