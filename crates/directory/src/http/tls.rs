//! TLS for RDAP: 1.2 and 1.3; with 1.2 only ECDHE and AES-GCM (TIG 1.4, 1.5).

use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};

use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::server::{ClientHello, ResolvesServerCert, ServerConfig};
use rustls::sign::CertifiedKey;
use rustls::{CipherSuite, SupportedCipherSuite};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use thiserror::Error;

/// The certificate that is shown, which can be replaced while connections are served.
pub struct Certificate {
    current: RwLock<Arc<CertifiedKey>>,
}

impl std::fmt::Debug for Certificate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Certificate([secret])")
    }
}

impl Certificate {
    /// The certificate in two PEM files: the chain, ours first, and its key.
    ///
    /// # Errors
    /// [`CertificateFault`] if a file cannot be read or they do not belong together.
    pub fn read(chain: &Path, key: &Path) -> Result<Self, CertificateFault> {
        Ok(Self { current: RwLock::new(Arc::new(read(chain, key)?)) })
    }

    /// Shows another one from now on.
    ///
    /// # Errors
    /// As [`Certificate::read`]; the former one stays then.
    pub fn replace(&self, chain: &Path, key: &Path) -> Result<(), CertificateFault> {
        let certified = Arc::new(read(chain, key)?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = certified;
        Ok(())
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner)))
    }
}

/// How connections are secured.
///
/// # Errors
/// [`CertificateFault::Provider`] if the library cannot do what the profile asks for.
pub fn server_config(certificate: Arc<Certificate>) -> Result<ServerConfig, CertificateFault> {
    let versions = [&rustls::version::TLS13, &rustls::version::TLS12];
    let mut config = ServerConfig::builder_with_provider(Arc::new(provider()))
        .with_protocol_versions(&versions)
        .map_err(|error| CertificateFault::Provider(error.to_string()))?
        .with_no_client_auth()
        .with_cert_resolver(certificate);
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(config)
}

fn provider() -> CryptoProvider {
    let mut provider = aws_lc_rs::default_provider();
    provider.cipher_suites.retain(is_allowed);
    provider
}

/// Every suite of TLS 1.3; of 1.2 the four that the profile names.
fn is_allowed(suite: &SupportedCipherSuite) -> bool {
    use CipherSuite as Suite;
    match suite {
        SupportedCipherSuite::Tls13(_) => true,
        SupportedCipherSuite::Tls12(suite) => matches!(
            suite.common.suite,
            Suite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
                | Suite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
                | Suite::TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256
                | Suite::TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384
        ),
    }
}

fn read(chain: &Path, key: &Path) -> Result<CertifiedKey, CertificateFault> {
    let fault = |path: &Path, reason: String| CertificateFault::File { path: path.display().to_string(), reason };
    let certificates: Vec<CertificateDer<'static>> =
        CertificateDer::pem_file_iter(chain).and_then(Iterator::collect).map_err(|error| fault(chain, error.to_string()))?;
    if certificates.is_empty() {
        return Err(fault(chain, "there is no certificate in it".to_owned()));
    }
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| fault(key, error.to_string()))?;
    CertifiedKey::from_der(certificates, private, &provider()).map_err(|error| fault(key, error.to_string()))
}

/// Why a certificate is not shown.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CertificateFault {
    /// A file that cannot be read or does not belong to the other.
    #[error("`{path}` cannot be used for RDAP's certificate: {reason}; give a PEM chain, the own certificate first, and its key")]
    File {
        /// Which.
        path: String,
        /// Why.
        reason: String,
    },
    /// The library.
    #[error("the TLS library cannot do what RDAP's profile asks for: {0}")]
    Provider(String),
}
