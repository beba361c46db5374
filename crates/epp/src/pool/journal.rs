//! What the pool sends by itself, `login` and `logout`, is put on record like every other command.
//!
//! Everything else is recorded by whoever submits it, before it is submitted.

use std::sync::Arc;

use super::login::LoginFault;
use crate::conn::{Answer, Connection, Exchange, Job, Prepared, Slot};

/// The journal of session commands could not be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the session command could not be put on record: {what}")]
pub struct JournalFault {
    /// What the store said; never a secret.
    pub what: String,
}

/// Where session commands are put on record. Calls may block; the pool makes them on a thread that may.
pub trait SessionJournal: Send + Sync {
    /// A command is about to be sent: `login` or `logout`. Must be durable when it returns.
    ///
    /// # Errors
    /// [`JournalFault`] when it could not be stored; the command is not sent then.
    fn begin(&self, verb: &'static str, command: &Prepared) -> Result<(), JournalFault>;

    /// The registry answered it.
    ///
    /// # Errors
    /// [`JournalFault`] when it could not be stored; the session is good all the same, and the command stays without answer.
    fn complete(&self, answer: &Answer) -> Result<(), JournalFault>;
}

/// Keeps no record: for measurements and rehearsals that have no store.
#[derive(Clone, Copy, Debug)]
pub struct Unrecorded;

impl SessionJournal for Unrecorded {
    fn begin(&self, _: &'static str, _: &Prepared) -> Result<(), JournalFault> {
        Ok(())
    }

    fn complete(&self, _: &Answer) -> Result<(), JournalFault> {
        Ok(())
    }
}

/// Sends a `login` that is on record, and its answer too. An answer that cannot be recorded is told in the log.
pub(super) async fn exchange_login(
    journal: &Arc<dyn SessionJournal>,
    connection: &Connection,
    command: Prepared,
) -> Result<Exchange, LoginFault> {
    let shared = command.clone();
    blocking(journal, move |journal| journal.begin("login", &shared)).await?;
    let exchange = connection.exchange(command).await;
    complete(journal, &exchange).await;
    Ok(exchange)
}

/// Closes a connection with a `logout` that is on record; without one where it cannot be.
pub(super) async fn close(journal: &Arc<dyn SessionJournal>, connection: &Connection, logout: Option<Prepared>) {
    let Some(logout) = logout else {
        connection.close(None).await;
        return;
    };
    let shared = logout.clone();
    if let Err(fault) = blocking(journal, move |journal| journal.begin("logout", &shared)).await {
        tracing::warn!(%fault, "a session is closed without a logout");
        connection.close(None).await;
        return;
    }
    let (slot, answer) = AnswerSlot::new();
    connection.close_with(Job { prepared: logout, slot: Box::new(slot) }).await;
    if let Ok(exchange) = answer.await {
        complete(journal, &exchange).await;
    }
}

async fn complete(journal: &Arc<dyn SessionJournal>, exchange: &Exchange) {
    let Exchange::Answered(answer) = exchange else { return };
    let answer = answer.clone();
    if let Err(fault) = blocking(journal, move |journal| journal.complete(&answer)).await {
        tracing::warn!(%fault, "the answer to a session command is not on record");
    }
}

async fn blocking(
    journal: &Arc<dyn SessionJournal>,
    call: impl FnOnce(&dyn SessionJournal) -> Result<(), JournalFault> + Send + 'static,
) -> Result<(), JournalFault> {
    let journal = Arc::clone(journal);
    match tokio::task::spawn_blocking(move || call(journal.as_ref())).await {
        Ok(outcome) => outcome,
        Err(stopped) => Err(JournalFault { what: stopped.to_string() }),
    }
}

/// Takes the end of a command whose sender waits for nothing else.
struct AnswerSlot(tokio::sync::oneshot::Sender<Exchange>);

impl AnswerSlot {
    fn new() -> (Self, tokio::sync::oneshot::Receiver<Exchange>) {
        let (sender, receiver) = tokio::sync::oneshot::channel();
        (Self(sender), receiver)
    }
}

impl Slot for AnswerSlot {
    fn is_abandoned(&self) -> bool {
        false
    }

    fn finish(self: Box<Self>, exchange: Exchange) {
        // The pool may be gone; then nobody records the answer.
        let _ = self.0.send(exchange);
    }
}
