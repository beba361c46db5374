//! One connection against a registry that a test plays, over TLS in memory and on paused time.

mod cuts;
mod ends;
mod frames;
mod matching;
mod memory;

use std::sync::Arc;
use std::time::Duration;

use tokio::io::DuplexStream;
use tokio_rustls::TlsConnector;

use super::{Connection, ConnectionSettings, Exchange, NotSent};
use crate::testing::{Peer, Pki, TestClock};

/// Default settings on the test clock.
fn settings() -> ConnectionSettings {
    ConnectionSettings::new(TestClock::new())
}

/// A connection and the registry's end of it, greeting done.
async fn open(settings: &ConnectionSettings) -> (Connection, Peer) {
    let pki = Pki::new();
    let (ours, theirs) = tokio::io::duplex(64 * 1024);
    let acceptor = pki.acceptor();
    let server = tokio::spawn(async move {
        let mut peer = Peer::new(acceptor.accept(theirs).await.unwrap().0);
        peer.greet().await;
        peer
    });
    let stream = secure(&pki, settings, ours).await;
    let (connection, greeting) = Connection::over(stream, "test", settings).await.unwrap();
    assert_eq!(greeting.value.server_id, "Test registry");
    (connection, server.await.unwrap())
}

async fn secure(pki: &Pki, settings: &ConnectionSettings, stream: DuplexStream) -> tokio_rustls::client::TlsStream<DuplexStream> {
    let config = pki.client().config_at(settings.clock.now()).unwrap();
    TlsConnector::from(config).connect("localhost".try_into().unwrap(), stream).await.unwrap()
}

/// Starts an exchange and lets it run by itself.
fn start(connection: &Connection, prepared: super::Prepared) -> tokio::task::JoinHandle<Exchange> {
    let connection = connection.clone();
    tokio::spawn(async move { connection.exchange(prepared).await })
}

/// The code of an answer; panics when there was none.
fn code(exchange: &Exchange) -> u16 {
    exchange.response().unwrap_or_else(|| panic!("an answer was expected, not {exchange:?}")).code().get()
}

/// Why a command is unknown.
fn unknown(exchange: &Exchange) -> &super::CloseReason {
    match exchange {
        Exchange::Unknown(unknown) => &unknown.reason,
        other => panic!("an unknown outcome was expected, not {other:?}"),
    }
}

/// Why a command was not sent.
fn not_sent(exchange: &Exchange) -> &NotSent {
    match exchange {
        Exchange::NotSent(why) => why,
        other => panic!("a command not sent was expected, not {other:?}"),
    }
}

/// Lets every other task run until all wait.
async fn settle() {
    tokio::time::sleep(Duration::from_millis(1)).await;
}

/// Settings with a pipelining window for transforms.
fn wide() -> ConnectionSettings {
    ConnectionSettings { transform_window: 8, ..settings() }
}

fn with_idle(seconds: u64) -> ConnectionSettings {
    ConnectionSettings { idle: Some(Duration::from_secs(seconds)), ..settings() }
}

#[test]
fn handles_cross_threads() {
    fn crosses<T: Send + Sync>() {}
    crosses::<Connection>();
    crosses::<Arc<ConnectionSettings>>();
}
