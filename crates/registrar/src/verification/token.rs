//! The token that a holder sends back, and the code that is said on the telephone.
//!
//! Neither is stored: both are derived by HMAC-SHA-256 from a key that lies sealed in the vault and from what the contact's row holds, so
//! that nobody who reads the database can make one. A token names its contact and is bound to a nonce; a fresh nonce ends it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use model::ContactId;
use store::verifications::{self, NONCE_BYTES, Nonce};
use store::{Tx, hmac_sha256};

use crate::failure::Failure;
use crate::house_key::HouseKey;
use crate::registrar::Registrar;

/// How a token begins, so that scanners for secrets and people know it.
const PREFIX: &str = "nkv_";
/// What a token proves with, in bytes.
const MAC_BYTES: usize = 16;
/// Longest token that is looked at, in bytes.
const TOKEN_MAX_BYTES: usize = 128;
/// Decimal digits of a code.
const CODE_DIGITS: u32 = 6;

const KEY: HouseKey = HouseKey { class: "verification-key", subject: "house", owner: "verification-key" };

/// Makes the key at first use, in the transaction that first asks somebody.
pub(super) fn make_key(tx: &mut Tx<'_>, registrar: &Registrar) -> Result<(), Failure> {
    KEY.obtain(tx, registrar).map(drop)
}

/// A fresh nonce.
pub(super) fn draw_nonce(registrar: &Registrar) -> Nonce {
    let mut nonce = [0; NONCE_BYTES];
    model::Entropy::fill(&mut registrar.draw(), &mut nonce);
    nonce
}

/// The token that the letters to a contact carry; none while nothing is asked of them.
pub(crate) fn token_of(tx: &mut Tx<'_>, registrar: &Registrar, contact: ContactId) -> Result<Option<String>, Failure> {
    let nonce = verifications::find(tx, contact)?.filter(|row| !row.is_verified).and_then(|row| row.nonce);
    let Some((nonce, key)) = nonce.zip(KEY.find(tx, registrar)?) else { return Ok(None) };
    Ok(Some(written(contact, &mac(&*key, contact, &nonce))))
}

/// The contact that a token is of, if it is one of ours; the token of somebody who was verified since is known still.
pub(super) fn contact_of(tx: &mut Tx<'_>, registrar: &Registrar, token: &str) -> Result<Option<ContactId>, Failure> {
    let Some((contact, given)) = parsed(token) else { return Ok(None) };
    let nonce = verifications::find(tx, contact)?.and_then(|row| row.nonce);
    let Some((nonce, key)) = nonce.zip(KEY.find(tx, registrar)?) else { return Ok(None) };
    let is_ours = aws_lc_rs::constant_time::verify_slices_are_equal(&mac(&*key, contact, &nonce), &given).is_ok();
    Ok(is_ours.then_some(contact))
}

/// The code for a call that was opened with a nonce.
pub(super) fn code_of(tx: &mut Tx<'_>, registrar: &Registrar, contact: ContactId, nonce: &Nonce) -> Result<Option<String>, Failure> {
    let Some(key) = KEY.find(tx, registrar)? else { return Ok(None) };
    let tag = hmac_sha256(&*key, &[b"namekeep verification call v1|", contact.to_string().as_bytes(), b"|", nonce]);
    let number = tag.first_chunk::<8>().map(|bytes| u64::from_be_bytes(*bytes)).unwrap_or_default() % 10u64.pow(CODE_DIGITS);
    Ok(Some(format!("{number:0width$}", width = CODE_DIGITS as usize)))
}

fn mac(key: &[u8], contact: ContactId, nonce: &Nonce) -> [u8; MAC_BYTES] {
    let tag = hmac_sha256(key, &[b"namekeep verification token v1|", contact.to_string().as_bytes(), b"|", nonce]);
    tag.first_chunk().copied().unwrap_or_default()
}

fn written(contact: ContactId, mac: &[u8; MAC_BYTES]) -> String {
    let bytes = [contact.to_bytes().as_slice(), mac].concat();
    format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes))
}

fn parsed(token: &str) -> Option<(ContactId, [u8; MAC_BYTES])> {
    let body = token.trim().strip_prefix(PREFIX).filter(|body| body.len() <= TOKEN_MAX_BYTES)?;
    let bytes = URL_SAFE_NO_PAD.decode(body).ok()?;
    let (id, mac) = bytes.split_first_chunk::<16>()?;
    Some((ContactId::from_bytes(*id), mac.try_into().ok()?))
}

/// What the ledger keeps of a token: enough to show later that it is the one that was sent, nothing to make it from.
pub(super) fn hash_of(token: &str) -> String {
    let hash = store::sha256(&[token.trim().as_bytes()]);
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}
