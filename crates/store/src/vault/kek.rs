//! The key-encryption key: a tree of keys in a file that only its owner can read. Each data key is wrapped by a leaf of its own, and
//! destroying a data key cuts its leaf out of the file: what a backup of the database holds of that key opens with nothing any more.
//!
//! | the file | is |
//! | --- | --- |
//! | form line | `namekeep vault keys 2` |
//! | 8 bytes | the key's id, the same for ever |
//! | branches | what is left of the tree ([`super::tree`]) |
//! | 32 bytes | SHA-256 of all before |
//!
//! A file of the first form is 32 bytes and nothing else: the key that wraps undivided, and the root of the tree. It is written anew at the
//! first cut, which takes the undivided key away.
//!
//! Where there is a token, either form lies sealed on the disk ([`super::seal`]).

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock, RwLockReadGuard};

use aws_lc_rs::aead::{AES_256_GCM, Aad, RandomizedNonceKey};
use zeroize::Zeroizing;

use super::key_file::{self, Stamp};
use super::seal::{Seal, is_sealed};
use super::token::{KeyStanding, KeyToken, TokenKeyId};
use super::tree::KeyTree;
use super::{NONCE_LENGTH, TAG_LENGTH};
use crate::fault::StoreFault;
use crate::hash::sha256;
use crate::secret_file;

/// Length of every key in bytes.
pub(super) const KEY_LENGTH: usize = 32;

/// First line of the file.
const FORM: &[u8] = b"namekeep vault keys 2\n";

/// Largest file in bytes: room for the cuts of more than a hundred thousand scattered keys.
pub(super) const FILE_LIMIT_BYTES: u64 = 64 << 20;

/// How often a file is read that another process replaces meanwhile; a replacement takes longer than a reading.
const READ_TRIES: u32 = 10;

/// Names a data key; its wrapping is bound to it.
pub(super) type KeyId = [u8; 16];

/// Wraps data keys.
pub struct Kek {
    id: [u8; 8],
    keys: RwLock<Keys>,
    /// Where it lies; none for a key in memory alone.
    file: Option<PathBuf>,
    /// What seals the file; none where it lies there in clear.
    seal: Option<Seal>,
}

/// What wraps.
struct Keys {
    tree: KeyTree,
    /// Wraps what was wrapped before there was a tree.
    undivided: Option<RandomizedNonceKey>,
    /// The file as it was read.
    stamp: Option<Stamp>,
    /// The token key that seals the file; none where it lies there in clear.
    sealed_by: Option<TokenKeyId>,
}

/// Why a data key does not unwrap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Locked {
    /// Its leaf was cut: it was destroyed.
    Cut,
    /// It was wrapped for another owner, or changed.
    Changed,
}

impl fmt::Debug for Kek {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Kek([secret])")
    }
}

impl Kek {
    /// A new key, in memory.
    ///
    /// # Errors
    /// If the system has no randomness.
    pub fn generate() -> Result<Self, StoreFault> {
        let root = Zeroizing::new(random()?);
        let keys = Keys { undivided: None, tree: KeyTree::whole(root.clone()), stamp: None, sealed_by: None };
        Ok(Self { id: id_of(&root), keys: RwLock::new(keys), file: None, seal: None })
    }

    /// The key in a file that is readable by its owner only.
    ///
    /// # Errors
    /// If the file is missing, open to others, sealed by a token, or no such key.
    pub fn read(path: &Path) -> Result<Self, StoreFault> {
        Self::read_with(path, None)
    }

    /// The key in a file that `token` seals. The sealed file is also kept at `copy`, in a folder that is there. A file that lies there in
    /// clear, or sealed for another node, opens as well; [`super::Vault::settle`] then seals it.
    ///
    /// # Errors
    /// As [`Kek::read`]; if the token cannot be used, or has not the key that sealed the file.
    pub fn read_sealed(path: &Path, token: Box<dyn KeyToken>, copy: Option<PathBuf>) -> Result<Self, StoreFault> {
        Self::read_with(path, Some(Seal::new(token, copy)?))
    }

    fn read_with(path: &Path, seal: Option<Seal>) -> Result<Self, StoreFault> {
        let (id, keys) = read_keys(path, seal.as_ref())?;
        Ok(Self { id, keys: RwLock::new(keys), file: Some(path.to_owned()), seal })
    }

    /// Writes the key to a new file with mode 0600.
    ///
    /// # Errors
    /// If the file exists already or cannot be written.
    pub fn write_new(&self, path: &Path) -> Result<(), StoreFault> {
        let written = self.keys().to_bytes(self.id);
        secret_file::write_new(path, &written)
    }

    /// Tells which key-encryption key wrapped a data key; says nothing about its bytes.
    pub(super) fn id(&self) -> [u8; 8] {
        self.id
    }

    /// The first leaf from `leaf` on that can wrap.
    pub(super) fn next_leaf(&self, leaf: u32) -> Option<u32> {
        self.keys().tree.next_leaf(leaf)
    }

    /// The leaves that were cut, in stretches.
    pub(super) fn gaps(&self) -> Vec<(u32, u32)> {
        self.keys().tree.gaps()
    }

    pub(super) fn wrap(&self, owner: &str, key_id: &KeyId, leaf: u32, key: &[u8; KEY_LENGTH]) -> Result<Vec<u8>, StoreFault> {
        let fault = |reason: &str| StoreFault::Vault { action: format!("wrap the key of `{owner}`"), reason: reason.to_owned() };
        let leaf = self.keys().tree.leaf(leaf);
        let wrapping = data_key(&*leaf.ok_or_else(|| fault("its place in the key file was cut"))?)?;
        // Room for the tag, so that the buffer with the key in clear is never moved.
        let mut body = Zeroizing::new(Vec::with_capacity(KEY_LENGTH + TAG_LENGTH));
        body.extend_from_slice(key);
        let nonce = wrapping.seal_in_place_append_tag(binding(owner, key_id), &mut *body).map_err(|_| fault("the cipher refused"))?;
        Ok([nonce.as_ref().as_slice(), &body].concat())
    }

    /// Every key that is written into the file.
    #[cfg(test)]
    pub(super) fn seeds(&self) -> Vec<Vec<u8>> {
        self.keys().tree.seeds()
    }

    /// Wraps as files of the first form did.
    #[cfg(test)]
    pub(super) fn wrap_undivided(&self, owner: &str, key_id: &KeyId, key: &[u8; KEY_LENGTH]) -> Vec<u8> {
        let keys = self.keys.read().unwrap();
        let mut body = key.to_vec();
        let nonce = keys.undivided.as_ref().unwrap().seal_in_place_append_tag(binding(owner, key_id), &mut body).unwrap();
        [nonce.as_ref().as_slice(), &body].concat()
    }

    /// What [`Kek::wrap`] wrapped under this leaf; without one, what the undivided key wrapped.
    pub(super) fn unwrap(
        &self,
        owner: &str,
        key_id: &KeyId,
        leaf: Option<u32>,
        wrapped: &[u8],
    ) -> Result<Zeroizing<[u8; KEY_LENGTH]>, Locked> {
        let keys = self.keys();
        let (nonce, body) = wrapped.split_first_chunk::<NONCE_LENGTH>().ok_or(Locked::Changed)?;
        let mut body = Zeroizing::new(body.to_vec());
        let of_leaf;
        let wrapping = match leaf {
            Some(leaf) => {
                of_leaf = data_key(&*keys.tree.leaf(leaf).ok_or(Locked::Cut)?).map_err(|_| Locked::Changed)?;
                &of_leaf
            }
            None => keys.undivided.as_ref().ok_or(Locked::Cut)?,
        };
        let plain: &[u8] = wrapping.open_in_place(nonce.into(), binding(owner, key_id), &mut body).map_err(|_| Locked::Changed)?;
        plain.try_into().map(Zeroizing::new).map_err(|_| Locked::Changed)
    }

    /// Reads the file again where another process has cut it meanwhile.
    ///
    /// # Errors
    /// As [`Kek::read`]; if it is another key.
    pub(super) fn refresh(&self) -> Result<(), StoreFault> {
        let Some(path) = &self.file else { return Ok(()) };
        if self.is_current(path)? {
            return Ok(());
        }
        let anew = self.read_again(path)?;
        self.take(anew);
        Ok(())
    }

    /// Cuts leaves, in the file first; gives how many were there to cut. Whoever was cut is gone when this returns: the new file is
    /// durable in its place and the old one overwritten. That no copy of the old one opens a token sees to in [`Kek::settle`].
    ///
    /// # Errors
    /// If the file cannot be read or written, or the token cannot be used; then it is as before.
    pub(super) fn cut(&self, leaves: &[u32]) -> Result<usize, StoreFault> {
        let is_done = |keys: &Keys| leaves.iter().all(|leaf| keys.tree.next_leaf(*leaf) != Some(*leaf));
        if is_done(&self.keys()) {
            return Ok(0);
        }
        let Some(path) = &self.file else {
            let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
            keys.undivided = None;
            return Ok(leaves.iter().filter(|leaf| keys.tree.cut(**leaf)).count());
        };
        let _lock = key_file::lock(path)?;
        // As it is on disk: another process may have cut it since.
        let mut anew = if self.is_current(path)? { self.keys().again(self.id, path)? } else { self.read_again(path)? };
        let count = leaves.iter().filter(|leaf| anew.tree.cut(**leaf)).count();
        if count > 0 {
            anew.undivided = None;
            self.put(path, &mut anew)?;
        }
        self.take(anew);
        Ok(count)
    }

    /// Brings file and token together: a file in clear is sealed, one that another node's key or none seals is sealed anew, the copy is
    /// made, and every token key that sealed it before is destroyed.
    ///
    /// # Errors
    /// If the file, its copy or the token cannot be used. Nothing is lost then, and an old copy of the file may still open.
    pub(super) fn settle(&self) -> Result<(), StoreFault> {
        let (Some(path), Some(seal)) = (&self.file, &self.seal) else { return Ok(()) };
        let _lock = key_file::lock(path)?;
        self.refresh()?;
        let sealed_by = self.keys().sealed_by;
        match (sealed_by, self.why_seal_anew(seal, sealed_by)?) {
            (Some(current), None) => seal.settle(path, current),
            (_, why) => {
                tracing::warn!(file = %path.display(), why, "the key file is sealed under a token key of its own");
                let mut anew = self.keys().again(self.id, path)?;
                self.put(path, &mut anew)?;
                let current = anew.sealed_by;
                self.take(anew);
                current.map_or(Ok(()), |current| seal.settle(path, current))
            }
        }
    }

    /// What [`Kek::settle`] has to do, in a sentence; none if nothing. Changes nothing.
    ///
    /// # Errors
    /// If the file or the token cannot be used.
    pub(super) fn find_unsettled(&self) -> Result<Option<&'static str>, StoreFault> {
        let (Some(path), Some(seal)) = (&self.file, &self.seal) else { return Ok(None) };
        self.refresh()?;
        let sealed_by = self.keys().sealed_by;
        match (sealed_by, self.why_seal_anew(seal, sealed_by)?) {
            (Some(current), None) => seal.find_unsettled(path, current),
            (_, why) => Ok(why),
        }
    }

    fn why_seal_anew(&self, seal: &Seal, sealed_by: Option<TokenKeyId>) -> Result<Option<&'static str>, StoreFault> {
        let Some(id) = sealed_by else { return Ok(Some("the key file lies there in clear")) };
        Ok(match seal.find(&id)? {
            KeyStanding::Ours => None,
            KeyStanding::Others { .. } => Some("the key file is sealed by a token key of another label, as a copy from another node is"),
            KeyStanding::Missing => {
                Some("the token key that seals the key file is not on the token any more; the keys are still in memory")
            }
        })
    }

    /// Writes keys into the file, sealed where there is a token.
    fn put(&self, path: &Path, keys: &mut Keys) -> Result<(), StoreFault> {
        let content = keys.to_bytes(self.id);
        match &self.seal {
            Some(seal) => keys.sealed_by = Some(seal.put(path, &content, keys.sealed_by)?),
            None => key_file::replace(path, &content).map_err(|error| StoreFault::file(path, error))?,
        }
        keys.stamp = Some(Stamp::of(path)?);
        Ok(())
    }

    /// Whether the file is the one that was read or written last.
    fn is_current(&self, path: &Path) -> Result<bool, StoreFault> {
        Ok(self.keys().stamp == Some(Stamp::of(path)?))
    }

    fn read_again(&self, path: &Path) -> Result<Keys, StoreFault> {
        let (id, keys) = read_keys(path, self.seal.as_ref())?;
        if id == self.id { Ok(keys) } else { Err(StoreFault::file(path, "another key-encryption key was put in its place")) }
    }

    fn keys(&self) -> RwLockReadGuard<'_, Keys> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, anew: Keys) {
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = anew;
    }
}

impl Keys {
    /// As they are written; those of the first form in that form, for what they wrapped has no leaf yet.
    fn to_bytes(&self, id: [u8; 8]) -> Zeroizing<Vec<u8>> {
        if let (Some(_), Some(root)) = (&self.undivided, self.tree.root()) {
            return Zeroizing::new(root.to_vec());
        }
        let mut bytes = Zeroizing::new([FORM, &id, &self.tree.to_bytes()].concat());
        let digest = sha256(&[&bytes]);
        bytes.extend_from_slice(&digest);
        bytes
    }

    fn from_bytes(content: &[u8]) -> Option<([u8; 8], Self)> {
        if let Ok(root) = <[u8; KEY_LENGTH]>::try_from(content) {
            let root = Zeroizing::new(root);
            let undivided = Some(data_key(&root).ok()?);
            return Some((id_of(&root), Self { undivided, tree: KeyTree::whole(root), stamp: None, sealed_by: None }));
        }
        let (body, digest) = content.split_last_chunk::<32>()?;
        let (id, branches) = body.strip_prefix(FORM)?.split_first_chunk::<8>()?;
        (sha256(&[body]) == *digest).then_some(())?;
        Some((*id, Self { undivided: None, tree: KeyTree::from_bytes(branches)?, stamp: None, sealed_by: None }))
    }

    /// The same keys a second time, to be changed while these are in use.
    fn again(&self, id: [u8; 8], path: &Path) -> Result<Self, StoreFault> {
        let (_, keys) = Self::from_bytes(&self.to_bytes(id)).ok_or_else(|| not_whole(path))?;
        Ok(Self { stamp: self.stamp, sealed_by: self.sealed_by, ..keys })
    }
}

/// Reads the file. Another process may put a new one in its place meanwhile and destroy the token key of the one that was read.
fn read_keys(path: &Path, seal: Option<&Seal>) -> Result<([u8; 8], Keys), StoreFault> {
    let mut tries = 1;
    loop {
        let stamp = Stamp::of(path)?;
        match read_keys_once(path, stamp, seal) {
            Err(_) if tries < READ_TRIES && Stamp::of(path)? != stamp => tries += 1,
            read => return read,
        }
    }
}

fn read_keys_once(path: &Path, stamp: Stamp, seal: Option<&Seal>) -> Result<([u8; 8], Keys), StoreFault> {
    let content = secret_file::read_up_to(path, FILE_LIMIT_BYTES)?;
    let (sealed_by, opened) = match (is_sealed(content.expose()), seal) {
        (true, Some(seal)) => seal.open(path, content.expose()).map(|(id, opened)| (Some(id), Some(opened)))?,
        (true, None) => return Err(StoreFault::file(path, "it is sealed by a token; name that token in `[keys.token]`")),
        (false, _) => (None, None),
    };
    let content = opened.as_ref().map_or(content.expose(), |opened| opened.as_slice());
    let (id, keys) = Keys::from_bytes(content).ok_or_else(|| not_whole(path))?;
    Ok((id, Keys { stamp: Some(stamp), sealed_by, ..keys }))
}

fn not_whole(path: &Path) -> StoreFault {
    StoreFault::file(path, "it is no whole file of keys, as `init` and erasures write it")
}

fn id_of(root: &Zeroizing<[u8; KEY_LENGTH]>) -> [u8; 8] {
    let digest = sha256(&[b"namekeep kek id v1", root.as_slice()]);
    let mut id = [0; 8];
    id.copy_from_slice(&digest[..8]);
    id
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
