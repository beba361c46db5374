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
use x509_parser::extensions::GeneralName;

/// The certificate that is shown, which can be replaced while connections are served. Until there is one, handshakes fail.
pub struct Certificate {
    current: RwLock<Option<Arc<CertifiedKey>>>,
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
        Ok(Self { current: RwLock::new(Some(Arc::new(read(chain, key)?))) })
    }

    /// None yet: it is on its way from an authority.
    #[must_use]
    pub fn awaited() -> Self {
        Self { current: RwLock::new(None) }
    }

    /// When the one that is shown begins and ends to be valid, in seconds since 1970; nothing while there is none.
    #[must_use]
    pub fn validity(&self) -> Option<(i64, i64)> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner).clone()?;
        let (_, certificate) = x509_parser::parse_x509_certificate(current.cert.first()?).ok()?;
        let validity = certificate.validity();
        Some((validity.not_before.timestamp(), validity.not_after.timestamp()))
    }

    /// Whether the one that is shown is made out to `host`.
    #[must_use]
    pub fn names(&self, host: &str) -> bool {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(leaf) = current.as_ref().and_then(|current| current.cert.first()) else { return false };
        let Ok((_, certificate)) = x509_parser::parse_x509_certificate(leaf) else { return false };
        let Ok(Some(names)) = certificate.subject_alternative_name() else { return false };
        let is_host = |name: &GeneralName<'_>| matches!(name, GeneralName::DNSName(name) if name.eq_ignore_ascii_case(host));
        names.value.general_names.iter().any(is_host)
    }

    /// Shows another one from now on.
    ///
    /// # Errors
    /// As [`Certificate::read`]; the former one stays then.
    pub fn replace(&self, chain: &Path, key: &Path) -> Result<(), CertificateFault> {
        let certified = Arc::new(read(chain, key)?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(certified);
        Ok(())
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
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

pub(crate) fn provider() -> CryptoProvider {
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
    let private = store::secret_file::read(key).map_err(|error| CertificateFault::Key(error.to_string()))?;
    let private = PrivateKeyDer::from_pem_slice(private.expose()).map_err(|error| fault(key, error.to_string()))?;
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
    /// A key that cannot be read, or that others can read.
    #[error("the key of RDAP's certificate is not used: {0}")]
    Key(String),
    /// The library.
    #[error("the TLS library cannot do what RDAP's profile asks for: {0}")]
    Provider(String),
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_certificate_is_shown_once_it_is_there_and_its_key_is_ours_alone() {
        let folder = tempfile::tempdir().unwrap();
        let (chain, key) = (folder.path().join("chain.pem"), folder.path().join("key.pem"));
        let certificate = Certificate::awaited();
        assert_eq!((certificate.validity(), certificate.names("rdap.registrar.example")), (None, false));
        let pair = rcgen::KeyPair::generate().unwrap();
        let mut params = rcgen::CertificateParams::new(["rdap.registrar.example".to_owned()]).unwrap();
        params.not_before = rcgen::date_time_ymd(2026, 11, 1);
        params.not_after = rcgen::date_time_ymd(2027, 1, 30);
        std::fs::write(&chain, params.self_signed(&pair).unwrap().pem()).unwrap();
        std::fs::write(&key, pair.serialize_pem()).unwrap();
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
        let said = certificate.replace(&chain, &key).unwrap_err().to_string();
        assert!(said.contains("others can read or change it (mode 0644)") && said.contains("chmod 600"), "{said}");
        std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).unwrap();
        certificate.replace(&chain, &key).unwrap();
        assert_eq!(certificate.validity(), Some((1_793_491_200, 1_801_267_200)));
        assert_eq!(
            ["rdap.registrar.example", "RDAP.registrar.example", "other.example"].map(|host| certificate.names(host)),
            [true, true, false]
        );
    }
}
