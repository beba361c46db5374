//! The load: clients that ask for names all over a directory, in a process of their own.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{ExitCode, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use rustls::client::Resumption;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};
use serde::{Deserialize, Serialize};

use super::super::cost::Cost;
use super::super::process::Process;
use super::cores::{self, Core};
use super::records::{HOST, name};

/// The hidden chore that [`carry_out`] is started by.
const CHORE: &str = "bench-load";

/// Room for an answer, in bytes.
const ROOM: usize = 64 * 1024;

/// How the questions come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Way {
    /// RDAP over plain HTTP on kept connections; what stands before `domain/NAME`.
    Http { base: String },
    /// RDAP over TLS 1.3 on kept connections; the certificate to trust.
    Https { trust: PathBuf },
    /// RDAP over TLS 1.3, a fresh handshake without resumption for each question.
    FreshHttps { trust: PathBuf },
    /// WHOIS, a connection for each question.
    Whois,
}

/// What to ask.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Load {
    pub way: Way,
    pub address: SocketAddr,
    /// How many names there are to ask for.
    pub names: usize,
    /// Clients that ask at once, each on a connection of its own.
    pub clients: usize,
    /// For how long, in milliseconds.
    pub millis: u64,
    /// Questions a second of all clients together; as many as come back where none is given.
    pub rate: Option<f64>,
}

/// What came of it.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Asked {
    /// Questions that were answered.
    pub count: usize,
    /// How long it took, in seconds.
    pub seconds: f64,
    pub median_ms: f64,
    /// The 99th percentile, counted from when a question was due.
    pub p99_ms: f64,
}

impl Asked {
    /// Answers a second.
    pub fn rate(&self) -> f64 {
        self.count as f64 / self.seconds
    }
}

impl Load {
    /// Asks from another process, and measures what the answers cost `server`.
    pub fn put_on(&self, server: &Process) -> Result<(Asked, Cost)> {
        Cost::on(server, || {
            let mut command = cores::on(Core::Load, &std::env::current_exe()?);
            let command = command.arg(CHORE).arg(serde_json::to_string(self)?);
            let output = command.stdin(Stdio::null()).stderr(Stdio::inherit()).output().context("the load cannot be started")?;
            ensure!(output.status.success(), "the load on {} broke", self.address);
            serde_json::from_slice(&output.stdout).context("the load said nothing of use")
        })
    }

    /// The answer to one question, without its head.
    pub fn ask_once(&self) -> Result<Vec<u8>> {
        Ok(Client::new(self)?.ask_for(&name(0))?.to_vec())
    }
}

/// The other process: asks, and prints what came of it.
pub fn carry_out(load: &str) -> Result<ExitCode> {
    let load: Load = serde_json::from_str(load)?;
    let start = Instant::now();
    let clients: Vec<_> = (0..load.clients)
        .map(|client| {
            let load = load.clone();
            thread::spawn(move || run(&load, client, start))
        })
        .collect();
    let mut micros = Vec::new();
    for client in clients {
        micros.extend(client.join().map_err(|_| anyhow::anyhow!("a client broke"))??);
    }
    let seconds = start.elapsed().as_secs_f64();
    micros.sort_unstable();
    let percentile = |percent: usize| f64::from(micros.get(micros.len() * percent / 100).copied().unwrap_or_default()) / 1e3;
    let asked = Asked { count: micros.len(), seconds, median_ms: percentile(50), p99_ms: percentile(99) };
    println!("{}", serde_json::to_string(&asked)?);
    Ok(ExitCode::SUCCESS)
}

/// One client until the time is over; gives how long each answer took, in microseconds.
fn run(load: &Load, number: usize, start: Instant) -> Result<Vec<u32>> {
    let mut client = Client::new(load)?;
    let end = start + Duration::from_millis(load.millis);
    let pace = load.rate.map(|rate| Duration::from_secs_f64(load.clients as f64 / rate));
    // Clients begin one after another within the first pace.
    let shift = pace.unwrap_or_default().mul_f64(number as f64 / load.clients as f64);
    let mut micros = Vec::new();
    for turn in 0_u32.. {
        let now = Instant::now();
        let due = pace.map_or(now, |pace| start + shift + pace * turn);
        if due.max(now) >= end {
            break;
        }
        thread::sleep(due.saturating_duration_since(now));
        client.ask_for(&name((turn as usize * load.clients + number) * 7919 % load.names))?;
        micros.push(u32::try_from(due.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
    Ok(micros)
}

/// A client with its connection.
pub struct Client {
    way: Way,
    address: SocketAddr,
    tls: Option<Arc<ClientConfig>>,
    connection: Option<Connection>,
    room: Vec<u8>,
}

enum Connection {
    Plain(TcpStream),
    Tls(Box<StreamOwned<ClientConnection, TcpStream>>),
}

impl Client {
    /// One that asks as `load` says.
    pub fn new(load: &Load) -> Result<Self> {
        let tls = match &load.way {
            Way::Https { trust } | Way::FreshHttps { trust } => Some(Arc::new(trusting(trust)?)),
            Way::Http { .. } | Way::Whois => None,
        };
        Ok(Self { way: load.way.clone(), address: load.address, tls, connection: None, room: vec![0; ROOM] })
    }

    /// Asks for a name; gives the answer without its head.
    pub fn ask_for(&mut self, name: &str) -> Result<&[u8]> {
        if matches!(self.way, Way::Whois | Way::FreshHttps { .. }) {
            self.connection = None;
        }
        let mut connection = match self.connection.take() {
            Some(connection) => connection,
            None => self.connect()?,
        };
        let answer = match &self.way {
            Way::Whois => ask_whois(&mut connection, name, &mut self.room)?,
            Way::Http { base } => ask_http(&mut connection, base, name, &mut self.room)?,
            Way::Https { .. } | Way::FreshHttps { .. } => ask_http(&mut connection, "/", name, &mut self.room)?,
        };
        self.connection = Some(connection);
        Ok(&self.room[answer])
    }

    fn connect(&self) -> Result<Connection> {
        let stream = TcpStream::connect(self.address)?;
        stream.set_nodelay(true)?;
        let Some(config) = &self.tls else { return Ok(Connection::Plain(stream)) };
        let session = ClientConnection::new(Arc::clone(config), ServerName::try_from(HOST)?)?;
        Ok(Connection::Tls(Box::new(StreamOwned::new(session, stream))))
    }
}

/// Trusts one certificate, speaks TLS 1.3, resumes nothing.
fn trusting(file: &std::path::Path) -> Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(file)?)?;
    let mut config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::aws_lc_rs::default_provider()))
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.resumption = Resumption::disabled();
    Ok(config)
}

impl Connection {
    fn send(&mut self, bytes: &[u8]) -> Result<()> {
        match self {
            Self::Plain(stream) => stream.write_all(bytes)?,
            Self::Tls(stream) => {
                stream.write_all(bytes)?;
                stream.flush()?;
            }
        }
        Ok(())
    }

    fn receive(&mut self, room: &mut [u8]) -> Result<usize> {
        Ok(match self {
            Self::Plain(stream) => stream.read(room)?,
            Self::Tls(stream) => stream.read(room)?,
        })
    }
}

fn ask_whois(connection: &mut Connection, name: &str, room: &mut [u8]) -> Result<std::ops::Range<usize>> {
    connection.send(format!("{name}\r\n").as_bytes())?;
    let mut filled = 0;
    loop {
        match connection.receive(&mut room[filled..])? {
            0 => break,
            read => filled += read,
        }
    }
    ensure!(room.starts_with(b"Domain Name: "), "WHOIS did not know {name}");
    Ok(0..filled)
}

fn ask_http(connection: &mut Connection, base: &str, name: &str, room: &mut [u8]) -> Result<std::ops::Range<usize>> {
    // ICANN's server breaks down where `Accept` is missing (0.0.30); RFC 7480 section 4.2 wants it of clients.
    connection.send(format!("GET {base}domain/{name} HTTP/1.1\r\nHost: {HOST}\r\nAccept: application/rdap+json\r\n\r\n").as_bytes())?;
    let mut filled = 0;
    let body = loop {
        let read = connection.receive(&mut room[filled..])?;
        ensure!(read > 0, "the server closed the connection");
        filled += read;
        if let Some(end) = room[..filled].windows(4).position(|window| window == b"\r\n\r\n") {
            let length = length_in(&room[..end]).with_context(|| format!("{name} was not answered"))?;
            break end + 4..end + 4 + length;
        }
    };
    while filled < body.end {
        let read = connection.receive(&mut room[filled..])?;
        ensure!(read > 0, "the server closed the connection");
        filled += read;
    }
    Ok(body)
}

/// The length that the head of a good answer promises.
fn length_in(head: &[u8]) -> Option<usize> {
    let head = std::str::from_utf8(head).ok().filter(|head| head.starts_with("HTTP/1.1 200"))?;
    let (_, value) = head.lines().filter_map(|line| line.split_once(':')).find(|(name, _)| name.eq_ignore_ascii_case("content-length"))?;
    value.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::length_in;

    #[test]
    fn only_a_good_answer_has_a_length() {
        assert_eq!(length_in(b"HTTP/1.1 200 OK\r\ncontent-type: x\r\nContent-Length: 12"), Some(12));
        assert_eq!(length_in(b"HTTP/1.1 404 Not Found\r\ncontent-length: 12"), None);
        assert_eq!(length_in(b"HTTP/1.1 200 OK"), None);
    }
}
