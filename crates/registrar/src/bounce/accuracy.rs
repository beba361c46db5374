//! Where bounces and accuracy meet: the holder whose letter came back is verified anew.

use model::{ContactId, NoticeId};

use crate::failure::Failure;
use crate::use_case::Work;
use crate::verification::doubt_after_bounce;

/// A mandated notice to this contact came back because its address cannot be reached: the address is to be verified again within 15 days
/// (ACY-7). Called once for each notice, in the transaction that notes the bounce.
pub(super) fn doubt(work: &mut Work<'_, '_>, contact: ContactId, notice: NoticeId) -> Result<(), Failure> {
    doubt_after_bounce(work, contact, notice)
}
