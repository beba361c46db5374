//! Read one contact with its personal data.
//!
//! Rule: whoever may change a contact may read it; the machine's own actors may not (their work reads what it needs by itself).

use model::{Contact, ContactId};
use policy::Permission;

use super::{open_contact, unknown};
use crate::authorised::NeedsPermission;
use crate::failure::Failure;
use crate::use_case::{Question, Work};

/// Read a contact.
#[derive(Clone, Copy, Debug)]
pub struct ReadContact {
    /// Which.
    pub id: ContactId,
}

impl NeedsPermission for ReadContact {
    fn permission(&self) -> Permission {
        Permission::ChangeDomain
    }
}

impl Question for ReadContact {
    type Answer = Contact;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Contact, Failure> {
        open_contact(work.tx, work.registrar, self.id)?.ok_or_else(|| unknown(self.id))
    }
}
