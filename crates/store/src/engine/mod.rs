//! The two engines behind one small face. Everything that differs between SQLite and PostgreSQL is in the two files below.

mod postgres;
mod postgres_connect;
mod sqlite;

use std::sync::Arc;

use crate::fault::StoreFault;
use crate::sql::Statement;
use crate::url::{DatabaseUrl, Target};
use crate::value::{Row, Value};

/// What a transaction is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// A snapshot; nothing is written.
    Read,
    /// The single turn to write: whoever has it is the only writer, on all nodes, until commit or rollback.
    Write,
    /// Like `Write`, before the tables exist.
    Schema,
}

/// A database that connections can be made to.
pub(crate) trait Engine: Send + Sync {
    /// A new connection, for reading only or for both.
    fn connect(&self, mode: Mode) -> Result<Box<dyn Connection>, StoreFault>;

    /// The most commands one transaction of the writer takes.
    fn batch_limit(&self) -> usize;
}

/// One connection.
pub(crate) trait Connection: Send {
    /// Begins a transaction.
    fn begin(&mut self, mode: Mode) -> Result<(), StoreFault>;
    /// The transaction that was begun; to be committed or rolled back.
    fn session(&mut self) -> Box<dyn Session + '_>;
    /// Whether it can still be used.
    fn is_alive(&self) -> bool;
    /// Puts what was overwritten out of reach of whoever reads the files; `false` if others were in the way, so that it is to be asked
    /// again.
    fn scrub(&mut self) -> Result<bool, StoreFault>;
    /// Prepares a statement without running it, for the test that prepares them all.
    #[cfg(test)]
    fn prepare(&mut self, statement: &Statement) -> Result<(), StoreFault>;
}

/// One open transaction. It keeps the statements it has used at hand, so that a batch of commands looks up each only once.
pub(crate) trait Session {
    /// Makes it durable. A fault other than [`StoreFault::CommitUnknown`] means that nothing was written.
    fn commit(&mut self) -> Result<(), StoreFault>;
    /// Undoes it. Best effort: an engine that already gave the transaction up is fine.
    fn rollback(&mut self);
    /// Marks a point inside the transaction. One at a time, never nested.
    fn savepoint(&mut self) -> Result<(), StoreFault>;
    /// Forgets the mark and keeps the work.
    fn release(&mut self) -> Result<(), StoreFault>;
    /// Undoes the work since the mark.
    fn rollback_to_savepoint(&mut self) -> Result<(), StoreFault>;
    /// Runs a statement that answers no rows; gives the number of rows it touched.
    fn execute(&mut self, statement: &Statement, parameters: &[Value<'_>]) -> Result<u64, StoreFault>;
    /// Runs a statement and hands every row to `sink`, in order. A row lives as long as the call.
    fn query(
        &mut self,
        statement: &Statement,
        parameters: &[Value<'_>],
        sink: &mut dyn FnMut(Row<'_>) -> Result<(), StoreFault>,
    ) -> Result<(), StoreFault>;
    /// Runs a migration's text, written with `integer`, `text`, `blob` and `strict`.
    fn migrate(&mut self, name: &'static str, text: &str) -> Result<(), StoreFault>;
    /// Whether the connection can still be used.
    fn is_alive(&self) -> bool;
}

/// What a commit survives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Survives {
    /// The end of the machine's power: it waits for the disk.
    PowerLoss,
    /// The death of the process alone. For a rehearsal, in which nothing else dies.
    ProcessDeath,
}

/// The engine an address asks for.
pub(crate) fn of(url: &DatabaseUrl, survives: Survives) -> Result<Arc<dyn Engine>, StoreFault> {
    Ok(match url.target() {
        Target::Sqlite(path) => Arc::new(sqlite::Sqlite::new(path, survives)),
        Target::Postgres { address, ca_file, passwords } => {
            Arc::new(postgres::Postgres::new(url.to_string(), address, ca_file.as_deref(), passwords)?)
        }
    })
}
