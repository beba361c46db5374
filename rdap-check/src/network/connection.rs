//! Connecting: TCP, and TLS for `https`, with what goes wrong told apart as ICANN's ids do.

use super::{Target, VisitError};
use crate::session::Trouble;
use rustls::client::WebPkiServerVerifier;
use rustls::{CertificateError, ClientConfig, RootCertStore};
use rustls_pki_types::ServerName;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use url::Url;

/// A byte stream in both directions.
pub(super) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

/// Makes connections.
pub(super) struct Connector(TlsConnector);

impl Connector {
    /// Trusts the roots of the public web and those of the target.
    pub(super) fn new(target: &Target) -> Result<Self, VisitError> {
        let fault = |fault: &dyn std::error::Error| VisitError::Trust(fault.to_string());
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.into() };
        for root in &target.roots {
            roots.add(root.clone()).map_err(|error| fault(&error))?;
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider));
        if !target.revocation_lists.is_empty() {
            let lists = target.revocation_lists.iter().cloned();
            verifier = verifier.with_crls(lists).only_check_end_entity_revocation().allow_unknown_revocation_status();
        }
        let verifier = verifier.build().map_err(|error| fault(&error))?;
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().map_err(|error| fault(&error))?;
        let mut config = builder.with_webpki_verifier(verifier).with_no_client_auth();
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(TlsConnector::from(Arc::new(config))))
    }

    /// Connects to an address for a URL.
    pub(super) async fn connect(&self, address: SocketAddr, url: &Url) -> Result<Box<dyn Stream>, Trouble> {
        let tcp = TcpStream::connect(address).await.map_err(|fault| match fault.kind() {
            io::ErrorKind::ConnectionRefused => Trouble::Refused,
            _ => Trouble::NotConnected,
        })?;
        if url.scheme() != "https" {
            return Ok(Box::new(tcp));
        }
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
        let name = ServerName::try_from(host).map_err(|_| Trouble::CertificateInvalid)?;
        let tls = self.0.connect(name, tcp).await.map_err(|fault| trouble_of_handshake(&fault))?;
        Ok(Box::new(tls))
    }
}

fn trouble_of_handshake(fault: &io::Error) -> Trouble {
    let Some(rustls::Error::InvalidCertificate(fault)) = fault.get_ref().and_then(|inner| inner.downcast_ref()) else {
        return Trouble::HandshakeFailed;
    };
    match fault {
        CertificateError::Expired
        | CertificateError::ExpiredContext { .. }
        | CertificateError::NotValidYet
        | CertificateError::NotValidYetContext { .. } => Trouble::CertificateExpired,
        CertificateError::Revoked => Trouble::CertificateRevoked,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } | CertificateError::BadEncoding => {
            Trouble::CertificateInvalid
        }
        _ => Trouble::CertificateUntrusted,
    }
}
