//! Whether the data of contacts was verified, and what was asked of them for it (ACY-3 to ACY-8). No personal data: the token that is sent
//! is derived from what is kept here and a key in the vault, and is not kept itself.

use jiff::Timestamp;
use model::ContactId;
use policy::HolderStanding;
use policy::verification::{VerificationCause, VerificationMethod, standing_of_asked};

use crate::fault::StoreFault;
use crate::json::{from_word, to_word};
use crate::sql::verifications as sql;
use crate::tx::Tx;
use crate::value::{Row, values};

const TABLE: &str = "verification";

/// Length of what tokens and codes are bound to, in bytes.
pub const NONCE_BYTES: usize = 16;

/// What a token or a code is bound to: a fresh one ends those of before.
pub type Nonce = [u8; NONCE_BYTES];

/// What is known of one contact.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerificationRow {
    /// Whether the present data is verified.
    pub is_verified: bool,
    /// Why it was asked for last.
    pub cause: VerificationCause,
    /// Since when it is asked for; none while it is not.
    pub asked_at: Option<Timestamp>,
    /// Letters ordered since.
    pub letters: u32,
    /// What the token in the letters is bound to.
    pub nonce: Option<Nonce>,
    /// What the code said on the telephone is bound to; none while none is open.
    pub call_nonce: Option<Nonce>,
    /// Wrong codes that came back.
    pub call_tries: u32,
    /// How it was verified last, with what proves it and when.
    pub verified: Option<Verified>,
}

/// A verification that succeeded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// How.
    pub method: VerificationMethod,
    /// What proves it, without personal data: the hash of the token, a reference.
    pub evidence: String,
    /// When.
    pub at: Timestamp,
}

impl VerificationRow {
    /// Somebody who was never asked.
    #[must_use]
    pub fn new(cause: VerificationCause) -> Self {
        Self { is_verified: false, cause, asked_at: None, letters: 0, nonce: None, call_nonce: None, call_tries: 0, verified: None }
    }
}

/// What is known of a contact; none where it was never asked.
///
/// # Errors
/// If the database cannot be read.
pub fn find(tx: &mut Tx<'_>, contact: ContactId) -> Result<Option<VerificationRow>, StoreFault> {
    tx.find(&sql::FIND, values![contact.to_string()], read)
}

/// Keeps what is known of a contact in place of what was.
///
/// # Errors
/// If the database cannot be written.
pub fn put(tx: &mut Tx<'_>, contact: ContactId, row: &VerificationRow) -> Result<(), StoreFault> {
    let verified = row.verified.as_ref();
    let parameters = values![
        contact.to_string(),
        row.is_verified,
        to_word(TABLE, &row.cause)?,
        row.asked_at,
        row.letters,
        row.nonce.map(|nonce| nonce.to_vec()),
        row.call_nonce.map(|nonce| nonce.to_vec()),
        row.call_tries,
        verified.map(|verified| verified.method.word()),
        verified.map(|verified| verified.evidence.as_str()),
        verified.map(|verified| verified.at),
    ];
    tx.execute(&sql::PUT, parameters).map(drop)
}

/// Where a contact stands at `now`.
///
/// # Errors
/// If the database cannot be read.
pub fn standing(tx: &mut Tx<'_>, contact: ContactId, now: Timestamp) -> Result<HolderStanding, StoreFault> {
    let found = tx.find(&sql::STANDING, values![contact.to_string()], |row| Ok((row.number::<i64>(0)? != 0, row.opt_time(1)?)))?;
    Ok(match found {
        Some((true, _)) => HolderStanding::Verified,
        Some((false, asked_at)) => standing_of_asked(asked_at, now),
        None => HolderStanding::Unverified,
    })
}

fn read(row: &Row<'_>) -> Result<VerificationRow, StoreFault> {
    let verified = match (row.opt_text(7)?, row.opt_string(8)?, row.opt_time(9)?) {
        (Some(_), Some(evidence), Some(at)) => Some(Verified { method: from_word(row, 7)?, evidence, at }),
        _ => None,
    };
    Ok(VerificationRow {
        is_verified: row.number::<i64>(0)? != 0,
        cause: from_word(row, 1)?,
        asked_at: row.opt_time(2)?,
        letters: row.number(3)?,
        nonce: row.opt_bytes(4)?,
        call_nonce: row.opt_bytes(5)?,
        call_tries: row.number(6)?,
        verified,
    })
}
