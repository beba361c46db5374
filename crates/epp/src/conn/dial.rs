//! From a registry's address to a connection with its greeting.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use rustls_pki_types::ServerName;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;

use super::fault::explain_tls;
use super::pump::{Pump, PumpEvent};
use super::receive::{Received, receive};
use super::{CloseReason, ConnectFault, Connection, ConnectionSettings};
use crate::tls::{ClientTls, ClientTlsSlot};
use crate::wire::{Decoded, Greeting};

/// Port of EPP over TCP (RFC 5734 section 7).
pub const EPP_PORT: u16 = 700;

/// Silence after which TCP asks whether the path still stands. Shorter than the idle timeouts of firewalls, which drop a path without a word.
const KEEPALIVE_TIME: Duration = Duration::from_secs(60);
/// Time between two such questions; after nine without answer Linux gives the path up.
const KEEPALIVE_INTERVAL: Duration = Duration::from_secs(10);

/// Where a registry account is reached, and how.
#[derive(Clone, Debug)]
pub struct ConnectTarget {
    /// Host name or address to connect to.
    pub host: String,
    /// The name in the server's certificate, asked for (SNI) and verified, where it is not [`Self::host`].
    pub server_name: Option<String>,
    /// Usually [`EPP_PORT`].
    pub port: u16,
    /// The address to come from, for registries that know their registrars by address. Only addresses of the registry of the same
    /// family are tried.
    pub source_address: Option<IpAddr>,
    /// Trust and our certificates.
    pub tls: Arc<ClientTlsSlot>,
}

impl ConnectTarget {
    /// `host:port`, as people read it.
    pub fn endpoint(&self) -> String {
        if self.host.contains(':') { format!("[{}]:{}", self.host, self.port) } else { format!("{}:{}", self.host, self.port) }
    }
}

/// A way to the EPP server of a registry. The usual one is a [`ConnectTarget`]; a registry inside the program has its own, and so would another
/// transport than TCP.
pub trait Dial: Send + Sync {
    /// Opens a connection and reads its greeting.
    fn dial<'a>(&'a self, settings: &'a ConnectionSettings) -> Dialling<'a>;

    /// The other end, as people read it.
    fn endpoint(&self) -> String;

    /// Our certificates in use there, if any, for their expiry.
    fn certificates(&self) -> Option<Arc<ClientTls>> {
        None
    }
}

/// A connection that is being opened.
pub type Dialling<'a> = Pin<Box<dyn Future<Output = Result<(Connection, Decoded<Greeting>), ConnectFault>> + Send + 'a>>;

impl Dial for ConnectTarget {
    fn dial<'a>(&'a self, settings: &'a ConnectionSettings) -> Dialling<'a> {
        Box::pin(Connection::connect(self, settings))
    }

    fn endpoint(&self) -> String {
        ConnectTarget::endpoint(self)
    }

    fn certificates(&self) -> Option<Arc<ClientTls>> {
        Some(self.tls.get())
    }
}

impl Connection {
    /// Connects, checks the registry's certificate, shows ours, and reads the greeting.
    ///
    /// # Errors
    /// [`ConnectFault`], a sentence on which step failed and what to do. Nothing but the handshake was sent.
    pub async fn connect(target: &ConnectTarget, settings: &ConnectionSettings) -> Result<(Connection, Decoded<Greeting>), ConnectFault> {
        let limit = settings.deadlines.connect;
        let attempt = async {
            let config = target.tls.get().config_at(settings.clock.now())?;
            let name = server_name(target.server_name.as_deref().unwrap_or(&target.host))?;
            let stream = dial(target).await?;
            let stream = TlsConnector::from(config)
                .connect(name, stream)
                .await
                .map_err(|error| ConnectFault::Handshake { address: target.endpoint(), what: tls_words(&error) })?;
            Connection::over(stream, &target.endpoint(), settings).await
        };
        match timeout(limit, attempt).await {
            Ok(outcome) => outcome,
            Err(_) => Err(ConnectFault::TooSlow { address: target.endpoint(), limit }),
        }
    }

    /// Takes over a stream whose security is somebody else's matter, for transports other than TLS over TCP, and reads the greeting.
    /// `endpoint` is for messages.
    ///
    /// # Errors
    /// [`ConnectFault`] when no greeting comes within the connect deadline.
    pub async fn over<S>(stream: S, endpoint: &str, settings: &ConnectionSettings) -> Result<(Connection, Decoded<Greeting>), ConnectFault>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let fault = |what: String| ConnectFault::Greeting { address: endpoint.to_owned(), what };
        let mut pump = Pump::new(stream, settings.max_frame_bytes);
        let limit = settings.deadlines.connect;
        let first = timeout(limit, pump.next()).await.map_err(|_| ConnectFault::TooSlow { address: endpoint.to_owned(), limit })?;
        let body = match first {
            PumpEvent::Frame(body) => body,
            PumpEvent::Ended(CloseReason::Refused(what)) => {
                return Err(ConnectFault::Handshake { address: endpoint.to_owned(), what });
            }
            PumpEvent::Ended(reason) => return Err(fault(reason.to_string())),
            PumpEvent::Written => return Err(fault("nothing was asked yet".to_owned())),
        };
        let greeting = match receive(&body).map_err(|reason| fault(reason.to_string()))? {
            Received::Greeting(greeting) => greeting,
            Received::Response(decoded) => return Err(fault(format!("a response with code {}", decoded.value.code()))),
        };
        let hello = super::prepared::hello().map_err(|error| fault(error.to_string()))?;
        let received_at = settings.clock.now();
        let connection = Connection::start(pump, settings.clone(), hello);
        connection.note_greeting(&greeting.value, received_at);
        Ok((connection, greeting))
    }
}

fn server_name(host: &str) -> Result<ServerName<'static>, ConnectFault> {
    ServerName::try_from(host.to_owned())
        .map_err(|_| ConnectFault::Resolve { host: host.to_owned(), what: "it is neither a host name nor an address".to_owned() })
}

/// Tries the registry's addresses in the resolver's order.
async fn dial(target: &ConnectTarget) -> Result<TcpStream, ConnectFault> {
    let unresolved = |what: String| ConnectFault::Resolve { host: target.host.clone(), what };
    let found = tokio::net::lookup_host((target.host.as_str(), target.port)).await.map_err(|error| unresolved(error.to_string()))?;
    let fits = |address: &SocketAddr| target.source_address.is_none_or(|source| source.is_ipv4() == address.is_ipv4());
    let mut last = unresolved("it has no address of the family we are to come from".to_owned());
    for address in found.filter(fits) {
        match dial_one(address, target.source_address).await {
            Ok(stream) => return Ok(stream),
            Err(error) => {
                last = ConnectFault::Unreachable {
                    address: format!("{} ({address})", target.endpoint()),
                    source_address: target.source_address,
                    what: error.to_string(),
                };
            }
        }
    }
    Err(last)
}

async fn dial_one(address: SocketAddr, source: Option<IpAddr>) -> io::Result<TcpStream> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    if let Some(source) = source {
        socket.bind(SocketAddr::new(source, 0))?;
    }
    // A frame is written whole: there is nothing to wait for.
    socket.set_nodelay(true)?;
    let keepalive = TcpKeepalive::new().with_time(KEEPALIVE_TIME).with_interval(KEEPALIVE_INTERVAL);
    SockRef::from(&socket).set_tcp_keepalive(&keepalive)?;
    socket.connect(address).await
}

fn tls_words(error: &io::Error) -> String {
    explain_tls(error).unwrap_or_else(|| match error.kind() {
        io::ErrorKind::UnexpectedEof => {
            "it closed the connection during the handshake; does it know our certificate and address?".to_owned()
        }
        _ => error.to_string(),
    })
}
