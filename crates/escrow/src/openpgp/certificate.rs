//! A certificate with the policy on it.

use std::fmt;

use jiff::Timestamp;
use pgp::composed::{Deserializable, SignedPublicKey, SignedPublicSubKey};
use pgp::packet::PublicKey;
use pgp::types::{Fingerprint, KeyDetails};

use super::Form;
use super::fault::PgpFault;
use super::standing::{self, Standing};

/// Largest file of a certificate, in bytes.
const FILE_LIMIT_BYTES: usize = 1 << 20;

/// What a secret key in ASCII armour begins with.
const SECRET: &[u8] = b"BEGIN PGP PRIVATE KEY BLOCK";

/// Somebody's certificate: the agent's, or ours as others have it.
#[derive(Clone)]
pub struct Certificate {
    inner: SignedPublicKey,
    form: Form,
}

/// A key of a certificate that may do something.
#[derive(Clone, Copy)]
pub(super) enum Component<'c> {
    Primary(&'c PublicKey),
    Subkey(&'c SignedPublicSubKey),
}

impl Component<'_> {
    pub fn fingerprint(&self) -> Fingerprint {
        match self {
            Self::Primary(key) => key.fingerprint(),
            Self::Subkey(subkey) => subkey.key.fingerprint(),
        }
    }

    fn created_at(&self) -> u32 {
        match self {
            Self::Primary(key) => key.created_at().as_secs(),
            Self::Subkey(subkey) => subkey.key.created_at().as_secs(),
        }
    }
}

impl Certificate {
    /// Reads a certificate, in ASCII armour or not.
    ///
    /// # Errors
    /// [`PgpFault`] if it is none, holds more than one or a secret key, or has a version nobody seals for.
    pub fn read(bytes: &[u8]) -> Result<Self, PgpFault> {
        let fault = |reason: String| PgpFault::Unreadable { what: "the certificate".to_owned(), reason };
        if bytes.len() > FILE_LIMIT_BYTES {
            return Err(fault(format!("it is longer than {FILE_LIMIT_BYTES} bytes")));
        }
        if bytes.windows(SECRET.len()).any(|window| window == SECRET) {
            return Err(fault("it is a secret key; give only the certificate away (its public half)".to_owned()));
        }
        let (mut keys, _) = SignedPublicKey::from_reader_many(bytes).map_err(|error| fault(error.to_string()))?;
        let inner = keys.next().ok_or_else(|| fault("the file holds none".to_owned()))?.map_err(|error| fault(error.to_string()))?;
        if keys.next().is_some() {
            return Err(fault("the file holds more than one; put each into a file of its own".to_owned()));
        }
        Self::of(inner)
    }

    pub(super) fn of(inner: SignedPublicKey) -> Result<Self, PgpFault> {
        let form = Form::of(inner.primary_key.version()).ok_or_else(|| PgpFault::Refused {
            what: format!("certificate {}", inner.primary_key.fingerprint()),
            reason: "only versions 4 and 6 are in use".to_owned(),
        })?;
        Ok(Self { inner, form })
    }

    /// Its fingerprint: lower-case hexadecimal digits, 40 in version 4, 64 in version 6.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.inner.primary_key.fingerprint().to_string()
    }

    /// Which OpenPGP it is for.
    #[must_use]
    pub fn form(&self) -> Form {
        self.form
    }

    /// Until when it can be used for what it is for; none if it never runs out.
    #[must_use]
    pub fn expires_at(&self, now: Timestamp) -> Option<Timestamp> {
        let primary = standing::of_primary(&self.inner, now).and_then(|standing| standing.expires_at);
        // What one key can do no more, a newer one may still do.
        let last = |can: fn(&Standing) -> bool| {
            let able = self.components(now).filter(|(_, standing)| can(standing) && !standing.is_revoked);
            let ends: Vec<Option<Timestamp>> = able.map(|(_, standing)| standing.expires_at).collect();
            if ends.contains(&None) { None } else { ends.into_iter().flatten().max() }
        };
        [primary, last(|standing| standing.can_sign), last(|standing| standing.can_encrypt)].into_iter().flatten().min()
    }

    /// The certificate in ASCII armour, as it is given to an agent.
    ///
    /// # Errors
    /// If it cannot be written, which a certificate that was read can.
    pub fn to_armoured(&self) -> Result<String, PgpFault> {
        let fault = |error: pgp::errors::Error| PgpFault::Sealing { reason: error.to_string() };
        self.inner.to_armored_string(pgp::composed::ArmorOptions::default()).map_err(fault)
    }

    /// The key to encrypt to: the newest that may be encrypted to at `now`.
    pub(super) fn encryption_key(&self, now: Timestamp) -> Result<(Component<'_>, Standing), PgpFault> {
        self.best(now, "encrypted to", |standing| standing.can_encrypt)
    }

    /// The key to sign with: the newest that may sign at `now`.
    pub(super) fn signing_key(&self, now: Timestamp) -> Result<Component<'_>, PgpFault> {
        self.best(now, "used to sign", |standing| standing.can_sign).map(|(component, _)| component)
    }

    /// Every key that was allowed to sign at `at`.
    pub(super) fn signing_keys(&self, at: Timestamp) -> Vec<Component<'_>> {
        if self.check_primary(at).is_err() {
            return Vec::new();
        }
        let may_sign = |standing: &Standing| standing.can_sign && !standing.is_revoked && !standing.is_expired(at);
        self.components(at).filter(|(_, standing)| may_sign(standing)).map(|(component, _)| component).collect()
    }

    /// Whether it may be encrypted to at `now`, with the sentence that says why not.
    ///
    /// # Errors
    /// [`PgpFault::Refused`].
    pub fn check_recipient(&self, now: Timestamp) -> Result<(), PgpFault> {
        let (_, standing) = self.encryption_key(now)?;
        if self.form == Form::V6 && !standing.takes_aead && !self.primary_takes_aead(now) {
            return Err(self.refused("it does not say that it takes messages by RFC 9580 (feature SEIPDv2)"));
        }
        Ok(())
    }

    fn primary_takes_aead(&self, now: Timestamp) -> bool {
        standing::of_primary(&self.inner, now).is_some_and(|standing| standing.takes_aead)
    }

    fn best(&self, now: Timestamp, what: &str, can: fn(&Standing) -> bool) -> Result<(Component<'_>, Standing), PgpFault> {
        self.check_primary(now)?;
        let able: Vec<_> = self.components(now).filter(|(_, standing)| can(standing)).collect();
        if able.is_empty() {
            return Err(
                self.refused(&format!("none of its keys may be {what} by its flags and by our floor (RSA of 3072 bits, Curve25519)"))
            );
        }
        let in_force = able.into_iter().filter(|(_, standing)| !standing.is_revoked && !standing.is_expired(now));
        let newest = in_force.max_by_key(|(component, _)| component.created_at());
        newest.ok_or_else(|| self.refused(&format!("every key that may be {what} has run out or was revoked; ask for a new certificate")))
    }

    fn check_primary(&self, now: Timestamp) -> Result<(), PgpFault> {
        let standing = standing::of_primary(&self.inner, now)
            .ok_or_else(|| self.refused("no valid signature of its own speaks for it (of SHA-256 or better, and not of the future)"))?;
        if standing.is_revoked {
            return Err(self.refused("it was revoked"));
        }
        match standing.expires_at {
            Some(end) if end <= now => Err(self.refused(&format!("it ran out on {end}"))),
            _ => Ok(()),
        }
    }

    fn components(&self, now: Timestamp) -> impl Iterator<Item = (Component<'_>, Standing)> {
        let primary = standing::of_primary(&self.inner, now).map(|standing| (Component::Primary(&self.inner.primary_key), standing));
        let subkeys = self.inner.public_subkeys.iter();
        let subkeys = subkeys.filter_map(move |subkey| Some((Component::Subkey(subkey), standing::of_subkey(&self.inner, subkey, now)?)));
        primary.into_iter().chain(subkeys)
    }

    /// Whether one of its keys has this fingerprint.
    #[must_use]
    pub fn has_key(&self, fingerprint: &str) -> bool {
        self.keys().any(|key| key.fingerprint().to_string() == fingerprint)
    }

    /// Whether one of its keys has this id (16 hexadecimal digits), which version 4 messages name their recipients by.
    #[must_use]
    pub fn has_key_id(&self, id: &str) -> bool {
        self.keys().any(|key| key.legacy_key_id().to_string() == id)
    }

    fn keys(&self) -> impl Iterator<Item = &dyn KeyDetails> {
        let subkeys = self.inner.public_subkeys.iter().map(|subkey| &subkey.key as &dyn KeyDetails);
        std::iter::once(&self.inner.primary_key as &dyn KeyDetails).chain(subkeys)
    }

    fn refused(&self, reason: &str) -> PgpFault {
        PgpFault::Refused { what: format!("certificate {}", self.fingerprint()), reason: reason.to_owned() }
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({})", self.fingerprint())
    }
}
