//! The registrar's key pair for what the public sends, and the sealing.

use std::fmt;
use std::path::Path;

use aws_lc_rs::agreement::{PrivateKey, X25519};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use model::SecretBytes;
use rustls::crypto::aws_lc_rs::hpke::DH_KEM_X25519_HKDF_SHA256_AES_256 as SUITE;
use rustls::crypto::hpke::{EncapsulatedSecret, Hpke, HpkePrivateKey, HpkePublicKey};
use zeroize::Zeroizing;

use crate::fault::StoreFault;
use crate::hash::sha256;
use crate::secret_file;

/// How a sealed file begins.
const MAGIC: &[u8; 9] = b"NKINTAKE1";
/// The application of RFC 9180 section 8.1.
const INFO: &[u8] = b"namekeep intake 1";
/// Length of a key and of an encapsulated key (RFC 9180 section 7.1).
const KEY_BYTES: usize = 32;
/// Texts are padded to a multiple of this.
const BLOCK_BYTES: usize = 4096;
/// How the text of a public key begins.
const PUBLIC_PREFIX: &str = "intake-x25519";
/// How the text of a private key begins.
const PRIVATE_PREFIX: &str = "PRIVATE+intake-x25519+";

/// What the public process seals with: `intake-x25519+HASH+KEY`.
#[derive(Clone, PartialEq, Eq)]
pub struct IntakePublicKey([u8; KEY_BYTES]);

/// What opens it. Debug prints none of it.
pub struct IntakeKey {
    secret: SecretBytes,
    public: IntakePublicKey,
}

impl IntakePublicKey {
    /// Reads `intake-x25519+HASH+KEY`.
    ///
    /// # Errors
    /// If it has another form, or its hash does not fit its key.
    pub fn parse(text: &str) -> Result<Self, StoreFault> {
        let read = || {
            let (hash, key) = text.trim().strip_prefix(PUBLIC_PREFIX)?.strip_prefix('+')?.split_once('+')?;
            let key = Self(STANDARD.decode(key).ok()?.try_into().ok()?);
            (key.hash() == hash).then_some(key)
        };
        read().ok_or_else(|| fault("it is not a public key of the form intake-x25519+HASH+KEY"))
    }

    /// Seals a text to the key for one place: `FORM/RECEIPT`.
    ///
    /// # Errors
    /// If the library refuses, as it does for a key that is no point.
    pub fn seal(&self, place: &str, plain: &[u8]) -> Result<Vec<u8>, StoreFault> {
        let mut padded = Zeroizing::new(Vec::with_capacity(plain.len().next_multiple_of(BLOCK_BYTES)));
        padded.extend_from_slice(plain);
        padded.resize(plain.len().next_multiple_of(BLOCK_BYTES), b' ');
        let (encapsulated, sealed) =
            SUITE.seal(INFO, place.as_bytes(), &padded, &HpkePublicKey(self.0.to_vec())).map_err(|error| fault(&error.to_string()))?;
        Ok([MAGIC.as_slice(), &encapsulated.0, &sealed].concat())
    }

    fn hash(&self) -> String {
        sha256(&[PUBLIC_PREFIX.as_bytes(), &self.0]).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Display for IntakePublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PUBLIC_PREFIX}+{}+{}", self.hash(), STANDARD.encode(self.0))
    }
}

impl fmt::Debug for IntakePublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl IntakeKey {
    /// A new pair.
    ///
    /// # Errors
    /// If the system has no randomness.
    pub fn generate() -> Result<Self, StoreFault> {
        let mut secret = Zeroizing::new([0; KEY_BYTES]);
        aws_lc_rs::rand::fill(secret.as_mut_slice()).map_err(|_| fault("the system gave no randomness for a key"))?;
        Self::of(SecretBytes::new(secret.to_vec()))
    }

    /// The key in a file written by [`IntakeKey::write_new`], readable by its owner only.
    ///
    /// # Errors
    /// If the file is missing, open to others, or holds something else.
    pub fn read(path: &Path) -> Result<Self, StoreFault> {
        let text = secret_file::read(path)?;
        let read = || {
            let text = std::str::from_utf8(text.expose()).ok()?.trim().strip_prefix(PRIVATE_PREFIX)?;
            Self::of(SecretBytes::new(STANDARD.decode(text).ok()?)).ok()
        };
        read().ok_or_else(|| StoreFault::file(path, format!("it does not hold a key of the form {PRIVATE_PREFIX}KEY")))
    }

    /// Writes the key to a new file with mode 0600.
    ///
    /// # Errors
    /// If the file exists already or cannot be written.
    pub fn write_new(&self, path: &Path) -> Result<(), StoreFault> {
        let text = Zeroizing::new(format!("{PRIVATE_PREFIX}{}\n", STANDARD.encode(self.secret.expose())));
        secret_file::write_new(path, text.as_bytes())
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> &IntakePublicKey {
        &self.public
    }

    /// Opens what was sealed for a place; the padding is still behind the text. None if it was sealed to another key, for another place, or
    /// was changed.
    #[must_use]
    pub fn open(&self, place: &str, sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (encapsulated, body) = split(sealed)?;
        let secret = HpkePrivateKey::from(self.secret.expose().to_vec());
        SUITE.open(&EncapsulatedSecret(encapsulated.to_vec()), INFO, place.as_bytes(), body, &secret).ok().map(Zeroizing::new)
    }

    fn of(secret: SecretBytes) -> Result<Self, StoreFault> {
        let unusable = |_| fault("an intake key has 32 bytes");
        let pair = PrivateKey::from_private_key(&X25519, secret.expose()).map_err(unusable)?;
        let public = pair.compute_public_key().map_err(|_| fault("an intake key has no public half"))?;
        let public = public.as_ref().try_into().map_err(|_| fault("a public intake key has 32 bytes"))?;
        Ok(Self { secret, public: IntakePublicKey(public) })
    }
}

impl fmt::Debug for IntakeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("IntakeKey([secret])")
    }
}

/// The encapsulated key and the ciphertext of a sealed file; none if it is no such file.
fn split(sealed: &[u8]) -> Option<(&[u8; KEY_BYTES], &[u8])> {
    sealed.strip_prefix(MAGIC)?.split_first_chunk()
}

fn fault(reason: &str) -> StoreFault {
    StoreFault::Vault { action: "use an intake key".to_owned(), reason: reason.to_owned() }
}
