//! What the subjects of contact data agreed to publish, element by element: the newest word of each, with its time and source.

use jiff::Timestamp;
use model::ContactId;
use policy::publication::{Consent, ConsentElement};

use crate::fault::StoreFault;
use crate::sql::consents as sql;
use crate::tx::Tx;
use crate::value::values;

/// What a subject said of one element.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Which element.
    pub element: ConsentElement,
    /// Whether it may be published.
    pub is_given: bool,
    /// When the subject said so.
    pub at: Timestamp,
    /// How: a form with its version, a ticket. No personal data.
    pub source: String,
}

/// Keeps the newest word about an element.
///
/// # Errors
/// [`StoreFault::Constraint`] if there is no such contact.
pub fn set(tx: &mut Tx<'_>, contact: ContactId, word: &Word) -> Result<(), StoreFault> {
    let Word { element, is_given, at, source } = word;
    tx.execute(&sql::SET, values![contact.to_string(), element.word(), *is_given, *at, source.as_str()]).map(drop)
}

/// Forgets what a subject said.
///
/// # Errors
/// If the database cannot be written.
pub fn remove(tx: &mut Tx<'_>, contact: ContactId) -> Result<(), StoreFault> {
    tx.execute(&sql::REMOVE, values![contact.to_string()]).map(drop)
}

/// Every word of a subject.
///
/// # Errors
/// If the database cannot be read.
pub fn list(tx: &mut Tx<'_>, contact: ContactId) -> Result<Vec<Word>, StoreFault> {
    tx.list(&sql::LIST, values![contact.to_string()], |row| {
        let element = ConsentElement::from_word(row.text(0)?).ok_or_else(|| row.shape(0, "it is no element".to_owned()))?;
        Ok(Word { element, is_given: row.number::<i64>(1)? != 0, at: row.time(2)?, source: row.string(3)? })
    })
}

/// What may be published now.
///
/// # Errors
/// If the database cannot be read.
pub fn get(tx: &mut Tx<'_>, contact: ContactId) -> Result<Consent, StoreFault> {
    Ok(list(tx, contact)?.into_iter().filter(|word| word.is_given).map(|word| word.element).collect())
}
