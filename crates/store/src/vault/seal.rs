//! The key file sealed by a token: what a thief of the disk has of it opens nothing.
//!
//! | the file | is |
//! | --- | --- |
//! | form line | `namekeep sealed vault keys 1` |
//! | 16 bytes | the id of the token key that seals it |
//! | 2 bytes, and as many as they say | the file's own key, sealed by the token (bound to all before) |
//! | 12 bytes, and the rest | nonce and what [`super::kek`] wrote, sealed under the file's own key (bound to all before) |
//!
//! The token seals 32 bytes and never the file itself, which may have megabytes: no token is too slow or too small for that.
//!
//! Each version of the file has a token key of its own, and the key of the version before is destroyed: no copy of a former version opens
//! any more, wherever it lies. Beside the file lies a note (`.token`) with the id of every token key that was ever asked for and is not
//! destroyed yet. It is written before a key is made:
//!
//! ```text
//!  note the new id --> make the key --> seal, open again --> file in place --> copy in place --> destroy the others --> note
//!                 |                |                    |                 |                |                       |
//!  a crash here:  nothing made     the new key is        the same          the old key is   the same                nothing left
//!                                  destroyed by                            destroyed by                             but a line
//!                                  the next `settle`                       the next `settle`
//! ```
//!
//! Nothing is ever found by searching the token: a key that is destroyed is one that the note names and that bears our label. So nodes that
//! share a token never destroy each other's keys.

use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::kek::{KEY_LENGTH, data_key, random};
use super::key_file::replace;
use super::token::{KeyStanding, KeyToken, TokenKeyId};
use super::{NONCE_LENGTH, TAG_LENGTH};
use crate::fault::StoreFault;
use crate::secret_file::{self, beside, put};

/// First line of the file.
const FORM: &[u8] = b"namekeep sealed vault keys 1\n";

/// Largest note in bytes: a thousand keys, where a key or two are usual.
const NOTE_LIMIT_BYTES: u64 = 33_000;

/// What seals a key file, and where it is copied to.
pub(super) struct Seal {
    token: Box<dyn KeyToken>,
    copy: Option<PathBuf>,
}

/// A sealed file, taken apart.
struct Sealed<'a> {
    /// What the file's own key is bound to.
    id_part: &'a [u8],
    id: TokenKeyId,
    key: &'a [u8],
    /// What the body is bound to.
    head: &'a [u8],
    nonce: &'a [u8; NONCE_LENGTH],
    body: &'a [u8],
}

/// Whether a file has the form of a sealed one.
pub(super) fn is_sealed(content: &[u8]) -> bool {
    content.starts_with(FORM)
}

impl Seal {
    /// Seals with `token`, and keeps a copy of the sealed file at `copy`.
    ///
    /// # Errors
    /// If the token cannot be used.
    pub(super) fn new(token: Box<dyn KeyToken>, copy: Option<PathBuf>) -> Result<Self, StoreFault> {
        token.check()?;
        Ok(Self { token, copy })
    }

    /// What was sealed, and the key it is sealed by.
    pub(super) fn open(&self, path: &Path, content: &[u8]) -> Result<(TokenKeyId, Zeroizing<Vec<u8>>), StoreFault> {
        let fault = |reason: &str| StoreFault::file(path, reason);
        let sealed = Sealed::parse(content).ok_or_else(|| fault("it is no whole sealed file of keys"))?;
        if self.token.find(&sealed.id)? == KeyStanding::Missing {
            let reason = format!(
                "the token has no key {}, which sealed it: either this is an older copy, which opens no more, or the key was deleted from the \
                 token; put the newest copy in its place, on several nodes the file of one that runs",
                sealed.id
            );
            return Err(fault(&reason));
        }
        let changed = || fault("it was changed, or is damaged; put the newest copy in its place");
        let key = self.token.open(&sealed.id, sealed.id_part, sealed.key)?;
        let key: Zeroizing<[u8; KEY_LENGTH]> = Zeroizing::new(key.as_slice().try_into().map_err(|_| changed())?);
        let mut body = Zeroizing::new(sealed.body.to_vec());
        let head = aws_lc_rs::aead::Aad::from(sealed.head);
        let length = data_key(&key)?.open_in_place(sealed.nonce.into(), head, &mut body).map_err(|_| changed())?.len();
        body.truncate(length);
        Ok((sealed.id, body))
    }

    /// Seals under a new token key and puts it in the file's place, durably; `former` seals what is there. The caller holds the file's
    /// lock and calls [`Seal::settle`] afterwards.
    pub(super) fn put(&self, path: &Path, plain: &[u8], former: Option<TokenKeyId>) -> Result<TokenKeyId, StoreFault> {
        let id = TokenKeyId::from_bytes(random()?);
        let mut known = read_note(path)?;
        // A file that was put back from its copy may have come without its note.
        known.extend(former.filter(|former| !known.contains(former)));
        known.push(id);
        write_note(path, &known)?;
        self.token.make(&id)?;
        let sealed = self.seal(&id, plain)?;
        // What the token seals and does not open would be lost with the key before.
        let (_, opened) = self.open(path, &sealed)?;
        if opened.as_slice() != plain {
            return Err(StoreFault::file(path, "what the token sealed opens as something else; the file was left as it is"));
        }
        replace(path, &sealed).map_err(|error| StoreFault::file(path, error))?;
        Ok(id)
    }

    /// Whether a key is on the token and bears our label.
    pub(super) fn find(&self, id: &TokenKeyId) -> Result<KeyStanding, StoreFault> {
        self.token.find(id)
    }

    /// Copies the file and destroys every key of ours that sealed it before; `current` seals it now, and that it opens is known.
    pub(super) fn settle(&self, path: &Path, current: TokenKeyId) -> Result<(), StoreFault> {
        if let Some(copy) = self.stale_copy(path)? {
            let content = secret_file::read_up_to(path, super::kek::FILE_LIMIT_BYTES)?;
            put(copy, content.expose()).map_err(|error| {
                let reason = format!("{error}; until the key file is copied there, the token key that sealed it before is kept");
                StoreFault::file(copy, reason)
            })?;
        }
        let known = read_note(path)?;
        for id in known.iter().filter(|id| **id != current) {
            match self.token.find(id)? {
                KeyStanding::Ours => self.token.destroy(id)?,
                KeyStanding::Others { label } => {
                    tracing::warn!(key = %id, label, "a token key that sealed this file bears another label; it is left to the node that bears it");
                }
                KeyStanding::Missing => {}
            }
        }
        if known != [current] { write_note(path, &[current]) } else { Ok(()) }
    }

    /// What [`Seal::settle`] has to do, in a sentence; none if nothing.
    pub(super) fn find_unsettled(&self, path: &Path, current: TokenKeyId) -> Result<Option<&'static str>, StoreFault> {
        if read_note(path)?.iter().any(|id| *id != current) {
            return Ok(Some("a token key that sealed the key file before is not destroyed yet, so that an old copy may open"));
        }
        Ok(self.stale_copy(path)?.map(|_| "the copy of the key file is not the newest"))
    }

    /// Where the copy belongs, if it is not as the file is.
    fn stale_copy(&self, path: &Path) -> Result<Option<&Path>, StoreFault> {
        let Some(copy) = self.copy.as_deref() else { return Ok(None) };
        let content = std::fs::read(path).map_err(|error| StoreFault::file(path, error))?;
        Ok((std::fs::read(copy).ok().as_ref() != Some(&content)).then_some(copy))
    }

    fn seal(&self, id: &TokenKeyId, plain: &[u8]) -> Result<Vec<u8>, StoreFault> {
        let refused = || StoreFault::Vault { action: "seal the key file".to_owned(), reason: "the cipher refused".to_owned() };
        let key = Zeroizing::new(random::<KEY_LENGTH>()?);
        let mut head = [FORM, id.as_bytes()].concat();
        let sealed_key = self.token.seal(id, &head, key.as_slice())?;
        head.extend_from_slice(&u16::try_from(sealed_key.len()).map_err(|_| refused())?.to_be_bytes());
        head.extend_from_slice(&sealed_key);
        // Room for the tag, so that the keys in clear are never moved.
        let mut body = Zeroizing::new(Vec::with_capacity(plain.len() + TAG_LENGTH));
        body.extend_from_slice(plain);
        let binding = aws_lc_rs::aead::Aad::from(&head);
        let nonce = data_key(&key)?.seal_in_place_append_tag(binding, &mut *body).map_err(|_| refused())?;
        Ok([&head, nonce.as_ref().as_slice(), &body].concat())
    }
}

impl<'a> Sealed<'a> {
    fn parse(content: &'a [u8]) -> Option<Self> {
        let (id, rest) = content.strip_prefix(FORM)?.split_first_chunk()?;
        let (length, rest) = rest.split_first_chunk::<2>()?;
        let (key, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        let (nonce, body) = rest.split_first_chunk()?;
        let head = &content[..content.len() - rest.len()];
        let id_part = &content[..FORM.len() + id.len()];
        Some(Self { id_part, id: TokenKeyId::from_bytes(*id), key, head, nonce, body })
    }
}

/// The token keys that were asked for and not destroyed yet.
fn read_note(path: &Path) -> Result<Vec<TokenKeyId>, StoreFault> {
    let note = beside(path, "token");
    if !std::fs::exists(&note).map_err(|error| StoreFault::file(&note, error))? {
        return Ok(Vec::new());
    }
    let text = secret_file::read_up_to(&note, NOTE_LIMIT_BYTES)?;
    let lines = std::str::from_utf8(text.expose()).ok().map(str::lines);
    lines.and_then(|lines| lines.map(TokenKeyId::parse).collect()).ok_or_else(|| {
        StoreFault::file(
            &note,
            "a line of it is no id of a token key; correct it, for what is missing there is never destroyed on the token",
        )
    })
}

fn write_note(path: &Path, known: &[TokenKeyId]) -> Result<(), StoreFault> {
    let note = beside(path, "token");
    let text: String = known.iter().map(|id| format!("{id}\n")).collect();
    put(&note, text.as_bytes()).map_err(|error| StoreFault::file(&note, error))
}
