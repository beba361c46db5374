//! A small pool of connections that only read.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::engine::{Connection, Engine, Mode};
use crate::fault::StoreFault;
use crate::tx::Tx;

/// Connections kept for readers.
pub(crate) const READERS: usize = 4;

/// How long a reader waits for a connection before it is told so.
const WAIT_LIMIT: Duration = Duration::from_secs(30);

/// The pool. Connections are made when first needed.
pub(crate) struct Readers {
    engine: Arc<dyn Engine>,
    shelf: Mutex<Shelf>,
    freed: Condvar,
}

#[derive(Default)]
struct Shelf {
    idle: Vec<Box<dyn Connection>>,
    open: usize,
}

impl Readers {
    pub(crate) fn new(engine: Arc<dyn Engine>) -> Self {
        Self { engine, shelf: Mutex::default(), freed: Condvar::new() }
    }

    /// Runs `closure` on a snapshot.
    pub(crate) fn read<T, E: From<StoreFault>>(&self, closure: impl FnOnce(&mut Tx<'_>) -> Result<T, E>) -> Result<T, E> {
        let mut loan = self.lend()?;
        let connection = loan.connection.as_mut().ok_or_else(|| StoreFault::Stopped { reason: "no connection".to_owned() })?;
        if let Err(fault) = connection.begin(Mode::Read) {
            // A connection that broke while it was idle tells so only now.
            if connection.is_alive() {
                return Err(fault.into());
            }
            *connection = self.engine.connect(Mode::Read)?;
            connection.begin(Mode::Read)?;
        }
        let mut session = connection.session();
        let answer = closure(&mut Tx::new(session.as_mut(), None));
        session.rollback();
        drop(session);
        loan.is_clean = true;
        answer
    }

    fn lend(&self) -> Result<Loan<'_>, StoreFault> {
        let shelf = self.shelf.lock().unwrap_or_else(PoisonError::into_inner);
        let (mut shelf, timeout) = self
            .freed
            .wait_timeout_while(shelf, WAIT_LIMIT, |shelf| shelf.idle.is_empty() && shelf.open >= READERS)
            .unwrap_or_else(PoisonError::into_inner);
        if timeout.timed_out() {
            return Err(StoreFault::Contention { attempts: 1 });
        }
        while let Some(connection) = shelf.idle.pop() {
            if connection.is_alive() {
                return Ok(Loan { readers: self, connection: Some(connection), is_clean: false });
            }
            shelf.open -= 1;
        }
        shelf.open += 1;
        drop(shelf);
        let mut loan = Loan { readers: self, connection: None, is_clean: false };
        loan.connection = Some(self.engine.connect(Mode::Read)?);
        Ok(loan)
    }
}

/// A connection on loan; it returns to the shelf unless its closure panicked or it broke.
struct Loan<'p> {
    readers: &'p Readers,
    connection: Option<Box<dyn Connection>>,
    is_clean: bool,
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        let mut shelf = self.readers.shelf.lock().unwrap_or_else(PoisonError::into_inner);
        match self.connection.take() {
            Some(connection) if self.is_clean && connection.is_alive() => shelf.idle.push(connection),
            _ => shelf.open -= 1,
        }
        drop(shelf);
        self.readers.freed.notify_one();
    }
}
