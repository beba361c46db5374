//! The client side of TLS for one registry account.

use std::fmt;
use std::sync::{Arc, PoisonError, RwLock};

use model::Timestamp;
use rustls::ClientConfig;
use rustls::client::Resumption;
use rustls::client::danger::ServerCertVerifier;

use super::identity::newest_valid;
use super::{ClientIdentity, ExpiryAlarm, IdentityFiles, TlsFault, Trust, VERSIONS, provider};

/// How to reach one registry account: its trust, and our certificates for it.
///
/// Files are read once, here; to take up new ones make another value and put it in the [`ClientTlsSlot`].
pub struct ClientTls {
    identities: Vec<(ClientIdentity, Arc<ClientConfig>)>,
    anonymous: Option<Arc<ClientConfig>>,
}

impl ClientTls {
    /// Reads trust and identities. Usually one identity, two while certificates change over, none for a registry that asks for none.
    ///
    /// # Errors
    /// [`TlsFault`] naming the first file or setting that cannot be used.
    pub fn load(trust: &Trust, identities: &[IdentityFiles]) -> Result<ClientTls, TlsFault> {
        let verifier = trust.verifier()?;
        let anonymous = if identities.is_empty() { Some(Arc::new(config(&verifier, None)?)) } else { None };
        let identities = identities
            .iter()
            .map(|files| {
                let identity = ClientIdentity::load(files)?;
                let config = config(&verifier, Some(&identity))?;
                Ok((identity, Arc::new(config)))
            })
            .collect::<Result<Vec<_>, TlsFault>>()?;
        Ok(ClientTls { identities, anonymous })
    }

    /// The configuration for a connection made at `now`, with the newest certificate valid then.
    ///
    /// # Errors
    /// [`TlsFault::Setting`] when certificates are configured and none of them is valid: showing none at all would look like an
    /// intruder to the registry.
    pub fn config_at(&self, now: Timestamp) -> Result<Arc<ClientConfig>, TlsFault> {
        if let Some(config) = &self.anonymous {
            return Ok(Arc::clone(config));
        }
        let chosen = newest_valid(self.identities.iter().map(|(identity, _)| identity.info()), now);
        match chosen.and_then(|index| self.identities.get(index)) {
            Some((_, config)) => Ok(Arc::clone(config)),
            None => {
                let ends: Vec<String> =
                    self.identities.iter().map(|(i, _)| format!("{} to {}", i.info().not_before, i.info().not_after)).collect();
                Err(TlsFault::setting(
                    format!("no client certificate for this registry is valid at {now} (they run {})", ends.join(", ")),
                    "install a current certificate and reload",
                ))
            }
        }
    }

    /// Our certificates for this registry.
    pub fn identities(&self) -> impl Iterator<Item = &ClientIdentity> {
        self.identities.iter().map(|(identity, _)| identity)
    }

    /// How loudly expiry is to be announced: by the certificate that lasts longest, since it takes over from the others.
    /// `None` when the registry asks for no certificate.
    pub fn alarm(&self, now: Timestamp) -> Option<ExpiryAlarm> {
        self.identities().map(|identity| identity.alarm(now)).min()
    }
}

impl fmt::Debug for ClientTls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.identities()).finish()
    }
}

fn config(verifier: &Arc<dyn ServerCertVerifier>, identity: Option<&ClientIdentity>) -> Result<ClientConfig, TlsFault> {
    let builder = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(VERSIONS)
        .map_err(|error| TlsFault::setting(format!("TLS cannot be set up ({error})"), "report this as a fault of the program"))?
        .dangerous()
        .with_custom_certificate_verifier(Arc::clone(verifier));
    let mut config = match identity {
        Some(identity) => builder.with_client_cert_resolver(identity.resolver()),
        None => builder.with_no_client_auth(),
    };
    config.resumption = Resumption::disabled();
    Ok(config)
}

/// A place for the [`ClientTls`] in force, which can be replaced while connections are open; the next connection uses the new one.
#[derive(Debug)]
pub struct ClientTlsSlot(RwLock<Arc<ClientTls>>);

impl ClientTlsSlot {
    /// A slot holding `tls`.
    pub fn new(tls: ClientTls) -> ClientTlsSlot {
        ClientTlsSlot(RwLock::new(Arc::new(tls)))
    }

    /// The value in force.
    pub fn get(&self) -> Arc<ClientTls> {
        Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Replaces the value; open connections keep what they were made with.
    pub fn replace(&self, tls: ClientTls) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(tls);
    }
}
