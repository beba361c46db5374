//! The ledger's keys, in the text forms of C2SP `signed-note`: a signer in a private file, a verifier to print and hand out.

use std::fmt;
use std::path::Path;

use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair, UnparsedPublicKey};
use model::SecretBytes;

use crate::fault::StoreFault;
use crate::hash::sha256;
use crate::ledger::note::{decode, encode};
use crate::secret_file;

/// The signature type byte of Ed25519 in a signed note.
const ED25519_TYPE: u8 = 1;

/// How a signer's text begins.
const SIGNER_PREFIX: &str = "PRIVATE+KEY+";

/// The private key that signs checkpoints. Debug shows its name only.
pub struct SignerKey {
    verifier: VerifierKey,
    pair: Ed25519KeyPair,
    seed: SecretBytes,
}

/// The public key that checks checkpoints. Its text form is what a stranger needs: `NAME+HASH+KEY`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifierKey {
    name: String,
    id: [u8; 4],
    key: [u8; 32],
}

impl SignerKey {
    /// A new key for the log called `name`, which becomes the origin of its checkpoints, for example `ledger.namekeep.example`.
    ///
    /// # Errors
    /// If the name holds white space or `+`, or the system has no randomness.
    pub fn generate(name: &str) -> Result<Self, StoreFault> {
        let mut seed = [0; 32];
        aws_lc_rs::rand::fill(&mut seed).map_err(|_| StoreFault::ledger("the system gave no randomness for a key"))?;
        Self::from_seed(name, seed.to_vec())
    }

    /// The key in a file written by [`SignerKey::write_new`]. The file must be readable by its owner only.
    ///
    /// # Errors
    /// If the file is missing, open to others, or holds something else.
    pub fn read(path: &Path) -> Result<Self, StoreFault> {
        let text = secret_file::read(path)?;
        let text = String::from_utf8_lossy(text.expose());
        Self::parse(text.trim())
            .ok_or_else(|| StoreFault::file(path, "it does not hold a ledger key of the form PRIVATE+KEY+NAME+HASH+KEY (C2SP signed-note)"))
    }

    /// Writes the key to a new file with mode 0600.
    ///
    /// # Errors
    /// If the file exists already or cannot be written.
    pub fn write_new(&self, path: &Path) -> Result<(), StoreFault> {
        let typed = SecretBytes::new([&[ED25519_TYPE], self.seed.expose()].concat());
        let VerifierKey { name, id, .. } = &self.verifier;
        let text =
            SecretBytes::new(format!("{SIGNER_PREFIX}{name}+{:08x}+{}\n", u32::from_be_bytes(*id), encode(typed.expose())).into_bytes());
        secret_file::write_new(path, text.expose())
    }

    /// The public half.
    #[must_use]
    pub fn verifier(&self) -> &VerifierKey {
        &self.verifier
    }

    /// The log's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.verifier.name
    }

    /// Signs a text: 64 bytes.
    pub(crate) fn sign(&self, text: &str) -> Vec<u8> {
        self.pair.sign(text.as_bytes()).as_ref().to_vec()
    }

    fn parse(text: &str) -> Option<Self> {
        let (name, id, typed) = split_key(text.strip_prefix(SIGNER_PREFIX)?)?;
        let typed = SecretBytes::new(typed);
        let (kind, seed) = typed.expose().split_first()?;
        let key = (*kind == ED25519_TYPE).then(|| Self::from_seed(name, seed.to_vec()).ok())??;
        (key.verifier.id == id).then_some(key)
    }

    fn from_seed(name: &str, seed: Vec<u8>) -> Result<Self, StoreFault> {
        let seed = SecretBytes::new(seed);
        let pair = Ed25519KeyPair::from_seed_unchecked(seed.expose()).map_err(|_| StoreFault::ledger("a ledger key has 32 bytes"))?;
        let mut key = [0; 32];
        key.copy_from_slice(pair.public_key().as_ref());
        let verifier = VerifierKey::new(name, key).ok_or_else(|| {
            StoreFault::ledger(format!("`{name}` cannot name a ledger: it must not be empty nor hold white space or `+`"))
        })?;
        Ok(Self { verifier, pair, seed })
    }
}

impl fmt::Debug for SignerKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignerKey({} [secret])", self.verifier.name)
    }
}

impl VerifierKey {
    fn new(name: &str, key: [u8; 32]) -> Option<Self> {
        let is_name = !name.is_empty() && !name.contains(|c: char| c.is_whitespace() || c == '+');
        let digest = sha256(&[name.as_bytes(), b"\n", &[ED25519_TYPE], &key]);
        let id = *digest.first_chunk()?;
        is_name.then(|| Self { name: name.to_owned(), id, key })
    }

    /// Reads `NAME+HASH+KEY`.
    ///
    /// # Errors
    /// If it has another form or its hash does not fit its key.
    pub fn parse(text: &str) -> Result<Self, StoreFault> {
        Self::parse_form(text.trim()).ok_or_else(|| {
            StoreFault::ledger(format!("`{}` is not a public key of the form NAME+HASH+KEY (C2SP signed-note, Ed25519)", text.trim()))
        })
    }

    fn parse_form(text: &str) -> Option<Self> {
        let (name, id, typed) = split_key(text)?;
        let (kind, key) = typed.split_first()?;
        let verifier = Self::new(name, key.try_into().ok()?)?;
        (*kind == ED25519_TYPE && verifier.id == id).then_some(verifier)
    }

    /// The log's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The key id that stands before each signature.
    pub(crate) fn id(&self) -> [u8; 4] {
        self.id
    }

    /// Whether `signature` is this key's over `text`.
    pub(crate) fn verifies(&self, text: &str, signature: &[u8]) -> bool {
        UnparsedPublicKey::new(&ED25519, &self.key).verify(text.as_bytes(), signature).is_ok()
    }
}

impl fmt::Display for VerifierKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let typed = [&[ED25519_TYPE][..], &self.key].concat();
        write!(f, "{}+{:08x}+{}", self.name, u32::from_be_bytes(self.id), encode(&typed))
    }
}

/// Splits `NAME+HASH+KEY`; the key's base64 may hold `+` itself.
fn split_key(text: &str) -> Option<(&str, [u8; 4], Vec<u8>)> {
    let (name, rest) = text.split_once('+')?;
    let (hash, key) = rest.split_once('+')?;
    let id = (hash.len() == 8).then(|| u32::from_str_radix(hash, 16).ok())??.to_be_bytes();
    Some((name, id, decode(key)?))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_key_of_the_signed_note_specification_is_read_as_there() {
        // The example of golang.org/x/mod/sumdb/note, which C2SP signed-note describes.
        let signer = SignerKey::parse("PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz").unwrap();
        let text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        assert_eq!(signer.verifier().to_string(), text);
        assert_eq!(&VerifierKey::parse(text).unwrap(), signer.verifier());
        assert_eq!(format!("{signer:?}"), "SignerKey(PeterNeumann [secret])");
    }

    #[test]
    fn a_damaged_public_key_is_refused() {
        let good = SignerKey::generate("log.example").unwrap().verifier().to_string();
        for bad in ["", "log.example", &good.replacen("log", "lag", 1), &good[..good.len() - 4], &good.replace("+A", "+B")] {
            assert!(VerifierKey::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_key_file_is_private_and_never_overwritten() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.key");
        let signer = SignerKey::generate("log.example").unwrap();
        signer.write_new(&path).unwrap();
        assert_eq!(SignerKey::read(&path).unwrap().verifier(), signer.verifier());
        assert!(signer.write_new(&path).is_err());
        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o640)).unwrap();
        assert!(SignerKey::read(&path).unwrap_err().to_string().contains("chmod 600"));
    }

    #[test]
    fn a_log_name_with_a_space_or_plus_is_refused() {
        for name in ["", "two words", "a+b", "tab\there"] {
            assert!(SignerKey::generate(name).is_err(), "{name}");
        }
    }
}
