//! Add a reason for a client status: a dispute, a court order, an abuse case, unverified data.
//!
//! Rule: each status is a set of reasons with owners and is sent while the set is not empty (obligations 23.3, design rule 4).

use model::{DomainName, EppStatus};
use policy::{DomainCommand, Permission, Reason};

use crate::authorised::NeedsPermission;
use crate::failure::Failure;
use crate::order::{DomainOrder, Receipt, Target};
use crate::use_case::{UseCase, Work};

/// Put a name on hold for a reason.
#[derive(Clone, Debug)]
pub struct HoldDomain {
    /// The name.
    pub name: DomainName,
    /// The client status.
    pub status: EppStatus,
    /// The reason with its owner.
    pub reason: Reason,
}

impl NeedsPermission for HoldDomain {
    fn permission(&self) -> Permission {
        Permission::HoldDomain
    }
}

impl UseCase for HoldDomain {
    type Answer = Receipt;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Receipt, Failure> {
        let command = DomainCommand::Hold { status: self.status, reason: self.reason.clone() };
        work.order(DomainOrder::new(Target::Named(self.name.clone()), command))
    }
}
