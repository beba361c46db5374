//! Connections on port 43: one line in, the answer out, closed (RFC 3912).

use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::time::timeout;

use super::MAX_LINE_BYTES;
use crate::accept::accept;
use crate::metrics::Protocol;
use crate::service::Service;

/// What a connection may take.
#[derive(Clone, Copy, Debug)]
pub struct WhoisLimits {
    /// Connections at once; more wait to be accepted.
    pub connections: usize,
    /// How long a client may take to send its line.
    pub read: Duration,
    /// How long a client may take to read the answer.
    pub write: Duration,
}

impl Default for WhoisLimits {
    fn default() -> Self {
        Self { connections: 4096, read: Duration::from_secs(5), write: Duration::from_secs(10) }
    }
}

/// Serves WHOIS.
pub struct Server {
    service: Arc<Service>,
    limits: WhoisLimits,
}

impl Server {
    /// A server for a service.
    #[must_use]
    pub fn new(service: Arc<Service>, limits: WhoisLimits) -> Self {
        Self { service, limits }
    }

    /// Serves a listener until `stop` says true or is dropped.
    pub async fn run(self: Arc<Self>, listener: TcpListener, stop: watch::Receiver<bool>) {
        let server = Arc::clone(&self);
        accept("whois", listener, self.limits.connections, stop, move |stream, from| {
            let server = Arc::clone(&server);
            async move {
                let _open = server.service.counters().open(Protocol::Whois);
                // A client that goes away concerns nobody else.
                let _ = server.serve(stream, from).await;
            }
        })
        .await;
    }

    async fn serve(&self, mut stream: TcpStream, from: IpAddr) -> io::Result<()> {
        let mut line = [0; MAX_LINE_BYTES];
        let length = timeout(self.limits.read, read_line(&mut stream, &mut line)).await??;
        let answer = match length {
            Some(length) => self.service.answer_whois(&line[..length], from),
            None => format!("Error: a question has at most {MAX_LINE_BYTES} bytes.\r\n"),
        };
        timeout(self.limits.write, async {
            stream.write_all(answer.as_bytes()).await?;
            stream.shutdown().await
        })
        .await?
    }
}

/// Reads up to the end of a line, or of what the client sends; gives its length, or none if it is too long.
async fn read_line(stream: &mut TcpStream, line: &mut [u8]) -> io::Result<Option<usize>> {
    let mut filled = 0;
    while filled < line.len() {
        let read = stream.read(&mut line[filled..]).await?;
        let end = line[filled..filled + read].iter().position(|byte| matches!(byte, b'\n' | b'\r')).map(|at| filled + at);
        match (end, read) {
            (Some(end), _) => return Ok(Some(end)),
            (None, 0) => return Ok(Some(filled)),
            (None, read) => filled += read,
        }
    }
    Ok(None)
}
