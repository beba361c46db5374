//! The vault: personal data and frames are sealed under a data key for each owner, and destroying that key is the erasure.
//!
//! A data key (AES-256-GCM) is stored wrapped by a leaf of the key-encryption key, a tree of keys in a file outside the database
//! ([`kek`]). What is sealed is bound to its place (table, column, row, version), so a value copied elsewhere does not open. Destroying
//! takes two steps: the wrapped key goes with the command that says so ([`Vault::destroy`]), and the leaf is cut out of the file once that
//! is durable ([`Vault::cut`]). From then on the wrapped copies in backups of earlier days open with nothing (decision 4). A token may seal
//! the file ([`seal`]); then no copy of the file from before a cut opens either (decision 6).
//!
//! Keys and nonces come from the system's generator, never from [`model::Entropy`]: a simulation must not be able to
//! choose them.

mod cache;
mod kek;
mod key_file;
#[cfg(feature = "hsm")]
mod pkcs11;
mod seal;
#[cfg(test)]
mod seal_tests;
mod token;
mod tree;

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
use crate::value::{Row, values};

use self::cache::KeyCache;
pub use self::kek::Kek;
use self::kek::{KEY_LENGTH, KeyId, Locked, data_key, random};
#[cfg(feature = "hsm")]
pub use self::pkcs11::{Pkcs11Settings, Pkcs11Token, TokenName};
pub use self::token::{KeyStanding, KeyToken, TokenKeyId};

/// First byte of a sealed value.
const FORM: u8 = 1;

/// Nonce of AES-GCM in bytes.
const NONCE_LENGTH: usize = 12;

/// Tag of AES-GCM in bytes.
const TAG_LENGTH: usize = 16;

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
        read_json(place, &self.open_bytes(tx, owner, place, sealed)?)
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

    /// The key of `owner` as it is stored, to open a value with [`Vault::open_read`], beside the transaction; for whoever opens many.
    ///
    /// # Errors
    /// [`StoreFault::Vault`] if there is none; or if the database cannot be read.
    pub fn read_key(&self, tx: &mut Tx<'_>, owner: &str, place: &Place<'_>) -> Result<ReadKey, StoreFault> {
        find_row(tx, owner)?.map(ReadKey).ok_or_else(|| fault("open", place, format!("there is no key of `{owner}`")))
    }

    /// Opens what [`Vault::seal`] made, with a key that was read in the same transaction as the value.
    ///
    /// # Errors
    /// As [`Vault::open`].
    pub fn open_read<T: DeserializeOwned>(&self, key: &ReadKey, owner: &str, place: &Place<'_>, sealed: &[u8]) -> Result<T, StoreFault> {
        let key = data_key(&*self.unwrap(&key.0, owner, place)?)?;
        read_json(place, &open_sealed(&key, owner, place, sealed)?)
    }

    /// Opens bytes.
    ///
    /// # Errors
    /// As [`Vault::open`].
    pub fn open_bytes(&self, tx: &mut Tx<'_>, owner: &str, place: &Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreFault> {
        let key = self.find_key(tx, owner, place)?.ok_or_else(|| fault("open", place, format!("there is no key of `{owner}`")))?;
        open_sealed(&key, owner, place, sealed)
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
        if let Some(index) = self.find_blind_index(tx, column, value)? {
            return Ok(index);
        }
        let key = self.make_key(tx, &index_owner(column))?;
        Ok(index_of(&key, value))
    }

    /// The same; none while the column has no key, so that nothing was ever indexed in it.
    ///
    /// # Errors
    /// As [`Vault::open`].
    pub fn find_blind_index(&self, tx: &mut Tx<'_>, column: &str, value: &str) -> Result<Option<[u8; 16]>, StoreFault> {
        let owner = index_owner(column);
        let place = Place { table: "index", column, row: "-", version: 0 };
        let Some(row) = find_row(tx, &owner)? else { return Ok(None) };
        Ok(Some(index_of(&*self.unwrap(&row, &owner, &place)?, value)))
    }

    /// Wraps up to `limit` data keys anew that are still wrapped by `old`; gives how many. Sealed data stays as it is.
    /// Repeat until it gives 0, then destroy `old`.
    ///
    /// # Errors
    /// [`StoreFault::Vault`] if a key does not unwrap.
    pub fn rewrap(&self, tx: &mut Tx<'_>, old: &Kek, limit: u32) -> Result<u64, StoreFault> {
        let wrapped = tx.list(&sql::LIST_WRAPPED_BY, values![&old.id(), limit], read_wrapped)?;
        self.wrap_anew(tx, old, wrapped)
    }

    /// Gives up to `limit` data keys a leaf of their own that a file of the first form wrapped undivided; gives how many.
    ///
    /// # Errors
    /// [`StoreFault::Vault`] if a key does not unwrap.
    pub fn divide(&self, tx: &mut Tx<'_>, limit: u32) -> Result<u64, StoreFault> {
        let wrapped = tx.list(&sql::LIST_UNDIVIDED, values![&self.kek.id(), limit], read_wrapped)?;
        self.wrap_anew(tx, &self.kek, wrapped)
    }

    /// Up to `limit` leaves after `after` whose keys were destroyed, in order; none after the last.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn list_destroyed(&self, tx: &mut Tx<'_>, after: Option<u32>, limit: u32) -> Result<Vec<u32>, StoreFault> {
        let after = after.map_or(-1, i64::from);
        tx.list(&sql::LIST_DESTROYED, values![&self.kek.id(), after, limit], |row| row.number(0))
    }

    /// Cuts leaves out of the key file, for good; gives how many were not cut before. Only what was destroyed in the database, durably, is
    /// to be cut, and not before every key has a leaf ([`Vault::divide`]).
    ///
    /// # Errors
    /// [`StoreFault::File`] if the file cannot be written, [`StoreFault::Token`] if the token cannot be used; then the file is as before. Or
    /// as [`Vault::settle`]; then it is cut.
    pub fn cut(&self, leaves: &[u32]) -> Result<usize, StoreFault> {
        let count = self.kek.cut(leaves)?;
        if count > 0 {
            self.cache.clear();
        }
        self.settle()?;
        Ok(count)
    }

    /// Brings the key file and its token together: a file in clear is sealed, and a token key that sealed it before is destroyed, so that no
    /// former copy of the file opens. Does what a crash or a refusal left to do. Without a token there is nothing to do.
    ///
    /// # Errors
    /// [`StoreFault::File`] or [`StoreFault::Token`]: nothing is lost then, and an old copy of the file may still open.
    pub fn settle(&self) -> Result<(), StoreFault> {
        self.kek.settle()
    }

    /// What [`Vault::settle`] has to do, in a sentence; none if nothing. Changes nothing.
    ///
    /// # Errors
    /// As [`Vault::settle`].
    pub fn find_unsettled(&self) -> Result<Option<&'static str>, StoreFault> {
        self.kek.find_unsettled()
    }

    /// Takes notice of what other processes cut.
    ///
    /// # Errors
    /// [`StoreFault::File`] if the file cannot be read.
    pub fn refresh(&self) -> Result<(), StoreFault> {
        self.kek.refresh()
    }

    /// Up to `limit` owners whose key is there and whose leaf is cut: the database was put back to a day before their erasure.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn list_cut(&self, tx: &mut Tx<'_>, limit: u32) -> Result<Vec<String>, StoreFault> {
        let (mut owners, kek_id) = (Vec::new(), self.kek.id());
        for (first, last) in self.kek.gaps() {
            let room = limit.saturating_sub(u32::try_from(owners.len()).unwrap_or(u32::MAX));
            if room == 0 {
                break;
            }
            let parameters = values![&kek_id, i64::from(first), i64::from(last), room];
            owners.extend(tx.list(&sql::LIST_LIVING_AT, parameters, |row| row.string(0))?);
        }
        Ok(owners)
    }

    /// Wraps a key as files of the first form did.
    #[cfg(test)]
    pub(crate) fn wrap_undivided(&self, tx: &mut Tx<'_>, owner: &str) -> Result<(), StoreFault> {
        let place = Place { table: "test", column: "-", row: "-", version: 0 };
        let row = find_row(tx, owner)?.ok_or_else(|| fault("wrap", &place, "there is none"))?;
        let key = self.unwrap(&row, owner, &place)?;
        let wrapped = self.kek.wrap_undivided(owner, &row.key_id, &key);
        let nothing: Option<u32> = None;
        tx.execute(&sql::REWRAP, values![&self.kek.id(), wrapped, nothing, owner]).map(drop)
    }

    /// Whether `owner` had a key and it was destroyed.
    ///
    /// # Errors
    /// If the database cannot be read.
    pub fn is_destroyed(&self, tx: &mut Tx<'_>, owner: &str) -> Result<bool, StoreFault> {
        Ok(find_row(tx, owner)?.is_some_and(|row| row.wrapped.is_none() || row.leaf.is_some_and(|leaf| self.is_cut(leaf))))
    }

    /// Whether a leaf is cut out of the key file, as far as this process knows it.
    #[must_use]
    pub fn is_cut(&self, leaf: u32) -> bool {
        self.kek.next_leaf(leaf) != Some(leaf)
    }

    fn wrap_anew(&self, tx: &mut Tx<'_>, old: &Kek, wrapped: Vec<(String, KeyRow)>) -> Result<u64, StoreFault> {
        let mut count = 0;
        for (owner, row) in wrapped {
            let fault = |reason: &str| StoreFault::Vault { action: format!("wrap the key of `{owner}` anew"), reason: reason.to_owned() };
            let bytes = row.wrapped.unwrap_or_default();
            let key = old.unwrap(&owner, &row.key_id, row.leaf, &bytes).map_err(|locked| match locked {
                Locked::Cut => fault("it was destroyed, and the database was put back to a day before that"),
                Locked::Changed => fault("it does not open with the old key-encryption key"),
            })?;
            let leaf = self.next_leaf(tx)?;
            let anew = self.kek.wrap(&owner, &row.key_id, leaf, &key)?;
            count += tx.execute(&sql::REWRAP, values![&self.kek.id(), anew, leaf, &owner])?;
        }
        Ok(count)
    }

    /// The next leaf that nobody has. Writers take turns, so nobody else takes it meanwhile.
    fn next_leaf(&self, tx: &mut Tx<'_>) -> Result<u32, StoreFault> {
        let last = tx.find(&sql::LAST_LEAF, values![&self.kek.id()], |row| row.opt_int(0))?.flatten();
        let next = last.map_or(Some(0), |last| u32::try_from(last).ok()?.checked_add(1));
        next.and_then(|next| self.kek.next_leaf(next)).ok_or_else(|| StoreFault::Vault {
            action: "make a key".to_owned(),
            reason: "the key file has no leaf left; rotate the key-encryption key".to_owned(),
        })
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
        self.kek.unwrap(owner, &row.key_id, row.leaf, wrapped).map_err(|locked| match locked {
            Locked::Cut => fault("use", place, format!("the key of `{owner}` was destroyed, which erased what it sealed")),
            Locked::Changed => fault("use", place, format!("the wrapped key of `{owner}` was changed")),
        })
    }

    fn make_key(&self, tx: &mut Tx<'_>, owner: &str) -> Result<Zeroizing<[u8; KEY_LENGTH]>, StoreFault> {
        let (bytes, key_id) = (Zeroizing::new(random::<KEY_LENGTH>()?), random::<16>()?);
        let leaf = self.next_leaf(tx)?;
        let wrapped = self.kek.wrap(owner, &key_id, leaf, &bytes)?;
        tx.execute(&sql::ADD, values![owner, &key_id, &self.kek.id(), wrapped, leaf])?;
        Ok(bytes)
    }
}

fn open_sealed(key: &RandomizedNonceKey, owner: &str, place: &Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, StoreFault> {
    let Some((nonce, body)) = sealed.strip_prefix(&[FORM]).and_then(|rest| rest.split_first_chunk::<NONCE_LENGTH>()) else {
        return Err(fault("open", place, "it is not a sealed value"));
    };
    let mut body = Zeroizing::new(body.to_vec());
    let length = key
        .open_in_place(nonce.into(), binding(owner, place), &mut body)
        .map_err(|_| fault("open", place, "it was changed, or belongs to another place or owner"))?
        .len();
    body.truncate(length);
    Ok(body)
}

fn read_json<T: DeserializeOwned>(place: &Place<'_>, json: &[u8]) -> Result<T, StoreFault> {
    // The JSON error could quote the data, so only its position is told.
    serde_json::from_slice(json)
        .map_err(|error| fault("open", place, format!("its content is not as expected (column {})", error.column())))
}

/// Somebody's key as it is stored, wrapped.
pub struct ReadKey(KeyRow);

impl fmt::Debug for ReadKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ReadKey([wrapped])")
    }
}

/// A wrapped key; without bytes once destroyed.
struct KeyRow {
    key_id: KeyId,
    kek_id: [u8; 8],
    wrapped: Option<Vec<u8>>,
    /// What wraps it; none for the undivided key.
    leaf: Option<u32>,
}

fn find_row(tx: &mut Tx<'_>, owner: &str) -> Result<Option<KeyRow>, StoreFault> {
    tx.find(&sql::FIND, values![owner], |row| {
        let wrapped = row.opt_blob(2)?.map(<[u8]>::to_vec);
        Ok(KeyRow { key_id: row.bytes(0)?, kek_id: row.bytes(1)?, wrapped, leaf: read_leaf(row, 3)? })
    })
}

fn read_wrapped(row: &Row<'_>) -> Result<(String, KeyRow), StoreFault> {
    let wrapped = Some(row.blob(2)?.to_vec());
    Ok((row.string(0)?, KeyRow { key_id: row.bytes(1)?, kek_id: [0; 8], wrapped, leaf: read_leaf(row, 3)? }))
}

fn read_leaf(row: &Row<'_>, column: usize) -> Result<Option<u32>, StoreFault> {
    row.opt_int(column)?.map(|_| row.number(column)).transpose()
}

/// Whose key a column's blind indexes are made with.
fn index_owner(column: &str) -> String {
    format!("index/{column}")
}

fn index_of(key: &[u8; KEY_LENGTH], value: &str) -> [u8; 16] {
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), value.as_bytes());
    tag.as_ref().first_chunk().copied().unwrap_or_default()
}

/// What a sealed value is bound to.
fn binding(owner: &str, place: &Place<'_>) -> Aad<String> {
    let Place { table, column, row, version } = place;
    Aad::from(format!("namekeep vault v1|{owner}|{table}|{column}|{row}|{version}"))
}

fn fault(action: &str, place: &Place<'_>, reason: impl fmt::Display) -> StoreFault {
    StoreFault::Vault { action: format!("{action} {place}"), reason: reason.to_string() }
}
