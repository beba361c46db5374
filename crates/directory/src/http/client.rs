//! A client of HTTPS for the questions that this process asks itself: the probe's and an authority's. One connection for each, always
//! verified.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use http::header::{HOST, HeaderValue};
use http::uri::Scheme;
use http::{Request, Response, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::rt::TokioIo;
use rustls::{ClientConfig, RootCertStore};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};
use thiserror::Error;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use super::tls::provider;

/// Most bytes of an answer's body.
const BODY_BYTES: usize = 1024 * 1024;

/// Trusts the public authorities, and those in a PEM file besides.
///
/// # Errors
/// [`ClientFault::Roots`] if the file cannot be read or holds no certificate.
pub fn trust(more: Option<&Path>) -> Result<Arc<ClientConfig>, ClientFault> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(path) = more {
        let fault = |reason: String| ClientFault::Roots { path: path.display().to_string(), reason };
        let certificates = CertificateDer::pem_file_iter(path).map_err(|error| fault(error.to_string()))?;
        let before = roots.len();
        for certificate in certificates {
            let certificate = certificate.map_err(|error| fault(error.to_string()))?;
            roots.add(certificate).map_err(|error| fault(error.to_string()))?;
        }
        if roots.len() == before {
            return Err(fault("there is no certificate in it".to_owned()));
        }
    }
    let config = ClientConfig::builder_with_provider(Arc::new(provider()))
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(|error| ClientFault::Tls(error.to_string()))?;
    Ok(Arc::new(config.with_root_certificates(roots).with_no_client_auth()))
}

/// Asks over HTTPS.
#[derive(Clone)]
pub(crate) struct Client {
    tls: TlsConnector,
}

impl Client {
    /// Asks with that trust.
    pub(crate) fn new(tls: Arc<ClientConfig>) -> Self {
        Self { tls: TlsConnector::from(tls) }
    }

    /// Sends a request to an address; the host of its URI is verified. The caller limits the time.
    pub(crate) async fn exchange(&self, address: SocketAddr, request: Request<Vec<u8>>) -> Result<Response<Bytes>, ClientFault> {
        let (host, request) = prepare(request)?;
        let stream = TcpStream::connect(address).await.map_err(|error| ClientFault::Connect(error.to_string()))?;
        let stream = self.tls.connect(host, stream).await.map_err(|error| ClientFault::Tls(error.to_string()))?;
        let http = |error: hyper::Error| ClientFault::Http(error.to_string());
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(http)?;
        // It ends with the answer, since the sender is dropped then.
        let driven = tokio::spawn(connection);
        let answer = async {
            let (parts, body) = sender.send_request(request).await.map_err(http)?.into_parts();
            let body = Limited::new(body, BODY_BYTES).collect().await.map_err(|error| ClientFault::Http(error.to_string()))?;
            Ok(Response::from_parts(parts, body.to_bytes()))
        };
        let answer = answer.await;
        driven.abort();
        answer
    }
}

/// The host to verify, and the request as it goes over the wire: the path alone, and the host in its header.
fn prepare(request: Request<Vec<u8>>) -> Result<(ServerName<'static>, Request<Full<Bytes>>), ClientFault> {
    let (mut parts, body) = request.into_parts();
    let uri = std::mem::take(&mut parts.uri);
    let wrong = || ClientFault::Uri(uri.to_string());
    let authority = uri.authority().filter(|_| uri.scheme() == Some(&Scheme::HTTPS)).ok_or_else(wrong)?;
    let host = authority.host().trim_matches(['[', ']']).to_owned();
    let host = ServerName::try_from(host).map_err(|_| wrong())?;
    let value = HeaderValue::from_str(authority.as_str()).map_err(|_| wrong())?;
    parts.headers.insert(HOST, value);
    parts.uri = uri.path_and_query().map_or_else(|| Uri::from_static("/"), |path| Uri::from(path.clone()));
    Ok((host, Request::from_parts(parts, Full::new(Bytes::from(body)))))
}

/// Why a question over HTTPS was not answered.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ClientFault {
    /// Roots that cannot be trusted.
    #[error("`{path}` cannot be used as certificates to trust: {reason}")]
    Roots {
        /// Which.
        path: String,
        /// Why.
        reason: String,
    },
    /// No address to ask.
    #[error("`{0}` is no address of HTTPS")]
    Uri(String),
    /// No connection.
    #[error("there was no connection: {0}")]
    Connect(String),
    /// No trust.
    #[error("there was no trusted TLS connection: {0}")]
    Tls(String),
    /// No answer of HTTP.
    #[error("there was no whole answer of HTTP: {0}")]
    Http(String),
}
