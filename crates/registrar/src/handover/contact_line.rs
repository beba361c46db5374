//! A person as they are handed over: with all of their data, so this is only ever written under a seal.

use std::fmt;

use model::{Contact, ContactHandle, ContactId, RegistryId, Timestamp};
use serde::Serialize;
use store::{Tx, consents, contacts, verifications};

use crate::contact::open_contact;
use crate::failure::Failure;
use crate::registrar::Registrar;

/// A person.
#[derive(Serialize)]
pub(super) struct ContactLine {
    id: ContactId,
    contact: Contact,
    registry_handles: Vec<Handle>,
    is_verified: bool,
    consents: Vec<Consented>,
}

#[derive(Serialize)]
struct Handle {
    registry: RegistryId,
    handle: ContactHandle,
}

/// What they said about publishing an element of their data.
#[derive(Serialize)]
struct Consented {
    element: &'static str,
    is_given: bool,
    at: Timestamp,
    source: String,
}

impl ContactLine {
    /// Reads a person; none if no data is left.
    pub(super) fn read(tx: &mut Tx<'_>, registrar: &Registrar, id: ContactId) -> Result<Option<Self>, Failure> {
        let Some(contact) = open_contact(tx, registrar, id)? else { return Ok(None) };
        let handles = contacts::list_handles_of(tx, id)?.into_iter().map(|(registry, handle)| Handle { registry, handle });
        let words = consents::list(tx, id)?.into_iter();
        let consents =
            words.map(|word| Consented { element: word.element.word(), is_given: word.is_given, at: word.at, source: word.source });
        let is_verified = verifications::standing(tx, id, registrar.now())? == policy::HolderStanding::Verified;
        Ok(Some(Self { id, contact, registry_handles: handles.collect(), is_verified, consents: consents.collect() }))
    }
}

impl fmt::Debug for ContactLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ContactLine({}, [personal data])", self.id)
    }
}
