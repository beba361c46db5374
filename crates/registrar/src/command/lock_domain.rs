//! Set the registrant's own lock.
//!
//! Rule: `clientTransferProhibited` only on the registrant's request or with agreed terms (TRF-12); the reason is the registrant's, so
//! the registrant can lift it again.

use std::collections::BTreeSet;

use model::{DomainName, EppStatus};
use policy::{DomainCommand, Permission};

use crate::authorised::NeedsPermission;
use crate::failure::Failure;
use crate::order::{DomainOrder, Receipt, Target};
use crate::use_case::{UseCase, Work};

/// Lock a name at its registrant's wish.
#[derive(Clone, Debug)]
pub struct LockDomain {
    /// The name.
    pub name: DomainName,
    /// Which prohibitions.
    pub statuses: BTreeSet<EppStatus>,
}

impl NeedsPermission for LockDomain {
    fn permission(&self) -> Permission {
        Permission::LockDomain
    }
}

impl UseCase for LockDomain {
    type Answer = Receipt;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Receipt, Failure> {
        let command = DomainCommand::Lock { statuses: self.statuses.clone() };
        work.order(DomainOrder::new(Target::Named(self.name.clone()), command))
    }
}
