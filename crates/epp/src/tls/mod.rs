//! TLS towards registries (RFC 5734 sections 8 and 9, RFC 9325): who the registry is, who we are, and until when.
//!
//! The registry's certificate is always checked; nothing in this room can turn that off. What it is checked against is the
//! [`Trust`] of the registry: the public roots or its private CA, both with its host name, or the pinned key of the server.
//! TLS 1.3 and 1.2 are spoken, 1.2 with ECDHE and AEAD suites only, for rustls has no others. Sessions are never resumed: each
//! connection proves both identities again, so a certificate that was withdrawn is of no use from then on.

mod client;
mod expiry;
mod fault;
mod fingerprint;
mod identity;
mod pem;
mod pin;
mod trust;

pub use client::{ClientTls, ClientTlsSlot};
pub use expiry::{CertificateInfo, ExpiryAlarm};
pub use fault::TlsFault;
pub use fingerprint::Fingerprint;
pub use identity::{ClientIdentity, IdentityFiles};
pub use pin::SpkiPin;
pub use trust::Trust;
#[cfg(test)]
pub(crate) use trust::roots_of;

use std::sync::Arc;

use rustls::crypto::CryptoProvider;

/// The cryptography all configurations of this room share; the process-wide default of rustls is neither read nor set.
pub(crate) fn provider() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

/// TLS 1.3, and 1.2 for registries that have not moved yet (RFC 9325 section 3.1.1).
pub(crate) static VERSIONS: &[&rustls::SupportedProtocolVersion] = &[&rustls::version::TLS13, &rustls::version::TLS12];

#[cfg(test)]
mod tests;
