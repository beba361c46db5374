//! Delete a name.
//!
//! Rule: not during a dispute or a legal hold (obligations 23.5), not while other names delegate to hosts below it (RFC 9874); in add
//! grace the fee comes back and the name is free at once, later it can be redeemed for 30 days (EXP-11).

use model::DomainName;
use policy::{DeletionCause, DomainCommand, Permission};

use crate::authorised::NeedsPermission;
use crate::failure::Failure;
use crate::order::{DomainOrder, Receipt, Target};
use crate::use_case::{UseCase, Work};

/// Delete a name.
#[derive(Clone, Debug)]
pub struct DeleteDomain {
    /// The name.
    pub name: DomainName,
    /// Why.
    pub cause: DeletionCause,
}

impl NeedsPermission for DeleteDomain {
    fn permission(&self) -> Permission {
        Permission::DeleteDomain
    }
}

impl UseCase for DeleteDomain {
    type Answer = Receipt;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Receipt, Failure> {
        let command = DomainCommand::Delete { cause: self.cause };
        work.order(DomainOrder::new(Target::Named(self.name.clone()), command))
    }
}
