//! The vault: personal data and frames are sealed under a data key for each owner, and destroying that key is the erasure.
//!
//! A data key (AES-256-GCM) is stored wrapped by the key-encryption key, which lies in a file outside the database. What
//! is sealed is bound to its place (table, column, row, version), so a value copied elsewhere does not open. A destroyed
//! key is destroyed in backups of later days too: they hold no other copy than the wrapped one of their day.
//!
//! Keys and nonces come from the system's generator, never from [`model::Entropy`]: a simulation must not be able to
//! choose them.

mod cache;
mod kek;

use aws_lc_rs::aead::{Aad, RandomizedNonceKey};
use aws_lc_rs::hmac;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;
use std::sync::Arc;
use zeroize::Zeroizing;

use crate::fault::StoreFault;
use crate::sql::vault as sql;
use crate::tx::Tx;
use crate::value::values;

use self::cache::KeyCache;
pub use self::kek::Kek;
use self::kek::{KEY_LENGTH, KeyId, data_key, random};

/// First byte of a sealed value.
const FORM: u8 = 1;

/// Nonce of AES-GCM in bytes.
const NONCE_LENGTH: usize = 12;

/// Where a sealed value belongs; it opens nowhere else.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// Table.
    pub table: &'a str,
    /// Column.
    pub column: &'a str,
    /// The row's id.
    pub row: &'a str,
    /// The row's version; 0 for rows that never change.
    pub version: u64,
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{} of {} (version {})", self.table, self.column, self.row, self.version)
    }
}

/// Seals and opens. Shared by all threads.
pub struct Vault {
    kek: Kek,
    cache: KeyCache,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Vault([secret])")
    }
}

impl Vault {
    /// A vault whose data keys are wrapped by `kek`.
    #[must_use]
    pub fn new(kek: Kek) -> Self {
        Self { kek, cache: KeyCache::default() }
    }

    /// Seals `value` as JSON under the data key of `owner`, which is made when first needed.
    ///
    /// # Errors
    /// [`StoreFault::Vault`] if the owner's key was destroyed, or is wrapped by another key-encryption key.
    pub fn seal<T: Serialize>(&self, tx: &mut Tx<'_>, owner: &str, place: &Place<'_>, value: &T) -> Result<Vec<u8>, StoreFault> {
        let json = serde_json::to_vec(value).map(Zeroizing::new).map_err(|error| fault("seal", place, error))?;
        self.seal_bytes(tx, owner, place, &json)
    }

    /// Opens what [`Vault::seal`] made.
    ///
    /// # Errors
    /// [`StoreFault::Vault`] if the key was destroyed, the value belongs elsewhere, or was changed.
    pub fn open<T: DeserializeOwned>(&self, tx: &mut Tx<'_>, owner: &str, place: &Place<'_>, sealed: &[u8]) -> Result<T, StoreFault> {
        let json = self.open_bytes(tx, owner, place, sealed)?;
        // The JSON error could quote the data, so only its position is told.
        serde_json::from_slice(&json)
            .map_err(|error| fault("open", place, format!("its content is not as expected (column {})", error.column())))
    }

    /// Seals bytes.
    ///
    /// # Errors
    /// As [`Vault::seal`].
    pub fn seal_bytes(&self, tx: &mut Tx<'_>, owner: &str, place: &Place<'_>, plain: &[u8]) -> Result<Vec<u8>, StoreFault> {
        let key = match self.find_key(tx, owner, place)? {
            Some(key) => key,
            None => Arc::new(data_key(&*self.make_key(tx, owner)?)?),
        };
        let mut body = Vec::with_capacity(plain.len() + 32);
        body.extend_from_slice(plain);
        let nonce =
            key.seal_in_place_append_tag(binding(owner, place), &mut body).map_err(|_| fault("seal", place, "the cipher refused"))?;
        Ok([&[FORM], nonce.as_ref().as_slice(), &body].concat())
    }

    /// Opens bytes.
    ///
    /// # Errors
    /// As [`Vault::open`].
    pub fn open_bytes(&self, tx: &mut Tx<'_>, owner: &str, place: &Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreFault> {
        let Some((nonce, body)) = sealed.strip_prefix(&[FORM]).and_then(|rest| rest.split_first_chunk::<NONCE_LENGTH>()) else {
            return Err(fault("open", place, "it is not a sealed value"));
        };
        let key = self.find_key(tx, owner, place)?.ok_or_else(|| fault("open", place, format!("there is no key of `{owner}`")))?;
        let mut body = Zeroizing::new(body.to_vec());
        let length = key
            .open_in_place(nonce.into(), binding(owner, place), &mut body)
            .map_err(|_| fault("open", place, "it was changed, or belongs to another place or owner"))?
            .len();
        body.truncate(length);
        Ok(body)
    }

    /// Destroys the data key of `owner`: whatever it sealed is erased, for good. `false` if there is none to destroy.
    ///
    /// # Errors
    /// If the database cannot be written.
    pub fn destroy(&self, tx: &mut Tx<'_>, owner: &str, now: Timestamp) -> Result<bool, StoreFault> {
        Ok(tx.execute(&sql::DESTROY, values![now, owner])? > 0)
    }

    /// A blind index of `value` in `column`: equal values have equal indexes, and without the vault an index says
    /// nothing. Normalise the value first (lower case, E.164).
    ///
    /// # Errors
    /// As [`Vault::seal`].
    pub fn blind_index(&self, tx: &mut Tx<'_>, column: &str, value: &str) -> Result<[u8; 16], StoreFault> {
        let owner = format!("index/{column}");
        let place = Place { table: "index", column, row: "-", version: 0 };
        let bytes = match find_row(tx, &owner)? {
            Some(row) => self.unwrap(&row, &owner, &place)?,
            None => self.make_key(tx, &owner)?,
        };
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, bytes.as_slice()), value.as_bytes());
        let mut index = [0; 16];
        index.copy_from_slice(&tag.as_ref()[..16]);
        Ok(index)
    }

    /// Wraps up to `limit` data keys anew that are still wrapped by `old`; gives how many. Sealed data stays as it is.
    /// Repeat until it gives 0, then destroy `old`.
    ///
    /// # Errors
    /// [`StoreFault::Vault`] if a key does not unwrap.
    pub fn rewrap(&self, tx: &mut Tx<'_>, old: &Kek, limit: u32) -> Result<u64, StoreFault> {
        let wrapped = tx.list(&sql::LIST_WRAPPED_BY, values![&old.id(), limit], |row| {
            Ok((row.string(0)?, row.bytes::<16>(1)?, row.blob(2)?.to_vec()))
        })?;
        let mut count = 0;
        for (owner, key_id, bytes) in wrapped {
            let key = old.unwrap(&owner, &key_id, &bytes).ok_or_else(|| StoreFault::Vault {
                action: format!("wrap the key of `{owner}` anew"),
                reason: "it does not open with the old key-encryption key".to_owned(),
            })?;
            let anew = self.kek.wrap(&owner, &key_id, &key)?;
            count += tx.execute(&sql::REWRAP, values![&self.kek.id(), anew, &owner])?;
        }
        Ok(count)
    }

    /// The owner's key, if there is one. The row is always read, so that a destroyed key is gone at once and a key whose
    /// transaction was undone is never used; the cache saves only the unwrapping.
    fn find_key(&self, tx: &mut Tx<'_>, owner: &str, place: &Place<'_>) -> Result<Option<Arc<RandomizedNonceKey>>, StoreFault> {
        let Some(row) = find_row(tx, owner)? else { return Ok(None) };
        if row.wrapped.is_some()
            && let Some(key) = self.cache.find(&row.key_id)
        {
            return Ok(Some(key));
        }
        let key = Arc::new(data_key(&*self.unwrap(&row, owner, place)?)?);
        self.cache.keep(row.key_id, &key);
        Ok(Some(key))
    }

    fn unwrap(&self, row: &KeyRow, owner: &str, place: &Place<'_>) -> Result<Zeroizing<[u8; KEY_LENGTH]>, StoreFault> {
        let wrapped = row
            .wrapped
            .as_ref()
            .ok_or_else(|| fault("use", place, format!("the key of `{owner}` was destroyed, which erased what it sealed")))?;
        if row.kek_id != self.kek.id() {
            let reason = "its key is wrapped by another key-encryption key; give that one, or finish the rotation";
            return Err(fault("use", place, reason));
        }
        self.kek.unwrap(owner, &row.key_id, wrapped).ok_or_else(|| fault("use", place, format!("the wrapped key of `{owner}` was changed")))
    }

    fn make_key(&self, tx: &mut Tx<'_>, owner: &str) -> Result<Zeroizing<[u8; KEY_LENGTH]>, StoreFault> {
        let (bytes, key_id) = (Zeroizing::new(random::<KEY_LENGTH>()?), random::<16>()?);
        let wrapped = self.kek.wrap(owner, &key_id, &bytes)?;
        tx.execute(&sql::ADD, values![owner, &key_id, &self.kek.id(), wrapped])?;
        Ok(bytes)
    }
}

/// A wrapped key; without bytes once destroyed.
struct KeyRow {
    key_id: KeyId,
    kek_id: [u8; 8],
    wrapped: Option<Vec<u8>>,
}

fn find_row(tx: &mut Tx<'_>, owner: &str) -> Result<Option<KeyRow>, StoreFault> {
    tx.find(&sql::FIND, values![owner], |row| {
        let wrapped = row.opt_blob(2)?.map(<[u8]>::to_vec);
        Ok(KeyRow { key_id: row.bytes(0)?, kek_id: row.bytes(1)?, wrapped })
    })
}

/// What a sealed value is bound to.
fn binding(owner: &str, place: &Place<'_>) -> Aad<String> {
    let Place { table, column, row, version } = place;
    Aad::from(format!("namekeep vault v1|{owner}|{table}|{column}|{row}|{version}"))
}

fn fault(action: &str, place: &Place<'_>, reason: impl fmt::Display) -> StoreFault {
    StoreFault::Vault { action: format!("{action} {place}"), reason: reason.to_string() }
}
