//! The certificate that names us to a registry.

use std::path::PathBuf;
use std::sync::Arc;

use model::Timestamp;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{Error, InconsistentKeys};

use super::{CertificateInfo, ExpiryAlarm, TlsFault, pem, provider};

/// Where one certificate and its key lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdentityFiles {
    /// PEM file with the certificate first and its intermediates after it.
    pub chain: PathBuf,
    /// PEM file with the private key, unencrypted.
    pub key: PathBuf,
}

/// One certificate of ours with its key. `Debug` shows the certificate only.
#[derive(Clone)]
pub struct ClientIdentity {
    info: CertificateInfo,
    key: Arc<CertifiedKey>,
}

impl ClientIdentity {
    /// Reads a chain and a key and checks that they belong together.
    ///
    /// # Errors
    /// [`TlsFault`] naming the file, what is wrong with it and what to do.
    pub fn load(files: &IdentityFiles) -> Result<ClientIdentity, TlsFault> {
        let chain = pem::certificates(&files.chain)?;
        let key = pem::private_key(&files.key)?;
        let Some(leaf) = chain.first() else {
            return Err(TlsFault::file(&files.chain, "holds no certificate", "put the certificate first"));
        };
        let unreadable =
            |what| TlsFault::file(&files.chain, format!("its first certificate {what}"), "copy the file again from where it was issued");
        let info = CertificateInfo::read(leaf).map_err(unreadable)?;
        let key = CertifiedKey::from_der(chain, key, &provider()).map_err(|error| match error {
            Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
                let what = format!("is not the key of the certificate in `{}`", files.chain.display());
                TlsFault::file(&files.key, what, "name the two files that were made together, the certificate before its intermediates")
            }
            other => TlsFault::file(
                &files.key,
                format!("cannot be used ({other})"),
                "use an RSA key of 2048 bits or more, or ECDSA P-256 or P-384",
            ),
        })?;
        Ok(ClientIdentity { info, key: Arc::new(key) })
    }

    /// What the certificate says about itself.
    pub fn info(&self) -> &CertificateInfo {
        &self.info
    }

    /// How loudly its expiry is to be announced.
    pub fn alarm(&self, now: Timestamp) -> ExpiryAlarm {
        self.info.alarm(now)
    }

    pub(crate) fn resolver(&self) -> Arc<SingleCertAndKey> {
        Arc::new(SingleCertAndKey::from(Arc::clone(&self.key)))
    }
}

impl std::fmt::Debug for ClientIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ClientIdentity").field("info", &self.info).finish_non_exhaustive()
    }
}

/// The one to show at `now`: of those valid now, the one that became valid last, so that a new certificate takes over by itself while the old one still
/// stands by. `None` when none is valid.
pub(super) fn newest_valid<'a>(validities: impl Iterator<Item = &'a CertificateInfo>, now: Timestamp) -> Option<usize> {
    validities
        .enumerate()
        .filter(|(_, info)| info.is_valid_at(now))
        .max_by_key(|(_, info)| (info.not_before, info.not_after))
        .map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(from: &str, to: &str) -> CertificateInfo {
        CertificateInfo {
            subject: String::new(),
            issuer: String::new(),
            serial: String::new(),
            not_before: from.parse().unwrap(),
            not_after: to.parse().unwrap(),
            client_auth: None,
        }
    }

    #[test]
    fn of_two_valid_certificates_the_newer_is_shown() {
        let old = info("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z");
        let new = info("2026-11-01T00:00:00Z", "2027-11-01T00:00:00Z");
        let both = [old, new];
        let cases = [
            ("2025-12-31T00:00:00Z", None),
            ("2026-10-31T00:00:00Z", Some(0)),
            ("2026-11-01T00:00:00Z", Some(1)),
            ("2027-06-01T00:00:00Z", Some(1)),
            ("2027-11-02T00:00:00Z", None),
        ];
        for (now, expected) in cases {
            assert_eq!(newest_valid(both.iter(), now.parse().unwrap()), expected, "at {now}");
        }
    }
}
