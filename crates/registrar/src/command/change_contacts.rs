//! Name other contacts for a name, or another registered name holder.
//!
//! Rule: contacts exist before they are named, and the registry's profile says which of them it takes on this date (RDP); a change of
//! the registered name holder during a dispute is refused (obligations 23.3, COR-2). Where the data of the two holders differs materially,
//! the name is locked against transfer for 60 days, unless the registrant opted out beforehand (COR-7).

use std::collections::BTreeMap;

use model::{ContactId, ContactRole, DomainName};
use policy::{DomainCommand, Permission};

use crate::authorised::NeedsPermission;
use crate::contact::require_known;
use crate::failure::Failure;
use crate::order::{DomainOrder, Receipt, Target};
use crate::use_case::{UseCase, Work};

/// Change the contacts.
#[derive(Clone, Debug)]
pub struct ChangeContacts {
    /// The name.
    pub name: DomainName,
    /// The registered name holder, if it changes.
    pub registrant: Option<ContactId>,
    /// The whole new set of contacts by role.
    pub contacts: BTreeMap<ContactRole, ContactId>,
    /// The record of the registrant's opt-out of the lock, where there is one. No personal data.
    pub lock_opt_out: Option<String>,
}

impl NeedsPermission for ChangeContacts {
    fn permission(&self) -> Permission {
        Permission::ChangeDomain
    }
}

impl UseCase for ChangeContacts {
    type Answer = Receipt;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Receipt, Failure> {
        require_known(work.tx, self.contacts.values().copied().chain(self.registrant))?;
        let command = DomainCommand::ChangeContacts {
            registrant: self.registrant,
            contacts: self.contacts.clone(),
            lock_opt_out: self.lock_opt_out.clone(),
        };
        work.order(DomainOrder::new(Target::Named(self.name.clone()), command))
    }
}
