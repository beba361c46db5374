//! Lift a reason for a client status.
//!
//! Rule: exactly the reason that was given, by its owner; the status stays while another reason wants it (obligations 23.3).

use model::{DomainName, EppStatus};
use policy::{DomainCommand, Permission, Reason};

use crate::authorised::NeedsPermission;
use crate::failure::Failure;
use crate::order::{DomainOrder, Receipt, Target};
use crate::use_case::{UseCase, Work};

/// Lift a reason from a name.
#[derive(Clone, Debug)]
pub struct ReleaseDomain {
    /// The name.
    pub name: DomainName,
    /// The client status.
    pub status: EppStatus,
    /// The reason to lift, with its owner and reference.
    pub reason: Reason,
}

impl NeedsPermission for ReleaseDomain {
    fn permission(&self) -> Permission {
        Permission::HoldDomain
    }
}

impl UseCase for ReleaseDomain {
    type Answer = Receipt;

    fn run(&self, work: &mut Work<'_, '_>) -> Result<Receipt, Failure> {
        let command = DomainCommand::Release { status: self.status, reason: self.reason.clone() };
        work.order(DomainOrder::new(Target::Named(self.name.clone()), command))
    }
}
