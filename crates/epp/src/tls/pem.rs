//! Certificates and keys out of PEM files (RFC 7468).

use std::io::{self, Read};
use std::path::Path;

use rustls_pki_types::pem::{self, PemObject};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use zeroize::Zeroizing;

use super::TlsFault;

/// Longest PEM file read, in bytes. A bundle of all public roots has about 250 kB.
const MAX_PEM_BYTES: u64 = 1024 * 1024;

/// Every certificate of the file, in file order; at least one.
pub(super) fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsFault> {
    const HINT: &str = "the file must hold one or more PEM blocks that begin with `-----BEGIN CERTIFICATE-----`";
    let bytes = read(path)?;
    let found: Vec<_> =
        CertificateDer::pem_slice_iter(&bytes).collect::<Result<_, pem::Error>>().map_err(|error| malformed(path, &error))?;
    if found.is_empty() {
        return Err(TlsFault::file(path, "holds no certificate", HINT));
    }
    Ok(found)
}

/// The first private key of the file.
pub(super) fn private_key(path: &Path) -> Result<PrivateKeyDer<'static>, TlsFault> {
    const HINT: &str =
        "the file must hold one unencrypted key that begins with `-----BEGIN PRIVATE KEY-----` (PKCS#8, or the older RSA and EC forms)";
    let bytes = read(path)?;
    match PrivateKeyDer::from_pem_slice(&bytes) {
        Ok(key) => Ok(key),
        Err(pem::Error::NoItemsFound) if contains(&bytes, b"BEGIN ENCRYPTED PRIVATE KEY") => {
            Err(TlsFault::file(path, "holds a key under a passphrase", "decrypt it with `openssl pkey` and protect the file by its mode"))
        }
        Err(pem::Error::NoItemsFound) => Err(TlsFault::file(path, "holds no private key", HINT)),
        Err(error) => Err(malformed(path, &error)),
    }
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>, TlsFault> {
    let unreadable = |error: io::Error| {
        let what = match error.kind() {
            io::ErrorKind::NotFound => "there is no such file".to_owned(),
            io::ErrorKind::PermissionDenied => "this process may not read it".to_owned(),
            _ => format!("cannot be read ({error})"),
        };
        TlsFault::file(path, what, "check the path in the configuration and the mode of the file")
    };
    let mut bytes = Zeroizing::new(Vec::new());
    let file = std::fs::File::open(path).map_err(unreadable)?;
    file.take(MAX_PEM_BYTES + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_PEM_BYTES {
        let what = format!("is longer than {MAX_PEM_BYTES} bytes, so it is no certificate or key file");
        return Err(TlsFault::file(path, what, "check the path in the configuration"));
    }
    Ok(bytes)
}

fn malformed(path: &Path, error: &pem::Error) -> TlsFault {
    let what = match error {
        pem::Error::MissingSectionEnd { .. } => "a PEM block has no end line, so the file is probably cut off",
        pem::Error::IllegalSectionStart { .. } => "a PEM block has a broken first line",
        pem::Error::Base64Decode(_) => "a PEM block holds something other than base64",
        _ => "is not a PEM file",
    };
    TlsFault::file(path, what, "copy the file again from where it was issued")
}

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|window| window == needle)
}
