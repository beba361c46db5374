//! A secret key of ours: to sign deposits with, or to open what is sealed for recovery.

use std::fmt;

use jiff::Timestamp;
use pgp::composed::{
    ArmorOptions, Deserializable, EncryptionCaps, KeyType, SecretKeyParamsBuilder, SignedPublicKey, SignedSecretKey, SubkeyParamsBuilder,
};
use pgp::crypto::aead::AeadAlgorithm;
use pgp::crypto::hash::HashAlgorithm;
use pgp::crypto::sym::SymmetricKeyAlgorithm;
use pgp::types::{KeyDetails, KeyVersion, SigningKey};
use rand::rngs::OsRng;
use zeroize::Zeroizing;

use super::Form;
use super::certificate::Certificate;
use super::fault::PgpFault;

/// Length in bits of an RSA key that we make.
const RSA_BITS: u32 = 4096;

/// Largest file of a key, in bytes.
const FILE_LIMIT_BYTES: usize = 1 << 20;

/// A secret key with its certificate. It can be neither printed nor written anywhere but by [`OwnKey::to_armoured`].
#[derive(Clone)]
pub struct OwnKey {
    inner: SignedSecretKey,
    certificate: Certificate,
}

impl OwnKey {
    /// Makes a key that signs and that can be encrypted to; in version 6 Ed25519 and X25519, in version 4 RSA of 4096 bits. It never runs
    /// out by itself: when it is to be replaced is a duty of its own.
    ///
    /// # Errors
    /// If the library cannot make it.
    pub fn generate(form: Form, user_id: &str, now: Timestamp) -> Result<Self, PgpFault> {
        let fault = |reason: String| PgpFault::Refused { what: "a new key".to_owned(), reason };
        let (version, signs, encrypts) = match form {
            Form::V6 => (KeyVersion::V6, KeyType::Ed25519, KeyType::X25519),
            Form::V4 => (KeyVersion::V4, KeyType::Rsa(RSA_BITS), KeyType::Rsa(RSA_BITS)),
        };
        let seconds = u32::try_from(now.as_second()).map_err(|_| fault(format!("OpenPGP cannot write the time {now}")))?;
        let created_at = pgp::types::Timestamp::from_secs(seconds);
        let subkey = |key_type: KeyType, signs: bool| {
            let mut builder = SubkeyParamsBuilder::default();
            let encrypts = if signs { EncryptionCaps::None } else { EncryptionCaps::All };
            builder.version(version).key_type(key_type).can_sign(signs).can_encrypt(encrypts).created_at(created_at);
            builder.build().map_err(|error| fault(error.to_string()))
        };
        let mut builder = SecretKeyParamsBuilder::default();
        builder
            .version(version)
            .key_type(signs.clone())
            .can_certify(true)
            .can_sign(false)
            .created_at(created_at)
            .feature_seipd_v1(true)
            .feature_seipd_v2(form == Form::V6)
            .preferred_symmetric_algorithms([SymmetricKeyAlgorithm::AES256].as_slice().into())
            .preferred_hash_algorithms([HashAlgorithm::Sha256, HashAlgorithm::Sha512].as_slice().into())
            .primary_user_id(user_id.to_owned())
            .subkey(subkey(signs, true)?)
            .subkey(subkey(encrypts, false)?);
        if form == Form::V6 {
            builder.preferred_aead_algorithms([(SymmetricKeyAlgorithm::AES256, AeadAlgorithm::Ocb)].as_slice().into());
        }
        let parameters = builder.build().map_err(|error| fault(error.to_string()))?;
        Self::of(parameters.generate(OsRng).map_err(|error| fault(error.to_string()))?)
    }

    /// Reads a key that no passphrase locks, in ASCII armour or not.
    ///
    /// # Errors
    /// [`PgpFault`] if it is none, or holds more than one.
    pub fn read(bytes: &[u8]) -> Result<Self, PgpFault> {
        // The library's words could quote what it read, which is secret here.
        let fault = |reason: &str| PgpFault::Unreadable { what: "the secret key".to_owned(), reason: reason.to_owned() };
        if bytes.len() > FILE_LIMIT_BYTES {
            return Err(fault("it is longer than any key"));
        }
        let no_key = "it is no OpenPGP secret key; make one with `namekeep escrow keys new`";
        let (mut keys, _) = SignedSecretKey::from_reader_many(bytes).map_err(|_| fault(no_key))?;
        let inner = keys.next().and_then(Result::ok).ok_or_else(|| fault(no_key))?;
        if keys.next().is_some() {
            return Err(fault("the file holds more than one; put each into a file of its own"));
        }
        if inner.primary_key.secret_params().is_encrypted() || inner.secret_subkeys.iter().any(|key| key.key.secret_params().is_encrypted())
        {
            return Err(fault("a passphrase locks it; the file is protected by its mode, so export it without one"));
        }
        Self::of(inner)
    }

    fn of(inner: SignedSecretKey) -> Result<Self, PgpFault> {
        let certificate = Certificate::of(SignedPublicKey::from(inner.clone()))?;
        Ok(Self { inner, certificate })
    }

    /// Its public half.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The key in ASCII armour, to be kept in a file that only its owner reads.
    ///
    /// # Errors
    /// If it cannot be written, which a key that was made can.
    pub fn to_armoured(&self) -> Result<Zeroizing<String>, PgpFault> {
        let fault = |error: pgp::errors::Error| PgpFault::Sealing { reason: error.to_string() };
        self.inner.to_armored_string(ArmorOptions::default()).map(Zeroizing::new).map_err(fault)
    }

    /// The secret half of the key that signs at `now`.
    pub(super) fn signing_key(&self, now: Timestamp) -> Result<&dyn SigningKey, PgpFault> {
        let wanted = self.certificate.signing_key(now)?.fingerprint();
        if self.inner.primary_key.fingerprint() == wanted {
            return Ok(&self.inner.primary_key);
        }
        let subkey = self.inner.secret_subkeys.iter().find(|subkey| subkey.key.fingerprint() == wanted);
        subkey.map(|subkey| &subkey.key as &dyn SigningKey).ok_or_else(|| PgpFault::Refused {
            what: format!("key {}", self.certificate.fingerprint()),
            reason: format!("the file has not the secret half of its signing key {wanted}"),
        })
    }

    pub(super) fn inner(&self) -> &SignedSecretKey {
        &self.inner
    }
}

impl fmt::Debug for OwnKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OwnKey([secret])")
    }
}
