//! Read one contact with its personal data.
//!
//! Rule: whoever may change a contact may read it; the machine's own actors may not (their work reads what it needs by itself).

use model::{Contact, ContactId};
use policy::{HolderRevision, Permission, Refusal};
use store::contacts;

use super::custody::get_living;
use super::{open_contact, open_revision, unknown};
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
        get_living(work.tx, self.id)?;
        open_contact(work.tx, work.registrar, self.id)?.ok_or_else(|| unknown(self.id))
    }
}

/// Read the data that a contact had at an earlier revision, as far as it was kept: who held a name before a change of registrant
/// (COR-10). Which revision that was stands in the name's ledger.
#[derive(Clone, Copy, Debug)]
pub struct ReadContactRevision {
    /// Which contact.
    pub id: ContactId,
    /// Which revision of it.
    pub revision: u64,
}

impl NeedsPermission for ReadContactRevision {
    fn permission(&self) -> Permission {
        Permission::ChangeDomain
    }
}

impl Question for ReadContactRevision {
    type Answer = Contact;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Contact, Failure> {
        get_living(work.tx, self.id)?;
        let of = HolderRevision { contact: self.id, revision: self.revision };
        if let Some(contact) = open_revision(work.tx, work.registrar, of)? {
            return Ok(contact);
        }
        let kept = contacts::list_revisions(work.tx, self.id)?;
        let kept: Vec<String> =
            kept.iter().map(|(revision, until)| format!("{revision} (until {})", policy::calendar::utc_date(*until))).collect();
        let sentence = format!("revision {} of contact `{}` was not kept, or its time is over", self.revision, self.id);
        let refusal = Refusal::new("contact.revision.unknown", "COR-10", sentence);
        Err(match kept.is_empty() {
            true => refusal.hint("no earlier data of this contact is kept"),
            false => refusal.hint(format!("kept are: {}", kept.join(", "))),
        }
        .into())
    }
}
