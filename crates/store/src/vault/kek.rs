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

use std::fmt;
use std::fs::{self, File};
use std::io::{Seek, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use aws_lc_rs::aead::{AES_256_GCM, Aad, RandomizedNonceKey};
use zeroize::Zeroizing;

use super::NONCE_LENGTH;
use super::tree::KeyTree;
use crate::fault::StoreFault;
use crate::hash::sha256;
use crate::secret_file;

/// Length of every key in bytes.
pub(super) const KEY_LENGTH: usize = 32;

/// First line of the file.
const FORM: &[u8] = b"namekeep vault keys 2\n";

/// Largest file in bytes: room for the cuts of more than a hundred thousand scattered keys.
const FILE_LIMIT_BYTES: u64 = 64 << 20;

/// Names a data key; its wrapping is bound to it.
pub(super) type KeyId = [u8; 16];

/// Wraps data keys.
pub struct Kek {
    id: [u8; 8],
    keys: RwLock<Keys>,
    /// Where it lies; none for a key in memory alone.
    file: Option<PathBuf>,
}

/// What wraps.
struct Keys {
    tree: KeyTree,
    /// Wraps what was wrapped before there was a tree.
    undivided: Option<RandomizedNonceKey>,
    /// The file as it was read.
    stamp: Option<Stamp>,
}

/// Tells a file from the one that was put in its place.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Stamp {
    inode: u64,
    bytes: u64,
    changed_ns: i64,
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
        let keys = Keys { undivided: None, tree: KeyTree::whole(root.clone()), stamp: None };
        Ok(Self { id: id_of(&root), keys: RwLock::new(keys), file: None })
    }

    /// The key in a file that is readable by its owner only.
    ///
    /// # Errors
    /// If the file is missing, open to others, or no such key.
    pub fn read(path: &Path) -> Result<Self, StoreFault> {
        let (id, keys) = read_keys(path)?;
        Ok(Self { id, keys: RwLock::new(keys), file: Some(path.to_owned()) })
    }

    /// Writes the key to a new file with mode 0600.
    ///
    /// # Errors
    /// If the file exists already or cannot be written.
    pub fn write_new(&self, path: &Path) -> Result<(), StoreFault> {
        let written = self.keys.read().unwrap_or_else(PoisonError::into_inner).to_bytes(self.id);
        write_private(path, &written).map_err(|error| StoreFault::file(path, error))
    }

    /// Tells which key-encryption key wrapped a data key; says nothing about its bytes.
    pub(super) fn id(&self) -> [u8; 8] {
        self.id
    }

    /// The first leaf from `leaf` on that can wrap.
    pub(super) fn next_leaf(&self, leaf: u32) -> Option<u32> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).tree.next_leaf(leaf)
    }

    /// The leaves that were cut, in stretches.
    pub(super) fn gaps(&self) -> Vec<(u32, u32)> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).tree.gaps()
    }

    pub(super) fn wrap(&self, owner: &str, key_id: &KeyId, leaf: u32, key: &[u8; KEY_LENGTH]) -> Result<Vec<u8>, StoreFault> {
        let fault = |reason: &str| StoreFault::Vault { action: format!("wrap the key of `{owner}`"), reason: reason.to_owned() };
        let leaf = self.keys.read().unwrap_or_else(PoisonError::into_inner).tree.leaf(leaf);
        let wrapping = data_key(&*leaf.ok_or_else(|| fault("its place in the key file was cut"))?)?;
        // Room for the tag, so that the buffer with the key in clear is never moved.
        let mut body = Zeroizing::new(Vec::with_capacity(KEY_LENGTH + 16));
        body.extend_from_slice(key);
        let nonce = wrapping.seal_in_place_append_tag(binding(owner, key_id), &mut *body).map_err(|_| fault("the cipher refused"))?;
        Ok([nonce.as_ref().as_slice(), &body].concat())
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
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
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
        let stamp = stamp_of(path)?;
        if self.keys.read().unwrap_or_else(PoisonError::into_inner).stamp == Some(stamp) {
            return Ok(());
        }
        let anew = self.read_again(path)?;
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = anew;
        Ok(())
    }

    /// Cuts leaves, in the file first; gives how many were there to cut. Whoever was cut is gone when this returns: the new file is
    /// durable in its place and the old one overwritten.
    ///
    /// # Errors
    /// If the file cannot be read or written; then it is as before.
    pub(super) fn cut(&self, leaves: &[u32]) -> Result<usize, StoreFault> {
        let is_done = |keys: &Keys| leaves.iter().all(|leaf| keys.tree.next_leaf(*leaf) != Some(*leaf));
        if is_done(&self.keys.read().unwrap_or_else(PoisonError::into_inner)) {
            return Ok(0);
        }
        let Some(path) = &self.file else {
            let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
            keys.undivided = None;
            return Ok(leaves.iter().filter(|leaf| keys.tree.cut(**leaf)).count());
        };
        let lock_path = beside(path, "lock");
        let fault = |error| StoreFault::file(&lock_path, error);
        let lock = File::options().write(true).create(true).truncate(false).mode(0o600).open(&lock_path).map_err(fault)?;
        lock.lock().map_err(fault)?;
        // As it is on disk: another process may have cut it since.
        let mut anew = self.read_again(path)?;
        let count = leaves.iter().filter(|leaf| anew.tree.cut(**leaf)).count();
        if count > 0 {
            anew.undivided = None;
            replace(path, &anew.to_bytes(self.id)).map_err(|error| StoreFault::file(path, error))?;
            anew.stamp = Some(stamp_of(path)?);
        }
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = anew;
        Ok(count)
    }

    fn read_again(&self, path: &Path) -> Result<Keys, StoreFault> {
        let (id, keys) = read_keys(path)?;
        if id == self.id { Ok(keys) } else { Err(StoreFault::file(path, "another key-encryption key was put in its place")) }
    }
}

impl Keys {
    fn to_bytes(&self, id: [u8; 8]) -> Zeroizing<Vec<u8>> {
        let mut bytes = Zeroizing::new([FORM, &id, &self.tree.to_bytes()].concat());
        let digest = sha256(&[&bytes]);
        bytes.extend_from_slice(&digest);
        bytes
    }

    fn from_bytes(content: &[u8]) -> Option<([u8; 8], Self)> {
        if let Ok(root) = <[u8; KEY_LENGTH]>::try_from(content) {
            let root = Zeroizing::new(root);
            let undivided = Some(data_key(&root).ok()?);
            return Some((id_of(&root), Self { undivided, tree: KeyTree::whole(root), stamp: None }));
        }
        let (body, digest) = content.split_last_chunk::<32>()?;
        let (id, branches) = body.strip_prefix(FORM)?.split_first_chunk::<8>()?;
        (sha256(&[body]) == *digest).then_some(())?;
        Some((*id, Self { undivided: None, tree: KeyTree::from_bytes(branches)?, stamp: None }))
    }
}

fn read_keys(path: &Path) -> Result<([u8; 8], Keys), StoreFault> {
    let stamp = stamp_of(path)?;
    let content = secret_file::read_up_to(path, FILE_LIMIT_BYTES)?;
    let (id, keys) = Keys::from_bytes(content.expose())
        .ok_or_else(|| StoreFault::file(path, "it is no whole file of keys, as `init` and erasures write it"))?;
    Ok((id, Keys { stamp: Some(stamp), ..keys }))
}

fn stamp_of(path: &Path) -> Result<Stamp, StoreFault> {
    let metadata = fs::metadata(path).map_err(|error| StoreFault::file(path, error))?;
    let changed_ns = metadata.mtime().wrapping_mul(1_000_000_000).wrapping_add(metadata.mtime_nsec());
    Ok(Stamp { inode: metadata.ino(), bytes: metadata.len(), changed_ns })
}

/// A new file is put in the place of the old one, durably; then the old one's bytes are overwritten, wherever it has other names.
fn replace(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let mut old = File::options().write(true).open(path)?;
    let length = usize::try_from(old.metadata()?.len()).unwrap_or_default();
    let temporary = beside(path, "new");
    // A crash may have left one; whatever it holds is older than what is written now.
    match fs::remove_file(&temporary) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    write_private(&temporary, content)?;
    fs::rename(&temporary, path)?;
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        File::open(folder)?.sync_all()?;
    }
    old.rewind()?;
    old.write_all(&vec![0; length])?;
    old.sync_all()
}

fn write_private(path: &Path, content: &[u8]) -> std::io::Result<()> {
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(content).and_then(|()| file.sync_all())
}

fn beside(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
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
