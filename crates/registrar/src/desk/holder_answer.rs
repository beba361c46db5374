//! Take the code that a holder gave on the page (ACY-3): a valid one verifies them, and a wrong one is worth a line in the log of the desk.

use model::{ReceiptId, Timestamp};
use policy::desk::{FormKind, HolderAnswer};

use super::case::keep_receipt;
use crate::failure::Failure;
use crate::use_case::Work;
use crate::verification::verify_by_token;

/// The outcome of a valid code.
const VERIFIED: &str = "verified";
/// The outcome of any other.
const NOT_VALID: &str = "not-valid";

/// Verifies whoever the code is of. Nobody is told what came of it: the page that took it knows neither codes nor holders.
pub(super) fn take(work: &mut Work<'_, '_>, receipt: ReceiptId, posted_at: Timestamp, answer: &HolderAnswer) -> Result<(), Failure> {
    let holder = verify_by_token(work, &answer.code)?;
    let outcome = if holder.is_some() { VERIFIED } else { NOT_VALID };
    keep_receipt(work, receipt, posted_at, FormKind::Verification, None, None, outcome)
}
