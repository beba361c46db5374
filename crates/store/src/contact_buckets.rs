//! Blind indexes: which contacts may have a value, without the values. A bucket is so few bits of a keyed hash that it says little of
//! whoever is in it, and several people share it: whoever searches opens the candidates and looks.

use model::ContactId;

use crate::fault::StoreFault;
use crate::sql::contact_buckets as sql;
use crate::tx::Tx;
use crate::value::values;
use crate::vault::Vault;

/// What can be searched by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum IndexedField {
    /// The e-mail address.
    Email,
    /// The telephone number.
    Phone,
    /// A word of the name or organisation.
    Word,
}

impl IndexedField {
    /// The word used for it in rows, and as the column its key belongs to.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Word => "word",
        }
    }

    /// Bits of a bucket. An address is one person's in any case. Numbers can be tried out one by one, and few words make most names, so
    /// theirs are shared by eight people or more from half a million, and from sixteen thousand, on.
    fn bits(self) -> u32 {
        match self {
            Self::Email => 32,
            Self::Phone => 16,
            Self::Word => 12,
        }
    }
}

/// The bucket of a normalised value.
///
/// # Errors
/// As [`Vault::blind_index`].
pub fn bucket(tx: &mut Tx<'_>, vault: &Vault, field: IndexedField, value: &str) -> Result<[u8; 4], StoreFault> {
    Ok(cut(field, &vault.blind_index(tx, &column(field), value)?))
}

/// The same for a search; none while nobody was ever put into a bucket of this field.
///
/// # Errors
/// As [`Vault::find_blind_index`].
pub fn find_bucket(tx: &mut Tx<'_>, vault: &Vault, field: IndexedField, value: &str) -> Result<Option<[u8; 4]>, StoreFault> {
    Ok(vault.find_blind_index(tx, &column(field), value)?.map(|index| cut(field, &index)))
}

/// What the field's key is called.
fn column(field: IndexedField) -> String {
    format!("contact.{}", field.word())
}

fn cut(field: IndexedField, index: &[u8; 16]) -> [u8; 4] {
    let first = index.first_chunk::<4>().copied().unwrap_or_default();
    (u32::from_be_bytes(first) >> (32 - field.bits())).to_be_bytes()
}

/// Puts a contact into the buckets of these values and no others, made by `form`.
///
/// # Errors
/// As [`bucket`].
pub fn put(tx: &mut Tx<'_>, vault: &Vault, id: ContactId, values: &[(IndexedField, String)], form: u32) -> Result<(), StoreFault> {
    let contact = id.to_string();
    tx.execute(&sql::REMOVE, values![&contact])?;
    for (field, value) in values {
        let bucket = bucket(tx, vault, *field, value)?;
        tx.execute(&sql::ADD, values![field.word(), &bucket, &contact])?;
    }
    tx.execute(&sql::SET_FORM, values![form, &contact]).map(drop)
}

/// Takes a contact out of all buckets.
///
/// # Errors
/// If the database cannot be written.
pub fn remove(tx: &mut Tx<'_>, id: ContactId) -> Result<(), StoreFault> {
    tx.execute(&sql::REMOVE, values![id.to_string()]).map(drop)
}

/// Up to `limit` contacts in a bucket, by id after `after`.
///
/// # Errors
/// If the database cannot be read.
pub fn list(
    tx: &mut Tx<'_>,
    field: IndexedField,
    bucket: &[u8; 4],
    after: Option<ContactId>,
    limit: u32,
) -> Result<Vec<ContactId>, StoreFault> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    tx.list(&sql::LIST, values![field.word(), bucket, after, limit], |row| row.parse(0))
}

/// Up to `limit` contacts whose buckets are of a form before `form`.
///
/// # Errors
/// If the database cannot be read.
pub fn list_behind(tx: &mut Tx<'_>, form: u32, limit: u32) -> Result<Vec<ContactId>, StoreFault> {
    tx.list(&sql::LIST_BEHIND, values![form, limit], |row| row.parse(0))
}
