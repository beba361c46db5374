//! The registry's end of one connection, driven step by step by a test.

use std::pin::Pin;

use model::Timestamp;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

use super::START;
use crate::capture::{self, Side};
use crate::frame::{self, FrameReader, SERVER_MAX_FRAME_BYTES};
use crate::namespace::Namespace;
use crate::wire::{
    ClientMessage, Command, Greeting, Response, ResultCode, TransactionId, decode_client_frame, encode_greeting, encode_response,
};

/// Any stream.
pub(crate) trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Wire for S {}

pub(crate) struct Peer {
    stream: Pin<Box<dyn Wire>>,
    reader: FrameReader,
}

impl Peer {
    pub(crate) fn new(stream: impl Wire + 'static) -> Peer {
        Peer { stream: Box::pin(stream), reader: FrameReader::server() }
    }

    pub(crate) fn greeting() -> Greeting {
        use Namespace::{Contact, Domain, Host, LoginSec, Rgp, SecDns};
        Greeting::new("Test registry", START.parse::<Timestamp>().unwrap(), &[Domain, Host, Contact, SecDns, Rgp, LoginSec])
    }

    pub(crate) async fn greet(&mut self) {
        let bytes = encode_greeting(&Peer::greeting()).unwrap();
        capture::record(Side::Server, &bytes);
        self.send(&bytes).await;
    }

    /// The next frame of the client; `None` when it closed or the line was cut.
    pub(crate) async fn receive(&mut self) -> Option<ClientMessage> {
        let body = frame::read_frame(&mut self.stream, &mut self.reader).await.ok()??;
        Some(decode_client_frame(&body).expect("our frames are valid"))
    }

    /// The next frame, which must be a command.
    pub(crate) async fn command(&mut self) -> Command {
        match self.receive().await {
            Some(ClientMessage::Command(command)) => *command,
            other => panic!("a command was expected, not {other:?}"),
        }
    }

    /// Answers a command with a code.
    pub(crate) async fn answer(&mut self, command: &Command, code: u16) {
        self.respond(&response(command, code)).await;
    }

    pub(crate) async fn respond(&mut self, response: &Response) {
        let bytes = encode_response(response).unwrap();
        capture::record(Side::Server, &bytes);
        self.send(&bytes).await;
    }

    /// Sends a body with its header. A client that is gone is no concern of a script.
    pub(crate) async fn send(&mut self, body: &[u8]) {
        let unit = frame::encode(body, SERVER_MAX_FRAME_BYTES.max(body.len() + 4)).unwrap();
        self.send_raw(&unit).await;
    }

    /// Sends bytes as they are.
    pub(crate) async fn send_raw(&mut self, bytes: &[u8]) {
        let _ = self.stream.write_all(bytes).await;
        let _ = self.stream.flush().await;
    }

    pub(crate) async fn close(mut self) {
        let _ = self.stream.shutdown().await;
    }
}

/// A response to a command, with an svTRID that names the command.
pub(crate) fn response(command: &Command, code: u16) -> Response {
    let cltrid = command.cltrid.clone();
    let svtrid = TransactionId::new(format!("SV-{}", cltrid.as_ref().map_or("none", |id| id.as_str())));
    Response::new(ResultCode(code), cltrid, svtrid)
}
