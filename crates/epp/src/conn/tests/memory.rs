//! What an idle session weighs.

use super::*;
use crate::testing::check;

/// Sessions opened to average over.
const SESSIONS: usize = 200;
/// Most bytes an idle session may keep, TLS included.
const SESSION_BYTES: usize = 64 * 1024;

/// Resident memory of this process, in bytes.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() * 1024
}

/// Both ends live in this process, so a pair may weigh two sessions and the pipe between them.
#[tokio::test]
async fn an_idle_session_weighs_little() {
    let (pki, settings) = (Pki::new(), settings());
    let (acceptor, client) = (pki.acceptor(), pki.client());
    let config = client.config_at(settings.clock.now()).unwrap();
    let mut pairs = Vec::new();
    let mut before = 0;
    for round in 0..SESSIONS + 20 {
        if round == 20 {
            before = resident();
        }
        let (ours, theirs) = tokio::io::duplex(4 * 1024);
        let acceptor = acceptor.clone();
        let server = tokio::spawn(async move {
            let mut peer = Peer::new(acceptor.accept(theirs).await.unwrap().0);
            peer.greet().await;
            let command = peer.command().await;
            peer.answer(&command, 1000).await;
            peer
        });
        let stream = TlsConnector::from(Arc::clone(&config)).connect("localhost".try_into().unwrap(), ours).await.unwrap();
        let (connection, _) = Connection::over(stream, "test", &settings).await.unwrap();
        assert_eq!(code(&connection.exchange(check("ONE")).await), 1000);
        pairs.push((connection, server.await.unwrap()));
    }
    let each = resident().saturating_sub(before) / SESSIONS;
    println!("an idle session and its registry's end weigh {each} bytes together");
    assert!(each <= 2 * SESSION_BYTES, "{each} bytes for both ends of a session");
}
