//! Put off the deletion of an expired name.
//!
//! Rule: only for a circumstance of the closed list of RAA 3.7.5.1 (EXP-14).

use model::{DomainName, Timestamp};
use policy::{DomainCommand, ExtenuatingCircumstance, Permission};

use crate::authorised::NeedsPermission;
use crate::failure::Failure;
use crate::order::{DomainOrder, Receipt, Target};
use crate::use_case::{UseCase, Work};

/// Put off a deletion.
#[derive(Clone, Debug)]
pub struct PostponeDeletion {
    /// The name.
    pub name: DomainName,
    /// Until when.
    pub until: Timestamp,
    /// The circumstance.
    pub circumstance: ExtenuatingCircumstance,
}

impl NeedsPermission for PostponeDeletion {
    fn permission(&self) -> Permission {
        Permission::DeleteDomain
    }
}

impl UseCase for PostponeDeletion {
    type Answer = Receipt;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Receipt, Failure> {
        let command = DomainCommand::PostponeDeletion { until: self.until, circumstance: self.circumstance };
        work.order(DomainOrder::new(Target::Named(self.name.clone()), command))
    }
}
