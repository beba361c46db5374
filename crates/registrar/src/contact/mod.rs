//! Contacts: people and organisations, sealed in the vault, each under a data key of its own, so that destroying the key is the
//! erasure. Outside the vault a contact is only its id.

mod list;
mod read;
mod save;

use model::{Contact, ContactId};
use policy::Refusal;
use store::vault::Place;
use store::{Tx, contacts};

use crate::failure::Failure;
use crate::registrar::Registrar;

pub use list::{ContactLine, ListContacts};
pub use read::ReadContact;
pub use save::SaveContact;

/// Where a contact's data belongs: its row and revision, so that an older sealed value put back does not open.
fn place(row: &str, revision: u64) -> Place<'_> {
    Place { table: "contact", column: "sealed", row, version: revision }
}

/// The data of a contact, for the gate that builds frames and the courier that needs an address. None if there is no such contact.
pub(crate) fn open_contact(tx: &mut Tx<'_>, registrar: &Registrar, id: ContactId) -> Result<Option<Contact>, Failure> {
    let Some(row) = contacts::find(tx, id)? else {
        return Ok(None);
    };
    let owner = id.to_string();
    Ok(Some(registrar.vault().open(tx, &owner, &place(&owner, row.revision), &row.sealed)?))
}

/// Refuses an order that names a contact we do not have.
pub(crate) fn require_known(tx: &mut Tx<'_>, ids: impl IntoIterator<Item = ContactId>) -> Result<(), Failure> {
    for id in ids {
        if !contacts::is_known(tx, id)? {
            return Err(unknown(id));
        }
    }
    Ok(())
}

fn unknown(id: ContactId) -> Failure {
    Refusal::new("contact.unknown", "RFC 5733 2", format!("there is no contact `{id}`"))
        .hint("list the contacts to see their ids, or save the contact first")
        .into()
}
