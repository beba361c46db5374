//! A holder is verified: by the token that was sent to them, or by a person who puts evidence on record (ACY-3, ACY-4).
//!
//! Rule: whoever shows the token has read the letter, so the token alone suffices, and it says whose it is. A wrong one gets one answer,
//! whatever is wrong with it: it never tells whether somebody exists.

use model::ContactId;
use policy::verification::{VerificationCause, VerificationMethod};
use policy::{HolderNews, Permission, Refusal};
use serde::Serialize;
use store::contacts;
use store::verifications::{self, VerificationRow, Verified};

use super::{letters, token};
use crate::actor::ledger_name;
use crate::authorised::NeedsPermission;
use crate::contact::{enqueue_news, unknown};
use crate::execute::note;
use crate::failure::Failure;
use crate::use_case::{UseCase, Work};

/// Longest evidence, in characters.
const EVIDENCE_CHARS: usize = 200;

/// The token came back. Shown once more after that, it is answered the same way and changes nothing.
#[derive(Clone)]
pub struct VerifyByToken {
    /// As it was sent.
    pub token: String,
}

impl std::fmt::Debug for VerifyByToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VerifyByToken([secret])")
    }
}

impl NeedsPermission for VerifyByToken {
    fn permission(&self) -> Permission {
        Permission::VerifyHolder
    }
}

impl UseCase for VerifyByToken {
    type Answer = ContactId;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<ContactId, Failure> {
        let contact = verify_by_token(work, &self.token)?.ok_or_else(|| {
            Refusal::new("verification.token", "ACY-3", "this code is not valid, or no longer valid").hint(
                "copy the whole code from the newest letter; a letter sent later ends the codes of those before if the address changed",
            )
        })?;
        Ok(contact)
    }

    fn goes_on_while_frozen(&self) -> bool {
        true
    }
}

/// Verifies whoever a token is of; none where it is nobody's, or no longer valid.
pub(crate) fn verify_by_token(work: &mut Work<'_, '_>, token: &str) -> Result<Option<ContactId>, Failure> {
    let Some(contact) = token::contact_of(work.tx, work.registrar, token)? else { return Ok(None) };
    succeed(work, contact, VerificationMethod::Email, format!("token sha256:{}", token::hash_of(token)))?;
    Ok(Some(contact))
}

/// A person checked who the holder is, and says what proves it.
#[derive(Clone, Debug)]
pub struct VerifyByHand {
    /// Whom.
    pub contact: ContactId,
    /// What proves it: a case, a register and its number. It is kept in the ledger, so no personal data.
    pub evidence: String,
}

impl NeedsPermission for VerifyByHand {
    fn permission(&self) -> Permission {
        Permission::VerifyHolder
    }
}

impl UseCase for VerifyByHand {
    type Answer = ();

    fn run(&self, work: &mut Work<'_, '_>) -> Result<(), Failure> {
        let evidence = checked_reference(&self.evidence, "evidence")?;
        if !contacts::is_known(work.tx, self.contact)? {
            return Err(unknown(self.contact));
        }
        succeed(work, self.contact, VerificationMethod::Manual, evidence)
    }
}

/// A reference for the ledger.
pub(super) fn checked_reference(text: &str, what: &str) -> Result<String, Failure> {
    let text = text.trim();
    if text.is_empty() || text.chars().count() > EVIDENCE_CHARS || text.contains(char::is_control) {
        return Err(Refusal::new(
            "verification.reference",
            "ACY-4",
            format!("the {what} of a verification has 1 to {EVIDENCE_CHARS} characters"),
        )
        .hint("name a case or a record, such as `case 4711: register extract of 2026-11-30`, without personal data")
        .into());
    }
    Ok(text.to_owned())
}

/// What the ledger keeps.
#[derive(Serialize)]
struct Noted<'n> {
    contact: ContactId,
    revision: u64,
    method: VerificationMethod,
    evidence: &'n str,
}

/// The holder is verified: noted with its proof, and told to each of their names.
pub(super) fn succeed(work: &mut Work<'_, '_>, contact: ContactId, method: VerificationMethod, evidence: String) -> Result<(), Failure> {
    let revision = contacts::find(work.tx, contact)?.ok_or_else(|| unknown(contact))?.revision;
    let row = verifications::find(work.tx, contact)?.unwrap_or_else(|| VerificationRow::new(VerificationCause::Create));
    if row.is_verified {
        return Ok(());
    }
    note(
        work.tx,
        work.registrar,
        &ledger_name(work.actor),
        &contact.to_string(),
        "holder-verified",
        &Noted { contact, revision, method, evidence: &evidence },
        work.now,
    )?;
    let verified = Some(Verified { method, evidence, at: work.now });
    // The nonce stays: the token that was used is answered as before, and verifies nothing again.
    let row = VerificationRow { is_verified: true, asked_at: None, call_nonce: None, call_tries: 0, verified, ..row };
    verifications::put(work.tx, contact, &row)?;
    letters::cancel(work.tx, contact)?;
    enqueue_news(work, contact, HolderNews::Verified)
}
