//! Our client certificates at registries, and alarms before they end: public authorities stop issuing them, so each registry's
//! change has its own date.

use epp::tls::{ClientTls, ExpiryAlarm};
use model::{RegistryId, Timestamp};
use serde::Serialize;

use super::alarm::{self, Raised};
use crate::failure::Failure;
use crate::registrar::Registrar;

/// One certificate.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CertificateLine {
    /// Whom it names.
    pub subject: String,
    /// Who issued it.
    pub issuer: String,
    /// Its serial number.
    pub serial: String,
    /// First moment.
    pub not_before: Timestamp,
    /// Last moment.
    pub not_after: Timestamp,
    /// Whether it says that clients may use it; none where it says nothing.
    pub client_auth: Option<bool>,
    /// How near its end is.
    pub alarm: ExpiryAlarm,
}

/// The certificates in use at a registry.
#[must_use]
pub fn certificates(tls: &ClientTls, now: Timestamp) -> Vec<CertificateLine> {
    let line = |identity: &epp::tls::ClientIdentity| {
        let info = identity.info();
        CertificateLine {
            subject: info.subject.clone(),
            issuer: info.issuer.clone(),
            serial: info.serial.clone(),
            not_before: info.not_before,
            not_after: info.not_after,
            client_auth: info.client_auth,
            alarm: identity.alarm(now),
        }
    };
    tls.identities().map(line).collect()
}

/// Raises the alarm 90, 30 and 7 days before the last certificate ends, and clears it once there is a new one. Blocks; call it once
/// a day.
///
/// # Errors
/// A fault of the store.
pub fn watch_certificates(registrar: &Registrar, registry: &RegistryId, lines: &[CertificateLine]) -> Result<(), Failure> {
    // The certificate that lasts longest takes over from the others.
    let Some(last) = lines.iter().max_by_key(|line| line.not_after) else {
        return Ok(());
    };
    let now = registrar.now();
    let raised = Raised::at(
        registry,
        "certificate",
        match last.alarm {
            ExpiryAlarm::Expired => {
                format!("our certificate at registry `{registry}` has expired; no login is possible. Install a new one")
            }
            _ => format!("our certificate at registry `{registry}` ends {}; have the registry take a new one before", last.not_after),
        },
    );
    let is_quiet = last.alarm == ExpiryAlarm::Quiet;
    registrar.store().write(move |tx| {
        if is_quiet {
            alarm::clear(tx, &raised.key)?;
        } else {
            alarm::raise(tx, &raised, now)?;
        }
        Ok(())
    })
}
