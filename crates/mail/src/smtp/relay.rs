//! A relay: the settings and the connection that is kept between messages.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use lettre::transport::smtp::client::{Certificate, CertificateStore, TlsParameters};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use super::Letter;
use super::outcome::Submission;
use super::session::Session;
use super::settings::{RelayFault, RelaySettings, Security, Trust};

/// Messages over one connection; relays count them too, and some hang up beyond a hundred.
const CONNECTION_MESSAGES: u32 = 50;

/// A relay that takes our mail. Everything here blocks; one message is on its way at a time.
pub struct Relay {
    settings: RelaySettings,
    tls: Option<TlsParameters>,
    kept: Mutex<Option<Session>>,
}

impl Relay {
    /// A relay by its settings. Nothing is connected before the first message.
    ///
    /// # Errors
    /// [`RelayFault`] if the settings cannot work.
    pub fn new(settings: RelaySettings) -> Result<Self, RelayFault> {
        if settings.security == Security::LoopbackOnly && !settings.is_loopback() {
            return Err(RelayFault::PlainToElsewhere { host: settings.host });
        }
        let tls = match settings.security {
            Security::LoopbackOnly => None,
            Security::Implicit | Security::StartTls => Some(tls(&settings)?),
        };
        Ok(Self { settings, tls, kept: Mutex::new(None) })
    }

    /// Hands one message over and says what became of it. Over the connection of the message before, where it still stands.
    pub fn submit(&self, letter: &Letter<'_>) -> Submission {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let standing = kept.take().and_then(Session::still_standing);
        let mut session = match standing.map_or_else(|| Session::open(&self.settings, self.tls.as_ref()), Ok) {
            Ok(session) => session,
            Err(obstacle) => return Submission::TryAgain(obstacle),
        };
        let outcome = session.submit(letter);
        if session.sent() < CONNECTION_MESSAGES && session.is_sound() {
            *kept = Some(session);
        } else {
            session.end();
        }
        outcome
    }

    /// Hangs up, if connected: for when there is nothing to send for a while.
    pub fn hang_up(&self) {
        if let Some(session) = self.kept.lock().unwrap_or_else(PoisonError::into_inner).take() {
            session.end();
        }
    }
}

impl fmt::Debug for Relay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Relay({}:{})", self.settings.host, self.settings.port)
    }
}

fn tls(settings: &RelaySettings) -> Result<TlsParameters, RelayFault> {
    let fault = |reason: String| RelayFault::Certificates { reason };
    let builder = TlsParameters::builder(settings.host.clone());
    let builder = match &settings.trust {
        Trust::PublicRoots => builder.certificate_store(CertificateStore::WebpkiRoots),
        Trust::PrivateCa(pem) => {
            // A file without a certificate would be an authority that trusts nobody, found out with the first notice.
            if CertificateDer::pem_slice_iter(pem).next().is_none_or(|certificate| certificate.is_err()) {
                return Err(fault("there is no PEM certificate in them".to_owned()));
            }
            let authority = Certificate::from_pem(pem).map_err(|error| fault(error.to_string()))?;
            builder.certificate_store(CertificateStore::None).add_root_certificate(authority)
        }
    };
    builder.build().map_err(|error| fault(error.to_string()))
}
