//! The server side of TLS: a registry that asks its registrars for certificates (RFC 5734 section 8).

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use rustls::server::{NoServerSessionStorage, WebPkiClientVerifier};
use rustls_pki_types::CertificateDer;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::pin::sha256;
use super::trust::roots_of;
use super::{CertificateInfo, ClientIdentity, IdentityFiles, TlsFault, VERSIONS, provider};

/// Longest a peer may take over its handshake.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(20);

/// SHA-256 of a whole certificate in DER, as `openssl x509 -fingerprint -sha256` shows it. Prints as lower-case hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Fingerprint(pub [u8; 32]);

impl Fingerprint {
    /// The fingerprint of a certificate.
    pub fn of(certificate: &CertificateDer<'_>) -> Fingerprint {
        Fingerprint(sha256(certificate))
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Who is at the other end of an accepted connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerIdentity {
    /// Fingerprint of the certificate shown.
    pub fingerprint: Fingerprint,
    /// What the certificate says.
    pub info: CertificateInfo,
}

/// Accepts TLS connections from registrars that show a certificate of the given CA.
#[derive(Clone)]
pub struct Acceptor(TlsAcceptor);

impl Acceptor {
    /// Reads the server's own certificate and the CA of its clients.
    ///
    /// # Errors
    /// [`TlsFault`] naming the first file that cannot be used.
    pub fn load(own: &IdentityFiles, client_ca: &[PathBuf]) -> Result<Acceptor, TlsFault> {
        let verifier =
            WebPkiClientVerifier::builder_with_provider(Arc::new(roots_of(client_ca)?), provider()).build().map_err(|error| {
                TlsFault::setting(format!("the CA of the clients cannot be used ({error})"), "name the CA's own certificate")
            })?;
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_protocol_versions(VERSIONS)
            .map_err(|error| TlsFault::setting(format!("TLS cannot be set up ({error})"), "report this as a fault of the program"))?
            .with_client_cert_verifier(verifier)
            .with_cert_resolver(ClientIdentity::load(own)?.resolver());
        config.session_storage = Arc::new(NoServerSessionStorage {});
        config.send_tls13_tickets = 0;
        Ok(Acceptor(TlsAcceptor::from(Arc::new(config))))
    }

    /// Does the handshake of one connection.
    ///
    /// # Errors
    /// The stream failed, the peer showed no acceptable certificate, or it took longer than 20 s.
    pub async fn accept<S>(&self, stream: S) -> io::Result<(TlsStream<S>, PeerIdentity)>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let handshake = tokio::time::timeout(HANDSHAKE_TIMEOUT, self.0.accept(stream));
        let stream = handshake.await.map_err(|_| io::Error::new(io::ErrorKind::TimedOut, "the handshake took too long"))??;
        let peer = peer_of(stream.get_ref().1.peer_certificates())?;
        Ok((stream, peer))
    }
}

fn peer_of(chain: Option<&[CertificateDer<'static>]>) -> io::Result<PeerIdentity> {
    let bad = |what| io::Error::new(io::ErrorKind::InvalidData, what);
    let leaf = chain.and_then(<[_]>::first).ok_or_else(|| bad("the peer showed no certificate"))?;
    Ok(PeerIdentity { fingerprint: Fingerprint::of(leaf), info: CertificateInfo::read(leaf).map_err(bad)? })
}

impl fmt::Debug for Acceptor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Acceptor")
    }
}
