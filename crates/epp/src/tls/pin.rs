//! Pinned public keys: the server is known by its key, whatever its certificate says about names and issuers.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::{CertificateError, DigitallySignedStruct, Error, SignatureScheme};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::TlsFault;

/// Octets of a SHA-256.
const SHA256_BYTES: usize = 32;

/// SHA-256 of a DER-encoded SubjectPublicKeyInfo (the pin of RFC 7469 section 2.4).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SpkiPin([u8; SHA256_BYTES]);

impl SpkiPin {
    /// The pin of the key in a certificate; `None` when the bytes are no certificate.
    pub fn of(certificate: &CertificateDer<'_>) -> Option<SpkiPin> {
        let (_, parsed) = X509Certificate::from_der(certificate).ok()?;
        Some(SpkiPin(sha256(parsed.public_key().raw)))
    }
}

pub(super) fn sha256(bytes: &[u8]) -> [u8; SHA256_BYTES] {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    let mut out = [0; SHA256_BYTES];
    out.copy_from_slice(digest.as_ref());
    out
}

fn from_hex(text: &str) -> Option<[u8; SHA256_BYTES]> {
    let mut bytes = [0; SHA256_BYTES];
    if text.len() != 2 * SHA256_BYTES || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(&text[at..at + 2], 16).ok()?;
    }
    Some(bytes)
}

impl FromStr for SpkiPin {
    type Err = TlsFault;

    /// Reads `sha256/` followed by base64, also as curl writes it (`sha256//`) and without the word; or 64 hexadecimal digits, as openssl
    /// prints a digest.
    fn from_str(text: &str) -> Result<SpkiPin, TlsFault> {
        let refuse = |what| TlsFault::Pin { text: text.to_owned(), what };
        let encoded = ["sha256//", "sha256/"].into_iter().find_map(|word| text.strip_prefix(word)).unwrap_or(text);
        if let Some(bytes) = from_hex(text) {
            return Ok(SpkiPin(bytes));
        }
        let decoded = STANDARD.decode(encoded).map_err(|_| refuse("it is not base64"))?;
        let bytes = decoded.try_into().map_err(|_| refuse("it is not 32 bytes long"))?;
        Ok(SpkiPin(bytes))
    }
}

impl fmt::Display for SpkiPin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256/{}", STANDARD.encode(self.0))
    }
}

impl fmt::Debug for SpkiPin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// Accepts a server that proves possession of a pinned key with a certificate whose dates hold.
///
/// Neither the host name nor the issuer is asked: the key identifies the server more closely than either. Several pins may be given, so
/// that the registry can move to its next key.
#[derive(Debug)]
pub(super) struct PinVerifier {
    pins: Vec<SpkiPin>,
    provider: Arc<CryptoProvider>,
}

impl PinVerifier {
    pub(super) fn new(pins: Vec<SpkiPin>, provider: Arc<CryptoProvider>) -> PinVerifier {
        PinVerifier { pins, provider }
    }
}

impl ServerCertVerifier for PinVerifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let (_, parsed) = X509Certificate::from_der(end_entity).map_err(|_| CertificateError::BadEncoding)?;
        let pin = SpkiPin(sha256(parsed.public_key().raw));
        if !self.pins.contains(&pin) {
            return Err(Error::General(format!("the server's key is {pin}, which is not pinned for this registry")));
        }
        let seconds = i64::try_from(now.as_secs()).unwrap_or(i64::MAX);
        if seconds < parsed.validity().not_before.timestamp() {
            return Err(CertificateError::NotValidYet.into());
        }
        if seconds > parsed.validity().not_after.timestamp() {
            return Err(CertificateError::Expired.into());
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pins_are_read_and_written() {
        let text = "sha256/47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        let pin: SpkiPin = text.parse().unwrap();
        assert_eq!(pin.0, sha256(b""));
        assert_eq!(pin.to_string(), text);
        let hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855".to_owned();
        for other in [text.replace("sha256/", "sha256//"), text.replace("sha256/", ""), hex] {
            assert_eq!(other.parse::<SpkiPin>().unwrap(), pin, "{other}");
        }
    }

    #[test]
    fn a_bad_pin_gets_a_sentence() {
        let cases = [
            ("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b8", "it is not base64"),
            ("sha256/47DE", "it is not 32 bytes long"),
            ("sha256/not base64", "it is not base64"),
        ];
        for (text, what) in cases {
            let fault = text.parse::<SpkiPin>().unwrap_err().to_string();
            assert!(fault.contains(what) && fault.contains(text), "{fault}");
        }
    }
}
