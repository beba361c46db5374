//! A holder is verified by telephone: a code is said at the number on record and comes back (ACY-3).
//!
//! Rule: a code is good for one call and a few tries; whoever opens a call reads the number, so that is noted.

use model::{ContactId, Phone};
use policy::verification::{VerificationCause, VerificationMethod};
use policy::{Permission, Refusal};
use serde::Serialize;
use store::verifications::{self, VerificationRow};

use super::token::{code_of, draw_nonce, make_key};
use super::verify::succeed;
use crate::actor::ledger_name;
use crate::authorised::NeedsPermission;
use crate::contact::{open_contact, unknown};
use crate::execute::note;
use crate::failure::{Failure, Fault};
use crate::use_case::{UseCase, Work};

/// Wrong codes after which a call is over.
const TRIES_MAX: u32 = 5;

/// Open a call: the answer is the number on record and the code to say. A call that is open ends.
#[derive(Clone, Copy, Debug)]
pub struct CallHolder {
    /// Whom.
    pub contact: ContactId,
}

/// What to say, and where.
#[derive(Clone)]
pub struct PhoneCode {
    /// The number on record.
    pub phone: Phone,
    /// The code.
    pub code: String,
}

impl std::fmt::Debug for PhoneCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PhoneCode([secret])")
    }
}

/// What the ledger keeps.
#[derive(Serialize)]
struct Noted {
    contact: ContactId,
}

impl NeedsPermission for CallHolder {
    fn permission(&self) -> Permission {
        Permission::VerifyHolder
    }
}

impl UseCase for CallHolder {
    type Answer = PhoneCode;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<PhoneCode, Failure> {
        let contact = open_contact(work.tx, work.registrar, self.contact)?.ok_or_else(|| unknown(self.contact))?;
        let phone = contact.phone.clone().ok_or_else(|| {
            Refusal::new("verification.no-phone", "ACY-3", format!("contact `{}` has no telephone number", self.contact))
                .hint("verify by the token that was sent, or by hand")
        })?;
        let row = verifications::find(work.tx, self.contact)?.unwrap_or_else(|| VerificationRow::new(VerificationCause::Create));
        let nonce = draw_nonce(work.registrar);
        verifications::put(work.tx, self.contact, &VerificationRow { call_nonce: Some(nonce), call_tries: 0, ..row })?;
        make_key(work.tx, work.registrar)?;
        let code = code_of(work.tx, work.registrar, self.contact, &nonce)?.ok_or_else(|| Fault::words("the key for codes is missing"))?;
        let (who, subject) = (ledger_name(work.actor), self.contact.to_string());
        note(work.tx, work.registrar, &who, &subject, "holder-called", &Noted { contact: self.contact }, work.now)?;
        Ok(PhoneCode { phone, code })
    }
}

/// The code came back.
#[derive(Clone)]
pub struct VerifyByCode {
    /// Of whom.
    pub contact: ContactId,
    /// As it was heard.
    pub code: String,
}

impl std::fmt::Debug for VerifyByCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "VerifyByCode({}, [secret])", self.contact)
    }
}

impl NeedsPermission for VerifyByCode {
    fn permission(&self) -> Permission {
        Permission::VerifyHolder
    }
}

impl UseCase for VerifyByCode {
    /// Whether it was the code. A wrong one counts, so it is an answer and no refusal, which would undo the counting.
    type Answer = bool;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<bool, Failure> {
        let row = verifications::find(work.tx, self.contact)?.filter(|row| row.call_tries < TRIES_MAX);
        let Some((row, nonce)) = row.and_then(|row| row.call_nonce.map(|nonce| (row, nonce))) else {
            return Err(Refusal::new("verification.no-call", "ACY-3", format!("no call to contact `{}` is open", self.contact))
                .hint("open one, and say its code at the number on record")
                .into());
        };
        let code = code_of(work.tx, work.registrar, self.contact, &nonce)?;
        let is_right = code
            .is_some_and(|code| aws_lc_rs::constant_time::verify_slices_are_equal(code.as_bytes(), self.code.trim().as_bytes()).is_ok());
        if is_right {
            succeed(work, self.contact, VerificationMethod::Telephone, "code said at the number on record".to_owned())?;
        } else {
            verifications::put(work.tx, self.contact, &VerificationRow { call_tries: row.call_tries + 1, ..row })?;
        }
        Ok(is_right)
    }

    fn goes_on_while_frozen(&self) -> bool {
        true
    }
}
