//! EPP over TLS (RFC 5734): one listener per registry, one task per connection.

mod connection;
mod delivery;
mod request;
mod sessions;
mod tls;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use model::Timestamp;
use policy::profile::Quirk;
use rustls::ServerConfig;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;

use crate::clock::VirtualClock;
use crate::entropy::OsEntropy;
use crate::faults::{Decided, FaultInjector, FaultPlan, Occasion};
use crate::registry::Registry;

pub(crate) use sessions::Sessions;
pub(crate) use tls::server_config;

/// How long a frame may take at a server that closes when it comes in pieces.
const ONE_WRITE_FRAME: Duration = Duration::from_millis(100);

/// Times a server keeps, in real time: they guard the machine, not the life cycle.
#[derive(Clone, Copy, Debug)]
pub struct ServerLimits {
    /// For the TLS handshake.
    pub handshake: Duration,
    /// Without any byte of a frame.
    pub idle: Duration,
    /// From the first byte of a frame to its last (a slow-loris client is closed).
    pub frame: Duration,
    /// For the client to take an answer.
    pub write: Duration,
    /// From connection to the close after a complete exchange.
    pub lifetime: Duration,
}

impl Default for ServerLimits {
    fn default() -> ServerLimits {
        ServerLimits {
            handshake: Duration::from_secs(20),
            idle: Duration::from_secs(600),
            frame: Duration::from_secs(20),
            write: Duration::from_secs(30),
            lifetime: Duration::from_secs(24 * 60 * 60),
        }
    }
}

/// What all connections of one registry share.
#[derive(Debug)]
pub(crate) struct Shared {
    registry: Mutex<Registry>,
    entropy: Mutex<OsEntropy>,
    faults: Mutex<Option<FaultInjector>>,
    pub(crate) sessions: Sessions,
    /// Whether every answer is reordered, by the profile's quirk.
    pub(crate) reorders: bool,
    /// Commands a session may carry, by the profile.
    pub(crate) commands_per_session: Option<u32>,
    pub(crate) clock: VirtualClock,
    pub(crate) limits: ServerLimits,
}

impl Shared {
    pub(crate) fn new(registry: Registry, clock: VirtualClock, mut limits: ServerLimits) -> Shared {
        let profile = registry.profile();
        if profile.quirks.contains(&Quirk::OneWriteFrames) {
            limits.frame = ONE_WRITE_FRAME;
        }
        Shared {
            sessions: Sessions::new(profile.limits.sessions, profile.limits.commands_per_minute),
            reorders: profile.quirks.contains(&Quirk::ResponseOrder),
            commands_per_session: profile.limits.commands_per_session,
            registry: Mutex::new(registry),
            entropy: Mutex::default(),
            faults: Mutex::new(None),
            clock,
            limits,
        }
    }

    /// The registry, brought up to the clock.
    pub(crate) fn registry(&self) -> (MutexGuard<'_, Registry>, Timestamp) {
        let mut registry = self.registry.lock().unwrap_or_else(PoisonError::into_inner);
        let now = self.clock.now();
        registry.advance(now);
        (registry, now)
    }

    pub(crate) fn entropy(&self) -> MutexGuard<'_, OsEntropy> {
        self.entropy.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_faults(&self, plan: Option<FaultPlan>) {
        *self.faults.lock().unwrap_or_else(PoisonError::into_inner) = plan.map(FaultInjector::new);
    }

    pub(crate) fn decide_fault(&self, occasion: Occasion) -> Option<Decided> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner).as_mut().and_then(|faults| faults.decide(occasion))
    }
}

/// A server at work. Dropping it stops it and its connections.
#[derive(Debug)]
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    pub(crate) shared: Arc<Shared>,
    task: JoinHandle<()>,
}

impl Server {
    /// Serves on a listener that is bound already.
    pub(crate) fn start(listener: TcpListener, config: Arc<ServerConfig>, shared: Arc<Shared>) -> std::io::Result<Server> {
        let address = listener.local_addr()?;
        let task = tokio::spawn(accept(listener, TlsAcceptor::from(config), Arc::clone(&shared)));
        Ok(Server { address, shared, task })
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Accepts until it is aborted; its connections end with it.
async fn accept(listener: TcpListener, tls: TlsAcceptor, shared: Arc<Shared>) {
    let mut connections = tokio::task::JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    let _ = stream.set_nodelay(true);
                    let (tls, shared) = (tls.clone(), Arc::clone(&shared));
                    connections.spawn(async move {
                        if let Err(error) = connection::serve(stream, tls, shared).await {
                            tracing::debug!(%peer, %error, "connection ended");
                        }
                    });
                }
                // Out of descriptors, as a rule: the next accept would fail at once too.
                Err(error) => {
                    tracing::warn!(%error, "a connection could not be accepted");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            },
            Some(_) = connections.join_next() => {}
        }
    }
}
