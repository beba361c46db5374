//! The side of the control face that asks: for tests, the demo and the command line.

use std::io;
use std::path::Path;

use jiff::SignedDuration;
use model::{RegistryId, Timestamp};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;
use tokio::net::unix::{OwnedReadHalf, OwnedWriteHalf};
use tokio::sync::Mutex;

use super::{Answer, MAX_LINE_BYTES, Request, socket_path};
use crate::faults::FaultPlan;
use crate::registry::{AdminAction, LedgerEntry, RegistryState};

/// A connection to the control socket of a world. Requests of several tasks wait for one another.
#[derive(Debug)]
pub struct Client {
    socket: Mutex<(BufReader<OwnedReadHalf>, OwnedWriteHalf)>,
}

/// Why a request came to nothing.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// The socket failed.
    #[error("the sandbox does not answer on its control socket: {0}; is it running in that folder?")]
    Io(#[from] io::Error),
    /// The sandbox said no, in a sentence.
    #[error("{0}")]
    Refused(String),
    /// The sandbox said something else than was asked for.
    #[error("the sandbox gave an answer that does not fit the question; is it of the same version?")]
    Unexpected,
}

impl Client {
    /// Connects to the world in this folder.
    ///
    /// # Errors
    /// [`ControlError::Io`] when no world runs there.
    pub async fn connect(dir: &Path) -> Result<Client, ControlError> {
        let (reader, writer) = UnixStream::connect(socket_path(dir)).await?.into_split();
        Ok(Client { socket: Mutex::new((BufReader::new(reader), writer)) })
    }

    /// Sends one request.
    ///
    /// # Errors
    /// [`ControlError`] when the socket fails or the sandbox refuses.
    pub async fn ask(&self, request: &Request) -> Result<Answer, ControlError> {
        let mut line = serde_json::to_vec(request).map_err(io::Error::from)?;
        line.push(b'\n');
        let mut socket = self.socket.lock().await;
        let (reader, writer) = &mut *socket;
        writer.write_all(&line).await?;
        let mut answer = Vec::new();
        let read = reader.take(MAX_LINE_BYTES as u64).read_until(b'\n', &mut answer).await?;
        if read == 0 {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        match serde_json::from_slice(&answer).map_err(io::Error::from)? {
            Answer::Refused { message } => Err(ControlError::Refused(message)),
            answer => Ok(answer),
        }
    }

    /// What the clock shows.
    ///
    /// # Errors
    /// As for [`Client::ask`].
    pub async fn now(&self) -> Result<Timestamp, ControlError> {
        self.clock(&Request::Clock).await
    }

    /// Moves the clock forward, to the second; every registry has caught up when it answers.
    ///
    /// # Errors
    /// As for [`Client::ask`].
    pub async fn advance(&self, by: SignedDuration) -> Result<Timestamp, ControlError> {
        self.clock(&Request::Advance { seconds: by.as_secs() }).await
    }

    /// Moves the clock forward to an instant.
    ///
    /// # Errors
    /// As for [`Client::ask`].
    pub async fn set_clock(&self, to: Timestamp) -> Result<Timestamp, ControlError> {
        self.clock(&Request::SetClock { to }).await
    }

    /// Plans faults at one registry, or at all.
    ///
    /// # Errors
    /// As for [`Client::ask`].
    pub async fn set_faults(&self, registry: Option<&RegistryId>, plan: FaultPlan) -> Result<(), ControlError> {
        self.done(&Request::Faults { registry: registry.cloned(), plan }).await
    }

    /// Ends all faults.
    ///
    /// # Errors
    /// As for [`Client::ask`].
    pub async fn clear_faults(&self) -> Result<(), ControlError> {
        self.done(&Request::Faults { registry: None, plan: FaultPlan::default() }).await
    }

    /// Everything a registry holds.
    ///
    /// # Errors
    /// As for [`Client::ask`].
    pub async fn state(&self, registry: &RegistryId) -> Result<RegistryState, ControlError> {
        match self.ask(&Request::State { registry: registry.clone() }).await? {
            Answer::State { state } => Ok(*state),
            _ => Err(ControlError::Unexpected),
        }
    }

    /// What a registry executed after entry `after`; 0 for all.
    ///
    /// # Errors
    /// As for [`Client::ask`].
    pub async fn ledger(&self, registry: &RegistryId, after: u64) -> Result<Vec<LedgerEntry>, ControlError> {
        match self.ask(&Request::Ledger { registry: registry.clone(), after }).await? {
            Answer::Ledger { entries } => Ok(entries),
            _ => Err(ControlError::Unexpected),
        }
    }

    /// Gives a registry an order.
    ///
    /// # Errors
    /// As for [`Client::ask`].
    pub async fn administer(&self, registry: &RegistryId, order: AdminAction) -> Result<(), ControlError> {
        self.done(&Request::Administer { registry: registry.clone(), order }).await
    }

    /// Writes every zone now; gives how many.
    ///
    /// # Errors
    /// As for [`Client::ask`].
    pub async fn write_zones(&self) -> Result<usize, ControlError> {
        match self.ask(&Request::WriteZones).await? {
            Answer::Zones { count } => Ok(count),
            _ => Err(ControlError::Unexpected),
        }
    }

    async fn clock(&self, request: &Request) -> Result<Timestamp, ControlError> {
        match self.ask(request).await? {
            Answer::Clock { now, .. } => Ok(now),
            _ => Err(ControlError::Unexpected),
        }
    }

    async fn done(&self, request: &Request) -> Result<(), ControlError> {
        match self.ask(request).await? {
            Answer::Done => Ok(()),
            _ => Err(ControlError::Unexpected),
        }
    }
}
