//! The one transaction type: statements in, rows out, and the ledger's tail that is written and sealed before commit.

use crate::engine::Session;
use crate::fault::StoreFault;
use crate::ledger::{self, Edge, SignerKey, Tail};
use crate::sql::Statement;
use crate::value::{Row, Value};

/// An open transaction. Repositories of this crate take it; nobody else sees SQL.
///
/// A statement that the engine refuses dooms the command it belongs to: even a closure that swallows the fault and returns
/// `Ok` is undone, because PostgreSQL would not let it go on and both engines must behave alike.
pub struct Tx<'c> {
    session: &'c mut dyn Session,
    signer: Option<&'c SignerKey>,
    /// The ledger's right edge as the writer's last commit left it.
    edge: Option<Edge>,
    tail: Option<Tail>,
    doom: Option<StoreFault>,
    has_touched: bool,
}

impl<'c> Tx<'c> {
    pub(crate) fn new(session: &'c mut dyn Session, signer: Option<&'c SignerKey>) -> Self {
        Self { session, signer, edge: None, tail: None, doom: None, has_touched: false }
    }

    /// With the ledger's right edge as it is remembered, which saves reading it where nobody else has written since.
    pub(crate) fn remembering(self, edge: Option<Edge>) -> Self {
        Self { edge, ..self }
    }

    /// Runs a statement without rows; gives the number of rows it touched.
    pub(crate) fn execute(&mut self, statement: &Statement, parameters: &[Value<'_>]) -> Result<u64, StoreFault> {
        self.write_ledger_before(statement)?;
        self.has_touched = true;
        let result = self.session.execute(statement, parameters);
        self.doomed_by(result)
    }

    /// Runs a statement that must touch exactly one row; `absent` is the fault if it touched none.
    pub(crate) fn execute_one(
        &mut self,
        statement: &Statement,
        parameters: &[Value<'_>],
        absent: impl FnOnce() -> StoreFault,
    ) -> Result<(), StoreFault> {
        if self.execute(statement, parameters)? == 0 { Err(absent()) } else { Ok(()) }
    }

    /// All rows, each turned into a value by `read`.
    pub(crate) fn list<T>(
        &mut self,
        statement: &Statement,
        parameters: &[Value<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreFault>,
    ) -> Result<Vec<T>, StoreFault> {
        self.write_ledger_before(statement)?;
        self.note_touch(statement);
        let mut found = Vec::new();
        let result = self.session.query(statement, parameters, &mut |row| {
            found.push(read(&row)?);
            Ok(())
        });
        self.doomed_by(result)?;
        Ok(found)
    }

    /// The first row, if there is one.
    pub(crate) fn find<T>(
        &mut self,
        statement: &Statement,
        parameters: &[Value<'_>],
        mut read: impl FnMut(&Row<'_>) -> Result<T, StoreFault>,
    ) -> Result<Option<T>, StoreFault> {
        self.write_ledger_before(statement)?;
        self.note_touch(statement);
        let mut found = None;
        let result = self.session.query(statement, parameters, &mut |row| {
            if found.is_none() {
                found = Some(read(&row)?);
            }
            Ok(())
        });
        self.doomed_by(result)?;
        Ok(found)
    }

    /// The first row of a statement that always answers one, such as a count.
    pub(crate) fn get<T>(
        &mut self,
        statement: &Statement,
        parameters: &[Value<'_>],
        read: impl FnMut(&Row<'_>) -> Result<T, StoreFault>,
    ) -> Result<T, StoreFault> {
        self.find(statement, parameters, read)?
            .ok_or(StoreFault::Statement { statement: statement.name, reason: "it answered no row".to_owned() })
    }

    /// The key that signs checkpoints.
    pub(crate) fn signer(&self) -> Option<&'c SignerKey> {
        self.signer
    }

    /// What is remembered of the ledger's right edge, once.
    pub(crate) fn take_edge(&mut self) -> Option<Edge> {
        self.edge.take()
    }

    /// The ledger's tail, once something was appended in this transaction.
    pub(crate) fn tail_mut(&mut self) -> &mut Option<Tail> {
        &mut self.tail
    }

    /// Position of the entry that was appended last in this transaction.
    pub(crate) fn last_ledger_entry(&self) -> Option<u64> {
        self.tail.as_ref().and_then(Tail::last_appended)
    }

    /// A command begins that is undone, if at all, before it has touched anything: gives what to come back to.
    pub(crate) fn begin_command(&mut self) -> Mark {
        self.has_touched = false;
        Mark::Drafts(self.tail.as_ref().map_or(0, Tail::drafts))
    }

    /// A command begins behind a savepoint: what was appended before it is written first, so that it stays if this one is undone.
    pub(crate) fn begin_command_at_savepoint(&mut self) -> Result<Mark, StoreFault> {
        ledger::write_drafts(self)?;
        self.has_touched = false;
        self.session.savepoint()?;
        Ok(Mark::Tail(self.tail.clone()))
    }

    /// A command was undone: back to the ledger before it.
    pub(crate) fn undo_command(&mut self, mark: Mark) {
        match mark {
            Mark::Tail(tail) => self.tail = tail,
            Mark::Drafts(count) => self.tail.iter_mut().for_each(|tail| tail.forget_after(count)),
        }
        self.doom = None;
    }

    /// Whether the running command has done anything that has to be undone.
    pub(crate) fn has_touched(&self) -> bool {
        self.has_touched
    }

    /// The fault that dooms the running command, if any.
    pub(crate) fn doom(&self) -> Option<&StoreFault> {
        self.doom.as_ref()
    }

    /// The connection, for the one who began the transaction.
    pub(crate) fn session(&mut self) -> &mut dyn Session {
        self.session
    }

    /// Entries are written together at the end of the transaction; a statement about the ledger sees them all the same.
    fn write_ledger_before(&mut self, statement: &Statement) -> Result<(), StoreFault> {
        if self.tail.as_ref().is_some_and(|tail| tail.drafts() > 0) && statement.name.starts_with("ledger.") {
            ledger::write_drafts(self)?;
        }
        Ok(())
    }

    /// `update ... returning` answers rows too.
    fn note_touch(&mut self, statement: &Statement) {
        self.has_touched |= !statement.sql.starts_with("select");
    }

    fn doomed_by<T>(&mut self, result: Result<T, StoreFault>) -> Result<T, StoreFault> {
        if let Err(fault) = &result {
            // PostgreSQL gives the whole transaction up after any refused statement.
            self.has_touched = true;
            self.doom.get_or_insert_with(|| fault.clone());
        }
        result
    }
}

/// Where the ledger was when a command began.
pub(crate) enum Mark {
    /// So many entries were not written yet.
    Drafts(usize),
    /// All of it was written.
    Tail(Option<Tail>),
}
