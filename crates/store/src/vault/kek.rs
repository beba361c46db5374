//! The key-encryption key: 32 bytes in a file that only its owner can read.

use std::fmt;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM, Aad, RandomizedNonceKey};
use zeroize::Zeroizing;

use super::NONCE_LENGTH;
use crate::fault::StoreFault;
use crate::hash::sha256;
use crate::secret_file;

/// Length of every key in bytes.
pub(super) const KEY_LENGTH: usize = 32;

/// Names a data key; its wrapping is bound to it.
pub(super) type KeyId = [u8; 16];

/// Wraps data keys.
pub struct Kek {
    id: [u8; 8],
    key: RandomizedNonceKey,
    bytes: Zeroizing<[u8; KEY_LENGTH]>,
}

impl fmt::Debug for Kek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kek([secret])")
    }
}

impl Kek {
    /// A new key.
    ///
    /// # Errors
    /// If the system has no randomness.
    pub fn generate() -> Result<Self, StoreFault> {
        Self::from_bytes(Zeroizing::new(random()?))
    }

    /// The key in a file of exactly 32 bytes, readable by its owner only.
    ///
    /// # Errors
    /// If the file is missing, open to others, or of another length.
    pub fn read(path: &Path) -> Result<Self, StoreFault> {
        let content = secret_file::read(path)?;
        let bytes: [u8; KEY_LENGTH] = content
            .expose()
            .try_into()
            .map_err(|_| StoreFault::file(path, format!("a key-encryption key has exactly {KEY_LENGTH} bytes")))?;
        Self::from_bytes(Zeroizing::new(bytes))
    }

    /// Writes the key to a new file with mode 0600.
    ///
    /// # Errors
    /// If the file exists already or cannot be written.
    pub fn write_new(&self, path: &Path) -> Result<(), StoreFault> {
        std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)
            .and_then(|mut file| file.write_all(self.bytes.as_slice()).and_then(|()| file.sync_all()))
            .map_err(|error| StoreFault::file(path, error))
    }

    /// Tells which key-encryption key wrapped a data key; says nothing about its bytes.
    pub(super) fn id(&self) -> [u8; 8] {
        self.id
    }

    pub(super) fn wrap(&self, owner: &str, key_id: &KeyId, key: &[u8; KEY_LENGTH]) -> Result<Vec<u8>, StoreFault> {
        // Room for the tag, so that the buffer with the key in clear is never moved.
        let mut body = Zeroizing::new(Vec::with_capacity(KEY_LENGTH + 16));
        body.extend_from_slice(key);
        let nonce = self
            .key
            .seal_in_place_append_tag(binding(owner, key_id), &mut *body)
            .map_err(|_| StoreFault::Vault { action: format!("wrap the key of `{owner}`"), reason: "the cipher refused".to_owned() })?;
        Ok([nonce.as_ref().as_slice(), &body].concat())
    }

    /// None if it was wrapped by another key, for another owner, or changed.
    pub(super) fn unwrap(&self, owner: &str, key_id: &KeyId, wrapped: &[u8]) -> Option<Zeroizing<[u8; KEY_LENGTH]>> {
        let (nonce, body) = wrapped.split_first_chunk::<NONCE_LENGTH>()?;
        let mut body = Zeroizing::new(body.to_vec());
        let plain = self.key.open_in_place(nonce.into(), binding(owner, key_id), &mut body).ok()?;
        let bytes: &[u8] = plain;
        Some(Zeroizing::new(bytes.try_into().ok()?))
    }

    fn from_bytes(bytes: Zeroizing<[u8; KEY_LENGTH]>) -> Result<Self, StoreFault> {
        let digest = sha256(&[b"namekeep kek id v1", bytes.as_slice()]);
        let mut id = [0; 8];
        id.copy_from_slice(&digest[..8]);
        Ok(Self { id, key: data_key(&bytes)?, bytes })
    }
}

/// AES-256-GCM with random nonces, good for 2^32 values a key.
pub(super) fn data_key(bytes: &[u8; KEY_LENGTH]) -> Result<RandomizedNonceKey, StoreFault> {
    RandomizedNonceKey::new(&AES_256_GCM, bytes)
        .map_err(|_| StoreFault::Vault { action: "use a key".to_owned(), reason: "the cipher refused it".to_owned() })
}

/// Bytes from the system's generator.
pub(super) fn random<const N: usize>() -> Result<[u8; N], StoreFault> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes)
        .map_err(|_| StoreFault::Vault { action: "make a key".to_owned(), reason: "the system gave no randomness".to_owned() })?;
    Ok(bytes)
}

fn binding(owner: &str, key_id: &KeyId) -> Aad<Vec<u8>> {
    Aad::from([b"namekeep vault key v1|".as_slice(), owner.as_bytes(), b"|", key_id].concat())
}
