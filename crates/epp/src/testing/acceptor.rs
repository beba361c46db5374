//! The server side of TLS for the registries of tests: it refuses in the handshake whoever shows no certificate of its CA.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use rustls::ServerConfig;
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::tls::{ClientIdentity, Fingerprint, IdentityFiles, VERSIONS, provider, roots_of};

#[derive(Clone)]
pub(crate) struct Acceptor(TlsAcceptor);

impl Acceptor {
    pub(crate) fn load(own: &IdentityFiles, client_ca: &[PathBuf]) -> Acceptor {
        let roots = Arc::new(roots_of(client_ca).unwrap());
        let verifier = WebPkiClientVerifier::builder_with_provider(roots, provider()).build().unwrap();
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(VERSIONS)
            .unwrap()
            .with_client_cert_verifier(verifier)
            .with_cert_resolver(ClientIdentity::load(own).unwrap().resolver());
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Acceptor(TlsAcceptor::from(Arc::new(config)))
    }

    /// Does the handshake; gives the stream and the certificate the client showed.
    pub(crate) async fn accept<S>(&self, stream: S) -> io::Result<(TlsStream<S>, Fingerprint)>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let stream = self.0.accept(stream).await?;
        let shown = Fingerprint::of(&stream.get_ref().1.peer_certificates().unwrap()[0]);
        Ok((stream, shown))
    }
}
