//! What the registry remembers of one session.

use std::collections::BTreeSet;
use std::sync::Arc;

use epp::{Namespace, Ns};
use model::{RegistrarHandle, Timestamp};

/// The state of one session, from connection to its end. The server owns it; [`super::Registry::handle`] reads and writes it.
#[derive(Clone, Debug, Default)]
pub struct SessionState {
    /// SHA-256 of the client certificate shown in the handshake.
    certificate_sha256: Option<[u8; 32]>,
    certificate_expires: Option<Timestamp>,
    pub(crate) registrar: Option<RegistrarHandle>,
    pub(crate) services: Arc<BTreeSet<Namespace>>,
    pub(crate) login_failures: u8,
    /// Commands it has carried, counted by whoever owns the session.
    pub(crate) commands: u64,
    is_ended: bool,
    is_dropped: bool,
}

impl SessionState {
    /// A session that has shown no certificate.
    #[must_use]
    pub fn new() -> SessionState {
        SessionState::default()
    }

    /// A session whose client proved to hold the key of this certificate.
    #[must_use]
    pub fn with_certificate(sha256: [u8; 32], expires: Option<Timestamp>) -> SessionState {
        SessionState { certificate_sha256: Some(sha256), certificate_expires: expires, ..SessionState::default() }
    }

    /// Who is logged in.
    #[must_use]
    pub fn registrar(&self) -> Option<&RegistrarHandle> {
        self.registrar.as_ref()
    }

    /// Whether the connection is to be closed once the response is sent.
    #[must_use]
    pub fn is_ended(&self) -> bool {
        self.is_ended
    }

    /// Whether the connection is to be closed without any response, as registries do that insist on fresh clTRIDs.
    #[must_use]
    pub fn is_dropped(&self) -> bool {
        self.is_dropped
    }

    pub(crate) fn certificate(&self) -> Option<&[u8; 32]> {
        self.certificate_sha256.as_ref()
    }

    pub(crate) fn certificate_expires(&self) -> Option<Timestamp> {
        self.certificate_expires
    }

    pub(crate) fn end(&mut self) {
        self.is_ended = true;
    }

    pub(crate) fn drop_connection(&mut self) {
        self.is_ended = true;
        self.is_dropped = true;
    }

    /// Whether the login declared this namespace.
    pub(crate) fn uses(&self, ns: &Ns) -> bool {
        matches!(ns, Ns::Known(known) if self.services.contains(known))
    }
}
