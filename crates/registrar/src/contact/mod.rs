//! Contacts: people and organisations, sealed in the vault, each under a data key of its own, so that destroying the key is the
//! erasure. Outside the vault a contact is only its id.

mod consent;
mod custody;
mod customer;
mod dossier;
mod erase;
mod hold;
mod holder_changes;
mod list;
mod read;
mod save;
mod search;

use model::{Contact, ContactId};
use policy::{HolderChange, HolderRevision, Refusal};
use store::vault::{Place, ReadKey, Vault};
use store::{Tx, contacts};

use crate::failure::Failure;
use crate::registrar::Registrar;

pub use consent::{ReadConsent, SetConsent};
pub use custody::RunningClock;
pub use customer::{ReadCustomer, SetCustomer};
pub use dossier::{Dossier, DossierOf, ListErasures, NoticeLine, OrderedErasure};
pub use erase::{CancelErasure, EraseRegistrant, Erasure};
pub use hold::{HoldRegistrant, ReleaseRegistrant};
pub use holder_changes::HolderChanges;
pub(crate) use holder_changes::enqueue_news;
pub use list::{ContactLine, ListContacts};
pub use read::{ReadContact, ReadContactRevision};
pub use save::SaveContact;
pub use search::{Clue, FindRegistrant, FoundRegistrant, IndexContacts, index_contacts};

pub(crate) use erase::{ERASED, erase, erase_if_free};

/// Where a contact's data belongs: its row and revision, so that an older sealed value put back does not open.
pub(crate) fn place(row: &str, revision: u64) -> Place<'_> {
    Place { table: "contact", column: "sealed", row, version: revision }
}

/// The data of a contact, for the gate that builds frames and the courier that needs an address. None if there is no such contact, or it was
/// erased.
pub(crate) fn open_contact(tx: &mut Tx<'_>, registrar: &Registrar, id: ContactId) -> Result<Option<Contact>, Failure> {
    let Some(row) = contacts::find(tx, id)?.filter(|row| row.erased_at.is_none()) else {
        return Ok(None);
    };
    let owner = id.to_string();
    Ok(Some(registrar.vault().open(tx, &owner, &place(&owner, row.revision), &row.sealed)?))
}

/// A contact that was read and not opened yet, so that many can be opened side by side.
pub(crate) struct Unopened {
    id: ContactId,
    revision: u64,
    sealed: Vec<u8>,
    key: ReadKey,
}

impl Unopened {
    /// Reads a contact; none if there is no such contact, or it was erased.
    pub(crate) fn read(tx: &mut Tx<'_>, vault: &Vault, id: ContactId) -> Result<Option<Self>, Failure> {
        let Some(row) = contacts::find(tx, id)?.filter(|row| row.erased_at.is_none()) else {
            return Ok(None);
        };
        let owner = id.to_string();
        let key = vault.read_key(tx, &owner, &place(&owner, row.revision))?;
        Ok(Some(Self { id, revision: row.revision, sealed: row.sealed, key }))
    }

    /// Whose it is.
    pub(crate) fn id(&self) -> ContactId {
        self.id
    }

    /// Opens it.
    pub(crate) fn open(&self, vault: &Vault) -> Result<Contact, Failure> {
        let owner = self.id.to_string();
        Ok(vault.open_read(&self.key, &owner, &place(&owner, self.revision), &self.sealed)?)
    }
}

/// The data that a contact had at a revision: its present data, or what was kept of it (COR-10). None if nothing was.
pub(crate) fn open_revision(tx: &mut Tx<'_>, registrar: &Registrar, of: HolderRevision) -> Result<Option<Contact>, Failure> {
    let present =
        contacts::find(tx, of.contact)?.filter(|row| row.revision == of.revision && row.erased_at.is_none()).map(|row| row.sealed);
    let sealed = match present {
        Some(sealed) => Some(sealed),
        None => contacts::find_revision(tx, of.contact, of.revision)?,
    };
    let owner = of.contact.to_string();
    let open = |sealed: Vec<u8>| registrar.vault().open(tx, &owner, &place(&owner, of.revision), &sealed);
    Ok(sealed.map(open).transpose()?)
}

/// The data that a contact had at a revision, or that of the first later one that was kept, or its present data: a revision that goes by
/// without having been kept differs from the next in nothing that makes it another holder (COR-1). None if there is no such contact.
pub(crate) fn open_since(tx: &mut Tx<'_>, registrar: &Registrar, of: HolderRevision) -> Result<Option<Contact>, Failure> {
    match contacts::find_kept_since(tx, of.contact, of.revision)? {
        Some(revision) => open_revision(tx, registrar, HolderRevision { revision, ..of }),
        None => open_contact(tx, registrar, of.contact),
    }
}

/// What makes naming `new` in the place of `prior` a change of registrant; none where their data is the same or one put right (COR-1).
pub(crate) fn compare_holders(
    tx: &mut Tx<'_>,
    registrar: &Registrar,
    prior: ContactId,
    new: ContactId,
) -> Result<Option<HolderChange>, Failure> {
    let Some(revision) = contacts::find(tx, prior)?.map(|row| row.revision) else {
        return Ok(None);
    };
    let Some((before, after)) = open_contact(tx, registrar, prior)?.zip(open_contact(tx, registrar, new)?) else {
        return Ok(None);
    };
    let fields = policy::holder::material_difference(&before, &after);
    let prior = HolderRevision { contact: prior, revision };
    Ok((!fields.is_empty()).then_some(HolderChange { prior, fields }))
}

/// Refuses an order that names a contact we do not have, or have no more, or are about to have no more.
pub(crate) fn require_known(tx: &mut Tx<'_>, ids: impl IntoIterator<Item = ContactId>) -> Result<(), Failure> {
    for id in ids {
        if let Some((at, _)) = custody::get_living(tx, id)?.ordered {
            let day = policy::calendar::utc_date(at);
            return Err(Refusal::new("registrant.leaving", "RET-14", format!("contact `{id}` is to be erased, as was ordered on {day}"))
                .hint("name another contact, or take it back with `namekeep registrant erase --cancel`")
                .into());
        }
    }
    Ok(())
}

pub(crate) fn unknown(id: ContactId) -> Failure {
    Refusal::new("contact.unknown", "RFC 5733 2", format!("there is no contact `{id}`"))
        .hint("list the contacts to see their ids, or save the contact first")
        .into()
}
