//! The head: what the files of the feed are, under the signature of whoever publishes.

use std::path::Path;

use jiff::Timestamp;

use crate::fault::StoreFault;
use crate::hash::Hash;
use crate::ledger::note::{Note, decode_hash, encode};
use crate::ledger::{SignerKey, VerifierKey};

/// First line; a change of the form gets a new number.
const FORM: &str = "namekeep feed v2";

/// Largest head, in bytes.
const LIMIT_BYTES: u64 = 4096;

/// What the files of the feed are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Names the files.
    pub generation: String,
    /// When the generation began.
    pub begun_at: Timestamp,
    /// Bytes and hash of the snapshot.
    pub snapshot: Extent,
    /// Bytes and hash of the changes so far.
    pub changes: Extent,
    /// The number of the newest change.
    pub position: u64,
    /// When the store was known to hold nothing newer.
    pub updated_at: Timestamp,
}

/// How long a file is, and what so much of it hashes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extent {
    /// Bytes.
    pub bytes: u64,
    /// SHA-256.
    pub hash: Hash,
}

impl Head {
    /// Signed, as it is written.
    pub(super) fn sign(&self, signer: &SignerKey) -> String {
        let Self { generation, begun_at, snapshot, changes, position, updated_at } = self;
        let text = format!(
            "{FORM}\n{generation}\n{}\n{} {}\n{} {}\n{position}\n{}\n",
            begun_at.as_microsecond(),
            snapshot.bytes,
            encode(&snapshot.hash),
            changes.bytes,
            encode(&changes.hash),
            updated_at.as_microsecond()
        );
        Note::sign(text, signer).to_text()
    }

    /// The head in a folder; none if there is none yet.
    ///
    /// # Errors
    /// [`StoreFault::Feed`] if it is none, or not signed by `key`; [`StoreFault::File`] if it cannot be read.
    pub fn read(folder: &Path, key: &VerifierKey) -> Result<Option<Self>, StoreFault> {
        let path = folder.join("head");
        let size = match std::fs::metadata(&path) {
            Ok(metadata) => metadata.len(),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StoreFault::file(&path, error)),
        };
        let unsigned = || StoreFault::Feed { reason: format!("its head is not signed by `{}`", key.name()) };
        if size > LIMIT_BYTES {
            return Err(unsigned());
        }
        let text = std::fs::read_to_string(&path).map_err(|error| StoreFault::file(&path, error))?;
        let note = Note::parse(&text).filter(|note| note.is_signed_by(key)).ok_or_else(unsigned)?;
        let head = Self::parse(&note.text);
        head.map(Some).ok_or_else(|| StoreFault::Feed { reason: "its head is not of a form that this program reads".to_owned() })
    }

    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.strip_suffix('\n')?.split('\n');
        if lines.next()? != FORM {
            return None;
        }
        let generation = lines.next()?;
        let is_word = !generation.is_empty() && generation.len() <= 64 && generation.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let head = Self {
            generation: is_word.then(|| generation.to_owned())?,
            begun_at: instant(lines.next()?)?,
            snapshot: extent(lines.next()?)?,
            changes: extent(lines.next()?)?,
            position: lines.next()?.parse().ok()?,
            updated_at: instant(lines.next()?)?,
        };
        lines.next().is_none().then_some(head)
    }
}

fn instant(line: &str) -> Option<Timestamp> {
    Timestamp::from_microsecond(line.parse().ok()?).ok()
}

fn extent(line: &str) -> Option<Extent> {
    let (bytes, hash) = line.split_once(' ')?;
    Some(Extent { bytes: bytes.parse().ok()?, hash: decode_hash(hash)? })
}
