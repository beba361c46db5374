//! The hook where the accuracy case of a contact opens.

use model::{ContactId, NoticeId};

use crate::actor::ledger_name;
use crate::execute::note;
use crate::failure::Failure;
use crate::use_case::Work;

/// A mandated notice to this contact came back because its address cannot be reached: the address is to be verified again within 15 days
/// (ACY-7). Called once for each notice, in the transaction that notes the bounce. This is the only place where bounces and accuracy meet.
pub(super) fn doubt(work: &mut Work<'_, '_>, contact: ContactId, notice: NoticeId) -> Result<(), Failure> {
    note(work.tx, work.registrar, &ledger_name(work.actor), &contact.to_string(), "contact-doubted", &notice, work.now)
}
