//! Save a contact: a new one, or other data for one we have.
//!
//! Rule: what a registry would refuse by its schema is refused here with the field's name (RFC 5733); a change reaches every
//! registry that holds the contact as an object (RDP: registrar and registry show the same data). The ledger notes that the
//! contact changed, never what it says (design rule 6). Where the contact holds names and its data is materially other, that is a change
//! of registrant for each of them (COR-1): the data of before is kept (COR-10), and what follows for the names is a job. Whatever of it
//! was verified and is other now is verified anew (ACY-5).

use std::collections::BTreeMap;

use model::{Contact, ContactHandle, ContactId, RegistryId};
use policy::accuracy::{self, Validation};
use policy::holder::{keep_until, material_difference};
use policy::{HolderChange, HolderRevision, ObjectKey, Operation, Permission, Refusal};
use serde::Serialize;
use store::{contacts, registrations};

use super::{custody, holder_changes, open_contact, place, search};
use crate::actor::ledger_name;
use crate::authorised::NeedsPermission;
use crate::execute::{intend, note};
use crate::failure::Failure;
use crate::use_case::{UseCase, Work};
use crate::verification;

/// Save a contact; the answer is its id.
#[derive(Clone, Debug)]
pub struct SaveContact {
    /// Which contact to change; none for a new one.
    pub id: Option<ContactId>,
    /// All of its data.
    pub contact: Contact,
}

impl NeedsPermission for SaveContact {
    fn permission(&self) -> Permission {
        Permission::ChangeDomain
    }
}

/// What the ledger keeps.
#[derive(Serialize)]
struct Noted {
    contact: ContactId,
    revision: u64,
    /// By which rules the data was validated, and what in it may be wrong by them (ACY-1): never what it says.
    validator: &'static str,
    doubts: Vec<&'static str>,
}

/// ACY-1: what cannot be true is refused field by field; what may be wrong is left to the verification, and kept as evidence.
fn validated(contact: &Contact) -> Result<Validation, Failure> {
    let validation = accuracy::validate(contact);
    match validation.refusal() {
        None => Ok(validation),
        Some(refusal) => Err(refusal.into()),
    }
}

impl UseCase for SaveContact {
    type Answer = ContactId;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<ContactId, Failure> {
        self.contact.check().map_err(|error| {
            Refusal::new(error.code(), "RFC 5733 2", error.to_string()).hint("correct the field that is named and save again")
        })?;
        let validation = validated(&self.contact)?;
        let (id, revision) = match self.id {
            None => (ContactId::new(work.now, &mut work.draw()), 1),
            Some(id) => (id, custody::get_living(work.tx, id)?.revision + 1),
        };
        let before = match self.id {
            Some(id) => open_contact(work.tx, work.registrar, id)?,
            None => None,
        };
        let change = before.as_ref().map_or(Ok(None), |before| self.change_of_registrant(work, id, before, revision - 1))?;
        if let Some(change) = &change {
            contacts::keep_revision(work.tx, id, change.prior.revision, keep_until(work.now))?;
            store::custody::set_clock(work.tx, id, None, "COR-10", keep_until(work.now))?;
        }
        let owner = id.to_string();
        let sealed = work.registrar.vault().seal(work.tx, &owner, &place(&owner, revision), &self.contact)?;
        match self.id {
            None => contacts::insert(work.tx, id, &sealed, work.now)?,
            Some(id) => contacts::update(work.tx, id, revision, &sealed, work.now)?,
        }
        search::index(work.tx, work.registrar, id, &self.contact)?;
        let who = ledger_name(work.actor);
        let kind = if self.id.is_none() { "contact-saved" } else { "contact-changed" };
        let noted = Noted {
            contact: id,
            revision,
            validator: validation.validator,
            doubts: validation.doubts().map(|finding| finding.code).collect(),
        };
        note(work.tx, work.registrar, &who, &owner, kind, &noted, work.now)?;
        if let Some(before) = &before {
            carry_to_registries(work, id, revision)?;
            verification::follow_change(work, id, before, &self.contact, change.is_some())?;
        }
        if let Some(change) = change {
            holder_changes::enqueue(work, id, change)?;
        }
        Ok(id)
    }
}

impl SaveContact {
    /// What makes the new data a change of registrant for names that the contact holds; none where it holds none or is the same, put right.
    fn change_of_registrant(
        &self,
        work: &mut Work<'_, '_>,
        id: ContactId,
        before: &Contact,
        revision: u64,
    ) -> Result<Option<HolderChange>, Failure> {
        let fields = material_difference(before, &self.contact);
        if fields.is_empty() || !registrations::is_registrant(work.tx, id)? {
            return Ok(None);
        }
        if let Some(kept) = registrations::find_legally_kept_of(work.tx, id)? {
            let sentence = format!("`{kept}` is in dispute or under a court's order, so its registrant does not change");
            return Err(Refusal::new("contact.in_dispute", "COR-2", sentence)
                .hint("save the new data as another contact and name it for the other names, or wait until the proceeding has ended")
                .into());
        }
        Ok(Some(HolderChange { prior: HolderRevision { contact: id, revision }, fields }))
    }
}

/// An update for every registry where the contact is an object or is just becoming one, on behalf of a name that names it there.
fn carry_to_registries(work: &mut Work<'_, '_>, contact: ContactId, revision: u64) -> Result<(), Failure> {
    let handles: BTreeMap<RegistryId, ContactHandle> = contacts::list_handles_of(work.tx, contact)?.into_iter().collect();
    let registries: Vec<RegistryId> = work.registrar.registries().map(|registry| registry.id.clone()).collect();
    for registry in registries {
        let Some(domain) = registrations::find_open_by_contact(work.tx, &registry, contact)? else {
            continue;
        };
        let Some(registration) = registrations::find(work.tx, domain)? else {
            continue;
        };
        let creation = Operation::CreateContact { contact };
        let under_way = registration.open_intents.iter().find(|open| open.operation == creation);
        let (object, after) = match (under_way, handles.get(&registry)) {
            // The frame of the creation may hold the old data already, so the new data follows it.
            (Some(open), _) => (open.object.clone(), vec![open.id]),
            (None, Some(handle)) => (ObjectKey::Contact(handle.clone()), Vec::new()),
            (None, None) => continue,
        };
        intend(work, registration, object, Operation::UpdateContact { contact }, &format!("{contact}:{revision}"), after)?;
    }
    Ok(())
}
