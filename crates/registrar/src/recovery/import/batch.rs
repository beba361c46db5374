//! Some rows of a deposit, taken on in one transaction.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use model::{ContactId, ContactRole, DomainName, Timestamp};
use policy::command::AdoptDomain;
use policy::{DomainCommand, Permission};
use serde::Serialize;
use store::{contacts, registrations};

use super::person::Person;
use crate::actor::ledger_name;
use crate::authorised::NeedsPermission;
use crate::contact::place;
use crate::execute::note;
use crate::failure::Failure;
use crate::order::{DomainOrder, Target};
use crate::use_case::{UseCase, Work};

/// A person with the id that they get.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) id: ContactId,
    pub(super) person: Arc<Person>,
}

/// A name of the deposit.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) name: DomainName,
    pub(super) expires_at: Option<Timestamp>,
    pub(super) holder: Option<Known>,
    pub(super) contacts: BTreeMap<ContactRole, Known>,
}

/// Rows that are taken on together.
pub(super) struct ImportBatch {
    pub(super) rows: Vec<Row>,
    pub(super) source: String,
}

/// What became of them.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Batched {
    pub(super) names: u64,
    pub(super) already_held: u64,
    pub(super) people: u64,
}

/// What the ledger keeps of a person.
#[derive(Serialize)]
struct Noted<'a> {
    contact: ContactId,
    revision: u64,
    /// What in the data may be wrong (ACY-1): never what it says.
    doubts: &'a [&'static str],
    source: &'a str,
}

impl fmt::Debug for ImportBatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ImportBatch({} rows)", self.rows.len())
    }
}

impl NeedsPermission for ImportBatch {
    fn permission(&self) -> Permission {
        Permission::Recover
    }
}

impl UseCase for ImportBatch {
    type Answer = Batched;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Batched, Failure> {
        let mut batched = Batched::default();
        for row in &self.rows {
            if registrations::find_open(work.tx, &row.name)?.is_some() {
                batched.already_held += 1;
                continue;
            }
            for known in row.holder.iter().chain(row.contacts.values()) {
                batched.people += u64::from(self.take_on(work, known)?);
            }
            let adoption = AdoptDomain {
                name: row.name.clone(),
                registrant: row.holder.as_ref().map(|known| known.id),
                contacts: row.contacts.iter().map(|(role, known)| (*role, known.id)).collect(),
                expires_at: row.expires_at,
                source: self.source.clone(),
            };
            work.order(DomainOrder::new(Target::New(row.name.clone()), DomainCommand::Adopt(adoption)))?;
            batched.names += 1;
        }
        Ok(batched)
    }
}

impl ImportBatch {
    /// Stores a person who is not stored yet; `false` where they are. They are indexed for the search later, with others.
    fn take_on(&self, work: &mut Work<'_, '_>, known: &Known) -> Result<bool, Failure> {
        if contacts::is_known(work.tx, known.id)? {
            return Ok(false);
        }
        let owner = known.id.to_string();
        let sealed = work.registrar.vault().seal(work.tx, &owner, &place(&owner, 1), &known.person.contact)?;
        contacts::insert(work.tx, known.id, &sealed, work.now)?;
        let noted = Noted { contact: known.id, revision: 1, doubts: &known.person.doubts, source: &self.source };
        note(work.tx, work.registrar, &ledger_name(work.actor), &owner, "contact-adopted", &noted, work.now)?;
        Ok(true)
    }
}
