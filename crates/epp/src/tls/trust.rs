//! What a registry's certificate is checked against.

use std::path::PathBuf;
use std::sync::Arc;

use rustls::RootCertStore;
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;

use super::pin::PinVerifier;
use super::{SpkiPin, TlsFault, pem, provider};

/// How the certificate of one registry is checked. There is no way to not check it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Mozilla's public roots as compiled in; the host name must match.
    PublicRoots,
    /// The CA certificates in these PEM files and no others; the host name must match.
    PrivateCa(Vec<PathBuf>),
    /// The server's key is one of these; the host name is not asked, because the key identifies the server. The dates of the
    /// certificate must still hold.
    Pins(Vec<SpkiPin>),
}

impl Trust {
    /// Reads the files and makes the check.
    pub(super) fn verifier(&self) -> Result<Arc<dyn ServerCertVerifier>, TlsFault> {
        match self {
            Trust::PublicRoots => webpki(RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() }),
            Trust::PrivateCa(files) => webpki(roots_of(files)?),
            Trust::Pins(pins) if pins.is_empty() => {
                Err(TlsFault::setting("the list of pins is empty", "pin at least one key of the server, or name its CA"))
            }
            Trust::Pins(pins) => Ok(Arc::new(PinVerifier::new(pins.clone(), provider()))),
        }
    }
}

fn webpki(roots: RootCertStore) -> Result<Arc<dyn ServerCertVerifier>, TlsFault> {
    let built = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider()).build();
    let verifier =
        built.map_err(|error| TlsFault::setting(format!("the trust anchors cannot be used ({error})"), "name at least one CA file"))?;
    Ok(verifier)
}

/// The certificates of the files as trust anchors.
pub(crate) fn roots_of(files: &[PathBuf]) -> Result<RootCertStore, TlsFault> {
    let mut roots = RootCertStore::empty();
    for path in files {
        for certificate in pem::certificates(path)? {
            roots.add(certificate).map_err(|_| {
                TlsFault::file(path, "holds a certificate that cannot be read as a trust anchor", "name the CA's own certificate")
            })?;
        }
    }
    if roots.is_empty() {
        return Err(TlsFault::setting("no CA file is named", "name the file with the CA's certificate"));
    }
    Ok(roots)
}
