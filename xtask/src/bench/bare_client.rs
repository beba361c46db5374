//! The peer of the pool: one TLS connection, blocking, one thread, frames that were made before. What it needs nobody can save.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;

use anyhow::{Result, ensure};
use epp::frame::{CLIENT_MAX_FRAME_BYTES, HEADER_BYTES};
use epp::{Command, Login, Namespace, decode_response, encode_command};
use registrar::{Clock, SystemClock};
use rustls::{ClientConnection, StreamOwned};
use rustls_pki_types::ServerName;

use super::far_registry::{FarRegistry, handle};

/// A session.
pub struct BareClient {
    stream: StreamOwned<ClientConnection, TcpStream>,
}

/// A frame with its header, as it goes into a write.
pub fn unit(body: &[u8]) -> Result<Vec<u8>> {
    Ok(epp::frame::encode(body, CLIENT_MAX_FRAME_BYTES)?)
}

impl BareClient {
    /// Connects to the registry at `address`, which may be a proxy's, and logs in.
    pub fn log_in(registry: &FarRegistry, address: SocketAddr) -> Result<Self> {
        let config = registry.tls()?.config_at(SystemClock.now())?;
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        let connection = ClientConnection::new(Arc::clone(&config), ServerName::from(address.ip()))?;
        let mut client = Self { stream: StreamOwned::new(connection, stream) };
        client.receive()?;
        let login = Login::new(&handle()?, registry.password()?, vec![Namespace::Domain.urn().to_owned()], Vec::new());
        client.succeed(&Command::new(login, "bare-login"))?;
        Ok(client)
    }

    /// Sends a command and insists on success.
    pub fn succeed(&mut self, command: &Command) -> Result<()> {
        self.send(&unit(&encode_command(command)?)?)?;
        let response = decode_response(&self.receive()?)?.value;
        ensure!(response.is_success(), "the registry answered {}", response.code());
        Ok(())
    }

    /// Sends a frame with its header, or several.
    pub fn send(&mut self, units: &[u8]) -> Result<()> {
        self.stream.write_all(units)?;
        Ok(self.stream.flush()?)
    }

    /// Takes the next frame's body.
    pub fn receive(&mut self) -> Result<Vec<u8>> {
        let mut header = [0; HEADER_BYTES];
        self.stream.read_exact(&mut header)?;
        let length = usize::try_from(u32::from_be_bytes(header))?;
        let mut body = vec![0; length - HEADER_BYTES];
        self.stream.read_exact(&mut body)?;
        Ok(body)
    }
}
