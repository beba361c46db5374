//! List contacts, page by page. Names are shown, so the permission is the one of reading a contact.

use model::{ContactHandle, ContactId, LegalKind, RegistryId, Timestamp};
use policy::Permission;
use serde::Serialize;
use store::contacts;

use super::open_contact;
use crate::authorised::NeedsPermission;
use crate::failure::Failure;
use crate::page::{Page, PageRequest};
use crate::use_case::{Question, Work};

/// List contacts in the order they were saved.
#[derive(Clone, Copy, Debug, Default)]
pub struct ListContacts {
    /// Which part of the list.
    pub page: PageRequest<ContactId>,
}

/// One contact in a list.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct ContactLine {
    /// Identity.
    pub id: ContactId,
    /// Person or organisation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<LegalKind>,
    /// The name, which is personal data: for the operator's eyes. Empty where the contact was erased.
    pub name: String,
    /// Handles at registries.
    pub handles: Vec<(RegistryId, ContactHandle)>,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// When it was erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub erased_at: Option<Timestamp>,
}

impl std::fmt::Debug for ContactLine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ContactLine({}, [personal data])", self.id)
    }
}

impl NeedsPermission for ListContacts {
    fn permission(&self) -> Permission {
        Permission::ChangeDomain
    }
}

impl Question for ListContacts {
    type Answer = Page<ContactLine, ContactId>;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Self::Answer, Failure> {
        let rows = contacts::list(work.tx, self.page.after, self.page.limit_and_one())?;
        let (rows, next) = self.page.cut(rows, |row| row.id);
        let mut lines = Vec::with_capacity(rows.len());
        for row in rows {
            let (kind, name) = open_contact(work.tx, work.registrar, row.id)?.map(|contact| (contact.kind, contact.name)).unzip();
            let handles = contacts::list_handles_of(work.tx, row.id)?;
            let (name, changed_at, erased_at) = (name.unwrap_or_default(), row.changed_at, row.erased_at);
            lines.push(ContactLine { id: row.id, kind, name, handles, changed_at, erased_at });
        }
        Ok(Page { items: lines, next })
    }
}
